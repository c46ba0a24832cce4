"""What weights decide on many samples, and how often they err."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from .._threads import map_blocks
from ._rule import preactivations, weigh_mistakes

_BLOCK = 2**17  # decisions of a candidate that are held at once, a megabyte in double precision


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
    decide = _together(candidates, sparse=issparse(X))
    work = n_units * len(candidates) * (X.data if issparse(X) else X).nbytes

    def weigh_block(rows):
        z = decide(X if rows.stop - rows.start == len(codes) else X[rows])
        classes = z.reshape(len(z), len(candidates), n_units).argmax(axis=2)
        return class_weights[codes[rows]] @ (classes != codes[rows, np.newaxis])

    return sum(map_blocks(weigh_block, len(codes), _BLOCK // n_units, work)).tolist()


def _together(candidates, sparse):
    """The decisions of all candidates on some samples, side by side."""
    if sparse:  # which are few beside the weights of their many features
        # SciPy would lay out the weights feature by feature anew for each block.
        laid_out = [(np.asfortranarray(coef), intercept) for coef, intercept in candidates]
        return lambda X: np.hstack([decisions(*weights, X) for weights in laid_out])
    # As one candidate of more units, for which the samples are read once.
    return partial(decisions, *map(np.concatenate, zip(*candidates, strict=True)))


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
