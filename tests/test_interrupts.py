"""Ctrl-C at every line of the package: the model is then wholly the old one or wholly a new one."""

import pickle
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from both_estimators import snapshot, unconverged
from numpy.testing import assert_allclose

import sknnbasics
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

PACKAGE = str(Path(sknnbasics.__file__).parent)


def lines_that_take_a_lock():
    """File and number of the lines `with self._lock`."""
    return {
        (str(path), number)
        for path in Path(PACKAGE).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip() == "with self._lock:"
    }


TAKES_A_LOCK = lines_that_take_a_lock()

pytestmark = unconverged

rng = np.random.default_rng(0)
X = rng.normal(size=(8, 2))
named = pd.DataFrame(X, columns=["left", "right"])
wider = named.assign(top=0.5)
y = X[:, 0]
labels = np.array([0, 1, 0, 1, 1, 0, 1, 0])  # no line tells them apart

EPOCHS = {"max_iter": 2, "tol": None, "random_state": 0}
HELD_OUT = {"early_stopping": True, "validation_fraction": 0.5}


def perceptron(**params):
    return PerceptronClassifier(**EPOCHS | params)


def network(**params):
    return SigmoidMLPRegressor(**EPOCHS | {"hidden_layer_sizes": (), "alpha": 0.01} | params)


def run(call, model, interrupted_line=None):
    """Call, with an interrupt before one of the package's lines; give how many lines were run."""
    n_lines, lines_before = 0, {}

    def trace_lines(frame, event, argument):
        nonlocal n_lines
        line_before = lines_before.get(frame, 0)
        lines_before[frame] = frame.f_lineno
        # Python comes back to the line that took a lock to release it. There it answers no
        # signal, but a tracer can raise.
        releases = (frame.f_code.co_filename, frame.f_lineno) in TAKES_A_LOCK
        n_lines += event == "line" and not (releases and line_before > frame.f_lineno)
        if n_lines == interrupted_line:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace_lines

    def trace_calls(frame, event, argument):
        return trace_lines if frame.f_code.co_filename.startswith(PACKAGE) else None

    tracer = sys.gettrace()  # that of coverage
    sys.settrace(trace_calls)
    try:
        with warnings.catch_warnings(), suppress(KeyboardInterrupt):
            warnings.simplefilter("ignore")
            call(model)
    finally:
        sys.settrace(tracer)
        lines_before.clear()  # which keeps the frames alive, and what was asked for in them
    return n_lines


def models_after_interrupts(model, call):
    """Yield every other model that the call, or an interrupt of it, makes of this one."""
    old = pickle.dumps(model)
    known = {snapshot(pickle.loads(old))}
    for line in range(1, run(call, pickle.loads(old)) + 2):
        model = pickle.loads(old)
        run(call, model, line)
        if (changed := snapshot(model)) not in known:
            known.add(changed)
            yield model


def target(model):
    return labels if isinstance(model, PerceptronClassifier) else y


def fit(model):
    model.fit(X, target(model))


def partial_fit(model):
    model.partial_fit(X, target(model))


def decisions(model):
    """What the published weights decide on X, written out."""
    if isinstance(model, PerceptronClassifier):
        return (X @ model.coef_.T + model.intercept_).ravel()
    a = X
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        a = 1 / (1 + np.exp(-(a @ W + b)))
    return (model.y_low_ + (model.y_high_ - model.y_low_) * a).ravel()


def assert_whole(model, has_names):
    """The attributes agree with each other, and a later call can go on from them."""
    if isinstance(model, PerceptronClassifier):
        curve, scores, decide = model.mistake_curve_, model.validation_scores_, "decision_function"
    else:
        curve, scores, decide = model.loss_curve_, model.validation_loss_curve_, "predict"
    assert len(curve) == model.n_iter_
    assert scores is None or len(scores) == model.n_iter_
    assert hasattr(model, "feature_names_in_") == has_names
    given = named if has_names else X
    assert_allclose(getattr(model, decide)(given), decisions(model), rtol=1e-9, atol=1e-12)
    n_before = model.n_iter_
    model.set_params(warm_start=True, max_iter=1).fit(given, target(model))
    assert model.n_iter_ == n_before + 1


@pytest.mark.parametrize(
    ("model", "call"),
    [
        pytest.param(perceptron(), fit, id="perceptron"),
        pytest.param(perceptron(average=True, **HELD_OUT), fit, id="averaged, held out"),
        pytest.param(perceptron(warm_start=True, average=False), fit, id="plain, warm"),
        pytest.param(perceptron(), partial_fit, id="perceptron, a chunk"),
        pytest.param(network(solver="adam", warm_start=True, **HELD_OUT), fit, id="adam, warm"),
        pytest.param(network(solver="lbfgs", tol=1e-4), fit, id="lbfgs"),
        pytest.param(network(solver="sgd"), partial_fit, id="sgd, a chunk"),
    ],
)
def test_an_interrupt_leaves_the_old_model_or_a_whole_one(model, call):
    goes_on = model.warm_start or call is partial_fit
    model.fit(named if goes_on else wider, target(model))
    n_before = model.n_iter_ if goes_on else 0
    ends = set()
    for changed in models_after_interrupts(model, call):
        ends.add(changed.n_iter_ - n_before)
        assert_whole(changed, has_names=goes_on)
    assert ends == ({1} if call is partial_fit else {0, 1, 2})


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(perceptron(average=True, eta0=8e307), id="averaged"),
        pytest.param(perceptron(average="pocket", eta0=8e307), id="pocket"),
        pytest.param(network(solver="sgd", learning_rate_init=1e300), id="sgd"),
        pytest.param(network(solver="lbfgs", alpha=1e308), id="lbfgs"),
    ],
)
def test_an_interrupt_publishes_nothing_that_the_end_would_refuse(model):
    def refused_fit(model):
        with suppress(ValueError):
            model.fit(X, target(model))

    with pytest.raises(ValueError, match=r"overflowed|no longer finite"):
        model.fit(X, target(model))
    for changed in models_after_interrupts(model, refused_fit):
        assert np.isfinite(decisions(changed)).all()
        if isinstance(changed, SigmoidMLPRegressor):  # whose end looks at the squares
            assert np.isfinite([(W**2).sum() for W in changed.coefs_]).all()


@pytest.mark.parametrize("average", [True, "pocket", False])
def test_what_is_called_converged_after_an_interrupt_makes_no_mistake(average):
    steps = np.arange(8.0)[:, None]
    is_high = steps[:, 0] > 5  # the average makes a mistake when the last weights make none

    def fit(model):
        model.fit(steps, is_high)

    changed = models_after_interrupts(perceptron(average=average, max_iter=100), fit)
    scores = [model.score(steps, is_high) for model in changed if model.converged_]
    assert scores
    assert set(scores) == {1}
