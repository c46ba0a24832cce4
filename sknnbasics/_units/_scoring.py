"""What weights decide on many samples, and how often they err."""

import numpy as np

from ._rule import preactivations, weigh_mistakes

_BLOCK = 2**17  # decisions that are held at once, a megabyte in double precision


def decisions(coef, intercept, X):
    """Pre-activations z: of shape (n_samples,) for one unit, (n_samples, n_units) for more.

    Raises
    ------
    ValueError
        If the weights are of another width than X, or a sum overflows.
    """
    _check_width(coef, X)
    z = preactivations(coef, intercept, X) if len(coef) == 1 else _products(coef, intercept, X)
    if not np.isfinite(z).all():
        _refuse_overflow(coef, intercept)
    return z


def mistaken_weight(coef, intercept, X, codes, class_weights):
    """Weight of the samples that the weights put in another class than theirs.

    Parameters
    ----------
    coef : ndarray of shape (n_units, n_features)
    intercept : ndarray of shape (n_units,)
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    codes : ndarray of int32, shape (n_samples,)
        The number of each sample's class.
    class_weights : ndarray of float64, shape (n_classes,)
        How much a mistake on a sample of each class counts.

    Returns
    -------
    float
        0 where, and only where, no sample of positive weight is mistaken.

    Raises
    ------
    ValueError
        As `decisions`.
    """
    _check_width(coef, X)
    if len(coef) == 1:
        weight = weigh_mistakes(coef, intercept, X, codes, class_weights)
        if np.isnan(weight):
            _refuse_overflow(coef, intercept)
        return weight
    weight, n_rows = 0.0, max(1, _BLOCK // len(coef))
    for start in range(0, len(codes), n_rows):
        block = slice(start, start + n_rows)
        z = decisions(coef, intercept, X if n_rows >= len(codes) else X[block])
        mistaken = z.argmax(axis=1) != codes[block]
        weight += float(class_weights[codes[block][mistaken]].sum())
    return weight


def _products(coef, intercept, X):
    with np.errstate(over="ignore", invalid="ignore"):
        return X @ coef.T + intercept


def _check_width(coef, X):
    if coef.shape[1] != X.shape[1]:  # someone replaced them; the compiled sums would not look
        raise ValueError(f"coef_ has {coef.shape[1]} weights a unit, but X {X.shape[1]} features.")


def _refuse_overflow(coef, intercept):
    if not (np.isfinite(coef).all() and np.isfinite(intercept).all()):
        raise ValueError("coef_ or intercept_ holds NaN or infinity: fit the model anew.")
    raise ValueError(f"X is too large for the weights in {coef.dtype}; scale X.")
