"""Threads over the rows of a batch."""

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from both_estimators import threads_of_blas
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from threadpoolctl import threadpool_limits

from sknnbasics import SigmoidMLPRegressor, _threads
from sknnbasics._network import Layers, backprop_for
from sknnbasics._network._backprop import _blocked, _reference, _threaded
from sknnbasics._network._batches import Batches
from sknnbasics._network._optimizers import Adam


def problem(n_rows=37):
    rng = np.random.default_rng(0)
    layers = Layers((4, 5, 2))
    theta, X = rng.normal(size=layers.n_parameters), rng.normal(size=(n_rows, 4))
    return layers, theta, X, rng.uniform(size=(n_rows, 2)), rng.uniform(0.5, 2, size=n_rows)


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(_threaded, "_PIECE", 100)
    monkeypatch.setattr(_threaded, "threads_for", lambda work, n_rows: 50)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("n_threads", [2, 3, 50])
@pytest.mark.parametrize("rows", [None, slice(3, 30), np.array([7, 2, 2, 19])], ids=str)
@pytest.mark.parametrize("layout", [np.array, np.asfortranarray])
def test_threads_compute_what_one_computes(n_threads, rows, layout):
    layers, theta, X, T, s = problem()
    total = 1.5 * s.sum()
    cost, grad = _reference.Backprop(layers, 0.3, total).cost_and_gradient(theta, X, T, s, rows)
    threaded = backprop_for(layout(X), n_threads)(layers, 0.3, total)
    for _ in range(2):
        result = threaded.cost_and_gradient(theta, layout(X), T, s, rows)
        assert result[0] == pytest.approx(float(cost), rel=1e-13)
        assert_allclose(result[1], grad, rtol=0, atol=1e-14)


@pytest.mark.usefixtures("small_pieces")
def test_epochs_of_threads_are_those_of_one():
    layers, theta, X, T, _ = problem()
    data, results = (X, T, np.ones(37)), []
    for n_threads in (1, 2):
        moved, optimizer = theta.copy(), Adam(0.01)
        backprop = backprop_for(data[0], n_threads)(layers, 0.3, 37.0)
        batches = Batches(np.ones(37), 20, True, np.random.RandomState(0))
        costs = [backprop.run_epoch(moved, *data, optimizer, batches) for _ in range(5)]
        results.append((moved, costs, optimizer.t))
    assert_allclose(results[1][0], results[0][0], rtol=0, atol=1e-12)
    assert_allclose(results[1][1], results[0][1], rtol=1e-12)
    assert results[1][2] == results[0][2] == 10


@pytest.mark.usefixtures("small_pieces")
def test_a_thread_that_fails_stops_the_others(monkeypatch):
    layers, theta, *data = problem(1000)
    threaded = backprop_for(data[0], 2)(layers, 0.3, 37.0)
    first, second = threaded._bodies
    seen = []

    def fail(*_):
        raise KeyboardInterrupt

    def slow(*args):
        seen.append(args[-1])
        threading.Event().wait(0.01)
        return type(second).cost_and_gradient(second, *args)

    monkeypatch.setattr(first, "cost_and_gradient", fail)
    monkeypatch.setattr(second, "cost_and_gradient", slow)
    with pytest.raises(KeyboardInterrupt):
        threaded.cost_and_gradient(theta, *data)
    assert len(seen) <= 2


def test_threads_are_as_silent_as_a_fit(monkeypatch):
    layers, theta, *data = problem()
    monkeypatch.setattr(_threaded, "threads_for", lambda work, n_rows: 2)
    threaded = _threaded.Backprop(_blocked.Backprop, 2, layers, 1.0, 37.0)
    with np.errstate(over="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        cost, _ = threaded.cost_and_gradient(1e300 * theta, *data)
    assert cost == np.inf


def test_rows_given_twice_take_the_threads_of_rows_of_twice_the_weight(monkeypatch):
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 1)
    monkeypatch.setattr(_threads, "FEWEST_ROWS", 30)
    _, _, X, T, s = problem(50)
    model = SigmoidMLPRegressor(hidden_layer_sizes=(3,), alpha=0.1, random_state=0)
    with threadpool_limits(2, user_api="blas"):
        heavy = model.fit(X, T, sample_weight=2 * s).coefs_
        twice = model.fit(np.repeat(X, 2, 0), np.repeat(T, 2, 0), np.repeat(s, 2)).coefs_
    for W, expected in zip(twice, heavy, strict=True):
        assert_array_equal(W, expected)


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_fits_at_once_learn_what_they_learn_alone(solver):
    _, _, X, T, _ = problem(300)
    models = [
        SigmoidMLPRegressor(
            hidden_layer_sizes=(20,), solver=solver, max_iter=30, tol=None, random_state=seed
        )
        for seed in range(4)
    ]
    with threadpool_limits(2, user_api="blas"):
        alone = [model.fit(X, T).coefs_ for model in models]
        with ThreadPoolExecutor(4) as pool:
            together = [model.coefs_ for model in pool.map(lambda m: m.fit(X, T), models)]
        assert threads_of_blas() == {2}
    for coefs, expected in zip(together, alone, strict=True):
        for W, other in zip(coefs, expected, strict=True):
            assert_array_equal(W, other)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_large_batches_take_the_threads_that_blas_may_have_and_that_pay(monkeypatch, solver):
    _, _, X, T, _ = problem(300)
    model = SigmoidMLPRegressor(hidden_layer_sizes=(4,), solver=solver, max_iter=3, random_state=0)
    model.set_params(tol=None, batch_size=None)
    used = []
    begin = _threaded.Backprop.__init__

    def watched(self, body, n_threads, *args):
        used.append(n_threads)
        begin(self, body, n_threads, *args)

    monkeypatch.setattr(_threaded.Backprop, "__init__", watched)
    with threadpool_limits(2, user_api="blas"):
        expected = model.fit(X, T).coefs_
        assert used == []
        monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100 * 24 * 3 * 8)
        for W, other in zip(model.fit(X, T).coefs_, expected, strict=True):
            assert_allclose(W, other, rtol=0, atol=1e-10)
    assert used == [2]
    with threadpool_limits(1, user_api="blas"):
        model.fit(X, T)
    assert used == [2]
    with threadpool_limits(5, user_api="blas"):
        model.fit(X, T)
    assert used == [2, 3]  # as many as there is work for
    with threadpool_limits(2, user_api="blas"):
        model.fit(sparse.csr_array(X), T)
        model.fit(X.astype(np.float32), T)  # half the work
    assert used == [2, 3]
