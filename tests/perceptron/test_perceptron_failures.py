"""Failure, interruption, printing."""

import numpy as np
import pandas as pd
import pytest
from both_estimators import snapshot, unconverged
from naive_perceptron import assert_same_model, overlapping, trained
from numpy.testing import assert_array_equal

from sknnbasics import PerceptronClassifier
from sknnbasics._units import _fit

# Failure -----------------------------------------------------------------------------------


@unconverged
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize(
    "fail",
    [
        lambda model, X, y: model.fit(X[:, :2], np.zeros(len(y))),
        lambda model, X, y: model.fit(np.full_like(X, np.nan), y),
        lambda model, X, y: model.fit(X[:, :2], y, coef_init=np.zeros(5)),
        lambda model, X, y: model.set_params(eta0=1e308).fit(100 * X[:, :2], y),
        lambda model, X, y: model.set_params(eta0=1e308).partial_fit(100 * X, y),
        lambda model, X, y: model.set_params(early_stopping=True).fit(X[:3, :2], y[:3]),
        lambda model, X, y: model.set_params(class_weight={9: 1.0}).fit(X[:, :2], y),
        lambda model, X, y: model.partial_fit(X[:, :2], y),
    ],
)
def test_a_failed_fit_leaves_the_earlier_one_untouched(fail):
    X, y = overlapping()
    y[:2] = 0, 1
    model = trained(pd.DataFrame(X, columns=list("abcde")), y, 3, shuffle=True)
    before = snapshot(model)
    with pytest.raises(ValueError):
        fail(model, X, y)
    assert snapshot(model) == before


def test_overflow_names_the_epoch_and_the_remedy():
    X, y = overlapping()
    with pytest.raises(ValueError, match=r"epoch 1\. Scale X, or lower eta0=1e\+308"):
        PerceptronClassifier(eta0=1e308).fit(100 * X, y)


# Interruption ------------------------------------------------------------------------------


@unconverged
@pytest.mark.parametrize("average", [False, True, "pocket"])
def test_an_interrupt_warns_and_keeps_the_weights_reached(monkeypatch, average):
    X, y = overlapping()
    run_epoch, calls = _fit.run_epoch, []

    def interrupted_in_epoch_4(*args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return run_epoch(*args)

    monkeypatch.setattr(_fit, "run_epoch", interrupted_in_epoch_4)
    model = PerceptronClassifier(eta0=0.1, shuffle=False, tol=None, average=average)
    with pytest.warns(UserWarning, match="interrupted in epoch 4"):
        model.fit(X, y)
    assert_same_model(model, trained(X, y, 3, average=average))


def test_an_interrupt_in_the_first_epoch_keeps_the_starting_weights(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    X, y = overlapping()
    monkeypatch.setattr(_fit, "run_epoch", interrupted)
    model = PerceptronClassifier(threshold=1)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        model.fit(X, y)
    assert_array_equal(model.intercept_, [-1.0])
    assert model.n_iter_ == len(model.mistake_curve_) == 0
    assert model.converged_ is False
    assert_array_equal(model.predict(X), np.zeros(len(X)))


# Printing ----------------------------------------------------------------------------------


@unconverged
@pytest.mark.parametrize("early_stopping", [False, True])
def test_verbose_prints_a_line_an_epoch(capsys, early_stopping):
    X, y = overlapping()
    params = {"max_iter": 5, "early_stopping": early_stopping, "random_state": 0}
    model = PerceptronClassifier(**params, verbose=1).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == model.n_iter_ == 5
    for epoch, (line, n_mistakes) in enumerate(zip(lines, model.mistake_curve_, strict=True), 1):
        assert line.startswith(f"Epoch {epoch}: {n_mistakes} mistakes")
        assert ("validation accuracy" in line) == early_stopping


def test_partial_fit_is_verbose_too(capsys):
    X, y = overlapping()
    PerceptronClassifier(verbose=1).partial_fit(X, y, classes=[0, 1]).partial_fit(X, y)
    assert len(capsys.readouterr().out.splitlines()) == 2


@unconverged
def test_nothing_is_printed_otherwise(capsys):
    X, y = overlapping()
    model = PerceptronClassifier(max_iter=3).fit(X, y).partial_fit(X, y)
    model.predict(X)
    assert capsys.readouterr() == ("", "")
