"""Where the weights start: drawn, or passed."""

import pickle

import numpy as np
import pytest
from naive_mlp import (
    assert_parameters,
    assert_same_model,
    each_solver,
    naive_cost_and_gradient,
    random_start,
    samples,
    sigmoid,
    small,
)
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone


def drawn(sizes, **params):
    """The initial weights: the smallest step of all leaves them where they are."""
    X, Y = samples(n_features=sizes[0], n_outputs=sizes[-1])
    settings = {"hidden_layer_sizes": sizes[1:-1], "solver": "sgd", "max_iter": 1}
    return small(**settings | {"learning_rate_init": 5e-324} | params).fit(X, Y)


@pytest.mark.parametrize("init", ["glorot_uniform", "standard_normal"])
def test_initial_weights_are_drawn_layer_by_layer(init):
    model = drawn([300, 100, 50], init=init)
    biases = model.intercepts_ if init == "standard_normal" else model.intercepts_[:-1]
    for values in [*model.coefs_, *biases]:
        assert abs(values.mean()) < 5 * values.std() / np.sqrt(values.size)
        if init == "standard_normal":
            assert_allclose(values.std(), 1, atol=4 / np.sqrt(values.size))
        else:
            assert_allclose(values.std(), np.ptp(values) / 12**0.5, rtol=0.15)
    assert (drawn([300, 100, 50], init=init, random_state=1).coefs_[0] != model.coefs_[0]).any()


def test_output_biases_begin_at_the_logit_of_the_mean_target():
    X, Y = samples(n_outputs=2)
    s = np.random.default_rng(2).uniform(0, 5, 50)
    params = {"solver": "sgd", "learning_rate_init": 5e-324, "max_iter": 1}
    model = small(**params).fit(X, Y, sample_weight=s)
    mean = (np.average(Y, axis=0, weights=s) - model.y_low_) / (model.y_high_ - model.y_low_)
    assert_allclose(sigmoid(model.intercepts_[-1]), mean, rtol=0, atol=1e-6)
    # Nothing else moves, and a mean at the end of a given range keeps the output learning.
    bound = (96 / 9) ** 0.5
    weights = np.random.RandomState(0).uniform(-bound, bound, (4, 5))
    assert_array_equal(model.coefs_[0], weights)
    model = small(**params, y_range=(0, 1)).fit(X, np.zeros(50))
    assert_allclose(sigmoid(model.intercepts_[-1]), 0.01, rtol=0, atol=1e-6)


def test_standard_normal_draws_what_randn_draws():
    rng = np.random.RandomState(3)
    coefs = [rng.randn(4, 5), rng.randn(5, 2)]
    model = drawn([4, 5, 2], init="standard_normal", fit_intercept=False, random_state=3)
    assert_array_equal(model.coefs_[0], coefs[0])
    assert_array_equal(model.coefs_[1], coefs[1])
    biased = drawn([4, 5, 2], init="standard_normal", random_state=3)
    rng = np.random.RandomState(3)
    draws = [rng.randn(4, 5), rng.randn(5), rng.randn(5, 2), rng.randn(2)]
    assert_parameters(biased, draws[::2], draws[1::2], atol=0)


@each_solver
def test_initial_weights_can_be_passed(solver):
    coefs, intercepts = random_start([4, 5, 2])
    kept = pickle.dumps((coefs, intercepts))
    X, Y = samples(n_outputs=2)
    model = small(solver=solver, batch_size=None, alpha=0)
    model.fit(X, Y, coefs_init=coefs, intercepts_init=intercepts)
    T = (Y - model.y_low_) / (model.y_high_ - model.y_low_)
    first_cost, _ = naive_cost_and_gradient(X, T, np.ones(50), coefs, intercepts, alpha=0)
    if solver != "lbfgs":
        assert_allclose(model.loss_curve_[0], first_cost, rtol=1e-12)
    other_seed = clone(model).set_params(random_state=9)
    other_seed.fit(X, Y, coefs_init=coefs, intercepts_init=intercepts)
    assert_same_model(model, other_seed)
    assert pickle.dumps((coefs, intercepts)) == kept


def test_initial_weights_are_taken_without_initial_biases_and_the_other_way_round():
    coefs, intercepts = random_start([4, 5, 2])
    X, Y = samples(n_outputs=2)
    settings = {"solver": "sgd", "learning_rate_init": 5e-324, "max_iter": 1}
    drawn_model = small(**settings).fit(X, Y)
    model = small(**settings).fit(X, Y, coefs_init=coefs)
    assert_parameters(model, coefs, drawn_model.intercepts_, atol=0)
    model = small(**settings).fit(X, Y, intercepts_init=[b.tolist() for b in intercepts])
    assert_parameters(model, drawn_model.coefs_, intercepts, atol=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefs_init": [np.zeros((4, 5))]}, "coefs_init must hold 2 arrays"),
        (
            {"coefs_init": [np.zeros((4, 5)), np.zeros((5, 2))]},
            r"coefs_init\[1\] must have shape \(5, 1\), got \(5, 2\)",
        ),
        (
            {"intercepts_init": [np.zeros(4), np.zeros(1)]},
            r"intercepts_init\[0\] must have shape \(5,\), got \(4,\)",
        ),
        (
            {"coefs_init": [np.full((4, 5), np.nan), np.zeros((5, 1))]},
            r"coefs_init\[0\] contains NaN",
        ),
    ],
)
def test_initial_weights_of_a_wrong_shape_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        small().fit(*samples(), **arguments)


@each_solver
def test_without_fit_intercept_the_biases_are_zero(solver):
    X, Y = samples(n_outputs=2)
    model = small(solver=solver, fit_intercept=False, hidden_layer_sizes=(5, 3)).fit(X, Y)
    assert [b.shape for b in model.intercepts_] == [(5,), (3,), (2,)]
    assert not np.concatenate(model.intercepts_).any()
    assert not np.concatenate(model.cost_gradient(X, Y)[1]).any()
    assert_array_equal(model.feedforward(np.zeros((1, 4)))[1], np.full((1, 5), 0.5))
