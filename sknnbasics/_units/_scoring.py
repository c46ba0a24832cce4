"""What weights decide on many samples, and how often they err."""

import numpy as np
from scipy.sparse import issparse

from .._threads import WORK_OF_A_THREAD, map_in_threads
from ._rule import preactivations, weigh_mistakes

_BLOCK = 2**17  # decisions of the rows that a thread takes at once, a megabyte in double precision


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


def mistaken_weights(candidates, X, codes, class_weights):
    """Weight of the samples that each of some weights puts in another class than theirs.

    Parameters
    ----------
    candidates : list of tuples of ndarrays of shapes (n_units, n_features) and (n_units,)
        Coefficients and intercepts.
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    codes : ndarray of int32, shape (n_samples,)
        The number of each sample's class.
    class_weights : ndarray of float64, shape (n_classes,)
        How much a mistake on a sample of each class counts.

    Returns
    -------
    list of float
        One for each; 0 where, and only where, no sample of positive weight is mistaken.

    Raises
    ------
    ValueError
        As `decisions`.
    """
    n_units = len(candidates[0][1])
    if n_units == 1:
        return [_mistaken_by_one_unit(*weights, X, codes, class_weights) for weights in candidates]
    # Together they are as one candidate of more units: the samples are read once.
    coef, intercept = map(np.concatenate, zip(*candidates, strict=True))
    work = len(coef) * max(1, X.nnz if issparse(X) else X.size)
    n_rows = max(1, min(_BLOCK // len(coef), WORK_OF_A_THREAD * len(codes) // work))

    def weigh_block(start):
        rows = slice(start, start + n_rows)
        z = decisions(coef, intercept, X if n_rows >= len(codes) else X[rows])
        classes = z.reshape(len(z), len(candidates), n_units).argmax(axis=2)
        return class_weights[codes[rows]] @ (classes != codes[rows, np.newaxis])

    return sum(map_in_threads(weigh_block, range(0, len(codes), n_rows), work)).tolist()


def _mistaken_by_one_unit(coef, intercept, X, codes, class_weights):
    _check_width(coef, X)
    weight = weigh_mistakes(coef, intercept, X, codes, class_weights)
    if np.isnan(weight):
        _refuse_overflow(coef, intercept)
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
