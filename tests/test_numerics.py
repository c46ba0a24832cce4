"""Extreme scales, saturated units, rates that diverge: a right result, or a word on what to do.

NaN is never silent, and no RuntimeWarning comes from inside: the suite makes it an error.
"""

import warnings
from itertools import chain

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

NETWORK = SigmoidMLPRegressor(hidden_layer_sizes=(8,), random_state=0)
MODELS = {
    "perceptron": PerceptronClassifier(random_state=0),
    "averaged perceptron": PerceptronClassifier(average=True, random_state=0),
    "auto": NETWORK,
    "adam": clone(NETWORK).set_params(solver="adam"),
    "sgd": clone(NETWORK).set_params(solver="sgd"),
    "sgd on all rows": clone(NETWORK).set_params(solver="sgd", batch_size=None),
    "lbfgs": clone(NETWORK).set_params(solver="lbfgs"),
    "early stopping": clone(NETWORK).set_params(early_stopping=True),
}
NETWORKS = [name for name in MODELS if "perceptron" not in name]

each_model = pytest.mark.parametrize("name", MODELS)
each_network = pytest.mark.parametrize("name", NETWORKS)
each_precision = pytest.mark.parametrize("dtype", [np.float64, np.float32])


def samples(dtype=np.float64):
    """300 samples of a linear target, and whether it is positive."""
    X = np.random.default_rng(0).normal(size=(300, 4))
    z = X @ [1.0, 2.0, -1.0, 0.5]
    return X.astype(dtype), z


def assert_learns_or_tells(model, X, z, **arguments):
    """A fit much better than a constant, a ConvergenceWarning, or a ValueError with a remedy."""
    y = z > 0 if is_classifier(model) else z
    refusal = None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("error")
        warnings.simplefilter("always", ConvergenceWarning)
        try:
            model = clone(model).fit(X, y, **arguments)
        except ValueError as error:
            refusal = str(error)
    if refusal is not None:
        assert "scale X" in refusal
        return
    assert np.isfinite(model.predict(X)).all()
    assert told or model.score(X, y) > (0.9 if is_classifier(model) else 0.5)


@each_model
@each_precision
@pytest.mark.parametrize("exponent", [-12, -6, -3, 0, 3, 6, 12])
def test_inputs_of_every_scale(name, dtype, exponent):
    X, z = samples(dtype)
    assert_learns_or_tells(MODELS[name], X * dtype(10.0**exponent), z)


@each_model
@each_precision
@pytest.mark.parametrize("offset", [1e3, 1e6, 1e12])
def test_inputs_far_from_zero(name, dtype, offset):
    X, z = samples(dtype)
    assert_learns_or_tells(MODELS[name], X + dtype(offset), z)


@each_model
@pytest.mark.parametrize("constant", [0.0, 1.0, 1e3, 1e12])
def test_one_feature_among_999_constants(name, constant):
    X = np.full((300, 1000), constant)
    X[:, 500] = z = np.random.default_rng(0).normal(size=300)
    assert_learns_or_tells(MODELS[name], X, z)


@each_network
@each_precision
@pytest.mark.parametrize("rate", [10.0, 1e2, 1e4, 1e8, 1e20, 1e100])
def test_rates_that_diverge(name, dtype, rate):
    X, z = samples(dtype)
    assert_learns_or_tells(clone(MODELS[name]).set_params(learning_rate_init=rate), X, z)


@each_network
@pytest.mark.parametrize("scale", [1e2, 1e4, 1e10, 1e100, 1e150])
def test_a_saturated_start(name, scale):
    X, z = samples()
    rng = np.random.default_rng(1)
    start = [scale * rng.normal(size=shape) for shape in [(4, 8), (8, 1)]]
    assert_learns_or_tells(MODELS[name], X, z, coefs_init=start)


def test_a_network_that_is_no_better_than_a_constant_says_so():
    X, z = samples()
    diverging = clone(MODELS["adam"]).set_params(learning_rate_init=1e3)
    with pytest.warns(ConvergenceWarning, match="no better than the mean.*scale X") as caught:
        diverging.fit(X, z)
    assert len(caught) == 1


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_warning_names_the_r2_of_the_training_samples(fit_intercept):
    X, z = samples()
    Y, weights = np.column_stack([1 / (1 + np.exp(-z)) / 2, z**2 / 100]), np.arange(300.0)
    model = clone(MODELS["adam"]).set_params(
        y_range=(0, 1), fit_intercept=fit_intercept, alpha=1e12, max_iter=20
    )
    with pytest.warns(ConvergenceWarning, match="no better than the mean") as caught:
        model.fit(X, Y, sample_weight=weights)
    told = str(caught[0].message).split("R² is ")[1].split()[0]
    assert float(told) == pytest.approx(model.score(X, Y, weights), rel=0.01)


@each_network
@pytest.mark.parametrize("y_range", ["auto", (0, 7)])
def test_a_constant_target_leaves_nothing_to_learn(name, y_range):
    X, _ = samples()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ConvergenceWarning)
        model = clone(MODELS[name]).set_params(y_range=y_range).fit(X, np.full(300, 5.1))
    assert told == []
    if y_range == "auto":
        assert_allclose(model.predict(X), 5.1)


def test_a_perceptron_that_is_no_better_than_the_most_frequent_class_says_so():
    X, z = samples()
    with pytest.warns(ConvergenceWarning, match="no better than the 0.507 of always") as caught:
        model = PerceptronClassifier(random_state=0).fit(X + 1e6, z > 0)
    assert len(caught) == 1
    assert model.score(X + 1e6, z > 0) <= 0.507


@pytest.mark.parametrize("average", [False, True])
def test_a_perceptron_that_goes_on_with_one_class_is_told_nothing(average):
    X, z = samples()
    model = PerceptronClassifier(average=average, warm_start=True, random_state=0).fit(X, z > 0)
    model.fit(X[z > 0], np.ones((z > 0).sum(), bool))
    assert model.score(X[z > 0], z[z > 0] > 0) == 1


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_sums_over_a_million_rows_in_single_precision(solver):
    X = np.random.default_rng(0).normal(size=(10**6, 5)).astype(np.float32)
    y = np.tanh(X[:, 0] - X[:, 1])
    network = SigmoidMLPRegressor(
        hidden_layer_sizes=(3,), solver=solver, alpha=0.02, max_iter=1, tol=None, batch_size=None
    )
    single = network.set_params(random_state=0).fit(X, y)
    double = clone(network).fit(X.astype(np.float64), y.astype(np.float64))
    assert single.coefs_[0].dtype == np.float32
    assert_allclose(single.loss_curve_, double.loss_curve_, rtol=1e-6)
    # The weights of one network in both precisions, so that only the sums differ.
    at = {"coefs_init": single.coefs_, "intercepts_init": single.intercepts_}
    double.set_params(learning_rate_init=1e-300, solver="sgd")
    double.fit(X.astype(np.float64), y.astype(np.float64), **at)
    assert_allclose(single.cost(X, y), double.cost(X, y), rtol=1e-6)
    ours, exact = single.cost_gradient(X, y), double.cost_gradient(X, y)
    for grad, exact_grad in zip(chain(*ours), chain(*exact), strict=True):
        assert_allclose(grad, exact_grad, atol=1e-4 * np.abs(exact_grad).max())


def test_a_perceptron_over_a_million_rows_in_single_precision():
    X = np.random.default_rng(0).normal(size=(10**6, 5)).astype(np.float32)
    fired = X[:, 0] > X[:, 1]
    model = PerceptronClassifier(average=True, max_iter=2, tol=None, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, fired)
    assert model.score(X, fired) > 0.999
