"""One thread for BLAS while a fit trains, and work that is shared out among our own."""

import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from time import sleep
from weakref import ref

import numpy as np
import pytest
from both_estimators import threads_of_blas, unconverged
from sklearn.base import clone
from threadpoolctl import threadpool_limits

import sknnbasics._mlp
import sknnbasics._network._fit
import sknnbasics._perceptron
import sknnbasics._units._fit
import sknnbasics._units._scoring
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor, _threads
from sknnbasics._threads import Workers, map_blocks, one_blas_thread, threads_for


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


@pytest.mark.parametrize("asked", [True, False])
def test_with_openmp_workers_join_the_limit_if_there_is_one(monkeypatch, asked):
    library = OpenMP()
    monkeypatch.setattr(_threads, "_LIMIT", _threads._Limit())
    monkeypatch.setattr(_threads, "_libraries", lambda: [library])
    with one_blas_thread() if asked else nullcontext():
        n_threads = Workers(1).submit(library.get_num_threads).result()
    # One that starts after the limit has ended leaves alone what nobody would restore.
    assert n_threads == (1 if asked else 4)
    assert library.get_num_threads() == 4


rng = np.random.default_rng(0)
X = rng.normal(size=(37, 4))
small = {"hidden_layer_sizes": (3,), "alpha": 0.1, "max_iter": 3, "tol": None}
sgd, lbfgs = (SigmoidMLPRegressor(solver=solver, **small) for solver in ("sgd", "lbfgs"))
perceptron = PerceptronClassifier(max_iter=3, tol=None)
numbers, classes = rng.normal(size=37), rng.integers(0, 3, size=37)
# A call, where its epochs pass, and their number.
of_a_network = sknnbasics._network._fit.Progress, "end_epoch"
of_a_perceptron = sknnbasics._units._fit.Fit, "visit"
watched_calls = {
    "sgd": (lambda X: sgd.fit(X, numbers), *of_a_network, 3),
    "lbfgs": (lambda X: lbfgs.fit(X, numbers), *of_a_network, 3),
    "perceptron": (lambda X: perceptron.fit(X, classes), *of_a_perceptron, 3),
    "chunk of sgd": (lambda X: clone(sgd).partial_fit(X, numbers), *of_a_network, 1),
    "chunk of a perceptron": (
        lambda X: clone(perceptron).partial_fit(X, classes, classes=[0, 1, 2]),
        *of_a_perceptron,
        1,
    ),
}


@unconverged
@pytest.mark.parametrize("call", watched_calls)
def test_a_fit_limits_the_threads_of_blas_from_its_beginning_to_its_end(monkeypatch, call):
    train, owner, name, n_epochs = watched_calls[call]
    seen = {"data": [], "epochs": [], "end": []}

    class Data:
        def __array__(self, dtype=None, copy=None):
            seen["data"].append(threads_of_blas())
            return X

    def watch(owner, name, where):
        original = getattr(owner, name)

        def watched(*args):
            seen[where].append(threads_of_blas())
            return original(*args)

        monkeypatch.setattr(owner, name, watched)

    watch(owner, name, "epochs")
    for estimators in (sknnbasics._mlp, sknnbasics._perceptron):
        watch(estimators, "publish", "end")
    with threadpool_limits(2, user_api="blas"):
        train(Data())
        assert threads_of_blas() == {2}
    del seen["data"][1:]  # a version of scikit-learn may ask more than once
    assert seen == {"data": [{1}], "epochs": [{1}] * n_epochs, "end": [{1}]}


def test_work_takes_the_threads_that_it_is_worth_and_that_blas_has_outside(monkeypatch):
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100)
    with threadpool_limits(3, user_api="blas"):
        works = 0, 199, 200, 399, 1000
        assert [threads_for(work, 10**6) for work in works] == [1, 1, 2, 3, 3]
        assert [threads_for(1000, n_rows) for n_rows in (1, 127, 128, 192)] == [1, 1, 2, 3]
        with one_blas_thread(), ThreadPoolExecutor(1) as other:
            assert threads_for(1000, 10**6) == 3
            assert other.submit(threads_for, 1000, 10**6).result() == 3
    with threadpool_limits(1, user_api="blas"):
        assert threads_for(1000, 10**6) == 1


@pytest.fixture
def worth_threads(monkeypatch):
    """Work of 200 bytes on 12 rows is worth two threads, in six blocks of two rows."""
    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 100)
    monkeypatch.setattr(_threads, "FEWEST_ROWS", 1)
    with threadpool_limits(2, user_api="blas"):
        yield
        assert threads_of_blas() == {2}


@pytest.mark.usefixtures("worth_threads")
def test_work_is_shared_out_in_order_and_under_the_limit():
    meeting = threading.Barrier(2, timeout=60)

    def meet(rows):
        meeting.wait()
        return rows, threading.get_ident(), threads_of_blas()

    blocks, threads, limits = zip(*map_blocks(meet, 12, 2, 200), strict=True)
    assert blocks == tuple(slice(start, start + 2) for start in range(0, 12, 2))
    assert len(set(threads)) == 2
    assert threading.get_ident() not in threads
    assert limits == ({1},) * 6


@pytest.mark.usefixtures("worth_threads")
def test_blocks_hold_the_work_of_a_thread_and_no_more_rows_than_may_be(monkeypatch):
    def sizes(n_rows, most_rows, work):
        blocks = map_blocks(lambda rows: rows, n_rows, most_rows, work)
        assert [block.start for block in blocks] == [0, *(block.stop for block in blocks[:-1])]
        return [block.stop - block.start for block in blocks]

    assert sizes(12, 100, 200) == [6, 6]
    assert sizes(12, 4, 200) == [4, 4, 4]
    assert sizes(12, 100, 0) == [12]
    assert sizes(3, 0, 10**6) == [1, 1, 1]
    monkeypatch.setattr(_threads, "FEWEST_ROWS", 5)
    assert sizes(15, 100, 10**6) == [5, 5, 5]


@pytest.mark.usefixtures("worth_threads")
def test_work_that_fails_on_a_thread_fails_and_ends_the_rest():
    done = []

    def fail(rows):
        done.append(rows)
        threading.Event().wait(0.01)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        map_blocks(fail, 1000, 1, 10_000)
    assert len(done) < 1000


def test_workers_are_kept_between_calls_and_end_with_their_owner():
    workers = Workers(2)
    meeting = threading.Barrier(2, timeout=60)

    def meet():
        meeting.wait()
        return threading.get_ident()

    pairs = [[workers.submit(meet) for _ in range(2)] for _ in range(3)]
    threads = {call.result() for pair in pairs for call in pair}
    assert len(threads) == 2
    assert threading.get_ident() not in threads
    del workers
    wait_for_the_end_of(threads)


def wait_for_the_end_of(threads):
    for _ in range(60_000):
        if threads.isdisjoint(sys._current_frames()):
            return
        sleep(0.001)
    pytest.fail("Some threads go on.")


def test_where_no_thread_can_be_started_the_call_is_made_here(monkeypatch):
    def fail(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_threads, "start_new_thread", fail)
    assert Workers(2).submit(threading.get_ident).result() == threading.get_ident()


@pytest.mark.usefixtures("no_garbage_collection")
def test_what_a_thread_raises_is_raised_and_keeps_nothing_alive():
    def fail():
        raise ZeroDivisionError("of a thread")

    def call():
        workers = Workers(1)
        call_of_a_thread = workers.submit(fail)
        try:
            call_of_a_thread.result()
        except ZeroDivisionError as error:
            return str(error), ref(workers)

    message, workers = call()
    assert message == "of a thread"
    assert workers() is None  # no traceback leads to the frame that had them


@pytest.mark.usefixtures("no_garbage_collection", "worth_threads")
@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_threads_of_a_fit_end_with_it(monkeypatch, solver):
    threads = set()

    def watched(*args):
        threads.add(threading.get_ident())
        return in_pieces(*args)

    in_pieces = sknnbasics._network._backprop._threaded._in_pieces
    monkeypatch.setattr(sknnbasics._network._backprop._threaded, "_in_pieces", watched)
    SigmoidMLPRegressor(solver=solver, **small | {"batch_size": None}).fit(X, X[:, 0])
    threads.remove(threading.get_ident())  # which takes a part itself
    assert len(threads) == 1
    wait_for_the_end_of(threads)


FORKS = """
import os, signal
from sknnbasics._threads import Workers

workers = Workers(1)
assert workers.submit(pow, 2, 3).result() == 8
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
else:
    signal.alarm(60)  # what waits for a thread that a fork did not copy would wait for ever
    assert workers.submit(pow, 2, 5).result() == 32
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_workers_serve_a_process_that_was_forked():
    # From 3.12 on, Python warns of any fork beside threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (result.returncode, result.stderr) == (0, "")


FITS_WHEN_THE_MAIN_THREAD_HAS_ENDED = """
import threading, warnings
import numpy as np
from threadpoolctl import threadpool_limits
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor, _threads

_threads.WORK_OF_A_THREAD = _threads.FEWEST_ROWS = 1
threadpool_limits(2, user_api="blas")
warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X, y = rng.normal(size=(90, 4)), rng.integers(0, 3, 90)


def fit(delay):
    threading.main_thread().join(delay)
    for model in (PerceptronClassifier(max_iter=5), SigmoidMLPRegressor(solver="sgd", max_iter=5)):
        print(f"{model.fit(X, y).n_iter_} ", end="")  # in one piece


for delay in [0.0, 0.001, 0.01, None]:  # while the main thread ends, and when it has
    threading.Thread(target=fit, args=(delay,)).start()
"""


def test_a_thread_fits_when_the_main_one_has_ended():
    command = [sys.executable, "-c", FITS_WHEN_THE_MAIN_THREAD_HAS_ENDED]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (result.stdout.split(), result.stderr) == (["5"] * 8, "")


@unconverged
@pytest.mark.usefixtures("worth_threads")
@pytest.mark.parametrize("early_stopping", [False, True])
def test_the_weights_of_many_classes_are_tried_on_threads(monkeypatch, early_stopping):
    """In the training on samples that are held out or not, and at its end on all."""
    model = PerceptronClassifier(n_iter_no_change=1, early_stopping=early_stopping)
    seen, decisions = [], sknnbasics._units._scoring.decisions

    def watched(coef, intercept, rows):
        seen.append((len(rows), threading.get_ident(), threads_of_blas()))
        return decisions(coef, intercept, rows)

    monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", 10)
    monkeypatch.setattr(sknnbasics._units._scoring, "decisions", watched)
    model.fit(X, rng.integers(0, 3, size=37))
    n_rows, threads, limits = zip(*seen, strict=True)
    assert sum(n_rows) >= 37 + (model.n_iter_ * 4 if early_stopping else 0)
    assert threading.get_ident() not in threads
    assert limits == ({1},) * len(limits)
