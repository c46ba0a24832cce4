"""One thread for BLAS while a fit trains, and work that is shared out among our own."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from both_estimators import threads_of_blas, unconverged
from threadpoolctl import threadpool_limits

import sknnbasics._network._fit
import sknnbasics._units._fit
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor, _threads
from sknnbasics._threads import map_in_threads, one_blas_thread, threads_for


@pytest.mark.parametrize("first_leaves", ["first", "last"])
def test_the_limit_holds_until_the_last_has_left(first_leaves):
    with threadpool_limits(2, user_api="blas"):
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


rng = np.random.default_rng(0)
X = rng.normal(size=(37, 4))
small = {"hidden_layer_sizes": (3,), "alpha": 0.1, "max_iter": 3, "tol": None}
watched_in_fits = {
    "sgd": (
        SigmoidMLPRegressor(solver="sgd", **small),
        rng.normal(size=37),
        (sknnbasics._network._fit.Progress, "end_epoch"),
    ),
    "lbfgs": (
        SigmoidMLPRegressor(solver="lbfgs", **small),
        rng.normal(size=37),
        (sknnbasics._network._fit.Progress, "end_epoch"),
    ),
    "perceptron": (
        PerceptronClassifier(max_iter=3, tol=None),
        rng.integers(0, 3, size=37),
        (sknnbasics._units._fit.Pocket, "offer"),
    ),
}


@unconverged
@pytest.mark.parametrize("fit", watched_in_fits)
def test_a_fit_limits_the_threads_of_blas_while_it_trains(monkeypatch, fit):
    model, target, (owner, name) = watched_in_fits[fit]
    seen, original = [], getattr(owner, name)

    def watched(*args):
        seen.append(threads_of_blas())
        return original(*args)

    monkeypatch.setattr(owner, name, watched)
    with threadpool_limits(2, user_api="blas"):
        model.fit(X, target)
        assert threads_of_blas() == {2}
    assert seen == [{1}] * 3


def test_work_takes_the_threads_that_it_is_worth_and_that_blas_has_outside(monkeypatch):
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100)
    with threadpool_limits(3, user_api="blas"):
        assert [threads_for(work) for work in (0, 199, 200, 399, 1000)] == [1, 1, 2, 3, 3]
        with one_blas_thread(), ThreadPoolExecutor(1) as other:
            assert threads_for(1000) == 3
            assert other.submit(threads_for, 1000).result() == 3
    with threadpool_limits(1, user_api="blas"):
        assert threads_for(1000) == 1


def test_work_is_shared_out_in_order_and_under_the_limit(monkeypatch):
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100)
    meeting = threading.Barrier(2, timeout=60)

    def meet(number):
        meeting.wait()
        return number, threading.get_ident(), threads_of_blas()

    with threadpool_limits(2, user_api="blas"):
        numbers, threads, limits = zip(*map_in_threads(meet, range(6), 200), strict=True)
        assert threads_of_blas() == {2}
    assert numbers == tuple(range(6))
    assert len(set(threads)) == 2
    assert limits == ({1},) * 6
    assert map_in_threads(abs, [-1, 2], 199) == [1, 2]


def test_work_that_fails_on_a_thread_fails(monkeypatch):
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100)
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(ZeroDivisionError):
            map_in_threads(lambda number: 1 / number, [1, 0, 2], 200)
        assert threads_of_blas() == {2}
