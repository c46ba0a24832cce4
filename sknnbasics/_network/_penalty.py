"""How strong a penalty the data ask for."""

import numpy as np
from scipy.sparse import issparse

LEAST_SAMPLES = 10  # fewer tell nothing about their noise
MOST_ROWS = 2000
CANDIDATES = np.logspace(-3, -0.5, 26)
LEAST_ALPHA = float(CANDIDATES[0])
TYPICAL = 0.01


def estimated_alpha(H, T, s, fit_intercept=True):
    """The `alpha` that fits the noise of the targets, one of `CANDIDATES`.

    Only the output layer is looked at, as a linear model of the hidden
    activations h at the initial weights: near its mean p the output is

        t ≈ p + p (1 − p) (h − mean of h) · w + noise

    With Gaussian w and noise, the ratio of the noise's variance to that of w is
    the penalty of ridge regression, and its most probable value has the highest
    evidence (MacKay 1992). The hidden layers learn as well and make large
    functions cheaper than in a linear model, so the result is the geometric mean
    of that ratio and `TYPICAL`.

    Parameters
    ----------
    H : ndarray of shape (n_samples, n_units)
        Activations of the last hidden layer, or X where there is none.
    T : ndarray of shape (n_samples, n_outputs)
        Targets in the unit interval.
    s : ndarray of shape (n_samples,)
        Sample weights; their sum counts as the number of samples.
    fit_intercept : bool, default=True
        Whether the output units have a bias.

    References
    ----------
    MacKay (1992), "Bayesian interpolation".
    """
    T, s = T.astype(np.float64), s.astype(np.float64)
    total = s.sum()
    varied = np.ptp(T, axis=0) > 0
    if total < LEAST_SAMPLES or not varied.any():
        return LEAST_ALPHA
    p = s @ T / total
    with np.errstate(over="ignore", invalid="ignore"):
        gram, features = _gram(H, s, fit_intercept)
    if not np.isfinite(gram).all():  # H is too large to be squared
        return LEAST_ALPHA
    Y = np.sqrt(s)[:, None] * (T - p)
    eigenvalues, projected = _spectrum(gram, Y if features is None else features.T @ Y)
    if features is not None:
        projected /= eigenvalues[:, None]
    ratios = CANDIDATES**2 / TYPICAL
    evidence = 0.0
    for output in np.flatnonzero(varied):
        slope, squared = p[output] * (1 - p[output]), Y[:, output] @ Y[:, output]
        scaled = slope**2 * eigenvalues
        evidence += _log_evidence(ratios, scaled, projected[:, output], squared, total)
    return float(CANDIDATES[np.argmax(evidence)])


def _gram(H, s, centre):
    """The smaller of HᵀH and H Hᵀ, of weighted rows, and H where it is the first.

    Sparse H stays sparse: it gives H Hᵀ.
    """
    root = np.sqrt(s)[:, None]
    if issparse(H):
        K = (H @ H.T).toarray().astype(np.float64)
        if centre:
            means = s @ K / s.sum()
            K += means @ s / s.sum() - means - means[:, None]
        return root * K * root.T, None
    H = H.astype(np.float64)
    H = root * (H - s @ H / s.sum() if centre else H)
    return (H.T @ H, H) if H.shape[1] < H.shape[0] else (H @ H.T, None)


def _spectrum(gram, Y):
    """Eigenvalues that are not zero, and the squares of Y along their eigenvectors."""
    eigenvalues, vectors = np.linalg.eigh(gram)
    real = eigenvalues > 1e-12 * eigenvalues[-1]
    return eigenvalues[real], (vectors[:, real].T @ Y) ** 2


def _log_evidence(ratios, eigenvalues, projected, squared, n_samples):
    """Log evidence of each ratio, up to a constant, at the noise that suits it best."""
    shrinkage = 1 + eigenvalues / ratios[:, None]
    unexplained = np.maximum(squared - projected.sum(), 0) + (projected / shrinkage).sum(axis=1)
    with np.errstate(divide="ignore"):  # targets whose squares vanish: all is explained
        return -0.5 * (np.log(shrinkage).sum(axis=1) + n_samples * np.log(unexplained))
