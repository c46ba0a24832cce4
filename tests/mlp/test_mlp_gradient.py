"""Activations, the cost, and its gradient."""

import numpy as np
import pytest
from naive_mlp import naive_cost_and_gradient, samples, sigmoid, small
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import check_grad


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_cost_and_gradient_are_those_of_the_article(fit_intercept, alpha, weighted):
    X, Y = samples(n_outputs=3)
    s = np.random.default_rng(0).uniform(0.5, 3, 50) if weighted else np.ones(50)
    weights = s if weighted else None
    model = small(hidden_layer_sizes=(6, 5), alpha=alpha, fit_intercept=fit_intercept)
    model.fit(X, Y, weights)
    T = (Y - model.y_low_) / (model.y_high_ - model.y_low_)
    cost, grads = naive_cost_and_gradient(X, T, s, model.coefs_, model.intercepts_, alpha)
    assert isinstance(model.cost(X, Y, weights), float)
    assert_allclose(model.cost(X, Y, weights), cost, rtol=1e-12)
    coef_grads, intercept_grads = model.cost_gradient(X, Y, weights)
    for ours, theirs in zip(coef_grads, grads[:3], strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=1e-14)
    for ours, theirs in zip(intercept_grads, grads[3:], strict=True):
        assert_allclose(ours, theirs if fit_intercept else 0 * theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_gradient_is_the_slope_of_the_cost(fit_intercept, alpha):
    # scikit-learn's MLPRegressor is off by the number of outputs (issue 8349).
    X, Y = samples(n_outputs=3)
    weights = np.random.default_rng(0).uniform(0.5, 3, 50)
    model = small(hidden_layer_sizes=(6, 5), alpha=alpha, fit_intercept=fit_intercept)
    model.fit(X, Y, weights)
    learned = [*model.coefs_, *model.intercepts_] if fit_intercept else model.coefs_
    theta = np.concatenate([p.ravel() for p in learned])

    def move_to(theta):
        start = 0
        for p in learned:
            p[...] = theta[start : start + p.size].reshape(p.shape)
            start += p.size

    def cost(theta):
        move_to(theta)
        return model.cost(X, Y, weights)

    def gradient(theta):
        move_to(theta)
        coef_grads, intercept_grads = model.cost_gradient(X, Y, weights)
        grads = [*coef_grads, *intercept_grads] if fit_intercept else coef_grads
        return np.concatenate([grad.ravel() for grad in grads])

    assert check_grad(cost, gradient, theta.copy()) < 1e-6


def test_feedforward_gives_every_layer():
    X, Y = samples(n_outputs=2)
    model = small(hidden_layer_sizes=(6, 5)).fit(X, Y)
    activations = model.feedforward(X)
    assert [a.shape for a in activations] == [(50, 4), (50, 6), (50, 5), (50, 2)]
    expected = X
    for a, W, b in zip(activations[1:], model.coefs_, model.intercepts_, strict=True):
        expected = sigmoid(expected @ W + b)
        assert_allclose(a, expected, rtol=0, atol=1e-14)


def test_gradients_are_fresh_arrays():
    X, y = samples()
    model = small().fit(X, y)
    first = model.cost_gradient(X, y)[0][0]
    kept = first.copy()
    model.cost_gradient(2 * X, y)
    assert_array_equal(first, kept)


def test_the_cost_of_other_outputs_is_refused():
    X, y = samples()
    model = small().fit(X, y)
    with pytest.raises(ValueError, match="y has 2 outputs, the network 1"):
        model.cost(X, np.column_stack([y, y]))
