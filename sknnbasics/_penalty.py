"""How strong a penalty the data ask for."""

import numpy as np
from scipy.sparse import issparse

LEAST_SAMPLES = 10  # fewer tell nothing about their noise
MOST_ROWS = 1000
CANDIDATES = np.logspace(-3, -0.5, 26)
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
    varied = (T != T[0]).any(axis=0)
    if total < LEAST_SAMPLES or not varied.any():
        return float(CANDIDATES[0])
    p = s @ T / total
    root = np.sqrt(s)[:, None]
    eigenvalues, projected = _spectrum(H, s, root * (T - p), fit_intercept)
    ratios = CANDIDATES**2 / TYPICAL
    evidence = 0.0
    for output in np.flatnonzero(varied):
        slope, squared = p[output] * (1 - p[output]), s @ (T[:, output] - p[output]) ** 2
        scaled = slope**2 * eigenvalues
        evidence += _log_evidence(ratios, scaled, projected[:, output], squared, total)
    return float(CANDIDATES[np.argmax(evidence)])


def _spectrum(H, s, Y, centre):
    """Eigenvalues of the weighted H Hᵀ, and the squares of Y along its eigenvectors.

    They come from the smaller of HᵀH and H Hᵀ, and sparse H stays sparse.
    """
    n_rows, n_units = H.shape
    root = np.sqrt(s)[:, None]
    if not issparse(H):
        H = H.astype(np.float64)
        H = root * (H - s @ H / s.sum() if centre else H)
        if n_units < n_rows:
            return _of_units(H, Y)
    K = H @ H.T
    if issparse(H):
        K = K.toarray().astype(np.float64)
        if centre:
            means = s @ K / s.sum()
            K = K - means - means[:, None] + means @ s / s.sum()
        K = root * K * root.T
    eigenvalues, vectors = np.linalg.eigh(K)
    return np.maximum(eigenvalues, 0), (vectors.T @ Y) ** 2


def _of_units(H, Y):
    eigenvalues, vectors = np.linalg.eigh(H.T @ H)
    real = eigenvalues > 1e-12 * eigenvalues[-1]
    eigenvalues, vectors = eigenvalues[real], vectors[:, real]
    return eigenvalues, (vectors.T @ (H.T @ Y)) ** 2 / eigenvalues[:, None]


def _log_evidence(ratios, eigenvalues, projected, squared, n_samples):
    """Log evidence of each ratio, up to a constant, at the noise that suits it best."""
    shrinkage = 1 + eigenvalues / ratios[:, None]
    unexplained = np.maximum(squared - projected.sum(), 0) + (projected / shrinkage).sum(axis=1)
    return -0.5 * (np.log(shrinkage).sum(axis=1) + n_samples * np.log(unexplained))
