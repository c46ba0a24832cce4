"""What a fit leaves behind when something fails in the middle of it."""

import _thread
import os
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import sknnbasics._mlp
import sknnbasics._perceptron
import sknnbasics._training
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4))
y = X[:, 0] - X[:, 1] ** 2
labels = (X[:, 0] + rng.normal(size=60) > 0).astype(int)  # they overlap

# Without tol, and on classes that overlap, every epoch of max_iter is run.
N_EPOCHS = 4
network = SigmoidMLPRegressor(
    hidden_layer_sizes=(3,), batch_size=20, max_iter=N_EPOCHS, tol=None, random_state=0
)
perceptron = PerceptronClassifier(max_iter=N_EPOCHS, tol=None, random_state=0)

pytestmark = pytest.mark.filterwarnings("ignore:The last of max_iter:UserWarning")
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
every_kind = pytest.mark.parametrize(
    ("estimator", "target"),
    [pytest.param(network, y, id="network"), pytest.param(perceptron, labels, id="perceptron")],
)
every_epoch = pytest.mark.parametrize("epoch", range(1, N_EPOCHS + 1))


def is_lbfgs(estimator):
    return estimator.get_params().get("solver") == "lbfgs"


def learned(model):
    """All that was learned, bit by bit, and what a later call goes on from."""
    return {name: bits(value) for name, value in model.__getstate__().items()}


def bits(value):
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: bits(item) for name, item in value.items()}
    return [bits(item) for item in value] if isinstance(value, list) else value


def raise_at(monkeypatch, module, name, call, error):
    """Let the `call`-th call of a function raise before it does anything."""
    function, calls = getattr(module, name), []

    def failing(*args, **kwargs):
        calls.append(None)
        if len(calls) == call:
            raise error
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, failing)
    return calls


def fail_in_epoch(monkeypatch, estimator, epoch, error):
    """Let the first half of an epoch pass, where it has parts, and then raise."""
    if isinstance(estimator, PerceptronClassifier):
        return raise_at(monkeypatch, sknnbasics._perceptron, "run_epoch", epoch, error)
    # An epoch is three batches, or one evaluation at least.
    call = epoch + 1 if estimator.solver == "lbfgs" else 3 * epoch - 1
    return raise_at(monkeypatch, sknnbasics._training.Objective, "__call__", call, error)


# Interrupts


@every_epoch
@every_estimator
@pytest.mark.parametrize("boundary", ["begin_epoch", "end_epoch"])
def test_an_interrupt_between_epochs_keeps_those_done(
    monkeypatch, estimator, target, epoch, boundary
):
    n_recorded = epoch - (boundary == "begin_epoch")
    # An iteration of L-BFGS is over when its epoch begins.
    n_done = epoch if is_lbfgs(estimator) else n_recorded
    raise_at(monkeypatch, sknnbasics._compat.FitTasks, boundary, epoch, KeyboardInterrupt)
    with pytest.warns(UserWarning, match=f"interrupted in epoch {n_recorded + 1}"):
        model = clone(estimator).fit(X, target)
    monkeypatch.undo()
    assert model.n_iter_ == n_recorded
    if n_done:
        expected = clone(estimator).set_params(max_iter=n_done).fit(X, target)
        assert_array_equal(model.predict(X), expected.predict(X))
    model.set_params(warm_start=True).fit(X, target)
    assert model.n_iter_ == n_recorded + N_EPOCHS


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


@every_estimator
@pytest.mark.parametrize("name", ["_validate", "_start", "_fitted"])
def test_memory_refused_outside_the_epochs(monkeypatch, estimator, target, name):
    model = clone(estimator).fit(X, target)
    before = learned(model)
    raise_at(monkeypatch, type(model), name, 1, MemoryError("refused"))
    with pytest.raises(MemoryError, match="refused"):
        model.fit(X[::-1], target[::-1])
    assert learned(model) == before


@every_epoch
@every_estimator
def test_a_callback_that_raises_leaves_an_earlier_fit_untouched(estimator, target, epoch):
    pytest.importorskip("sklearn.callback")
    calls = []

    def fail(self, estimator, context):
        calls.append(context.task_name)
        if calls.count("epoch") == epoch:
            raise RuntimeError("the callback fails")

    def nothing(self, estimator, context): ...

    hooks = dict.fromkeys(["setup", "teardown", "on_fit_task_end"], nothing)
    callback = type("Failing", (), hooks | {"on_fit_task_begin": fail})
    model = clone(estimator).fit(X, target)
    before = model.predict(X)
    with pytest.raises(RuntimeError, match="the callback fails"):
        model.set_callbacks(callback()).fit(X[::-1], target)
    assert_array_equal(model.predict(X), before)
    assert calls.count("epoch") == epoch


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


# Processes and threads


@pytest.mark.filterwarnings("ignore:A worker stopped:UserWarning")
@every_kind
def test_a_killed_worker_ends_a_search_with_a_clear_error(estimator, target):
    def killed(self, X, y, **params):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    kind = type(estimator)
    dying = type("Dying", (kind,), {"fit": killed, "__module__": "__main__"})
    dying = dying(**estimator.get_params())
    search = GridSearchCV(dying, {"random_state": [0, 1]}, cv=2, n_jobs=2)
    with pytest.raises(TerminatedWorkerError, match="terminated"):
        search.fit(X, target)
    search = GridSearchCV(estimator, {"random_state": [0, 1]}, cv=2, n_jobs=2)
    assert np.isfinite(search.fit(X, target).best_score_)


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


if hasattr(os, "fork"):

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    @every_estimator
    def test_a_forked_child_predicts_and_fits(estimator, target):
        model = clone(estimator).fit(X, target)
        expected, before = model.predict(X), learned(model)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                again = clone(estimator)
                same = np.array_equal(model.predict(X), expected)
                status = 0 if same and learned(again.fit(X, target)) == before else 2
            finally:
                os._exit(status)
        deadline = time.monotonic() + 60
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
        assert ended == (child, 0)
