"""Samples: sparse, in either precision, of any layout, and left as they were."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from both_estimators import as_memmap, read_only, strided, unconverged
from naive_perceptron import assert_same_model, assert_weights, overlapping, sparse_samples, trained
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone

from sknnbasics import PerceptronClassifier


def with_duplicates(X):
    """Each stored value split into two entries, in descending column order."""
    rows, columns = np.nonzero(X)
    order = np.lexsort([-columns, rows])
    rows, columns = rows[order], columns[order]
    data = np.repeat(X[rows, columns], 2)
    data[::2] *= 0.25
    data[1::2] *= 0.75
    indptr = np.concatenate([[0], 2 * np.cumsum(np.bincount(rows, minlength=len(X)))])
    return sparse.csr_matrix((data, np.repeat(columns, 2), indptr), shape=X.shape)


def with_int64_indices(X):
    matrix = sparse.csr_matrix(X)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)
    return matrix


def with_explicit_zeros(X):
    matrix = sparse.csr_matrix(np.ones_like(X))
    matrix.data[:] = X.ravel()
    return matrix


SPARSE_KINDS = [
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.coo_matrix,
    sparse.lil_matrix,
    sparse.csr_array,
    sparse.csc_array,
    sparse.coo_array,
    with_int64_indices,
    with_duplicates,
    with_explicit_zeros,
]


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("kind", SPARSE_KINDS)
def test_sparse_input_of_any_kind_equals_dense(kind, n_classes, average):
    X, y = sparse_samples(n_classes)
    dense = trained(X, y, 8, average=average)
    model = trained(kind(X), y, 8, average=average)
    assert_weights(model, dense.coef_, dense.intercept_)
    assert_array_equal(model.mistake_curve_, dense.mistake_curve_)
    assert_allclose(model.decision_function(kind(X)), dense.decision_function(X), atol=1e-12)
    assert_array_equal(model.predict(kind(X)), dense.predict(X))
    stepwise = PerceptronClassifier(eta0=0.1, shuffle=False, average=average)
    for _ in range(8):
        stepwise.partial_fit(kind(X), y, classes=range(n_classes))
    assert_same_model(stepwise, model)


@unconverged
@pytest.mark.parametrize("params", [{}, {"average": False}, {"early_stopping": True}], ids=str)
def test_sparse_input_is_never_made_dense(params):
    X = sparse.random(400, 10_000, density=1e-3, format="csr", random_state=0)
    y = np.arange(400) % 2
    dense_bytes = 8 * 400 * 10_000
    tracemalloc.start()
    PerceptronClassifier(max_iter=2, **params).fit(X, y).predict(X)
    if "early_stopping" not in params:
        PerceptronClassifier(**params).partial_fit(X, y, classes=[0, 1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < dense_bytes / 4


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("average", [False, True])
def test_float32_is_kept(kind, average):
    X, y = sparse_samples()
    X32 = kind(X.astype(np.float32))
    for params in ({}, {"init": "uniform"}, {"threshold": 0.3}, {"class_weight": "balanced"}):
        model = trained(X32, y, 5, average=average, **params)
        assert model.coef_.dtype == model.intercept_.dtype == np.float32
        assert model.decision_function(X32).dtype == np.float32
    model = PerceptronClassifier(average=average).partial_fit(X32, y, classes=[0, 1, 2])
    assert model.partial_fit(kind(X), y).coef_.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.uint8, bool])
def test_other_numbers_become_float64(dtype):
    X, y = overlapping()
    X = (10 * abs(X)).astype(dtype)
    model = trained(X, y, 3)
    assert model.coef_.dtype == model.decision_function(X).dtype == np.float64
    assert_same_model(model, trained(X.astype(float), y, 3))


@pytest.mark.parametrize(
    "layout",
    [
        lambda X, folder: np.asfortranarray(X),
        lambda X, folder: X.tolist(),
        lambda X, folder: pd.DataFrame(X),
        as_memmap,
        read_only,
        strided,
    ],
    ids=["F-order", "lists", "DataFrame", "memmap", "read-only", "strided"],
)
@pytest.mark.parametrize("average", [False, True])
def test_any_layout_gives_the_same_and_is_left_as_it_was(layout, average, tmp_path):
    X, y = overlapping(3)
    X_given, y_given = layout(X.copy(), tmp_path), read_only(y.copy(), None)
    model = trained(X_given, y_given, 5, average=average)
    assert_same_model(model, trained(X, y, 5, average=average))
    assert_allclose(model.decision_function(X_given), model.decision_function(X), atol=1e-12)
    assert_array_equal(np.asarray(X_given), X)
    assert_array_equal(y_given, y)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, with_duplicates])
def test_sparse_input_is_not_written_to(kind):
    X, y = sparse_samples()
    X = kind(X)
    before = X.copy()
    for array in (X.data, X.indices, X.indptr):
        array.flags.writeable = False
    trained(X, y, 3).predict(X)
    PerceptronClassifier().partial_fit(X, y, classes=[0, 1, 2])
    for name in ("data", "indices", "indptr"):
        assert_array_equal(getattr(X, name), getattr(before, name))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_values_that_cancel_in_one_place_are_added_in_prediction_as_in_training(n_classes):
    """Added among others, 2⁶⁰ + 1 − 2⁶⁰ is 0 or 1, as the order has it."""
    X = sparse.csr_array(
        (
            np.tile([2.0**60, 1.0, -(2.0**60), 1.0, 1.0], 6) * np.repeat([1, -1, 2, -2, 3, -3], 5),
            np.tile([0, 0, 0, 1, 2], 6),
            5 * np.arange(7),
        ),
        shape=(6, 3),
    )
    y = np.array([1, 0] * 3) if n_classes == 2 else np.array([1, 0, 1, 0, 2, 0])
    summed = X.copy()
    summed.sum_duplicates()
    model = PerceptronClassifier(init="uniform", tol=None, random_state=0).fit(X, y)
    assert_array_equal(model.decision_function(X), model.decision_function(summed))
    assert_array_equal(model.coef_, clone(model).fit(summed, y).coef_)
    if model.converged_:
        assert_array_equal(model.predict(X), y)


def test_values_that_add_up_to_infinity_are_refused():
    X = sparse.csr_array(([1e308, 1e308, 1.0], [0, 0, 1], [0, 2, 3]), shape=(2, 2))
    with pytest.raises(ValueError, match="add up to more than float64 holds"):
        PerceptronClassifier().fit(X, [0, 1])
