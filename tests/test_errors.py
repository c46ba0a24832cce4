"""What is refused: one clear error, before any work, and what was learned stays as it was."""

import re

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils._param_validation import InvalidParameterError

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
y = X[:, 0] - 2 * X[:, 1]
labels = (X[:, 0] > 0).astype(int)

network = SigmoidMLPRegressor(
    hidden_layer_sizes=(4,), solver="adam", max_iter=3, tol=None, random_state=0
)
perceptron = PerceptronClassifier(random_state=0)


# Helpers


def frozen(value):
    """`value` in terms that compare by value, arrays and generators bit by bit."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, np.random.RandomState):
        return frozen(value.get_state())
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(item) for item in value]
    if hasattr(value, "__dict__"):  # what a file would hold: scratch is no state
        return type(value).__name__, frozen(value.__getstate__())
    return repr(value)


def assert_refused(call, estimator, error, message):
    """One exception of exactly this class, with this text; `estimator` as before, bit by bit."""
    before = frozen(vars(estimator))
    with pytest.raises(error, match=message) as info:
        call(estimator)
    assert info.type is error
    assert frozen(vars(estimator)) == before


def fitted(estimator, **params):
    """A fitted copy; `params` are set after the fit, as someone who goes on with it would."""
    target = labels if isinstance(estimator, PerceptronClassifier) else y
    return clone(estimator).fit(X, target).set_params(**params)


def warm_fit(estimator, *args, **kwargs):
    return estimator.set_params(warm_start=True).fit(*args, **kwargs)


def cold_fit(estimator, *args, **kwargs):
    return estimator.fit(*args, **kwargs)


def partial_fit(estimator, *args, **kwargs):
    return estimator.partial_fit(*args, **kwargs)


def cost(estimator, *args, **kwargs):
    return estimator.cost(*args, **kwargs)


def cost_gradient(estimator, *args, **kwargs):
    return estimator.cost_gradient(*args, **kwargs)


def with_value(A, value):
    A = np.array(A, dtype=float)
    A.flat[7] = value
    return A


def table(names, rows):
    """Parametrize over rows whose first cell is the id."""
    return pytest.mark.parametrize(names, [pytest.param(*row[1:], id=row[0]) for row in rows])


every_way_to_fit = pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit])


def test_the_helper_sees_changes():
    estimator = fitted(network)
    before = frozen(vars(estimator))
    estimator.coefs_[0][0, 0] = np.nextafter(estimator.coefs_[0][0, 0], 9)
    assert frozen(vars(estimator)) != before
    before = frozen(vars(estimator))
    estimator._state.rng.uniform()
    assert frozen(vars(estimator)) != before


# Parameters

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
    "sizes",
    [(3, 0), (3, -1), (2.5,), ("3",), (None,), [(3, 4)], [[3], [4]], [(3,), (4, 5)], (3, (4,))],
    ids=str,
)
def test_hidden_layers_are_a_flat_list_of_positive_integers(sizes):
    estimator = fitted(network, hidden_layer_sizes=sizes)
    message = "hidden_layer_sizes must be positive integers, got"
    assert_refused(lambda e: e.fit(X, y), estimator, ValueError, message)


@pytest.mark.parametrize(
    "weights",
    [{0: -1.0}, {0: np.nan}, {1: np.inf}, {"no such label": 1.0}],
    ids=str,
)
def test_class_weights_belong_to_classes_and_are_finite_and_not_negative(weights):
    estimator = fitted(perceptron, class_weight=weights)
    assert_refused(lambda e: e.fit(X, labels), estimator, ValueError, "class_weight")
    assert_refused(lambda e: e.partial_fit(X, labels), estimator, ValueError, "class_weight")


# Data of both estimators

BAD_X = [
    ("NaN", with_value(X, np.nan), "Input X contains NaN"),
    ("infinite", with_value(X, np.inf), "Input X contains infinity"),
    ("sparse NaN", sp.csr_matrix(with_value(X, np.nan)), "Input X contains NaN"),
    ("vector", X[:, 0], "Expected 2D array, got 1D array"),
    ("three axes", X[:, :, None], "Found array with dim 3"),
    ("no rows", X[:0], r"Found array with 0 sample\(s\)"),
    ("no columns", X[:, :0], r"0 feature\(s\)"),
    ("words", np.full((30, 3), "word"), "could not convert string to float"),
    ("complex", X + 1j, "Complex data not supported"),
    ("beyond floats", np.full((30, 2), 10**400), "numbers within float64: int too large"),
]


@table(("bad", "message"), BAD_X)
@pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit, cost, cost_gradient])
def test_bad_samples_for_the_network(bad, message, method):
    estimator = fitted(network, warm_start=method is warm_fit)
    assert_refused(lambda e: method(e, bad, y[: len_of(bad)]), estimator, ValueError, message)


@table(("bad", "message"), BAD_X)
@pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit])
def test_bad_samples_for_the_perceptron(bad, message, method):
    estimator = fitted(perceptron, warm_start=method is warm_fit)
    assert_refused(lambda e: method(e, bad, labels[: len_of(bad)]), estimator, ValueError, message)


def len_of(A):
    return A.shape[0]


@table(("bad", "message"), BAD_X)
@pytest.mark.parametrize(
    ("estimator", "method"),
    [
        (network, "predict"),
        (network, "feedforward"),
        (perceptron, "predict"),
        (perceptron, "decision_function"),
    ],
    ids=str,
)
def test_bad_samples_to_predict(estimator, method, bad, message):
    assert_refused(lambda e: getattr(e, method)(bad), fitted(estimator), ValueError, message)


@pytest.mark.parametrize("narrow", [X[:, :2], sp.csr_matrix(X[:, :2])], ids=["dense", "sparse"])
@pytest.mark.parametrize(
    ("estimator", "call"),
    [
        (network, lambda e, A: e.predict(A)),
        (network, lambda e, A: e.feedforward(A)),
        (network, lambda e, A: e.score(A, y)),
        (network, lambda e, A: e.cost(A, y)),
        (network, lambda e, A: e.cost_gradient(A, y)),
        (network, lambda e, A: e.partial_fit(A, y)),
        (clone(network).set_params(warm_start=True), lambda e, A: e.fit(A, y)),
        (network, lambda e, A: e.fit(X, y, X_val=A, y_val=y)),
        (perceptron, lambda e, A: e.predict(A)),
        (perceptron, lambda e, A: e.decision_function(A)),
        (perceptron, lambda e, A: e.score(A, labels)),
        (perceptron, lambda e, A: e.partial_fit(A, labels)),
        (clone(perceptron).set_params(warm_start=True), lambda e, A: e.fit(A, labels)),
    ],
)
def test_other_numbers_of_features(estimator, call, narrow):
    message = rf"X has 2 features, but {type(estimator).__name__} is expecting 3 features"
    assert_refused(lambda e: call(e, narrow), fitted(estimator), ValueError, message)


@table(
    ("estimator", "call"),
    [
        ("network predict", network, lambda e: e.predict(X)),
        ("network score", network, lambda e: e.score(X, y)),
        ("network feedforward", network, lambda e: e.feedforward(X)),
        ("network cost", network, lambda e: e.cost(X, y)),
        ("network cost_gradient", network, lambda e: e.cost_gradient(X, y)),
        # Being unfitted is what is wrong, whatever the data.
        ("network predict NaN", network, lambda e: e.predict(X * np.nan)),
        ("perceptron predict", perceptron, lambda e: e.predict(X)),
        ("perceptron score", perceptron, lambda e: e.score(X, labels)),
        ("perceptron decision_function", perceptron, lambda e: e.decision_function(X)),
    ],
)
def test_unfitted(estimator, call):
    message = f"This {type(estimator).__name__} instance is not fitted yet"
    assert_refused(call, clone(estimator), NotFittedError, message)


# Targets and weights of the network

BAD_TARGETS = [
    ("NaN", with_value(y, np.nan), "Input y contains NaN"),
    ("infinite", with_value(y, -np.inf), "Input y contains infinity"),
    ("words", ["word"] * 30, "y must hold numbers within float64: could not convert string"),
    ("beyond floats", [10**400] * 30, "numbers within float64: int too large"),
    ("sparse", sp.csr_matrix(y[:, None]), "y is sparse; pass it dense"),
    ("sparse array", sp.csc_array(y[:, None]), "y is sparse; pass it dense"),
    ("three axes", y[:, None, None], "Found array with dim 3"),
    ("no outputs", np.empty((30, 0)), r"0 feature\(s\)"),
    ("too short", y[:-1], r"inconsistent numbers of samples: \[30, 29\]"),
    ("missing", None, "requires y to be passed, but the target y is None"),
    ("complex", y + 1j, "Complex data not supported"),
]


@table(("bad", "message"), BAD_TARGETS)
@pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit, cost, cost_gradient])
def test_bad_targets_of_the_network(bad, message, method):
    estimator = fitted(network, warm_start=method is warm_fit)
    assert_refused(lambda e: method(e, X, bad), estimator, ValueError, message)


BAD_WEIGHTS = [
    ("negative", with_value(np.ones(30), -2), r"sample_weight must not be negative, got -2\.0"),
    ("all zero", np.zeros(30), "sample_weight is zero for every sample"),
    ("zero for all", 0, "sample_weight is zero for every sample"),
    ("NaN", with_value(np.ones(30), np.nan), "Input sample_weight contains NaN"),
    ("infinite", with_value(np.ones(30), np.inf), "Input sample_weight contains infinity"),
    ("too few", np.ones(29), r"inconsistent numbers of samples: \[30, 29\]"),
    ("a column", np.ones((30, 1)), r"of shape \(n_samples,\), got \(30, 1\)"),
    ("words", ["heavy"] * 30, "could not convert string to float"),
    ("beyond float64", np.full(30, 1e308), "sample_weight adds up to inf"),
]


@table(("bad", "message"), BAD_WEIGHTS)
@pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit, cost, cost_gradient])
def test_bad_weights_of_samples(bad, message, method):
    estimator = fitted(network, warm_start=method is warm_fit)
    assert_refused(lambda e: method(e, X, y, sample_weight=bad), estimator, ValueError, message)


@pytest.mark.parametrize("weight", [1e-60, 1e60])
def test_weights_beyond_float32(weight):
    """All of them vanish, or are infinite, in the precision of X."""
    estimator = clone(network).fit(X.astype(np.float32), y)
    assert_refused(
        lambda e: e.fit(X.astype(np.float32), y, sample_weight=np.full(30, weight)),
        estimator,
        ValueError,
        "sample_weight",
    )


@every_way_to_fit
@pytest.mark.parametrize("target", [1.5, -0.25])
def test_targets_outside_y_range(method, target):
    """The message names the value, the range and the remedy."""
    estimator = fitted(network, y_range=(0, 1), warm_start=method is warm_fit)
    bad = with_value(np.full(30, 0.5), target)
    message = rf"y has the target {target}, outside y_range=\(0\.0, 1\.0\)\. Widen y_range"
    assert_refused(lambda e: method(e, X, bad), estimator, ValueError, message)


def test_a_target_outside_the_range_of_its_output():
    estimator = fitted(network, y_range=[(0, 1), (0, 10)])
    Y = np.column_stack([np.full(30, 5.0), np.full(30, 0.5)])
    message = r"y has the target 5\.0, outside y_range=\(0\.0, 1\.0\), \(0\.0, 10\.0\)"
    assert_refused(lambda e: e.fit(X, Y), estimator, ValueError, message)


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


def test_targets_that_float32_cannot_hold():
    estimator = clone(network).fit(X.astype(np.float32), y)
    assert_refused(
        lambda e: e.fit(X.astype(np.float32), 1e60 * y),
        estimator,
        ValueError,
        "y_range='auto' cannot hold in float32.*Scale y",
    )


@pytest.mark.parametrize("method", [warm_fit, partial_fit])
def test_a_range_of_one_point_cannot_take_other_targets(method):
    estimator = clone(network).set_params(warm_start=True).fit(X, np.full(30, 4.0))
    message = r"all targets of output 0 were 4\.0.*Pass y_range=\(low, high\)"
    assert_refused(lambda e: method(e, X, y), estimator, ValueError, message)


@table(
    ("call", "message"),
    [
        ("fit", lambda e, Y: warm_fit(e, X, Y), "Training continues a network with layers of"),
        (
            "partial_fit",
            lambda e, Y: e.partial_fit(X, Y),
            "Training continues a network with layers of",
        ),
        ("cost", lambda e, Y: e.cost(X, Y), "y has 2 outputs, the network 1"),
        ("cost_gradient", lambda e, Y: e.cost_gradient(X, Y), "y has 2 outputs, the network 1"),
    ],
)
def test_other_numbers_of_outputs(call, message):
    estimator = fitted(network, warm_start=True)
    assert_refused(lambda e: call(e, np.column_stack([y, y])), estimator, ValueError, message)


@pytest.mark.parametrize("method", [warm_fit, partial_fit])
@pytest.mark.parametrize(
    "change", [{"hidden_layer_sizes": (5,)}, {"fit_intercept": False}], ids=str
)
def test_training_cannot_go_on_with_another_network(method, change):
    estimator = fitted(network, warm_start=True, **change)
    message = "Training continues a network with.*set warm_start=False"
    assert_refused(lambda e: method(e, X, y), estimator, ValueError, message)


# The validation set

VALIDATION = {"X_val": X[:5], "y_val": y[:5]}


@table(
    ("given", "message"),
    [
        ("X_val alone", {"X_val": X}, "X_val was passed without y_val: pass both or neither"),
        ("y_val alone", {"y_val": y}, "y_val was passed without X_val: pass both or neither"),
        (
            "weights alone",
            {"sample_weight_val": np.ones(5)},
            "sample_weight_val was passed without X_val and y_val",
        ),
        (
            "weights and X_val",
            {"X_val": X, "sample_weight_val": np.ones(30)},
            "X_val was passed without y_val",
        ),
        (
            "other outputs",
            VALIDATION | {"y_val": np.ones((5, 2))},
            "y_val has 2 outputs, but y has 1",
        ),
        ("NaN samples", VALIDATION | {"X_val": X[:5] * np.nan}, "contains NaN"),
        ("NaN targets", VALIDATION | {"y_val": y[:5] * np.nan}, "contains NaN"),
        (
            "words",
            VALIDATION | {"y_val": ["word"] * 5},
            "y_val must hold numbers within float64: could not convert string",
        ),
        ("no samples", {"X_val": X[:0], "y_val": y[:0]}, r"Found array with 0 sample\(s\)"),
        ("lengths", VALIDATION | {"y_val": y}, r"inconsistent numbers of samples: \[5, 30\]"),
        (
            "negative weights",
            VALIDATION | {"sample_weight_val": -np.ones(5)},
            "sample_weight_val must not be negative",
        ),
        (
            "zero weights",
            VALIDATION | {"sample_weight_val": np.zeros(5)},
            "sample_weight_val is zero for every sample",
        ),
        (
            "NaN weights",
            VALIDATION | {"sample_weight_val": np.full(5, np.nan)},
            "Input sample_weight_val contains NaN",
        ),
        (
            "lengths of weights",
            VALIDATION | {"sample_weight_val": np.ones(6)},
            r"inconsistent numbers of samples: \[5, 6\]",
        ),
    ],
)
@pytest.mark.parametrize("params", [{}, {"early_stopping": True}, {"solver": "lbfgs"}], ids=str)
def test_bad_validation_sets(given, message, params):
    estimator = fitted(network, **params)
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


def test_validation_targets_outside_y_range():
    estimator = fitted(network, y_range=(-99, 99))
    message = r"y_val has the target 100\.0, outside y_range=\(-99\.0, 99\.0\)\. Widen y_range"
    given = {"X_val": X[:1], "y_val": [100.0]}
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


@table(
    ("estimator", "samples", "params"),
    [
        ("one sample", network, (X[:1], y[:1]), {}),
        ("one of weight", network, (X[:2], y[:2], [1, 0]), {}),
        ("nothing left to train on", network, (X[:2], y[:2]), {"validation_fraction": 0.999}),
        ("one of a class", perceptron, (X[:4], [0, 1, 1, 1]), {}),
        ("fewer left than classes", perceptron, (X[:5], [0, 0, 1, 1, 2]), {}),
    ],
)
def test_hold_out_of_too_few_samples(estimator, samples, params):
    estimator = fitted(estimator, early_stopping=True, **params)
    message = r"cannot hold out validation_fraction=\S+ of \d samples.*Pass more samples"
    assert_refused(lambda e: e.fit(*samples), estimator, ValueError, message)


@pytest.mark.parametrize("prepare", [clone, fitted])
def test_a_network_that_holds_out_has_no_partial_fit(prepare):
    estimator = prepare(network).set_params(early_stopping=True)
    assert not hasattr(estimator, "partial_fit")
    message = "has no attribute 'partial_fit'"
    assert_refused(lambda e: e.partial_fit(X, y), estimator, AttributeError, message)
    with pytest.raises(AttributeError) as info:
        estimator.partial_fit(X, y)
    assert "set early_stopping=False" in str(info.value.__cause__)


def test_lbfgs_has_no_partial_fit():
    estimator = fitted(network, solver="lbfgs")
    assert not hasattr(estimator, "partial_fit")
    message = "has no attribute 'partial_fit'"
    assert_refused(lambda e: e.partial_fit(X, y), estimator, AttributeError, message)
    with pytest.raises(AttributeError) as info:
        estimator.partial_fit(X, y)
    assert "use solver='adam' or 'sgd'" in str(info.value.__cause__)


# Initial weights

COEFS, INTERCEPTS = [np.ones((3, 4)), np.ones((4, 1))], [np.ones(4), np.ones(1)]


@table(
    ("given", "message"),
    [
        ("one layer", {"coefs_init": COEFS[:1]}, r"coefs_init must hold 2 arrays.*got 1"),
        ("three layers", {"coefs_init": [*COEFS, 1]}, r"coefs_init must hold 2 arrays.*got 3"),
        ("one bias", {"intercepts_init": INTERCEPTS[:1]}, r"intercepts_init must hold 2 arrays"),
        (
            "transposed",
            {"coefs_init": [COEFS[0].T, COEFS[1]]},
            r"coefs_init\[0\] must have shape \(3, 4\), got \(4, 3\)",
        ),
        (
            "flat",
            {"coefs_init": [COEFS[0].ravel(), COEFS[1]]},
            r"coefs_init\[0\] must have shape \(3, 4\), got \(12,\)",
        ),
        (
            "other biases",
            {"intercepts_init": [np.ones(4), np.ones(2)]},
            r"intercepts_init\[1\] must have shape \(1,\), got \(2,\)",
        ),
        (
            "NaN",
            {"coefs_init": [COEFS[0] * np.nan, COEFS[1]]},
            r"Input coefs_init\[0\] contains NaN",
        ),
        (
            "infinite",
            {"intercepts_init": [np.full(4, np.inf), np.ones(1)]},
            r"Input intercepts_init\[0\] contains infinity",
        ),
        ("words", {"coefs_init": ["word", "word"]}, "could not convert string to float"),
        ("a number", {"coefs_init": 5}, "coefs_init must hold 2 arrays"),
    ],
)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_bad_initial_weights_of_the_network(given, message, solver):
    estimator = fitted(network, solver=solver)
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


def test_a_network_without_biases_takes_none():
    estimator = fitted(network, fit_intercept=False)
    message = "intercepts_init must hold 0 arrays.*fit_intercept=False"
    assert_refused(
        lambda e: e.fit(X, y, intercepts_init=INTERCEPTS), estimator, ValueError, message
    )


@table(
    ("target", "given", "message"),
    [
        (
            "two units",
            labels,
            {"coef_init": np.ones((2, 3))},
            r"coef_init must have shape \(1, 3\), got \(2, 3\)",
        ),
        (
            "too narrow",
            labels,
            {"coef_init": [1, 2]},
            r"coef_init must have shape \(1, 3\), got \(2,\)",
        ),
        (
            "one unit of three",
            np.arange(30) % 3,
            {"coef_init": np.ones((1, 3))},
            r"coef_init must have shape \(3, 3\), got \(1, 3\)",
        ),
        (
            "two biases",
            labels,
            {"intercept_init": [1, 2]},
            r"intercept_init must have shape \(1,\), got \(2,\)",
        ),
        (
            "one bias of three",
            np.arange(30) % 3,
            {"intercept_init": 1.0},
            r"intercept_init must have shape \(3,\), got \(1,\)",
        ),
        ("NaN", labels, {"coef_init": [0, np.nan, 0]}, "Input coef_init contains NaN"),
        (
            "infinite",
            labels,
            {"intercept_init": np.inf},
            "Input intercept_init contains infinity",
        ),
        ("words", labels, {"coef_init": ["a", "b", "c"]}, "could not convert string to float"),
    ],
)
def test_bad_initial_weights_of_the_perceptron(target, given, message):
    estimator = fitted(perceptron)
    assert_refused(lambda e: e.fit(X, target, **given), estimator, ValueError, message)


# Weights that grow without bound

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


# Labels

BAD_LABELS = [
    ("continuous", y, ValueError, "Unknown label type"),
    ("one class", np.ones(30), ValueError, r"one class only: .*1\.0"),
    ("one word", ["a"] * 30, ValueError, "one class only: .*a"),
    ("NaN", with_value(labels, np.nan), ValueError, "Input y contains NaN"),
    ("infinite", with_value(labels, np.inf), ValueError, "Input y contains infinity"),
    ("two columns", np.column_stack([labels, labels]), ValueError, "y should be a 1d array"),
    ("sparse", sp.csr_matrix(labels[:, None]), TypeError, "Sparse data was passed for y"),
    ("too short", labels[:-1], ValueError, r"inconsistent numbers of samples: \[30, 29\]"),
    ("missing", None, ValueError, "requires y to be passed, but the target y is None"),
]


@table(("bad", "error", "message"), BAD_LABELS)
def test_bad_labels(bad, error, message):
    assert_refused(lambda e: e.fit(X, bad), fitted(perceptron), error, message)


NOT_ONE_CLASS = [row for row in BAD_LABELS if not row[0].startswith("one")]


@table(("bad", "error", "message"), NOT_ONE_CLASS)
def test_bad_labels_of_a_chunk(bad, error, message):
    assert_refused(lambda e: e.partial_fit(X, bad), fitted(perceptron), error, message)
    first = clone(perceptron)
    assert_refused(lambda e: e.partial_fit(X, bad, classes=[0, 1]), first, error, message)


@table(
    ("prepare", "call", "message"),
    [
        (
            "classes missing",
            clone,
            lambda e: e.partial_fit(X, labels),
            "classes must be passed on the first call to partial_fit",
        ),
        (
            "one class declared",
            clone,
            lambda e: e.partial_fit(X, labels, classes=[1]),
            "one class only",
        ),
        (
            "unknown at first",
            clone,
            lambda e: e.partial_fit(X, labels, classes=[1, 2]),
            r"labels that are not among the classes \[1 2\]: \[0\]",
        ),
        (
            "unknown later",
            fitted,
            lambda e: e.partial_fit(X, labels + 1),
            r"labels that are not among the classes \[0 1\]: \[2\]",
        ),
        (
            "unknown in a warm start",
            lambda e: fitted(e, warm_start=True),
            lambda e: e.fit(X, labels + 1),
            r"labels that are not among the classes \[0 1\]: \[2\]",
        ),
        (
            "more classes",
            fitted,
            lambda e: e.partial_fit(X, labels, classes=[0, 1, 2]),
            r"classes=\[0 1 2\] is not the same as on the first call to partial_fit, \[0 1\]",
        ),
        (
            "fewer classes",
            fitted,
            lambda e: e.partial_fit(X, labels, classes=[0]),
            r"classes=\[0\] is not the same as on the first call to partial_fit",
        ),
        (
            "other classes",
            fitted,
            lambda e: e.partial_fit(X, labels, classes=["a", "b"]),
            "is not the same as on the first call to partial_fit",
        ),
    ],
)
def test_bad_classes(prepare, call, message):
    assert_refused(call, prepare(perceptron), ValueError, message)


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


# What float32 cannot hold

SINGLE = X.astype(np.float32)


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


def test_divergence_under_lbfgs_names_what_lbfgs_has():
    estimator = fitted(network, solver="lbfgs").set_params(alpha=1e308)
    assert_refused(lambda e: e.fit(X * 1e10, y), estimator, ValueError, "Lower alpha, or scale X")


def test_bad_validation_data_is_named():
    bad = with_value(X, np.nan)
    message = "In X_val and y_val: Input X contains NaN"
    assert_refused(lambda e: e.fit(X, y, X_val=bad, y_val=y), fitted(network), ValueError, message)


@pytest.mark.parametrize(
    ("classes", "message"),
    [([0, 1, np.nan], "Input classes contains NaN"), ([[0, 1], [0, 1]], "1d array")],
)
def test_classes_are_a_vector_without_nan(classes, message):
    with pytest.raises(ValueError, match=message):
        clone(perceptron).partial_fit(X, labels, classes=classes)


def test_warm_start_balances_classes_that_are_all_there():
    estimator = clone(perceptron).fit(X, labels)
    estimator.set_params(warm_start=True, class_weight="balanced")
    rows = labels == labels[0]
    message = "class_weight='balanced' needs samples of all classes"
    assert_refused(lambda e: e.fit(X[rows], labels[rows]), estimator, ValueError, message)


def test_a_bool_is_no_number_of_units():
    bad = fitted(network).set_params(hidden_layer_sizes=(True,))
    assert_refused(lambda e: e.fit(X, y), bad, ValueError, "positive integers")


def test_warnings_point_at_the_line_of_the_caller():
    with pytest.warns(ConvergenceWarning) as caught:
        clone(network).set_params(max_iter=1, tol=1e-4).fit(X, y)
    assert caught[0].filename == __file__


def test_some_class_must_have_a_weight():
    estimator = clone(perceptron).fit(X, labels).set_params(class_weight={0: 0, 1: 0})
    message = "leaves no sample to learn from"
    assert_refused(lambda e: e.fit(X, labels), estimator, ValueError, message)


def test_a_step_that_vanishes_in_the_precision_of_X():
    estimator = fitted(perceptron, eta0=1e-60)
    message = "eta0=1e-60 times class_weight is zero in float32, the precision of X; raise eta0."
    assert_refused(lambda e: e.fit(SINGLE, labels), estimator, ValueError, message)


@pytest.mark.parametrize("weight", ["heavy", [1, 2]])
def test_class_weights_are_numbers(weight):
    estimator = fitted(perceptron, class_weight={0: weight})
    message = re.escape(f"class_weight={{0: {weight!r}}}: ")
    for call in (cold_fit, partial_fit):
        assert_refused(lambda e, call=call: call(e, X, labels), estimator, ValueError, message)


@pytest.mark.parametrize("huge", [np.full((30, 3), 1e300), np.where(X > 0, 1.7e308, -1.7e308)])
@pytest.mark.parametrize("call", ["predict", "partial_fit", "warm_fit", "decision_function"])
def test_values_that_overflow_in_a_cast_or_a_sum(huge, call):
    """No RuntimeWarning comes before the error, if there is one."""
    for model, target in [(network, y), (perceptron, labels)]:
        estimator = clone(model).fit(SINGLE, target)
        estimator.set_params(warm_start=call == "warm_fit")
        if not hasattr(estimator, call.removeprefix("warm_")):
            continue
        method = call.removeprefix("warm_")
        given = (huge, target) if "fit" in call else (huge,)
        assert_refused(
            lambda e, m=method, g=given: getattr(e, m)(*g), estimator, ValueError, "infinity"
        )


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_validation_set_far_away_raises_no_warning_of_numpy(solver):
    """Its cost is measured before the first epoch where training goes on."""
    params = {"solver": solver, "warm_start": True, "early_stopping": True}
    estimator = fitted(network, **params)
    far = {"X_val": X, "y_val": 1e200 * y}
    message = "too far outside the range"
    assert_refused(lambda e: e.fit(X, y, **far), estimator, ValueError, message)
    with np.errstate(all="raise"):
        estimator.fit(X, y, X_val=1e300 * X, y_val=y)
    assert np.isfinite(estimator.validation_loss_curve_[-1])


@pytest.mark.parametrize(
    ("name", "value"),
    [("coef_", np.ones((1, 4))), ("coef_", np.full((1, 3), np.nan)), ("intercept_", np.ones(2))],
)
def test_training_does_not_go_on_from_weights_that_were_broken(name, value):
    """The compiled rule would read beyond the samples."""
    estimator = fitted(perceptron)
    setattr(estimator, name, value)
    assert_refused(lambda e: e.partial_fit(X, labels), estimator, ValueError, name)
    if value.shape == (1, 4):
        message = r"coef_ must have shape \(1, 3\), got \(1, 4\)"
        assert_refused(lambda e: e.predict(X), estimator, ValueError, message)


@pytest.mark.parametrize("average", [False, True, "pocket"])
@table(
    ("name", "value"),
    [
        ("no intercept", "intercept_", np.array([])),
        ("two intercepts", "intercept_", np.zeros(2)),
        ("too many weights", "coef_", np.zeros((1, 99))),
        ("too few", "coef_", np.zeros((1, 1))),
    ],
)
@pytest.mark.parametrize("method", ["predict", "partial_fit", "fit"])
def test_replaced_weights_are_not_read_beyond(average, name, value, method):
    estimator = fitted(perceptron, average=average, warm_start=True)
    setattr(estimator, name, value)
    calls = {
        "predict": lambda e: e.predict(X),
        "partial_fit": lambda e: e.partial_fit(X, labels),
        "fit": lambda e: e.fit(X, labels),
    }
    assert_refused(calls[method], estimator, ValueError, f"{name} must have shape")


@pytest.mark.parametrize("lag", ["coef_lag", "intercept_lag", "coef", "intercept"])
def test_a_damaged_state_is_not_read_beyond(lag):
    estimator = fitted(perceptron, average=True)
    setattr(estimator._state.units, lag, np.zeros((1, 1)))
    assert_refused(lambda e: e.partial_fit(X, labels), estimator, ValueError, "file.*is damaged")


@pytest.mark.parametrize("kind", ["csr", "csc", "bsr", "coo"])
@pytest.mark.parametrize("estimator", [network, perceptron], ids=["network", "perceptron"])
def test_sparse_indices_outside_are_refused_in_every_format(estimator, kind):
    A = sp.csr_array(X).asformat(kind)
    if kind == "coo":
        A.col[3] = 10**6
    else:
        A.indices = A.indices.copy()
        A.indices[1] = 10**6
    for call in (lambda e: e.fit(A, labels), lambda e: e.predict(A)):
        assert_refused(call, fitted(estimator), ValueError, "X is a broken sparse matrix")


@pytest.mark.parametrize("estimator", [network, perceptron], ids=["network", "perceptron"])
def test_too_few_starts_of_rows_are_refused(estimator):
    A = sp.csr_array(X)
    A.indptr = A.indptr[:5].copy()
    assert_refused(
        lambda e: e.fit(A, labels), fitted(estimator), ValueError, "X is a broken sparse matrix"
    )


@pytest.mark.parametrize("estimator", [network, perceptron], ids=["network", "perceptron"])
def test_gaps_and_odd_addresses_in_memory_are_read_as_any_other(estimator):
    dense = np.frombuffer(b"x" + X.tobytes(), np.uint8)[1:].view(X.dtype).reshape(X.shape)
    assert not dense.flags.aligned
    A = sp.csr_array(X)
    gaps = sp.csr_array((np.repeat(A.data, 2)[::2], A.indices, A.indptr), shape=A.shape)
    assert not gaps.data.flags.c_contiguous
    expected = clone(estimator).fit(X, labels).predict(X)
    np.testing.assert_allclose(clone(estimator).fit(dense, labels).predict(dense), expected)
    np.testing.assert_allclose(clone(estimator).fit(gaps, labels).predict(gaps), expected)


def test_whole_numbers_as_weights_are_weights():
    unit = clone(perceptron).fit(X[:, :2], np.arange(len(X)) % 3)
    unit.coef_, unit.intercept_ = np.array([[1, 0], [0, 1], [-1, -1]]), np.zeros(3, int)
    assert unit.predict([[0.4, 0.1], [0.1, 0.4], [-0.4, -0.4]]).tolist() == [0, 1, 2]
    unit.coef_ = unit.coef_.tolist()
    assert unit.predict([[0.4, 0.1], [0.1, 0.4], [-0.4, -0.4]]).tolist() == [0, 1, 2]
