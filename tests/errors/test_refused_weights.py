"""Initial weights of the wrong shape or kind, and fitted weights replaced or damaged."""

import numpy as np
import pytest
import scipy.sparse as sp
from refusals import X, assert_refused, fitted, labels, network, perceptron, table, y
from sklearn.base import clone

from sknnbasics import PerceptronClassifier

# Initial weights ---------------------------------------------------------------------------


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
        ("a dict", {"coefs_init": dict(enumerate(COEFS))}, "coefs_init must hold 2 arrays"),
        ("one sparse", {"coefs_init": sp.csr_array(COEFS[0])}, "coefs_init must hold 2 arrays"),
        (
            "sparse",
            {"coefs_init": [sp.csr_array(COEFS[0]), COEFS[1]]},
            r"coefs_init\[0\] is sparse; pass it dense",
        ),
        (
            "dicts",
            {"coefs_init": [{}, {}]},
            r"coefs_init\[0\] must hold numbers within float64: .* not 'dict'",
        ),
        (
            "complex",
            {"intercepts_init": [np.ones(4), np.ones(1) + 1j]},
            r"Complex data not supported: intercepts_init\[1\] holds complex128",
        ),
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
        ("a dict", labels, {"coef_init": {"x": 1}}, "coef_init must hold numbers .* not 'dict'"),
        ("sparse", labels, {"coef_init": sp.csr_array([[1, 2, 3]])}, "coef_init is sparse; pass"),
        ("complex", labels, {"intercept_init": 1j}, "intercept_init must hold numbers"),
    ],
)
def test_bad_initial_weights_of_the_perceptron(target, given, message):
    estimator = fitted(perceptron)
    assert_refused(lambda e: e.fit(X, target, **given), estimator, ValueError, message)


# Replaced and damaged attributes -----------------------------------------------------------


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


@pytest.mark.parametrize("method", ["predict", "feedforward", "cost", "partial_fit", "fit"])
def test_weights_of_a_network_that_were_transposed_are_not_cut_up_anew(method):
    estimator = fitted(network, warm_start=True)
    estimator.coefs_ = [W.T.copy() for W in estimator.coefs_]
    needs_y = method in ("cost", "partial_fit", "fit")
    arguments = (X, y) if needs_y else (X,)
    assert_refused(
        lambda e: getattr(e, method)(*arguments),
        estimator,
        ValueError,
        "coefs_ must hold arrays of the shapes",
    )


KINDS = {
    "backwards": lambda array: array[::-1].copy()[::-1],
    "strided": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "Fortran order": np.asfortranarray,
    "lists": lambda array: array.tolist(),
    "objects": lambda array: array.astype(object),
    "whole numbers": lambda array: np.round(array).astype(int),
    "half precision": lambda array: array.astype(np.float16),
    "single precision": lambda array: array.astype(np.float32),
    "long": lambda array: array.astype(np.longdouble),
    "other bytes": lambda array: array.astype(">f8"),
}
ATTRIBUTES = [
    (perceptron, "coef_", None),
    (perceptron, "intercept_", None),
    (network, "coefs_", 0),
    (network, "coefs_", 1),
    (network, "intercepts_", 0),
    (network, "intercepts_", 1),
    (network, "y_low_", None),
]
every_attribute = pytest.mark.parametrize(
    ("estimator", "name", "layer"), ATTRIBUTES, ids=[f"{n} {k}" for _, n, k in ATTRIBUTES]
)


def get(model, name, layer):
    return getattr(model, name) if layer is None else getattr(model, name)[layer]


def replace(model, name, layer, value):
    if layer is None:
        setattr(model, name, value)
    else:
        getattr(model, name)[layer] = value


def call_of(method, estimator):
    target = labels if estimator is perceptron else y
    return lambda e: getattr(e, method)(*(X,) if method == "predict" else (X, target))


def results(model):
    """What the model says, now and after it has learned more."""
    said = [model.predict(X)]
    if isinstance(model, PerceptronClassifier):
        target = labels
        said.append(model.decision_function(X))
    else:
        target = y
        said += [*model.feedforward(X), model.cost(X, y), *model.cost_gradient(X, y)[0]]
    return [*said, model.partial_fit(X, target).predict(X)]


@every_attribute
@pytest.mark.parametrize("kind", KINDS)
def test_replaced_numbers_of_any_kind_are_used(estimator, name, layer, kind):
    expected, model = fitted(estimator), fitted(estimator)
    value = KINDS[kind](get(model, name, layer))
    replace(model, name, layer, value)
    replace(expected, name, layer, np.array(value, np.float64, order="C"))
    rounding = 1e-6 if kind == "single precision" and layer is None else 1e-12
    for result, one in zip(results(model), results(expected), strict=True):
        np.testing.assert_allclose(result, one, rtol=rounding, atol=rounding)


@every_attribute
@table(
    ("value", "message"),
    [
        ("None", None, "Input {} contains NaN"),
        ("a dict", {"a": 1}, "{} must hold numbers within float64: .*'dict'"),
        ("sparse", sp.csr_array(np.ones((3, 4))), "{} is sparse; pass it dense"),
        ("complex", np.ones(3) + 1j, "Complex data not supported: {} holds complex128"),
        ("words", ["a", "b"], "{} must hold numbers within float64: could not convert string"),
        ("ragged", [[1, 2], [3]], "{} must hold numbers within float64"),
        ("no numbers", [], "{} must h.*shape"),
        ("too many", np.ones((2, 3, 4)), "{} must h.*shape"),
    ],
)
@pytest.mark.parametrize("method", ["predict", "partial_fit"])
def test_replaced_numbers_of_no_kind_are_refused(estimator, name, layer, value, message, method):
    model = fitted(estimator)
    replace(model, name, layer, value)
    shown = name if layer is None or "shape" in message else rf"{name}\[{layer}\]"
    assert_refused(call_of(method, estimator), model, ValueError, message.format(shown))


@every_attribute
@pytest.mark.parametrize(
    ("method", "value"), [("predict", np.nan), ("partial_fit", np.nan), ("partial_fit", -np.inf)]
)
def test_replaced_numbers_that_are_not_finite_are_named(estimator, name, layer, method, value):
    model = fitted(estimator)
    get(model, name, layer)[...] = value
    assert_refused(
        call_of(method, estimator),
        model,
        ValueError,
        "NaN|infinity|y_low_ and y_high_ must be finite",
    )


@pytest.mark.parametrize("attribute", ["coefs_", "intercepts_"])
@pytest.mark.parametrize("value", [None, 5, np.ones((2, 2)), {}])
def test_weights_of_a_network_are_lists(attribute, value):
    model = fitted(network)
    setattr(model, attribute, value)
    assert_refused(lambda e: e.predict(X), model, ValueError, attribute)


def test_replaced_ends_of_the_range_are_those_of_predictions_costs_and_training():
    model, twice = fitted(network), fitted(network)
    twice.y_low_, twice.y_high_ = 2 * model.y_low_, [2 * model.y_high_[0]]
    np.testing.assert_allclose(twice.predict(X), 2 * model.predict(X), rtol=1e-12)
    np.testing.assert_allclose(twice.cost(X, 2 * y), model.cost(X, y), rtol=1e-12)
    twice.partial_fit(X, 2 * y), model.partial_fit(X, y)
    np.testing.assert_allclose(twice.predict(X), 2 * model.predict(X), rtol=1e-9)
    model.y_low_ = model.y_high_ + 1
    assert_refused(lambda e: e.predict(X), model, ValueError, "no low above its high")


def test_other_names_of_the_classes_in_any_order_are_used():
    model, renamed = fitted(perceptron), fitted(perceptron)
    renamed.classes_ = ["yes", "no"]
    names = np.array(["yes", "no"])
    np.testing.assert_array_equal(renamed.predict(X), names[model.predict(X)])
    renamed.partial_fit(X, names[labels], classes=["no", "yes"])
    np.testing.assert_array_equal(renamed.coef_, model.partial_fit(X, labels).coef_)
    np.testing.assert_array_equal(renamed.predict(X), names[model.predict(X)])


@pytest.mark.parametrize("value", [None, 1, ["a"], np.ones((2, 1)), []])
def test_classes_that_are_no_list_of_labels_are_refused(value):
    model = fitted(perceptron)
    model.classes_ = value
    for call in (lambda e: e.predict(X), lambda e: e.partial_fit(X, labels)):
        assert_refused(call, model, ValueError, "classes_ must hold a label for each")


def test_a_mask_over_weights_is_not_looked_at():
    """As scikit-learn takes masked samples."""
    unit = clone(perceptron).set_params(average=True).fit(X, np.digitize(X[:, 0], [-0.5, 0.5]))
    expected = unit.decision_function(X[:5])
    unit.coef_ = np.ma.masked_greater(unit.coef_, 0)
    np.testing.assert_array_equal(unit.decision_function(X[:5]), expected, strict=True)
    model = fitted(network)
    expected = model.feedforward(X[:5])[-1]
    model.coefs_ = [np.ma.masked_greater(W, 0) for W in model.coefs_]
    np.testing.assert_array_equal(model.feedforward(X[:5])[-1], expected, strict=True)


def test_infinities_of_both_signs_are_refused_without_a_warning_of_numpy():
    """Their sum, which scikit-learn looks at first, is none."""
    unit = fitted(perceptron)
    unit.coef_ = np.array([[np.inf, -np.inf, 0]], dtype=np.longdouble)
    assert_refused(lambda e: e.predict(X), unit, ValueError, "Input coef_ contains infinity")
    weights = np.resize([np.inf, -np.inf], len(X))
    message = "Input sample_weight contains infinity"
    assert_refused(lambda e: e.fit(X, y, weights), fitted(network), ValueError, message)


def test_a_gradient_at_an_infinite_weight_is_refused():
    model = fitted(network)
    model.coefs_[1][0] = np.inf
    message = "The weights of the network hold NaN or infinity"
    assert_refused(lambda e: e.cost_gradient(X, y), model, ValueError, message)
