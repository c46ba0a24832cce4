"""scikit-learn's callbacks on every solver and on the perceptron."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

pytest.importorskip("sklearn.callback")

from sklearn.callback import CallbackContext, ProgressBar, ScoringMonitor

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = X[:, 0] - X[:, 1] ** 2
labels = (X[:, 0] + X[:, 1] + rng.normal(size=60) > 0).astype(int)  # they overlap

# Without tol, and on classes that overlap, every epoch of max_iter is run.
network = SigmoidMLPRegressor(
    hidden_layer_sizes=(3,), solver="adam", max_iter=8, tol=None, random_state=0
)
perceptron = PerceptronClassifier(max_iter=8, random_state=0)

every_estimator = pytest.mark.parametrize(
    ("estimator", "target", "scoring"),
    [
        pytest.param(network, y, "r2", id="adam"),
        pytest.param(clone(network).set_params(solver="sgd"), y, "r2", id="sgd"),
        pytest.param(clone(network).set_params(solver="lbfgs"), y, "r2", id="lbfgs"),
        pytest.param(perceptron, labels, "accuracy", id="perceptron"),
        pytest.param(
            clone(perceptron).set_params(average=True), labels, "accuracy", id="averaged perceptron"
        ),
    ],
)

# The perceptron says so when max_iter ends it, which is what these tests are made to do.
pytestmark = pytest.mark.filterwarnings("ignore:The last of max_iter:UserWarning")


class Recorder:
    """Keeps what the hooks are given; stops the fit after `stop_after` epochs."""

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.begun, self.ended, self.copies, self.metadata = [], [], [], []

    def setup(self, estimator, context):
        self.begun.append("setup")

    def teardown(self, estimator, context):
        self.ended.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.begun.append(context.task_name)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, metadata=None):
        self.ended.append(context.task_name)
        self.copies.append(fitted_estimator)
        self.metadata.append(metadata)
        return context.task_name == "epoch" and self.ended.count("epoch") == self.stop_after


class Stopper:
    """Asks for no copy, as a cheap callback does."""

    def __init__(self, stop_after):
        self.stop_after = stop_after

    def setup(self, estimator, context): ...

    def teardown(self, estimator, context): ...

    def on_fit_task_begin(self, estimator, context): ...

    def on_fit_task_end(self, estimator, context):
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after


class Breaker(Stopper):
    """Raises in the epoch where the other one stops."""

    def __init__(self, stop_after, error=RuntimeError):
        super().__init__(stop_after)
        self.error = error

    def on_fit_task_end(self, estimator, context):
        if super().on_fit_task_end(estimator, context):
            raise self.error("the callback fails")


def epochs_of(log, name="epoch"):
    return [row for row in log.data if row["task_name"] == name]


def fitted_state(estimator):
    return pickle.dumps({k: v for k, v in vars(estimator).items() if not k.startswith("_skl_")})


# Alone


@every_estimator
def test_a_row_an_epoch_and_one_for_the_fit(estimator, target, scoring):
    monitor = ScoringMonitor(scoring=scoring)
    fitted = clone(estimator).set_callbacks(monitor).fit(X, target)
    log = monitor.get_logs()
    assert [row["task_id"] for row in epochs_of(log)] == list(range(fitted.n_iter_))
    assert len(epochs_of(log, "fit")) == 1
    assert len(log.data) == fitted.n_iter_ + 1
    assert len(log.data_as_pandas) == fitted.n_iter_ + 1


@every_estimator
def test_the_last_score_is_that_of_the_fitted_model(estimator, target, scoring):
    monitor = ScoringMonitor(scoring=scoring)
    fitted = clone(estimator).set_callbacks(monitor).fit(X, target)
    log = monitor.get_logs()
    assert epochs_of(log)[-1][scoring] == fitted.score(X, target)
    assert epochs_of(log, "fit")[0][scoring] == fitted.score(X, target)


@every_estimator
def test_each_copy_predicts_as_if_fit_had_stopped_there(estimator, target, scoring):
    recorder = Recorder()
    clone(estimator).set_callbacks(recorder).fit(X, target)
    assert len(recorder.copies) == 9
    for n_epochs, scored in enumerate(recorder.copies[:-1], start=1):
        shorter = clone(estimator).set_params(max_iter=n_epochs).fit(X, target)
        np.testing.assert_array_equal(scored.predict(X), shorter.predict(X))
        assert scored.n_iter_ == shorter.n_iter_ == n_epochs
        assert scored.n_features_in_ == 3


@every_estimator
def test_the_hooks_come_in_pairs(estimator, target, scoring):
    recorder = Recorder()
    clone(estimator).set_callbacks(recorder).fit(X, target)
    assert recorder.begun == ["setup", "fit"] + 8 * ["epoch"]
    assert recorder.ended == 8 * ["epoch"] + ["fit", "teardown"]


@every_estimator
@pytest.mark.parametrize("callback", [Recorder, Stopper])
@pytest.mark.parametrize("n_epochs", [1, 3])
def test_a_callback_stops_the_fit(estimator, target, scoring, callback, n_epochs):
    stopped = clone(estimator).set_callbacks(callback(n_epochs)).fit(X, target)
    shorter = clone(estimator).set_params(max_iter=n_epochs).fit(X, target)
    assert stopped.n_iter_ == n_epochs
    np.testing.assert_array_equal(stopped.predict(X), shorter.predict(X))


@pytest.mark.filterwarnings("error")
@every_estimator
def test_a_stop_that_was_asked_for_is_no_reason_to_warn(estimator, target, scoring):
    if scoring == "r2":
        estimator = clone(estimator).set_params(tol=1e-4)
    clone(estimator).set_callbacks(Stopper(2)).fit(X, target)
    clone(estimator).set_callbacks(Stopper(8)).fit(X, target)


@every_estimator
def test_callbacks_change_nothing_that_is_learned(estimator, target, scoring):
    watched = clone(estimator).set_callbacks(Recorder()).fit(X, target)
    np.testing.assert_array_equal(watched.predict(X), clone(estimator).fit(X, target).predict(X))


@every_estimator
def test_progress_bar(estimator, target, scoring, capsys):
    clone(estimator).set_callbacks(ProgressBar()).fit(X, target)
    printed = capsys.readouterr().out
    assert type(estimator).__name__ in printed
    assert "100%" in printed


@every_estimator
def test_several_callbacks(estimator, target, scoring):
    monitor, recorder = ScoringMonitor(scoring=scoring), Recorder(stop_after=2)
    clone(estimator).set_callbacks(monitor, recorder).fit(X, target)
    assert len(epochs_of(monitor.get_logs())) == 2
    assert recorder.ended.count("epoch") == 2


@every_estimator
def test_no_callback_makes_no_task(estimator, target, scoring, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a task was made")

    monkeypatch.setattr(CallbackContext, "_from_estimator", refuse)
    monkeypatch.setattr(CallbackContext, "_from_parent", refuse)
    clone(estimator).fit(X, target)
    clone(estimator).set_callbacks(Recorder()).set_callbacks().fit(X, target)
    with pytest.raises(AssertionError, match="a task was made"):
        clone(estimator).set_callbacks(Recorder()).fit(X, target)


@every_estimator
def test_what_no_callback_asks_for_is_not_copied(estimator, target, scoring, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a copy was made")

    monkeypatch.setattr(
        "sklearn.callback._callback_context._from_reconstruction_attributes", refuse
    )
    clone(estimator).set_callbacks(Stopper(8)).fit(X, target)
    with pytest.raises(AssertionError, match="a copy was made"):
        clone(estimator).set_callbacks(Recorder()).fit(X, target)


@every_estimator
def test_nothing_of_the_callbacks_stays_on_the_estimator(estimator, target, scoring):
    plain = vars(clone(estimator).fit(X, target)).keys()
    watched = clone(estimator).set_callbacks(Recorder()).fit(X, target)
    assert vars(watched).keys() - plain == {"_skl_callbacks"}


@every_estimator
@pytest.mark.parametrize("epoch", [1, 3])
def test_a_callback_that_raises_leaves_an_earlier_fit_untouched(estimator, target, scoring, epoch):
    fitted = clone(estimator).fit(X, target)
    before = fitted_state(fitted)
    with pytest.raises(RuntimeError, match="the callback fails"):
        fitted.set_callbacks(Breaker(epoch)).fit(X[:30], target[:30])
    assert fitted_state(fitted) == before


@every_estimator
def test_a_callback_that_raises_leaves_a_first_fit_undone(estimator, target, scoring):
    unfitted = clone(estimator).set_callbacks(Breaker(2))
    with pytest.raises(RuntimeError, match="the callback fails"):
        unfitted.fit(X, target)
    assert not [name for name in vars(unfitted) if name.endswith("_")]


@every_estimator
def test_an_interrupt_keeps_the_epochs_done(estimator, target, scoring):
    interrupted = clone(estimator).set_callbacks(Breaker(3, KeyboardInterrupt))
    with pytest.warns(UserWarning, match="Training was interrupted.*weights reached so far"):
        interrupted.fit(X, target)
    shorter = clone(estimator).set_params(max_iter=3).fit(X, target)
    assert interrupted.n_iter_ == 3
    np.testing.assert_array_equal(interrupted.predict(X), shorter.predict(X))


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_scores_use_the_weights_of_the_samples(solver):
    weights = np.arange(60.0)
    monitor, recorder = ScoringMonitor(scoring="r2"), Recorder()
    fitted = clone(network).set_params(solver=solver).set_callbacks(monitor, recorder)
    fitted.fit(X, y, sample_weight=weights)
    last = epochs_of(monitor.get_logs())[-1]["r2"]
    assert last == pytest.approx(fitted.score(X, y, sample_weight=weights), rel=1e-12)
    assert all(given["sample_weight"] is weights for given in recorder.metadata)


@every_estimator
def test_copies_go_their_own_way(estimator, target, scoring):
    recorder = Recorder()
    fitted = clone(estimator).set_callbacks(recorder).fit(X, target)
    first, *others = recorder.copies
    before = [other.predict(X) for other in [*others, fitted]]
    first.set_callbacks().set_params(warm_start=True).fit(X[::-1], target)
    for other, predictions in zip([*others, fitted], before, strict=True):
        np.testing.assert_array_equal(other.predict(X), predictions)


# Early stopping and warm starts


# Whether patience or max_iter ends these fits is no matter.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@every_estimator
def test_early_stopping(estimator, target, scoring):
    stopping = clone(estimator).set_params(early_stopping=True, max_iter=30, n_iter_no_change=3)
    stopping.set_params(tol=0.0, validation_fraction=0.3)
    monitor, recorder = ScoringMonitor(scoring=scoring), Recorder()
    fitted = clone(stopping).set_callbacks(monitor, recorder).fit(X, target)
    plain = clone(stopping).fit(X, target)
    log = monitor.get_logs()
    assert len(epochs_of(log)) == fitted.n_iter_ == plain.n_iter_
    np.testing.assert_array_equal(fitted.predict(X), plain.predict(X))
    # The copies hold the best weights so far, as a fit that stopped there would.
    assert epochs_of(log)[-1][scoring] == fitted.score(X, target)
    for n_epochs in (1, fitted.n_iter_ // 2 or 1, fitted.n_iter_):
        shorter = clone(stopping).set_params(max_iter=n_epochs).fit(X, target)
        scored = recorder.copies[n_epochs - 1]
        np.testing.assert_array_equal(scored.predict(X), shorter.predict(X))


@every_estimator
def test_warm_start(estimator, target, scoring):
    monitor = ScoringMonitor(scoring=scoring)
    warm = clone(estimator).set_params(warm_start=True, max_iter=4)
    warm.set_callbacks(monitor).fit(X, target).fit(X, target)
    first, second = monitor.get_logs(select="all")
    assert len(epochs_of(first)) == len(epochs_of(second)) == 4
    assert warm.n_iter_ == 8
    assert epochs_of(second)[-1][scoring] == warm.score(X, target)


@every_estimator
def test_a_warm_start_after_a_stop_goes_on_from_there(estimator, target, scoring):
    warm = clone(estimator).set_params(warm_start=True)
    warm.set_callbacks(Stopper(3)).fit(X, target)
    before = copy.deepcopy(warm)
    warm.set_callbacks(Stopper(1)).fit(X, target)
    assert warm.n_iter_ == 4
    one_more = before.set_callbacks().set_params(max_iter=1).fit(X, target)
    np.testing.assert_array_equal(warm.predict(X), one_more.predict(X))


# Inside meta-estimators


@every_estimator
def test_in_a_pipeline(estimator, target, scoring):
    monitor = ScoringMonitor(scoring=scoring)
    inner = clone(estimator).set_callbacks(monitor, Stopper(5))
    pipeline = make_pipeline(StandardScaler(), inner).fit(X, target)
    log = monitor.get_logs()
    assert log.estimator_name == "Pipeline"
    assert len(epochs_of(log)) == pipeline[-1].n_iter_ == 5
    assert epochs_of(log)[-1][scoring] == pipeline.score(X, target)


@every_estimator
def test_progress_bar_on_a_pipeline(estimator, target, scoring, capsys):
    pipeline = make_pipeline(StandardScaler(), clone(estimator))
    pipeline.set_callbacks(ProgressBar()).fit(X, target)
    printed = capsys.readouterr().out
    assert "Pipeline" in printed
    assert type(estimator).__name__ in printed
    assert not hasattr(pipeline[-1], "_skl_callbacks"), "the pipeline takes its callbacks back"
    assert not hasattr(pipeline[-1], "_parent_callback_ctx")


@every_estimator
def test_in_a_search_in_two_processes(estimator, target, scoring):
    monitor = ScoringMonitor(scoring=scoring)
    pipeline = make_pipeline(StandardScaler(), clone(estimator).set_callbacks(monitor, Stopper(3)))
    step = pipeline.steps[-1][0]
    search = GridSearchCV(pipeline, {f"{step}__random_state": [0, 1]}, cv=2, n_jobs=2)
    search.fit(X, target)
    log = monitor.get_logs()
    n_fits = 2 * 2 + 1  # candidates, folds, and the refit
    assert len(epochs_of(log, "fit")) == n_fits
    assert len(epochs_of(log)) == 3 * n_fits
    assert search.best_estimator_[-1].n_iter_ == 3
    refit = min(epochs_of(log, "fit"), key=lambda row: len(row["task_id_path"]))
    assert refit[scoring] == search.score(X, target)


@pytest.mark.parametrize(("estimator", "target"), [(network, y), (perceptron, labels)])
def test_progress_bar_on_a_search_in_two_processes(estimator, target, capsys):
    pipeline = make_pipeline(StandardScaler(), clone(estimator))
    step = pipeline.steps[-1][0]
    search = GridSearchCV(pipeline, {f"{step}__random_state": [0, 1]}, cv=2, n_jobs=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, target)
    printed = capsys.readouterr().out
    assert printed.count(f"{type(estimator).__name__} - fit") >= 5
