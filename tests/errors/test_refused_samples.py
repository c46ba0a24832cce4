"""Samples that cannot be read, and the unusual ones that can."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from refusals import (
    SINGLE,
    X,
    assert_refused,
    cold_fit,
    cost,
    cost_gradient,
    fitted,
    labels,
    network,
    partial_fit,
    perceptron,
    table,
    warm_fit,
    with_value,
    y,
)
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

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


DAYS = np.arange(90).reshape(30, 3).astype("datetime64[D]")
NO_NUMBERS = [
    ("dates", DAYS, ValueError, r"X holds dates or durations \(datetime64\[D\]\).*Convert them"),
    (
        "a missing date",
        np.where(DAYS[9, 1] == DAYS, np.datetime64("NaT", "D"), DAYS),
        ValueError,
        "X holds dates or durations",
    ),
    ("durations", DAYS - DAYS[0], ValueError, r"X holds dates or durations \(timedelta64"),
    ("lists of dates", [list(row) for row in DAYS], ValueError, "X holds dates or durations"),
    ("a frame of dates", pd.DataFrame(DAYS), ValueError, "X holds dates or durations"),
    ("polars dates", pl.DataFrame(DAYS[:, 0]), ValueError, r"X holds dates or durations \(Date\)"),
    (
        "dates beside numbers",
        pd.DataFrame({"a": DAYS[:, 0], "b": y}),
        ValueError,
        "X holds dates or durations",
    ),
    ("date objects", DAYS.astype(object), TypeError, "X must hold numbers: .*not 'datetime.date'"),
    ("complex", X + 1j, ValueError, "Complex data not supported: X holds complex128"),
    ("complex objects", (X + 1j).astype(object), TypeError, "X must hold numbers: .*'complex'"),
]


@table(("bad", "error", "message"), NO_NUMBERS)
@pytest.mark.parametrize("estimator", [network, perceptron], ids=["network", "perceptron"])
def test_what_is_no_number_is_not_made_one(estimator, bad, error, message):
    target = labels if estimator is perceptron else y
    model = clone(estimator)
    assert_refused(lambda e: e.fit(bad, target), model, error, message)
    assert_refused(lambda e: e.predict(bad), fitted(estimator), error, message)


@table(("bad", "error", "message"), NO_NUMBERS)
def test_a_validation_set_that_is_no_numbers(bad, error, message):
    prefix = "In X_val and y_val: " if error is ValueError else ""
    assert_refused(
        lambda e: e.fit(np.ones((30, np.shape(bad)[1])), y, X_val=bad, y_val=y),
        clone(network),
        error,
        prefix + message,
    )


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


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
@pytest.mark.parametrize("n_units", [1, 3])
@pytest.mark.parametrize("n_rows", [1, 5])
@pytest.mark.parametrize("weights", [(10, -1000), (-1000, 10), (1000, 1000), (2, -2)])
def test_sums_of_a_perceptron_that_overflow_are_refused(form, n_units, n_rows, weights):
    """What comes first, or is added first, would decide the sign of their infinity."""
    A = np.tile([1.7e308, 1.7e308], (n_rows, 1))
    model = clone(perceptron).fit(X[:, :2], np.arange(30) % max(2, n_units))
    model.coef_ = np.tile(np.array(weights, float), (n_units, 1))
    model.intercept_ = np.zeros(n_units)
    message = "X is too large for the weights in float64; scale X"
    for call in (model.predict, model.decision_function):
        with pytest.raises(ValueError, match=message):
            call(form(A))
    if n_units == 1:
        assert model.predict(form(A / 1e4)).tolist() == n_rows * [int(sum(weights) > 0)]
        with pytest.raises(ValueError, match=r"X is too large|weights overflowed"):
            fit_from(model, form(np.vstack([A, -A])), np.repeat([0, 1], n_rows))


def fit_from(model, A, target):
    settings = {"average": False, "fit_intercept": False, "max_iter": 3, "tol": None}
    return clone(model).set_params(**settings).fit(A, target, coef_init=model.coef_)
