"""Samples and targets: sparse, in either precision, of any layout, and left as they were."""

import tracemalloc
from itertools import chain

import numpy as np
import pandas as pd
import polars as pl
import pytest
from both_estimators import as_memmap, read_only, strided
from naive_mlp import Y_RANGE, assert_same_model, each_solver, parameters, samples, small
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import DataConversionWarning


@each_solver
def test_a_column_of_targets_gives_a_column_of_predictions(solver):
    X, y = samples()
    vector = small(solver=solver).fit(X, y)
    with pytest.warns(DataConversionWarning, match=r"y is a column, of shape \(50, 1\)") as caught:
        column = small(solver=solver).fit(X, y[:, None])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert vector.predict(X).shape == (50,)
    assert column.predict(X).shape == (50, 1)
    assert_array_equal(column.predict(X)[:, 0], vector.predict(X))
    assert_same_model(vector, column)
    assert column.feedforward(X)[-1].shape == vector.feedforward(X)[-1].shape == (50, 1)
    assert column.cost(X, y) == vector.cost(X, y[:, None])


def test_a_column_in_a_chunk_is_named_too():
    X, y = samples()
    for _ in range(2):
        with pytest.warns(DataConversionWarning, match=r"Pass y\.ravel\(\)"):
            model = small().partial_fit(X, y[:, None])
    assert model.predict(X).shape == (50, 1)


@each_solver
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_one_sample_and_one_feature(solver, n_outputs):
    X, Y = samples(1, n_outputs=n_outputs)
    assert_array_equal(small(solver=solver).fit(X, Y).predict(X), Y)
    bounded = small(solver=solver, y_range=Y_RANGE, max_iter=200, learning_rate_init=0.5)
    assert_allclose(bounded.fit(X, Y).predict(X), Y, atol=0.5)
    X, Y = samples(n_features=1, n_outputs=n_outputs)
    assert small(solver=solver).fit(X, Y).predict(X).shape == Y.shape


@each_solver
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_float32_is_kept(solver, kind):
    X, Y = samples(n_outputs=2)
    X32, Y32 = kind(X.astype(np.float32)), Y.astype(np.float32)
    weights = np.random.default_rng(0).uniform(1, 2, 50)
    for params in ({}, {"y_range": Y_RANGE}, {"early_stopping": True}, {"fit_intercept": False}):
        model = small(solver=solver, **params).fit(X32, Y32, weights)
        for array in [*model.coefs_, *model.intercepts_, model.y_low_, model.y_high_]:
            assert array.dtype == np.float32
        assert model.predict(X32).dtype == np.float32
        assert {a.dtype for a in model.feedforward(X32)} == {np.dtype(np.float32)}
        for grad in chain(*model.cost_gradient(X32, Y32, weights)):
            assert grad.dtype == np.float32
    # Twice the epochs, to see that the optimizer does not promote what it carries on.
    if solver != "lbfgs":
        model = small(solver=solver).partial_fit(X32, Y32).partial_fit(X32, Y)
        assert model.coefs_[0].dtype == np.float32
    double = small(solver=solver).fit(X, Y)
    single = small(solver=solver).fit(X32, Y32)
    assert_allclose(single.predict(X32), double.predict(X), rtol=1e-3)


@each_solver
def test_a_float32_network_takes_float64_input(solver):
    X, y = samples()
    model = small(solver=solver).fit(X.astype(np.float32), y)
    assert model.predict(X).dtype == np.float32
    assert_array_equal(model.predict(X), model.predict(X.astype(np.float32)))


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.uint8, bool])
def test_other_numbers_become_float64(dtype):
    X, y = samples()
    X = (10 * abs(X)).astype(dtype)
    model = small().fit(X, y.astype(np.int64))
    assert model.coefs_[0].dtype == model.predict(X).dtype == np.float64
    assert_same_model(model, small().fit(X.astype(float), np.floor(y)))


SPARSE_KINDS = [
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.coo_matrix,
    sparse.csr_array,
    sparse.csc_array,
    sparse.coo_array,
]


@each_solver
@pytest.mark.parametrize("kind", SPARSE_KINDS)
def test_sparse_input_equals_dense(solver, kind):
    X, Y = samples(n_outputs=2)
    X[np.random.default_rng(0).uniform(size=X.shape) < 0.6] = 0
    params = {"solver": solver, "batch_size": 15}
    dense = small(**params).fit(X, Y, X_val=X[:9], y_val=Y[:9])
    model = small(**params).fit(kind(X), Y, X_val=kind(X[:9]), y_val=Y[:9])
    assert_allclose(parameters(model), parameters(dense), rtol=0, atol=1e-10)
    assert_allclose(model.loss_curve_, dense.loss_curve_, rtol=0, atol=1e-12)
    assert_allclose(model.validation_loss_curve_, dense.validation_loss_curve_, atol=1e-12)
    assert_allclose(model.predict(kind(X)), dense.predict(X), rtol=1e-10)
    assert_allclose(model.cost(kind(X), Y), dense.cost(X, Y), rtol=1e-10)
    for ours, theirs in zip(
        model.cost_gradient(kind(X), Y)[0], dense.cost_gradient(X, Y)[0], strict=True
    ):
        assert_allclose(ours, theirs, rtol=0, atol=1e-10)
    for ours, theirs in zip(model.feedforward(kind(X))[1:], dense.feedforward(X)[1:], strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@each_solver
@pytest.mark.parametrize("early_stopping", [False, True])
def test_sparse_input_is_never_made_dense(solver, early_stopping):
    X = sparse.random(400, 10_000, density=1e-3, format="csr", random_state=0)
    y = X.sum(axis=1).A1
    dense_bytes = 8 * 400 * 10_000
    params = {"hidden_layer_sizes": (1,), "batch_size": 150, "max_iter": 2}
    model = small(solver=solver, early_stopping=early_stopping, **params)
    tracemalloc.start()
    model.fit(X, y, np.arange(400) % 3).predict(X)
    model.fit(X, y, X_val=X, y_val=y).cost_gradient(X, y)
    if solver != "lbfgs" and not early_stopping:
        model.partial_fit(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < dense_bytes / 4


@each_solver
@pytest.mark.parametrize(
    "kinds", [(np.asarray, sparse.csr_matrix), (sparse.csc_matrix, np.asarray)]
)
def test_the_validation_set_may_be_sparse_where_the_training_set_is_not(solver, kinds):
    X, y = samples()
    X_val, y_val = samples(70, seed=1)
    params = {"solver": solver, "batch_size": 15, "early_stopping": True}
    dense = small(**params).fit(X, y, X_val=X_val, y_val=y_val)
    mixed = small(**params).fit(kinds[0](X), y, X_val=kinds[1](X_val), y_val=y_val)
    assert_allclose(parameters(mixed), parameters(dense), rtol=0, atol=1e-10)
    assert_allclose(mixed.validation_loss_curve_, dense.validation_loss_curve_, atol=1e-12)


def test_sparse_targets_are_refused():
    X, y = samples()
    with pytest.raises((ValueError, TypeError), match=r"[Ss]parse|dense"):
        small().fit(X, sparse.csr_matrix(y[:, None]))


# scikit-learn before 1.9 asks polars for the protocol, some versions of polars warn of it.
@pytest.mark.filterwarnings("ignore:Support for the dataframe interchange protocol")
@each_solver
@pytest.mark.parametrize(
    "layout",
    [
        lambda X, folder: np.asfortranarray(X),
        lambda X, folder: X.tolist(),
        lambda X, folder: pd.DataFrame(X),
        lambda X, folder: pl.DataFrame(X),
        as_memmap,
        read_only,
        strided,
    ],
    ids=["F-order", "lists", "pandas", "polars", "memmap", "read-only", "strided"],
)
def test_any_layout_gives_the_same_and_is_left_as_it_was(solver, layout, tmp_path):
    X, Y = samples(n_outputs=2)
    weights = np.arange(50) % 3 + 0.5
    X_given = layout(X.copy(), tmp_path)
    Y_given, weights_given = read_only(Y.copy(), None), read_only(weights.copy(), None)
    params = {"solver": solver, "batch_size": 15}
    model = small(**params).fit(X_given, Y_given, weights_given, X_val=X_given, y_val=Y_given)
    plain = small(**params).fit(X, Y, weights, X_val=X, y_val=Y)
    # BLAS may sum in another order for another layout.
    assert_allclose(parameters(model), parameters(plain), rtol=0, atol=1e-10)
    assert_allclose(model.predict(X_given), plain.predict(X), rtol=1e-10)
    assert_array_equal(np.asarray(X_given), X)
    assert_array_equal(Y_given, Y)
    assert_array_equal(weights_given, weights)


@each_solver
def test_sparse_input_is_not_written_to(solver):
    X, y = samples()
    X = sparse.csr_matrix(X)
    before = X.copy()
    for array in (X.data, X.indices, X.indptr):
        array.flags.writeable = False
    small(solver=solver, batch_size=15).fit(X, y, X_val=X, y_val=y).predict(X)
    for name in ("data", "indices", "indptr"):
        assert_array_equal(getattr(X, name), getattr(before, name))
