"""What the bodies of the perceptron rule are run on, and the rule as a loop."""

import numpy as np
import pytest
from scipy import sparse

from sknnbasics._units import Units

try:
    from sknnbasics._units import _compiled
except ImportError:
    _compiled = None

needs_compiled = pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")

# One unit, and the unit numbers that fill blocks of 2, 4 and 8 wholly and in part.
N_UNITS = [1, 2, 3, 4, 7, 8, 11]


def problem(n_units, *, n_samples=40, n_features=19, dtype=np.float64, seed=0):
    """X with a third of zeros, classes that no weights tell apart, their steps, and an order."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features)) * (rng.random((n_samples, n_features)) > 1 / 3)
    n_classes = max(2, n_units)
    codes = rng.integers(n_classes, size=n_samples, dtype=np.int32)
    X[1], codes[0], codes[1] = X[0], 0, 1
    steps = rng.uniform(0.1, 2.0, size=n_classes)
    return X.astype(dtype), codes, steps.astype(dtype), rng.permutation(n_samples).astype(np.intp)


def integer_problem(n_units, dtype):
    X, codes, steps, order = problem(n_units, n_samples=5, n_features=11, dtype=dtype)
    return np.rint(2 * X), codes, np.ceil(steps), order


def zero_units(n_units, X, **params):
    return Units(np.zeros((n_units, X.shape[1]), X.dtype), np.zeros(n_units, X.dtype), **params)


def csr_with_int64_indices(X):
    X = sparse.csr_matrix(X)
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


LAYOUTS = {
    "dense": np.ascontiguousarray,
    "csr": sparse.csr_matrix,
    "csr_array": sparse.csr_array,
    "csr_int64": csr_with_int64_indices,
}


def naive_epochs(X, codes, steps, order, *, n_units, n_epochs, fit_intercept=True):
    """Yield each epoch's weights, corrections, and mean of the weights after every visit so far.

    The weights after visit number τ, from 1, weigh 1 + 2 + … + τ in the mean.
    """
    first_class = 1 if n_units == 1 else 0
    w = np.zeros((n_units, X.shape[1])).tolist()
    b = [0.0] * n_units
    sum_w, sum_b = np.zeros((n_units, X.shape[1])), np.zeros(n_units)
    n_visits = weight = total = 0
    for _ in range(n_epochs):
        n_corrections = np.zeros(len(steps), dtype=int)
        for i in order:
            for k in range(n_units):
                z = sum(w_j * x_j for w_j, x_j in zip(w[k], X[i], strict=True)) + b[k]
                output, target = int(z > 0), int(first_class + k == codes[i])
                if output == target:
                    continue
                n_corrections[codes[i]] += 1
                delta = steps[codes[i]] * (target - output)
                w[k] = [w_j + delta * x_j for w_j, x_j in zip(w[k], X[i], strict=True)]
                b[k] += delta * fit_intercept
            n_visits += 1
            weight += n_visits
            total += weight
            sum_w, sum_b = sum_w + weight * np.array(w), sum_b + weight * np.array(b)
        yield np.array(w), np.array(b), n_corrections, sum_w / total, sum_b / total


def assert_same_units(units, other):
    for name in ("coef", "intercept", "coef_lag", "intercept_lag"):
        np.testing.assert_array_equal(getattr(units, name), getattr(other, name), err_msg=name)
    assert units.n_visits == other.n_visits
