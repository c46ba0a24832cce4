"""Parameters out of bounds, of the wrong kind, beyond the precision of X, or unknown."""

import re

import numpy as np
import pytest
from refusals import (
    SINGLE,
    X,
    assert_refused,
    cold_fit,
    fitted,
    labels,
    network,
    partial_fit,
    perceptron,
    y,
)
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError

# Each parameter ----------------------------------------------------------------------------


NO_FLAG = [1, "yes", None]
NO_COUNT_OR_INF = [0, -1, 2.5, "many", None]
NO_COUNT = [*NO_COUNT_OR_INF, np.inf]
NO_REAL = ["much", None, np.nan]


BAD_NETWORK_PARAMS = {
    "hidden_layer_sizes": [0, -3, 2.5, "100", None],
    "y_range": ["unit", 1.0, None],
    "solver": ["newton", None, 1],
    "batch_size": [0, -5, 2.5, "all"],
    "learning_rate_init": [0, -0.1, np.inf, *NO_REAL],
    "learning_rate": ["falling", 0.1, None],
    "power_t": [-0.5, np.inf, *NO_REAL],
    "alpha": [-1e-9, np.inf, *NO_REAL],
    "total_samples": [0, 0.5, -10, np.inf, np.nan, "auto"],
    "max_iter": NO_COUNT,
    "max_fun": NO_COUNT,
    "tol": [-1e-4, np.inf, np.nan, "auto"],
    "n_iter_no_change": [n for n in NO_COUNT if n != np.inf] + [-np.inf],
    "momentum": [-0.1, 1.1, *NO_REAL],
    "nesterovs_momentum": NO_FLAG,
    "beta_1": [-0.1, 1.0, *NO_REAL],
    "beta_2": [-0.1, 1.0, *NO_REAL],
    "epsilon": [0, -1e-8, np.inf, *NO_REAL],
    "shuffle": NO_FLAG,
    "random_state": [-1, 1.5, "seed"],
    "warm_start": NO_FLAG,
    "verbose": [-1, 1.5, "yes", None],
    "early_stopping": NO_FLAG,
    "validation_fraction": [0.0, 1.0, -0.1, *NO_REAL],
    "fit_intercept": NO_FLAG,
    "init": ["he_normal", None, 0],
}


BAD_PERCEPTRON_PARAMS = {
    "threshold": [np.inf, -np.inf, *NO_REAL],
    "fit_intercept": NO_FLAG,
    "init": ["normal", None, 0],
    "eta0": [0, -0.1, np.inf, *NO_REAL],
    "max_iter": NO_COUNT,
    "tol": [-1e-4, np.inf, np.nan, "auto"],
    "n_iter_no_change": [*NO_COUNT_OR_INF, -np.inf],
    "shuffle": NO_FLAG,
    "random_state": [-1, 1.5, "seed"],
    "average": [*NO_FLAG, 10],
    "class_weight": ["uniform", 2.0, [1, 2]],
    "early_stopping": NO_FLAG,
    "validation_fraction": [0.0, 1.0, -0.1, *NO_REAL],
    "warm_start": NO_FLAG,
    "verbose": [-1, 1.5, "yes", None],
}


@pytest.mark.parametrize(
    ("estimator", "bad"), [(network, BAD_NETWORK_PARAMS), (perceptron, BAD_PERCEPTRON_PARAMS)]
)
def test_the_tables_name_every_parameter(estimator, bad):
    assert set(bad) == set(estimator._parameter_constraints) == set(estimator.get_params())


def each(bad):
    return [
        pytest.param(name, value, id=f"{name}={value!r}")
        for name, values in bad.items()
        for value in values
    ]


@pytest.mark.parametrize(("name", "value"), each(BAD_NETWORK_PARAMS))
def test_bad_parameters_of_the_network(name, value):
    rule = f"The '{name}' parameter of SigmoidMLPRegressor must be"
    estimator = fitted(network, **{name: value})
    assert_refused(lambda e: e.fit(X, y), estimator, InvalidParameterError, rule)
    for begun in (estimator, clone(network).set_params(**{name: value})):
        assert_refused(lambda e: e.partial_fit(X, y), begun, InvalidParameterError, rule)


@pytest.mark.parametrize(("name", "value"), each(BAD_PERCEPTRON_PARAMS))
def test_bad_parameters_of_the_perceptron(name, value):
    rule = f"The '{name}' parameter of PerceptronClassifier must be"
    estimator = fitted(perceptron, **{name: value})
    assert_refused(lambda e: e.fit(X, labels), estimator, InvalidParameterError, rule)
    for begun in (estimator, clone(perceptron).set_params(**{name: value})):
        assert_refused(lambda e: e.partial_fit(X, labels), begun, InvalidParameterError, rule)


@pytest.mark.parametrize(
    ("estimator", "call"),
    [
        (network, lambda e: e.fit(X, y, None, X, y)),
        (network, lambda e: e.fit(X, y, sample_weights=np.ones(30))),
        (perceptron, lambda e: e.fit(X, labels, sample_weight=np.ones(30))),
        (perceptron, lambda e: e.partial_fit(X, labels, sample_weight=np.ones(30))),
    ],
)
def test_arguments_that_do_not_exist(estimator, call):
    assert_refused(call, fitted(estimator), TypeError, "argument")


# Layers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes",
    [(3, 0), (3, -1), (2.5,), ("3",), (None,), [(3, 4)], [[3], [4]], [(3,), (4, 5)], (3, (4,))],
    ids=str,
)
def test_hidden_layers_are_a_flat_list_of_positive_integers(sizes):
    estimator = fitted(network, hidden_layer_sizes=sizes)
    message = "hidden_layer_sizes must be positive integers, got"
    assert_refused(lambda e: e.fit(X, y), estimator, ValueError, message)


def test_a_bool_is_no_number_of_units():
    bad = fitted(network).set_params(hidden_layer_sizes=(True,))
    assert_refused(lambda e: e.fit(X, y), bad, ValueError, "positive integers")


# Class weights and steps -------------------------------------------------------------------


@pytest.mark.parametrize(
    "weights",
    [{0: -1.0}, {0: np.nan}, {1: np.inf}, {"no such label": 1.0}],
    ids=str,
)
def test_class_weights_belong_to_classes_and_are_finite_and_not_negative(weights):
    estimator = fitted(perceptron, class_weight=weights)
    assert_refused(lambda e: e.fit(X, labels), estimator, ValueError, "class_weight")
    assert_refused(lambda e: e.partial_fit(X, labels), estimator, ValueError, "class_weight")


@pytest.mark.parametrize("weight", ["heavy", [1, 2]])
def test_class_weights_are_numbers(weight):
    estimator = fitted(perceptron, class_weight={0: weight})
    message = re.escape(f"class_weight={{0: {weight!r}}}: ")
    for call in (cold_fit, partial_fit):
        assert_refused(lambda e, call=call: call(e, X, labels), estimator, ValueError, message)


@pytest.mark.parametrize("weights", [{0: 1e307, 1: 1.0}, {0: 1e307, 1: 0.0}])
def test_class_weights_add_up_within_float64(weights):
    estimator = fitted(perceptron, class_weight=weights, eta0=1e-300)
    message = "adds up beyond float64 over the samples; lower the weights"
    for call in (cold_fit, partial_fit):
        assert_refused(lambda e, call=call: call(e, X, labels), estimator, ValueError, message)


def test_some_class_must_have_a_weight():
    estimator = clone(perceptron).fit(X, labels).set_params(class_weight={0: 0, 1: 0})
    message = "leaves no sample to learn from"
    assert_refused(lambda e: e.fit(X, labels), estimator, ValueError, message)


@pytest.mark.parametrize(
    ("params", "init", "name"),
    [
        ({"threshold": 1e300}, {}, "threshold"),
        ({"eta0": 1e300}, {}, "eta0 times class_weight"),
        ({}, {"coef_init": np.full(X.shape[1], 1e300)}, "coef_init"),
    ],
)
def test_numbers_beyond_the_precision_of_X(params, init, name):
    estimator = clone(perceptron).fit(SINGLE, labels).set_params(**params)
    message = f"{name} is beyond float32, the precision of X"
    assert_refused(lambda e: e.fit(SINGLE, labels, **init), estimator, ValueError, message)


def test_a_step_that_vanishes_in_the_precision_of_X():
    estimator = fitted(perceptron, eta0=1e-60)
    message = "eta0=1e-60 times class_weight is zero in float32, the precision of X; raise eta0."
    assert_refused(lambda e: e.fit(SINGLE, labels), estimator, ValueError, message)


# y_range -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y_range", "rule"),
    [
        ((1, 0), "low must be below its high"),
        ((2, 2), "low must be below its high"),
        ([(0, 1), (3, 2)], "y_range must be 'auto', "),
        ((0, np.nan), "Both ends must be finite"),
        ((-np.inf, 9), "Both ends must be finite"),
        ((None, 9), "y_range must be 'auto', "),
        ((-9, 0, 9), r"or 1 such pairs, got \(-9, 0, 9\)"),
        ((9,), r"or 1 such pairs, got \(9,\)"),
        ((), r"or 1 such pairs, got \(\)"),
        ([(-9, 9)] * 3, "or 1 such pairs"),
        ([[-9], [9]], "or 1 such pairs"),
        ([(-9, 9), (0, 1, 2)], "or 1 such pairs"),
        (("low", "high"), r"got \('low', 'high'\)"),
        (("-9", "9"), r"got \('-9', '9'\)"),
    ],
    ids=str,
)
def test_bad_ranges(y_range, rule):
    estimator = fitted(network, y_range=y_range)
    assert_refused(lambda e: e.fit(X, y), estimator, ValueError, "y_range must be 'auto', ")
    assert_refused(lambda e: e.fit(X, y), estimator, ValueError, rule)
    assert_refused(lambda e: e.partial_fit(X, y), estimator, ValueError, rule)


def test_as_many_ranges_as_outputs():
    estimator = fitted(network, y_range=[(-99, 99)] * 3)
    Y = np.column_stack([y, y])
    assert_refused(lambda e: e.fit(X, Y), estimator, ValueError, "or 2 such pairs")
    estimator.set_params(y_range=[(1, 0), (-99, 99)])
    assert_refused(lambda e: e.fit(X, Y), estimator, ValueError, "Each low must be below its high")
