"""The weights held against those of scikit-learn's Perceptron."""

import numpy as np
import pytest
from naive_perceptron import assert_weights, both_start_from, overlapping, trained
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.linear_model import Perceptron


def peer(X, y, epochs, *, coef_init, intercept_init, **params):
    """scikit-learn's Perceptron, which trains in the initial arrays themselves: pass copies."""
    settings = {"shuffle": False, "tol": None, "max_iter": epochs} | params
    start = {"coef_init": coef_init.copy(), "intercept_init": intercept_init.copy()}
    return Perceptron(**settings).fit(X, y, **start)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize(("eta0", "epochs"), [(1.0, 1), (0.1, 2), (0.1, 10), (0.37, 30)])
def test_the_weights_are_scikit_learns(n_classes, eta0, epochs, fit_intercept):
    X, y = overlapping(n_classes)
    start = both_start_from(n_classes)
    settings = {"eta0": eta0, "fit_intercept": fit_intercept} | start
    theirs, ours = peer(X, y, epochs, **settings), trained(X, y, epochs, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), rtol=1e-10, atol=1e-10)


def test_from_zero_weights_the_first_sample_of_the_firing_class_breaks_the_tie_alike():
    X, y = overlapping()
    order = np.argsort(-y, kind="stable")
    theirs = Perceptron(shuffle=False, tol=None, eta0=0.1, max_iter=10).fit(X[order], y[order])
    ours = trained(X[order], y[order], 10, eta0=0.1)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("class_weight", [{0: 0.5, 1: 2.0}, "balanced"])
def test_class_weights_are_scikit_learns_for_two_classes(class_weight):
    X, y = overlapping()
    settings = {"class_weight": class_weight, "eta0": 0.1} | both_start_from(2)
    theirs, ours = peer(X, y, 10, **settings), trained(X, y, 10, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_bias_sparse_weights_are_scikit_learns(n_classes):
    X, y = overlapping(n_classes)
    X[X < 0.3] = 0
    settings = both_start_from(n_classes) | {"eta0": 0.1, "fit_intercept": False}
    settings["intercept_init"] = np.zeros_like(settings["intercept_init"])
    theirs = peer(sparse.csr_matrix(X), y, 10, **settings)
    ours = trained(sparse.csr_matrix(X), y, 10, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_on_sparse_input_the_bias_learns_as_on_dense(n_classes):
    X, y = overlapping(n_classes)
    X[X < 0.3] = 0
    settings = both_start_from(n_classes) | {"eta0": 0.1}
    ours = trained(sparse.csr_matrix(X), y, 10, **settings)
    dense_theirs = peer(X, y, 10, **settings)
    assert_weights(ours, dense_theirs.coef_, dense_theirs.intercept_)
    # scikit-learn takes a hundredth of the step on sparse input, as a feature of 0.1 would.
    sparse_theirs = peer(sparse.csr_matrix(X), y, 10, **settings)
    constant = np.full((len(X), 1), 0.1)
    ours = trained(
        sparse.csr_matrix(np.hstack([X, constant])),
        y,
        10,
        eta0=0.1,
        fit_intercept=False,
        coef_init=np.hstack([settings["coef_init"], 10 * settings["intercept_init"][:, None]]),
    )
    assert_weights(ours, np.hstack([sparse_theirs.coef_, ours.coef_[:, -1:]]), ours.intercept_)
    assert_allclose(0.1 * ours.coef_[:, -1], sparse_theirs.intercept_, rtol=1e-12, atol=1e-12)
