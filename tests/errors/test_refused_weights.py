"""Initial weights of the wrong shape or kind, and fitted weights replaced or damaged."""

import numpy as np
import pytest
from refusals import X, assert_refused, fitted, labels, network, perceptron, table, y
from scipy.sparse import csr_array
from sklearn.base import clone

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


def test_whole_numbers_as_weights_are_weights():
    unit = clone(perceptron).fit(X[:, :2], np.arange(len(X)) % 3)
    unit.coef_, unit.intercept_ = np.array([[1, 0], [0, 1], [-1, -1]]), np.zeros(3, int)
    assert unit.predict([[0.4, 0.1], [0.1, 0.4], [-0.4, -0.4]]).tolist() == [0, 1, 2]
    unit.coef_ = unit.coef_.tolist()
    assert unit.predict([[0.4, 0.1], [0.1, 0.4], [-0.4, -0.4]]).tolist() == [0, 1, 2]


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


def test_whole_numbers_as_weights_of_a_network_are_weights():
    estimator = fitted(network)
    estimator.coefs_ = [np.ones(W.shape, int) for W in estimator.coefs_]
    estimator.intercepts_ = [np.zeros(b.shape, int).tolist() for b in estimator.intercepts_]
    inputs, *_, outputs = estimator.feedforward(X)
    np.testing.assert_array_equal(inputs, X)
    low, high = estimator.y_low_, estimator.y_high_
    np.testing.assert_allclose(estimator.predict(X), (low + (high - low) * outputs)[:, 0])


@pytest.mark.parametrize("method", ["predict", "fit"])
@pytest.mark.parametrize("estimator", [network, perceptron], ids=["network", "perceptron"])
@table(
    ("change", "message"),
    [
        ("ragged", lambda W: [*W.tolist(), []], "must hold numbers within float64"),
        ("words", lambda W: np.full(W.shape, "word"), "could not convert string to float"),
        ("sparse", csr_array, "must hold numbers within float64"),
        ("complex", lambda W: W + 1j, "Complex data not supported"),
        ("objects that are no numbers", lambda W: np.full(W.shape, {}), "within float64"),
    ],
)
def test_weights_replaced_by_what_are_no_numbers_are_named(estimator, change, message, method):
    model = fitted(estimator, warm_start=True)
    if estimator is network:
        model.coefs_ = [model.coefs_[0], change(model.coefs_[1])]
    else:
        model.coef_ = change(model.coef_)
    target = [labels if estimator is perceptron else y] if method == "fit" else []
    assert_refused(lambda e: getattr(e, method)(X, *target), model, ValueError, message)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, object, ">f8"])
def test_weights_of_a_network_in_another_dtype_are_weights(dtype):
    model = fitted(network)
    rounded = [np.round(8 * W) / 8 for W in model.coefs_]
    model.coefs_ = rounded
    expected = model.predict(X)
    model.coefs_ = [W.astype(dtype) for W in rounded]
    np.testing.assert_array_equal(model.predict(X), expected, strict=True)


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
    message = "X is too large for the weights"
    assert_refused(lambda e: e.cost_gradient(X, y), model, ValueError, message)
