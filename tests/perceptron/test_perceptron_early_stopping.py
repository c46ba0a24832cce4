"""Early stopping on samples held out."""

import numpy as np
import pytest
from both_estimators import unconverged
from naive_perceptron import naive_patience, overlapping, recorded_epochs
from numpy.testing import assert_array_equal

from sknnbasics import PerceptronClassifier


@unconverged
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_early_stopping_keeps_the_weights_that_did_best_on_the_held_out(
    monkeypatch, n_classes, average
):
    orders, weights = recorded_epochs(monkeypatch)
    X, y = overlapping(n_classes)
    model = PerceptronClassifier(
        early_stopping=True,
        validation_fraction=0.25,
        tol=None,
        max_iter=30,
        average=average,
        random_state=0,
    ).fit(X, y)
    held_out = np.setdiff1d(np.arange(len(X)), orders[0])
    assert len(held_out) == len(X) // 4
    for order in orders:
        assert_array_equal(np.sort(order), np.setdiff1d(np.arange(len(X)), held_out))
    assert model.validation_scores_.shape == (model.n_iter_,)
    assert model.score(X[held_out], y[held_out]) == model.validation_scores_.max()
    if not average:
        scores = model.validation_scores_
        latest_best = np.flatnonzero(scores == scores.max())[-1]
        assert_array_equal(model.coef_, weights[latest_best][0])
        assert_array_equal(model.intercept_, weights[latest_best][1])
        for score, (model.coef_, model.intercept_) in zip(scores, weights, strict=True):
            assert model.score(X[held_out], y[held_out]) == score


@unconverged
def test_the_hold_out_is_stratified(monkeypatch):
    orders, _ = recorded_epochs(monkeypatch)
    X, _ = overlapping(n_samples=100)
    y = np.repeat(["common", "rare"], [90, 10])
    PerceptronClassifier(early_stopping=True, validation_fraction=0.2, max_iter=1).fit(X, y)
    held_out = np.setdiff1d(np.arange(100), orders[0])
    assert sorted(y[held_out]) == ["common"] * 18 + ["rare"] * 2


@unconverged
def test_a_tie_among_the_held_out_does_not_fire_either():
    X, y = np.zeros((20, 1)), np.repeat([0, 1], [15, 5])
    model = PerceptronClassifier(
        early_stopping=True, validation_fraction=0.2, fit_intercept=False, n_iter_no_change=3
    ).fit(X, y)
    # Four of the sixteen samples err in each epoch; fifteen times the root of sixteen is sixty.
    assert_array_equal(model.validation_scores_, np.full(1 + 60 // 4, 0.75))


@pytest.mark.parametrize(("tol", "n_iter_no_change"), [(0.0, 1), (0.0, 4), (0.1, 6)])
def test_early_stopping_watches_the_validation_accuracy(tol, n_iter_no_change):
    X, y = overlapping(3)
    model = PerceptronClassifier(
        early_stopping=True,
        validation_fraction=0.3,
        tol=tol,
        n_iter_no_change=n_iter_no_change,
        random_state=0,
    ).fit(X, y)
    errors, n_trained = 1 - model.validation_scores_, len(X) - len(X) * 3 // 10
    expected = naive_patience(errors, model.mistake_curve_, tol, n_iter_no_change, n_trained)
    assert model.n_iter_ == expected


def test_an_impossible_hold_out_names_its_remedy():
    X, y = [[0.0], [1.0], [2.0]], [0, 1, 1]
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 of 3 samples.*Pass more"):
        PerceptronClassifier(early_stopping=True).fit(X, y)
