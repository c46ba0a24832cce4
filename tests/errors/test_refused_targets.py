"""Targets, labels, and weights of samples."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from refusals import (
    X,
    assert_refused,
    cold_fit,
    cost,
    cost_gradient,
    every_way_to_fit,
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

# Targets and weights of the network --------------------------------------------------------


DAYS = np.arange(30).astype("datetime64[D]")
BAD_TARGETS = [
    ("NaN", with_value(y, np.nan), "Input y contains NaN"),
    ("infinite", with_value(y, -np.inf), "Input y contains infinity"),
    ("words", ["word"] * 30, "y holds 'word', which is not a number"),
    ("digits", y.astype(str), r"y holds '[-.\d]*', which is not a number.*y\.astype\(float\)"),
    (
        "digits in objects",
        y.astype(str).astype(object),
        r"y holds '[-.\d]*', which is not a number",
    ),
    ("digits in a series", pd.Series(y.astype(str)), r"y holds '[-.\d]*', which is not a number"),
    ("digits in bytes", y.astype("S"), r"y holds b'[-.\d]*', which is not a number"),
    ("one of text", [*y[:-1].tolist(), "1"], "y holds '.*', which is not a number"),
    ("text among objects", np.array([*y[:-1], "1"], object), "y holds '1', which is not a number"),
    ("dates", DAYS, r"y holds dates or durations \(datetime64\[D\]\), which are not numbers"),
    ("a missing date", [*DAYS[:-1], np.datetime64("NaT", "D")], "y holds dates or durations"),
    ("durations", DAYS - DAYS[0], "y holds dates or durations"),
    ("a series of dates", pd.Series(DAYS), "y holds dates or durations"),
    ("a frame of dates", pd.DataFrame({"a": DAYS, "b": y}), "y holds dates or durations"),
    ("date objects", DAYS.astype(object), "y must hold numbers within float64: .*'datetime.date'"),
    ("complex objects", (y + 1j).astype(object), "y must hold numbers within float64: .*'complex'"),
    ("beyond floats", [10**400] * 30, "numbers within float64: int too large"),
    ("sparse", sp.csr_matrix(y[:, None]), "y is sparse; pass it dense"),
    ("sparse array", sp.csc_array(y[:, None]), "y is sparse; pass it dense"),
    ("three axes", y[:, None, None], "Found array with dim 3"),
    ("no outputs", np.empty((30, 0)), r"0 feature\(s\)"),
    ("too short", y[:-1], r"inconsistent numbers of samples: \[30, 29\]"),
    ("missing", None, "requires y to be passed, but the target y is None"),
    ("complex", y + 1j, "Complex data not supported: y holds complex128"),
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


def test_targets_that_float32_cannot_hold():
    estimator = clone(network).fit(X.astype(np.float32), y)
    assert_refused(
        lambda e: e.fit(X.astype(np.float32), 1e60 * y),
        estimator,
        ValueError,
        "y_range='auto' cannot hold in float32.*Scale y",
    )


def test_numbers_in_objects_and_of_other_types_are_targets():
    expected = clone(network).fit(X, np.round(y)).predict(X)
    for given in (
        np.round(y).astype(object),
        np.round(y).astype(np.longdouble),
        np.round(y).astype(int),
    ):
        np.testing.assert_array_equal(clone(network).fit(X, given).predict(X), expected)


# Labels and classes ------------------------------------------------------------------------


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
    ("NaT", [*DAYS[:2]] * 14 + [DAYS[0], np.datetime64("NaT", "D")], ValueError, "y contains NaT"),
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
    ("classes", "message"),
    [([0, 1, np.nan], "Input classes contains NaN"), ([[0, 1], [0, 1]], "1d array")],
)
def test_classes_are_a_vector_without_nan(classes, message):
    with pytest.raises(ValueError, match=message):
        clone(perceptron).partial_fit(X, labels, classes=classes)


@pytest.mark.parametrize("kinds", [(int, str), (str, int), (int, object), (object, int)], ids=str)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_words_are_not_the_numbers_that_they_spell(kinds, method):
    """In the order of words 10 is less than 2, and the code of a class is its place."""
    classes, words = [np.arange(16).astype(str).astype(kind) for kind in kinds]
    estimator = clone(perceptron).set_params(warm_start=True).partial_fit(X[:16], classes, classes)
    message = "labels that are not among the classes"
    assert_refused(lambda e: getattr(e, method)(X[:16], words), estimator, ValueError, message)
