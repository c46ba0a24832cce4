"""Threads over the rows of a batch, and none within the products of a fit."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from threadpoolctl import threadpool_info, threadpool_limits

from sknnbasics import SigmoidMLPRegressor
from sknnbasics._network import Layers, _fit, _threads, backprop_for
from sknnbasics._network._backprop import _reference, _threaded
from sknnbasics._network._batches import Batches
from sknnbasics._network._optimizers import Adam
from sknnbasics._network._threads import n_blas_threads, one_blas_thread


def problem(n_rows=37):
    rng = np.random.default_rng(0)
    layers = Layers((4, 5, 2))
    theta, X = rng.normal(size=layers.n_parameters), rng.normal(size=(n_rows, 4))
    return layers, theta, X, rng.uniform(size=(n_rows, 2)), rng.uniform(0.5, 2, size=n_rows)


def threads_of_blas():
    return {d["num_threads"] for d in threadpool_info() if d["user_api"] == "blas"}


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(_threaded, "_PIECE", 100)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("n_threads", [2, 3, 50])
@pytest.mark.parametrize("rows", [None, slice(3, 30), np.array([7, 2, 2, 19])], ids=str)
@pytest.mark.parametrize("layout", [np.array, np.asfortranarray, sparse.csr_array])
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


@pytest.mark.parametrize("first_leaves", ["first", "last"])
def test_the_limit_holds_until_the_last_has_left(first_leaves):
    with threadpool_limits(2, user_api="blas"):
        assert n_blas_threads() == 2
        inside, may_leave = threading.Barrier(2), threading.Event()

        def other():
            with one_blas_thread():
                inside.wait()
                may_leave.wait()

        thread = threading.Thread(target=other)
        with one_blas_thread():
            thread.start()
            inside.wait()
            assert threads_of_blas() == {1}
            if first_leaves == "last":
                may_leave.set()
                thread.join()
                assert threads_of_blas() == {1}
        if first_leaves == "first":
            assert threads_of_blas() == {1}
            may_leave.set()
            thread.join()
        assert threads_of_blas() == {2}


def test_what_an_interrupt_kept_from_leaving_is_restored_by_the_next(monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    with threadpool_limits(2, user_api="blas"):
        with monkeypatch.context() as patch:
            patch.setattr(_threads._LIMIT, "leave", fail)
            with pytest.raises(KeyboardInterrupt), one_blas_thread():
                pass
        gc.collect()
        assert threads_of_blas() == {1}
        with one_blas_thread():
            assert threads_of_blas() == {1}
        assert threads_of_blas() == {2}


class OpenMP:
    """A library of BLAS whose number of threads belongs to the thread that calls it."""

    threading_layer = "openmp"

    def __init__(self):
        self.of = threading.local()

    def get_num_threads(self):
        return getattr(self.of, "n_threads", 4)

    def set_num_threads(self, n_threads):
        self.of.n_threads = n_threads


def test_with_openmp_each_thread_has_its_limit(monkeypatch):
    library = OpenMP()
    monkeypatch.setattr(_threads, "_LIMIT", _threads._Limit())
    monkeypatch.setattr(_threads, "_libraries", lambda: [library])

    def within():
        with one_blas_thread():
            return library.get_num_threads()

    def within_and_after():
        return within(), library.get_num_threads()

    with ThreadPoolExecutor(1) as pool, one_blas_thread():
        assert pool.submit(within_and_after).result() == (1, 4)
        assert within_and_after() == (1, 1)  # the outer block goes on
    assert library.get_num_threads() == 4


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_a_fit_limits_the_threads_of_blas_while_it_trains(monkeypatch, solver):
    seen = []
    end_epoch = _fit.Progress.end_epoch

    def watched(*args):
        seen.append(threads_of_blas())
        return end_epoch(*args)

    monkeypatch.setattr(_fit.Progress, "end_epoch", watched)
    _, _, X, T, _ = problem()
    model = SigmoidMLPRegressor(
        hidden_layer_sizes=(3,), solver=solver, alpha=0.1, max_iter=3, tol=None
    )
    with threadpool_limits(2, user_api="blas"):
        model.fit(X, T)
        assert threads_of_blas() == {2}
    assert seen == [{1}] * 3


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
            np.testing.assert_array_equal(W, other)


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
        monkeypatch.setattr(_fit, "WORK_OF_A_THREAD", 100 * 24)
        for W, other in zip(model.fit(X, T).coefs_, expected, strict=True):
            assert_allclose(W, other, rtol=0, atol=1e-10)
    assert used == [2]
    with threadpool_limits(1, user_api="blas"):
        model.fit(X, T)
    assert used == [2]
    with threadpool_limits(5, user_api="blas"):
        model.fit(X, T)
    assert used == [2, 3]  # as many as there is work for
