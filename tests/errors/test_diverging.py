"""Weights that grow without bound, and where warnings point."""

import numpy as np
import pytest
from refusals import (
    X,
    assert_refused,
    fitted,
    labels,
    network,
    partial_fit,
    perceptron,
    table,
    warm_fit,
    y,
)
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

DIVERGING = [
    ("adam", {"solver": "adam", "learning_rate_init": 1e300}, {}),
    ("sgd", {"solver": "sgd", "learning_rate_init": 1e300}, {}),
    ("sgd in batches", {"solver": "sgd", "learning_rate_init": 1e300, "batch_size": 5}, {}),
    (
        "lbfgs",
        {"solver": "lbfgs", "alpha": 1.0},
        {"coefs_init": [np.full((3, 4), 1e200), np.ones((4, 1))]},
    ),
]


@table(("params", "given"), DIVERGING)
def test_a_network_that_diverges(params, given):
    """The message names the epoch and the remedy."""
    estimator = fitted(network, **params)
    message = r"no longer finite after epoch 1\..*[Ss]cale X"
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("method", [warm_fit, partial_fit])
def test_training_that_goes_on_and_diverges(solver, method):
    estimator = clone(network).set_params(solver=solver, warm_start=True).fit(X, y)
    estimator.set_params(learning_rate_init=1e300)
    message = r"no longer finite after epoch 4\. Lower learning_rate_init, or scale X"
    assert_refused(lambda e: method(e, X, y), estimator, ValueError, message)


@pytest.mark.parametrize("A", [X, X.astype(np.float32)], ids=["float64", "float32"])
def test_a_perceptron_that_overflows(A):
    huge = A * np.sqrt(np.finfo(A.dtype).max)
    estimator = clone(perceptron).fit(A, labels).set_params(eta0=float(np.finfo(A.dtype).max) / 8)
    message = rf"weights overflowed {A.dtype} in epoch 1\. Scale X, or lower eta0="
    assert_refused(lambda e: e.fit(huge, labels), estimator, ValueError, message)
    message = rf"weights overflowed {A.dtype} in epoch {estimator.n_iter_ + 1}\. Scale X"
    assert_refused(lambda e: e.partial_fit(huge, labels), estimator, ValueError, message)


def test_divergence_under_lbfgs_names_what_lbfgs_has():
    estimator = fitted(network, solver="lbfgs").set_params(alpha=1e308)
    assert_refused(lambda e: e.fit(X * 1e10, y), estimator, ValueError, "Lower alpha, or scale X")


def test_warnings_point_at_the_line_of_the_caller():
    with pytest.warns(ConvergenceWarning) as caught:
        clone(network).set_params(max_iter=1, tol=1e-4).fit(X, y)
    assert caught[0].filename == __file__
