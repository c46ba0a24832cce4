"""The perceptron rule in NumPy: the specification of the compiled body."""

import numpy as np
from scipy.sparse import issparse

from .._activations import step
from ._weights import weight_of_visits

GAMMA = np.uint64(0x9E3779B97F4A7C15)  # odd, and near 2⁶⁴ over the golden ratio


def run_epoch(units, X, codes, steps, order):
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
    codes : ndarray of int32, shape (n_samples,)
        The number of each sample's class.
    steps : ndarray of shape (n_classes,)
        eta on the samples of each class, in the dtype of the weights. Unit k should
        fire on the samples of class k and no other; a single unit on those of
        class 1.
    order : ndarray of intp
        The rows to visit, in this order.

    Returns
    -------
    ndarray of int64, shape (n_classes,)
        Number of corrections on the samples of each class, over all units.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks for what overflows
        return _visit(units, X, codes, steps, order)


def _visit(units, X, codes, steps, order):
    n_classes, n_units = len(steps), len(units.intercept)
    class_of_unit = np.arange(n_classes - n_units, n_classes)
    n_corrections = np.zeros(n_classes, dtype=np.int64)
    for i in order:
        columns, x = _row(X, i)
        z = units.coef[:, columns] @ x + units.intercept
        error = (class_of_unit == codes[i]) - step(z)
        wrong = np.flatnonzero(error)
        for k in wrong:
            _correct(units, k, steps[codes[i]] * steps.dtype.type(error[k]), columns, x)
        n_corrections[codes[i]] += len(wrong)
        units.n_visits += 1
    return n_corrections


def shuffle_into(order, rows, seed):
    """Lay `rows` into `order`, where each of them is as likely in one place as in another.

    Fisher and Yates' shuffle from the inside out: row number i = 0, 1, … goes to a place from
    0 to i, and what lay there to place i. That place is ⌊u (i + 1) / 2³²⌋, of the upper 32
    bits u of draw number i + 1 of SplitMix64 [1]_, in which seed + (i + 1) γ is mixed.

    Parameters
    ----------
    order : ndarray of intp, shape (n,)
        Filled; it shares no memory with `rows`.
    rows : ndarray of intp, shape (n,)
        The fewer they are than 2³², the more evenly the places are drawn.
    seed : int
        From 0 to 2⁶⁴ − 1.

    References
    ----------
    .. [1] Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
    """
    number = np.arange(1, len(rows) + 1, dtype=np.uint64)
    bits = np.uint64(seed) + number * GAMMA
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
    places = (bits * number) >> np.uint64(32)
    shuffled = rows.tolist()
    for i, (place, row) in enumerate(zip(places.tolist(), rows.tolist(), strict=True)):
        shuffled[i] = shuffled[place]
        shuffled[place] = row
    order[:] = shuffled


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
    with np.errstate(over="ignore", invalid="ignore"):
        z = [(coef[:, columns] @ x + intercept)[0] for columns, x in rows]
    return np.array(z, dtype=coef.dtype)


def weigh_mistakes(coef, intercept, X, codes, class_weights):
    """Weight of the samples that one unit gets wrong.

    Parameters
    ----------
    coef, intercept, X
        As in `preactivations`.
    codes : ndarray of int32, shape (n_samples,)
        1 where the unit should fire, else 0.
    class_weights : ndarray of float64, shape (2,)

    Returns
    -------
    float
        NaN if a pre-activation is not finite.
    """
    z = preactivations(coef, intercept, X)
    if not np.isfinite(z).all():
        return np.nan
    return float(class_weights[codes[step(z) != codes]].sum())


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
        late = np.float64(delta) * weight_of_visits(units.n_visits)
        # NumPy 1 would multiply a double and an array of float32 in float32.
        units.coef_lag[k, columns] += late * x.astype(np.float64)
        if units.fit_intercept:
            units.intercept_lag[k] += late
