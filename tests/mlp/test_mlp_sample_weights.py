"""Weights of samples."""

import pickle

import numpy as np
import pytest
from both_estimators import unconverged
from naive_mlp import (
    Y_RANGE,
    NaiveMomentum,
    assert_parameters,
    assert_same_model,
    each_optimizer,
    each_solver,
    naive_descent,
    parameters,
    samples,
    small,
    unit,
)
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sknnbasics import SigmoidMLPRegressor


@each_solver
@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("y_range", ["auto", Y_RANGE])
def test_weights_equal_repetition_where_a_batch_holds_all_rows(solver, y_range, alpha):
    X, Y = samples(n_outputs=2)
    weights = np.arange(50) % 4
    params = {"solver": solver, "batch_size": None, "y_range": y_range, "alpha": alpha}
    weighted = small(**params, max_iter=30).fit(X, Y, weights)
    repeated = small(**params, max_iter=30).fit(
        np.repeat(X, weights, axis=0), np.repeat(Y, weights, axis=0)
    )
    assert_allclose(weighted.predict(X), repeated.predict(X), rtol=0, atol=1e-7)
    assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=0, atol=1e-7)
    assert_allclose(
        weighted.cost(X, Y, weights),
        weighted.cost(np.repeat(X, weights, axis=0), np.repeat(Y, weights, axis=0)),
        rtol=1e-12,
    )


@each_solver
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("y_range", ["auto", Y_RANGE])
def test_rows_of_weight_0_are_dropped_before_anything_looks_at_them(
    solver, y_range, early_stopping
):
    X, y = samples()
    weights = np.random.default_rng(0).uniform(1, 2, 50)
    dropped = np.arange(50) % 3 == 0
    weights[dropped] = 0
    y[dropped] = 1e6  # outside any range
    kept = ~dropped
    params = {"solver": solver, "batch_size": 8, "y_range": y_range}
    params["early_stopping"] = early_stopping
    model = small(**params).fit(X, y, weights)
    assert_same_model(model, small(**params).fit(X[kept], y[kept], weights[kept]))
    assert model.cost(X, y, weights) == model.cost(X[kept], y[kept], weights[kept])
    if solver != "lbfgs" and not early_stopping:
        model.partial_fit(X, y, weights)
        assert model.t_ == 11 * kept.sum()


def test_rows_of_weight_0_may_fill_a_batch():
    # scikit-learn's MLPRegressor divides by zero.
    X, y = samples()
    weights = np.ones(50)
    weights[:20] = 0
    model = small(batch_size=10, shuffle=False).fit(X, y, weights)
    assert_same_model(model, small(batch_size=10, shuffle=False).fit(X[20:], y[20:]))


@each_solver
@pytest.mark.parametrize(("dtype", "tiny"), [(np.float64, 1e-310), (np.float32, 1e-40)])
def test_a_batch_may_hold_rows_of_next_to_no_weight_alone(solver, dtype, tiny):
    """One over the sum of their weights is infinite."""
    X, y = samples()
    X, few = X.astype(dtype), slice(30, 50)
    weights = np.full(50, tiny)
    weights[few] = 1.0
    params = {"solver": solver, "batch_size": 5, "shuffle": False, "alpha": 0}
    model = small(**params).fit(X, y, weights)
    assert np.isfinite(parameters(model)).all()
    assert np.isfinite(model.loss_curve_).all()
    assert_allclose(model.cost(X, y, weights), model.cost(X[few], y[few]), rtol=1e-6)


@each_solver
def test_equal_weights_weigh_as_none(solver):
    X, y = samples()
    plain = small(solver=solver).fit(X, y)
    for weights in (1.0, 4, np.full(50, 4.0), [0.25] * 50):
        model = small(solver=solver, alpha=0).fit(X, y, weights)
        assert_allclose(model.predict(X), plain.predict(X), rtol=1e-9)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (-np.ones(50), "sample_weight must not be negative"),
        (np.zeros(50), "at least one must be positive"),
        (np.ones(49), "inconsistent numbers of samples"),
        (np.ones((50, 1)), "sample_weight must be a number or of shape"),
        (np.full(50, np.nan), "sample_weight contains NaN"),
    ],
)
def test_impossible_weights_are_refused(weights, message):
    X, y = samples()
    with pytest.raises(ValueError, match=message):
        small().fit(X, y, weights)
    with pytest.raises(ValueError, match=message):
        small().partial_fit(X, y, weights)
    with pytest.raises(ValueError, match=message.replace("sample_weight", "sample_weight_val")):
        small().fit(X, y, X_val=X, y_val=y, sample_weight_val=weights)


def with_zeros_of_both_signs(X):
    """The rows of X twice, in the second copy −0 for 0."""
    return np.vstack([X, np.where(X == 0, -0.0, X)])


def with_zeros_stored(X):
    """The rows of X twice, in the second copy with the zeros stored, of either sign."""
    twice = sparse.csr_array(np.vstack([X, np.ones_like(X)]))
    twice.data[np.count_nonzero(X) :] = np.where(X == 0, -0.0, X).ravel()
    twice.data[-4:] = abs(twice.data[-4:])
    return twice


def in_another_order(X):
    """The rows of X twice, in the second copy with halves stored, the columns backwards."""
    first, n_rows, n_columns = sparse.csr_array(X), *X.shape
    halves = np.repeat(X[:, ::-1] / 2, 2, axis=1).ravel()
    columns = np.tile(np.arange(n_columns)[::-1].repeat(2), n_rows)
    starts = np.arange(n_rows + 1) * 2 * n_columns
    second = sparse.csr_array((halves, columns, starts), shape=X.shape)
    return sparse.vstack([first, second], format="csr")


@pytest.mark.parametrize(
    "twice", [with_zeros_of_both_signs, with_zeros_stored, in_another_order], ids=str
)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_equal_rows_that_are_stored_in_different_ways_are_repeated_rows(twice, early_stopping):
    X, y = samples()
    X = np.where(np.arange(200).reshape(50, 4) % 3 == 0, 0.0, abs(X))
    params = {"solver": "lbfgs", "max_iter": 100, "early_stopping": early_stopping}
    repeated = small(**params).fit(twice(X), np.append(y, y))
    form = sparse.csr_array if sparse.issparse(twice(X)) else np.asarray
    weighted = small(**params).fit(form(X), y, np.full(50, 2.0))
    assert_array_equal(repeated.predict(X), weighted.predict(X))


def test_targets_of_zero_are_equal_whatever_their_sign():
    X, y = samples()
    y = np.where(y > np.median(y), 0.0, -1.0)
    params = {"solver": "lbfgs", "max_iter": 100, "y_range": (0, 1)}
    repeated = small(**params).fit(np.vstack([X, X]), np.append(y + 1, np.where(y, 0 * y, y + 1)))
    weighted = small(**params).fit(X, y + 1, np.full(50, 2.0))
    assert_array_equal(repeated.predict(X), weighted.predict(X))


def two_heavy_rows():
    """Rows that tell nothing apart, two of which outweigh all others, and their weighted mean."""
    X, y, weights = np.zeros((2000, 1)), np.zeros(2000), np.ones(2000)
    y[:2], weights[:2] = 1, 10_000
    return X, y, weights, np.average(y, weights=weights)


@unconverged  # there is nothing to be learned from X
@each_solver
@pytest.mark.parametrize("params", [{}, {"alpha": 0, "random_state": 1}, {"shuffle": False}])
def test_few_heavy_rows_count_as_in_the_cost(solver, params):
    X, y, weights, mean = two_heavy_rows()
    model = SigmoidMLPRegressor(**{"solver": solver, "random_state": 0} | params)
    assert model.fit(X, y, weights).predict(X[:1]) == pytest.approx(mean, abs=0.01)


@unconverged
@each_optimizer
@pytest.mark.parametrize(("batch_size", "max_iter"), [(None, 200), (32, 50), (1, 5)])
def test_few_heavy_rows_count_in_batches_of_any_size(solver, batch_size, max_iter):
    X, y, weights, mean = two_heavy_rows()
    model = SigmoidMLPRegressor(
        solver=solver, batch_size=batch_size, max_iter=max_iter, random_state=0
    )
    within = 0.1 if batch_size == 1 else 0.03
    assert model.fit(X, y, weights).predict(X[:1]) == pytest.approx(mean, abs=within)


def test_weights_count_in_batches_of_one():
    """Noise that weighs more above than below: the weighted mean is not the mean."""
    rng = np.random.default_rng(0)
    X, noise = rng.normal(size=(600, 3)), rng.normal(size=600)
    y = X[:, 0] + 0.5 * noise
    weights = 10 ** rng.uniform(-1, 1, 600) * np.where(noise > 0, 1, 0.3)
    params = {"alpha": 0.1, "tol": 1e-9}
    best = small(**params, solver="lbfgs", max_iter=1000).fit(X, y, weights)
    by_rows = small(**params, batch_size=1, max_iter=20, learning_rate_init=0.003)
    by_rows.fit(X, y, weights)
    assert by_rows.cost(X, y, weights) < 1.08 * best.cost(X, y, weights)


@pytest.mark.parametrize("n_rows", [1, 5])
@pytest.mark.parametrize("batch_size", [None, 2])
def test_weights_of_chunks_are_held_against_those_of_all_rows_so_far(n_rows, batch_size):
    X, y = samples()
    s = np.random.default_rng(2).uniform(0.1, 3, 50) ** 3
    settings = {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.5, "shuffle": False}
    model = small(**settings, y_range=Y_RANGE, batch_size=batch_size)
    model.partial_fit(X[:20], y[:20], s[:20])
    coefs, intercepts = model.coefs_, model.intercepts_
    twice = 0
    for start in range(20, 50, n_rows):
        rows = slice(start, start + n_rows)
        model.partial_fit(X[rows], y[rows], s[rows])
        ratio = s[rows].mean() / s[: rows.stop].mean()
        times = max(1, int(np.ceil(ratio)))
        twice += times > 1
        coefs, intercepts, curve = naive_descent(
            (X[rows], unit(y[rows]), s[rows]),
            coefs,
            intercepts,
            NaiveMomentum(0, False),
            rates=lambda t, curve, ratio=ratio, times=times: 0.5 * ratio / times,
            epochs=times,
            batch_size=batch_size or 50,
        )
        assert_allclose(model.loss_, np.mean(curve), rtol=1e-9)
    assert twice >= 3
    assert_parameters(model, coefs, intercepts, atol=1e-10)


def test_equal_weights_of_chunks_weigh_as_none():
    X, y = samples()
    plain, weighted = small(batch_size=8), small(batch_size=8)
    for rows in (slice(0, 50), slice(3, 10), slice(10, 11), slice(11, 50)):
        plain.partial_fit(X[rows], y[rows])
        weighted.partial_fit(X[rows], y[rows], 0.1)
    assert_allclose(parameters(weighted), parameters(plain), rtol=0, atol=1e-9)


def test_what_earlier_chunks_weighed_survives_pickling():
    X, y = samples()
    model = small().fit(X, y, np.arange(1.0, 51))
    restored = pickle.loads(pickle.dumps(model))
    other = small().fit(X, y, np.arange(1.0, 51))
    for each in (model, restored):
        each.partial_fit(X[:5], y[:5], 30)
    assert_same_model(model, restored)
    other.partial_fit(X[:5], y[:5], 60)
    assert (parameters(other) != parameters(model)).any()


def test_weights_whose_sum_over_chunks_overflows():
    X, y = samples()
    model = small()
    for _ in range(3):
        model.partial_fit(X, y, 1e308 / 50)
    assert np.isfinite(parameters(model)).all()
