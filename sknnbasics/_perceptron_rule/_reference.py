"""The perceptron rule in NumPy: the specification of the compiled body."""

import numpy as np
from scipy.sparse import issparse

from .._activations import step


def run_epoch(units, X, targets, steps, order):
    """Visit each sample once and correct the units that err on it.

    For a sample x with target t in {0, 1}, a unit's output is
    o = step(w·x + b), and its weights move by

        w += eta (t − o) x        b += eta (t − o)

    Parameters
    ----------
    units : Units
        The weights; moved in place.
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        Samples, in the dtype of the weights.
    targets : ndarray of intp, shape (n_samples,)
        The unit that should fire on each sample; -1 where none should.
    steps : ndarray of shape (n_samples,)
        eta of each sample, in the dtype of the weights.
    order : ndarray of intp
        The rows to visit, in this order.

    Returns
    -------
    int
        Number of corrections, over all units.
    """
    unit_numbers = np.arange(len(units.intercept))
    n_updates = 0
    for i in order:
        columns, x = _row(X, i)
        z = units.coef[:, columns] @ x + units.intercept
        error = (unit_numbers == targets[i]) - step(z)
        wrong = np.flatnonzero(error)
        for k in wrong:
            _correct(units, k, steps[i] * steps.dtype.type(error[k]), columns, x)
        n_updates += len(wrong)
        units.n_visits += 1
    return n_updates


def preactivations(coef, intercept, X):
    """Z = w·x + b of one unit on each sample, summed as `run_epoch` sums it.

    Another order of summation could put a sample on the other side of z = 0,
    and so contradict an epoch without a mistake.

    Parameters
    ----------
    coef : ndarray of shape (1, n_features)
    intercept : ndarray of shape (1,)
    X : ndarray or CSR matrix of shape (n_samples, n_features)

    Returns
    -------
    ndarray of shape (n_samples,), in the dtype of the weights
    """
    rows = (_row(X, i) for i in range(X.shape[0]))
    z = [(coef[:, columns] @ x + intercept)[0] for columns, x in rows]
    return np.array(z, dtype=coef.dtype)


def _row(X, i):
    """Columns and values of row `i` that are stored."""
    if issparse(X):
        stored = slice(X.indptr[i], X.indptr[i + 1])
        return X.indices[stored], X.data[stored]
    return slice(None), X[i]


def _correct(units, k, delta, columns, x):
    units.coef[k, columns] += delta * x
    if units.fit_intercept:
        units.intercept[k] += delta
    if units.average:
        # A move made at this visit is missing from the weights of all visits before.
        late = np.float64(delta) * units.n_visits
        # NumPy 1 would multiply a double and an array of float32 in float32.
        units.coef_lag[k, columns] += late * x.astype(np.float64)
        if units.fit_intercept:
            units.intercept_lag[k] += late
