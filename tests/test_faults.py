"""What a fit leaves behind when something fails in the middle of it."""

import _thread
import multiprocessing
import os
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from both_estimators import threads_of_blas
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import sknnbasics._callbacks
import sknnbasics._mlp_input
import sknnbasics._network._optimizers
import sknnbasics._perceptron_input
import sknnbasics._threads
import sknnbasics._units._fit
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics._network._backprop._blocked import Backprop
from sknnbasics._threads import one_blas_thread

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4))
y = X[:, 0] - X[:, 1] ** 2
labels = (X[:, 0] + rng.normal(size=60) > 0).astype(int)  # they overlap
wide = rng.normal(size=(2000, 200))

# Without tol, and on classes that overlap, every epoch of max_iter is run.
N_EPOCHS = 4
network = SigmoidMLPRegressor(
    hidden_layer_sizes=(3,),
    solver="adam",
    batch_size=20,
    max_iter=N_EPOCHS,
    tol=None,
    random_state=0,
)
perceptron = PerceptronClassifier(max_iter=N_EPOCHS, tol=None, random_state=0)

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.usefixtures("backprop_batch_by_batch"),
]
every_estimator = pytest.mark.parametrize(
    ("estimator", "target"),
    [
        pytest.param(network, y, id="adam"),
        pytest.param(clone(network).set_params(solver="sgd"), y, id="sgd"),
        pytest.param(clone(network).set_params(solver="lbfgs"), y, id="lbfgs"),
        pytest.param(perceptron, labels, id="perceptron"),
        pytest.param(clone(perceptron).set_params(average=True), labels, id="averaged perceptron"),
    ],
)
every_epoch = pytest.mark.parametrize("epoch", range(1, N_EPOCHS + 1))


def is_lbfgs(estimator):
    return estimator.get_params().get("solver") == "lbfgs"


def learned(model):
    """All that was learned, bit by bit, and what a later call goes on from."""
    state = model.__getstate__()
    state.pop("_skl_callbacks", None)  # the user's
    return {name: bits(value) for name, value in state.items()}


def weights(model):
    single = hasattr(model, "coef_")
    return bits([model.coef_, model.intercept_] if single else model.coefs_ + model.intercepts_)


def bits(value):
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: bits(item) for name, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, list) else value


def raise_at(monkeypatch, module, name, call, error, first=lambda *args: None):
    """Let the `call`-th call of a function do no more than `first`, and then raise."""
    function, calls = getattr(module, name), []

    def failing(*args, **kwargs):
        calls.append(None)
        if len(calls) == call:
            first(*args)
            raise error
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, failing)
    return calls


def fail_in_epoch(monkeypatch, estimator, epoch, error):
    """Let the first half of an epoch pass, where it has parts, and then raise."""
    if isinstance(estimator, PerceptronClassifier):
        return raise_at(monkeypatch, sknnbasics._units._fit, "run_epoch", epoch, error)
    # An epoch is three batches, or one evaluation at least.
    call = epoch + 1 if estimator.solver == "lbfgs" else 3 * epoch - 1
    return raise_at(monkeypatch, Backprop, "cost_and_gradient", call, error)


def fail_after_a_part(monkeypatch, estimator, epoch, error):
    """Let an epoch move weights, averages and moments, and then raise."""
    if isinstance(estimator, PerceptronClassifier):
        run_epoch = sknnbasics._units._fit.run_epoch

        def visit_half(units, X, codes, steps, order):
            run_epoch(units, X, codes, steps, order[: len(order) // 2])

        return raise_at(
            monkeypatch, sknnbasics._units._fit, "run_epoch", epoch, error, first=visit_half
        )
    if estimator.solver == "lbfgs":
        part, name, call = Backprop, "cost_and_gradient", epoch + 1
    else:
        optimizers = {
            "adam": sknnbasics._network._optimizers.Adam,
            "sgd": sknnbasics._network._optimizers.GradientDescent,
        }
        part, name, call = optimizers[estimator.solver], "update", 3 * epoch - 1
    return raise_at(monkeypatch, part, name, call, error, first=getattr(part, name))


def failing_callback(hook, task, call):
    """A callback whose `hook` raises the `call`-th time that a task of this name comes."""

    def nothing(self, estimator, context): ...

    def fail(self, estimator, context):
        self.calls += context.task_name == task
        if self.calls == call:
            raise RuntimeError("the callback fails")

    hooks = ["setup", "teardown", "on_fit_task_begin", "on_fit_task_end"]
    return type("Failing", (), dict.fromkeys(hooks, nothing) | {hook: fail, "calls": 0})()


# Interrupts


def between_epochs(test):
    """Run `test` for an interrupt before, and one after, the work of every epoch."""
    each = pytest.mark.parametrize("boundary", ["begin_epoch", "end_epoch"])
    return every_epoch(every_estimator(each(test)))


@contextmanager
def interrupt(monkeypatch, boundary, epoch, n_before=0):
    """Interrupt the fit in this block, made after `n_before` epochs; give how many it records."""
    n_recorded = epoch - (boundary == "begin_epoch")
    raise_at(monkeypatch, sknnbasics._callbacks.FitTasks, boundary, epoch, KeyboardInterrupt)
    with pytest.warns(UserWarning, match=f"interrupted in epoch {n_before + n_recorded + 1}"):
        yield n_recorded
    monkeypatch.undo()


@between_epochs
def test_an_interrupt_between_epochs_keeps_those_done(
    monkeypatch, estimator, target, epoch, boundary
):
    with interrupt(monkeypatch, boundary, epoch) as n_recorded:
        model = clone(estimator).fit(X, target)
    # An iteration of L-BFGS is over when its epoch begins.
    n_done = epoch if is_lbfgs(estimator) else n_recorded
    assert model.n_iter_ == n_recorded
    if n_done:
        expected = clone(estimator).set_params(max_iter=n_done).fit(X, target)
        assert_array_equal(model.predict(X), expected.predict(X))
    model.set_params(warm_start=True).fit(X, target)
    assert model.n_iter_ == n_recorded + N_EPOCHS


@between_epochs
def test_an_interrupted_early_stopping_keeps_the_best_epoch_so_far(
    monkeypatch, estimator, target, epoch, boundary
):
    estimator = clone(estimator).set_params(early_stopping=True, validation_fraction=0.3)
    with interrupt(monkeypatch, boundary, epoch) as n_recorded:
        model = clone(estimator).fit(X, target)
    assert model.n_iter_ == n_recorded
    if n_recorded:
        expected = clone(estimator).set_params(max_iter=n_recorded).fit(X, target)
        assert weights(model) == weights(expected)


@between_epochs
def test_an_interrupted_second_fit_is_one_of_fewer_epochs(
    monkeypatch, estimator, target, epoch, boundary
):
    model = clone(estimator).set_params(warm_start=True).fit(X, target)
    expected = clone(estimator).set_params(warm_start=True).fit(X, target)
    with interrupt(monkeypatch, boundary, epoch, n_before=N_EPOCHS) as n_recorded:
        model.fit(X, target)
    assert model.n_iter_ == N_EPOCHS + n_recorded
    # An iteration of L-BFGS is over when its epoch begins.
    n_done = epoch if is_lbfgs(model) else n_recorded
    if n_done:
        expected.set_params(max_iter=n_done).fit(X, target).set_params(max_iter=N_EPOCHS)
    assert weights(model) == weights(expected)
    if n_done == n_recorded > 0:
        assert learned(model) == learned(expected)


@every_estimator
def test_an_interrupted_partial_fit_is_undone(monkeypatch, estimator, target):
    model = clone(estimator).fit(X, target)
    if is_lbfgs(model):  # it has no partial_fit, but another solver may go on from it
        model.set_params(solver="adam")
    before = learned(model)
    fail_in_epoch(monkeypatch, model, 1, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        model.partial_fit(X, target)
    assert learned(model) == before


@every_estimator
@pytest.mark.parametrize("seconds", [0.003, 0.03])
@pytest.mark.usefixtures("no_garbage_collection")
def test_an_interrupt_by_the_clock(estimator, target, seconds):
    model = clone(estimator).set_params(warm_start=True).fit(X, target)
    timer = threading.Timer(seconds, _thread.interrupt_main)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            timer.start()
            model.set_params(max_iter=10**6).fit(X, target)
            timer.join()
    except KeyboardInterrupt:  # it came before training began, or when it was over
        pass
    curve = model.mistake_curve_ if hasattr(model, "mistake_curve_") else model.loss_curve_
    assert len(curve) == model.n_iter_ >= N_EPOCHS
    assert np.isfinite(model.predict(X)).all()
    model.set_params(max_iter=1).fit(X, target)
    assert model.n_iter_ == len(curve) + 1


CROSS_VALIDATED = {
    "cross_val_score": lambda model, y: cross_val_score(model, X, y, cv=2),
    "cross_val_predict": lambda model, y: cross_val_predict(model, X, y, cv=2),
    "cross_validate": lambda model, y: cross_validate(model, X, y, cv=2, error_score=0),
    "learning_curve": lambda model, y: learning_curve(model, X, y, cv=2, train_sizes=[0.5, 1.0]),
    "a search": lambda model, y: GridSearchCV(model, {"random_state": [0, 1]}, cv=2).fit(X, y),
    "a pipeline": lambda model, y: cross_val_score(make_pipeline(StandardScaler(), model), X, y),
}


@every_estimator
@pytest.mark.parametrize("call", CROSS_VALIDATED)
def test_an_interrupt_stops_a_cross_validation(monkeypatch, estimator, target, call):
    """What was reached would be scored as if it were whole."""
    kind = sknnbasics._callbacks.FitTasks
    begun = raise_at(monkeypatch, kind, "begin_epoch", N_EPOCHS + 2, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        CROSS_VALIDATED[call](estimator, target)
    assert len(begun) == N_EPOCHS + 2


@every_estimator
def test_an_interrupt_of_the_last_fit_of_a_search_keeps_the_search(monkeypatch, estimator, target):
    kind = sknnbasics._callbacks.FitTasks
    raise_at(monkeypatch, kind, "begin_epoch", 4 * N_EPOCHS + 2, KeyboardInterrupt)
    search = GridSearchCV(estimator, {"random_state": [0, 1]}, cv=2)
    with pytest.warns(UserWarning, match="interrupted in epoch 2"):
        search.fit(X, target)
    assert search.best_estimator_.n_iter_ == 1
    assert len(search.cv_results_["mean_test_score"]) == 2


@every_estimator
def test_an_interrupt_can_be_made_an_error(monkeypatch, estimator, target):
    model = clone(estimator).fit(X, target)
    before = learned(model)
    raise_at(monkeypatch, sknnbasics._callbacks.FitTasks, "begin_epoch", 2, KeyboardInterrupt)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Training was interrupted")
        with pytest.raises(UserWarning, match="Training was interrupted in epoch 2"):
            model.fit(X[::-1], target[::-1])
    assert learned(model) == before


# Errors


@every_epoch
@every_estimator
@pytest.mark.parametrize("error", [MemoryError("refused"), RuntimeError("unknown")])
def test_an_error_inside_an_epoch_leaves_an_earlier_fit_untouched(
    monkeypatch, estimator, target, epoch, error
):
    model = clone(estimator).fit(X, target)
    unfitted = clone(estimator)
    before = learned(model)
    for each, expected in [(model, before), (unfitted, learned(unfitted))]:
        calls = fail_in_epoch(monkeypatch, estimator, epoch, error)
        with pytest.raises(type(error), match=str(error)):
            each.fit(X[::-1], target[::-1])
        assert learned(each) == expected
        assert calls
        monkeypatch.undo()
    assert learned(model.fit(X, target)) == before


@every_epoch
@every_estimator
@pytest.mark.parametrize("warm_start", [False, True])
def test_memory_refused_after_a_part_of_an_epoch(monkeypatch, estimator, target, epoch, warm_start):
    model = clone(estimator).set_params(warm_start=warm_start).fit(X, target)
    before = learned(model)
    calls = fail_after_a_part(monkeypatch, model, epoch, MemoryError("refused"))
    with pytest.raises(MemoryError, match="refused"):
        model.fit(X[::-1], target[::-1])
    assert calls
    assert learned(model) == before


@every_estimator
def test_memory_refused_after_a_part_of_a_partial_fit(monkeypatch, estimator, target):
    model = clone(estimator).fit(X, target)
    if is_lbfgs(model):  # it has no partial_fit, but another solver may go on from it
        model.set_params(solver="sgd")
    for _ in range(2):  # the second goes on with the moments of the first
        before = learned(model)
        calls = fail_after_a_part(monkeypatch, model, 1, MemoryError("refused"))
        with pytest.raises(MemoryError, match="refused"):
            model.partial_fit(X[::-1], target[::-1])
        assert calls
        assert learned(model) == before
        monkeypatch.undo()
        model.partial_fit(X, target)


@every_estimator
@pytest.mark.parametrize("name", ["samples", "_started", "_fitted"])
def test_memory_refused_outside_the_epochs(monkeypatch, estimator, target, name):
    model = clone(estimator).fit(X, target)
    before = learned(model)
    classifies = isinstance(model, PerceptronClassifier)
    given = sknnbasics._perceptron_input if classifies else sknnbasics._mlp_input
    owner = given if name == "samples" else type(model)
    raise_at(monkeypatch, owner, name, 1, MemoryError("refused"))
    with pytest.raises(MemoryError, match="refused"):
        model.fit(X[::-1], target[::-1])
    assert learned(model) == before


@every_epoch
@every_estimator
@pytest.mark.parametrize("hook", ["on_fit_task_begin", "on_fit_task_end"])
def test_a_callback_that_raises_in_an_epoch_leaves_an_earlier_fit_untouched(
    estimator, target, epoch, hook
):
    pytest.importorskip("sklearn.callback")
    callback = failing_callback(hook, "epoch", epoch)
    model = clone(estimator).fit(X, target).set_callbacks(callback)
    before = learned(model)
    with pytest.raises(RuntimeError, match="the callback fails"):
        model.fit(X[::-1], target)
    assert learned(model) == before
    assert callback.calls == epoch


@every_estimator
@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize("hook", ["setup", "on_fit_task_begin", "on_fit_task_end"])
def test_a_callback_that_raises_around_the_epochs_leaves_an_earlier_fit_untouched(
    estimator, target, hook, warm_start
):
    pytest.importorskip("sklearn.callback")
    callback = failing_callback(hook, "fit", 1)
    model = clone(estimator).set_params(warm_start=warm_start).fit(X, target)
    before = learned(model.set_callbacks(callback))
    with pytest.raises(RuntimeError, match="the callback fails"):
        model.fit(X[::-1], target)
    assert learned(model) == before
    assert callback.calls == 1


@every_estimator
def test_a_callback_that_raises_in_teardown_finds_a_whole_fit(estimator, target):
    """scikit-learn tears down around `fit`, when all that it learned is published."""
    pytest.importorskip("sklearn.callback")
    callback = failing_callback("teardown", "fit", 1)
    model = clone(estimator).fit(X[::-1], target).set_callbacks(callback)
    with pytest.raises(RuntimeError, match="the callback fails"):
        model.fit(X, target)
    assert learned(model) == learned(clone(estimator).fit(X, target))


@every_estimator
def test_a_warning_made_an_error_leaves_an_earlier_fit_untouched(estimator, target):
    model = clone(estimator).fit(X, target)
    before = learned(model)
    model.set_params(tol=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="max_iter"):
            model.fit(X[::-1], target[::-1])
    assert learned(model.set_params(tol=None)) == before


def column_too_large(matrix):
    matrix.indices[3] = 500_000_000


def column_negative(matrix):
    matrix.indices[3] = -500_000_000


def row_too_long(matrix):
    matrix.indptr[10] = 900_000_000


def rows_backwards(matrix):
    matrix.indptr[10] = 0


@every_estimator
@pytest.mark.parametrize(
    "damage", [column_too_large, column_negative, row_too_long, rows_backwards]
)
def test_a_broken_sparse_matrix_is_refused(estimator, target, damage):
    broken = csr_array(np.where(X > 0, X, 0))
    damage(broken)
    model = clone(estimator).fit(X, target)
    before = learned(model)
    for call in [lambda: model.fit(broken, target), lambda: model.predict(broken)]:
        with pytest.raises(ValueError, match="broken sparse matrix"):
            call()
    assert learned(model) == before


@every_estimator
def test_a_memmap_with_damaged_bytes_is_refused(estimator, target, tmp_path):
    content = X.tobytes()
    (tmp_path / "X").write_bytes(content[:960] + b"\xff" * 16 + content[976:])
    damaged = np.memmap(tmp_path / "X", X.dtype, "r", shape=X.shape)
    model = clone(estimator).fit(X, target)
    before = learned(model)
    for call in [lambda: model.fit(damaged, target), lambda: model.predict(damaged)]:
        with pytest.raises(ValueError, match="contains NaN"):
            call()
    assert learned(model) == before


# Processes and threads


def in_time(function, *args):
    """Run it in a process of its own, which must end well, and soon."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=then_end_workers, args=(function, *args))
    process.start()
    process.join(120)
    if process.is_alive():
        process.kill()
        process.join()
    assert process.exitcode == 0


def then_end_workers(function, *args):
    try:
        function(*args)
    finally:
        get_reusable_executor().shutdown(kill_workers=True)  # the process waits for its children


def searched(estimator, X, target):
    return GridSearchCV(estimator, {"random_state": [0, 1]}, cv=2, n_jobs=2).fit(X, target)


def search_with_workers_that_die():
    def killed(self, X, y, **params):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    for estimator, target in [(network, y), (perceptron, labels)]:
        kind = type(estimator)
        dying = type("Dying", (kind,), {"fit": killed, "__module__": "__main__"})
        with pytest.raises(TerminatedWorkerError, match="terminated"):
            searched(dying(**estimator.get_params()), X, target)
        assert np.isfinite(searched(estimator, X, target).best_score_)


def test_a_killed_worker_ends_a_search_with_a_clear_error():
    in_time(search_with_workers_that_die)


def search_on_half_a_file(path):
    X.tofile(path)
    halved = np.memmap(path, X.dtype, "r", shape=X.shape)
    os.truncate(path, X.nbytes // 2)  # each worker maps the file anew
    with pytest.raises(BrokenProcessPool, match="un-serialize"):
        searched(network, halved, y)


@pytest.mark.skipif(os.name == "nt", reason="a mapped file cannot be truncated there")
def test_a_truncated_memmap_ends_a_search_with_a_clear_error(tmp_path):
    in_time(search_on_half_a_file, tmp_path / "X")


@every_estimator
def test_estimators_fit_in_two_threads_as_alone(estimator, target):
    alone = learned(clone(estimator).fit(X, target))
    with ThreadPoolExecutor(2) as threads:
        fits = [threads.submit(clone(estimator).fit, X, target) for _ in range(8)]
        assert all(learned(fit.result(60)) == alone for fit in fits)


@every_estimator
def test_one_estimator_predicts_in_two_threads(estimator, target):
    model = clone(estimator).fit(X, target)
    expected = model.predict(X)
    with ThreadPoolExecutor(2) as threads:
        for predicted in threads.map(model.predict, [X] * 50, timeout=60):
            assert_array_equal(predicted, expected)


@pytest.mark.parametrize("form", [np.asarray, csr_array])
@every_estimator
def test_one_thread_fits_while_another_predicts(estimator, target, form):
    Z = form(np.where(wide[:, :50] > 0, wide[:, :50], 0))
    target = np.resize(target, Z.shape[0])
    model = clone(estimator).fit(Z, target)
    expected, alone = model.predict(Z), learned(model)
    decide = getattr(model, "decision_function", model.predict)
    decisions = decide(Z)
    with ThreadPoolExecutor(1) as thread:
        fit = thread.submit(clone(estimator).fit, Z, target)
        for _ in range(20):
            assert_array_equal(model.predict(Z), expected)
            assert_array_equal(decide(Z), decisions)
        assert learned(fit.result(60)) == alone


if hasattr(os, "fork"):

    def in_a_fork(holds):
        """Whether it holds in a forked child, which is killed when it hangs."""
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = 0 if holds() else 2
            finally:
                os._exit(status)
        deadline = time.monotonic() + 60
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
        return ended == (child, 0)

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    @every_estimator
    def test_a_forked_child_predicts_and_fits(estimator, target):
        model = clone(estimator).fit(X, target)
        expected, before = model.predict(X), learned(model)
        assert in_a_fork(lambda: np.array_equal(model.predict(X), expected))
        assert in_a_fork(lambda: learned(clone(estimator).fit(X, target)) == before)

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    @every_estimator
    def test_a_forked_child_fits_where_the_threads_of_blas_have_run(estimator, target):
        target = np.resize(target, len(wide))
        with threadpool_limits(2):
            wide @ wide.T
            expected = clone(estimator).fit(wide, target).predict(wide)
            assert in_a_fork(
                lambda: np.allclose(clone(estimator).fit(wide, target).predict(wide), expected)
            )

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    def test_a_forked_child_waits_for_no_thread_of_its_parent():
        """Which may hold the lock of the limit of BLAS, or the limit itself."""
        inside, may_leave = threading.Event(), threading.Event()

        def other():
            with one_blas_thread():
                inside.set()
                may_leave.wait()

        def fits_with_two_threads():
            clone(network).fit(X, y)
            return threads_of_blas() == {2}

        thread = threading.Thread(target=other)
        with threadpool_limits(2, user_api="blas"):
            thread.start()
            inside.wait()
            with sknnbasics._threads._LIMIT._lock:
                survived = in_a_fork(fits_with_two_threads)
            may_leave.set()
            thread.join()
        assert survived

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    def test_a_fork_within_a_fit_keeps_the_limit_of_that_fit():
        with threadpool_limits(2, user_api="blas"), one_blas_thread():
            assert in_a_fork(lambda: threads_of_blas() == {1})
