"""Penalties that are tried where the estimate takes nearly all for noise."""

import numpy as np
import pytest

from sknnbasics import SigmoidMLPRegressor
from sknnbasics._network import Layers
from sknnbasics._network._objective import Rows
from sknnbasics._network._trial import tried_alpha

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def rows_of(function, n=100):
    x = np.linspace(-1.7, 1.7, n)[:, None]
    T = 0.5 + 0.4 * function(x)
    return Rows(x, T, np.ones(n))


def first_theta(layers):
    return layers.draw("glorot_uniform", np.random.RandomState(0))


def test_a_weaker_penalty_is_taken_where_it_leaves_clearly_less_error():
    layers = Layers((1, 100, 1))
    theta = first_theta(layers)
    before = theta.copy()
    rows = rows_of(lambda x: np.sin(4 * x))
    assert tried_alpha(0.13, (0.01, 0.001), layers, theta, rows) == 0.001
    np.testing.assert_array_equal(theta, before)


def test_the_estimate_stays_where_the_targets_are_noise():
    rng, layers = np.random.default_rng(0), Layers((20, 100, 1))
    rows = Rows(rng.normal(size=(300, 20)), rng.uniform(0.1, 0.9, (300, 1)), np.ones(300))
    assert tried_alpha(0.3, (0.01, 0.001), layers, first_theta(layers), rows) == 0.3


@pytest.mark.parametrize("frequency", [4, 5])
def test_fast_sines_are_learned_at_the_defaults(frequency):
    x, between = np.linspace(-1.7, 1.7, 100)[:, None], np.linspace(-1.7, 1.7, 300)[:, None]
    network = SigmoidMLPRegressor(random_state=0).fit(x, np.sin(frequency * x[:, 0]))
    assert network.score(between, np.sin(frequency * between[:, 0])) > 0.95


def test_a_product_among_idle_features_is_learned_at_the_defaults():
    rng = np.random.default_rng(0)
    X, X_test = rng.normal(size=(500, 20)), rng.normal(size=(500, 20))
    network = SigmoidMLPRegressor(random_state=0).fit(X, X[:, 0] * X[:, 1])
    assert network.alpha_ == pytest.approx(0.01)
    assert network.score(X_test, X_test[:, 0] * X_test[:, 1]) > 0.9


def test_noise_is_not_fitted_at_the_defaults():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 20)), rng.normal(size=300)
    network = SigmoidMLPRegressor(random_state=0).fit(X, y)
    assert network.alpha_ > 0.1
    assert network.score(rng.normal(size=(500, 20)), rng.normal(size=500)) > -0.1
