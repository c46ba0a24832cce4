"""Averaged weights, and the pocket."""

import numpy as np
import pytest
from both_estimators import unconverged
from naive_perceptron import (
    NaivePerceptron,
    assert_same_model,
    assert_weights,
    both_start_from,
    clusters,
    naive,
    one_hot,
    overlapping,
    separable,
    trained,
)
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5, 8, 9, 13])
def test_average_is_the_mean_of_the_weights_after_each_visit(n_classes, epochs, fit_intercept):
    X, y = overlapping(n_classes)
    coef, intercept = naive(X, y, epochs, fit_intercept=fit_intercept).average()
    model = trained(X, y, epochs, average=True, fit_intercept=fit_intercept)
    assert_weights(model, coef, intercept)


def test_average_covers_class_weights_initial_weights_and_sparse_input():
    X, y = overlapping(3)
    X[X < 0.3] = 0
    scale = np.array([0.5, 1.0, 3.0])
    start = both_start_from(3)
    coef, intercept = naive(
        X, y, 6, steps=scale[y], coef=start["coef_init"], intercept=start["intercept_init"]
    ).average()
    params = {"average": True, "class_weight": dict(enumerate(scale))} | start
    for samples in (X, sparse.csr_matrix(X)):
        assert_weights(trained(samples, y, 6, **params), coef, intercept)


def test_averaging_changes_no_visit():
    X, y = overlapping(3)
    plain, averaged = (trained(X, y, 9, average=average) for average in (False, True))
    assert_array_equal(averaged.mistake_curve_, plain.mistake_curve_)
    assert (averaged.coef_ != plain.coef_).any()


@pytest.mark.parametrize("early_stopping", [True, False])
@pytest.mark.parametrize("average", [True, False])
def test_a_grid_may_hold_the_booleans_of_numpy(average, early_stopping):
    settings = {"early_stopping": early_stopping, "validation_fraction": 0.3}
    for samples in [overlapping(), separable(seed=0, margin=0.05)]:
        plain = PerceptronClassifier(average=average, random_state=0, **settings).fit(*samples)
        other = clone(plain).set_params(average=np.bool_(average)).fit(*samples)
        assert_same_model(other, plain)
        assert (other._state.units is None) == (plain._state.units is None)


def test_average_goes_on_through_partial_fit_and_warm_start():
    X, y = overlapping()
    coef, intercept = naive(X, y, 6).average()
    stepwise = PerceptronClassifier(average=True, eta0=0.1, shuffle=False)
    for _ in range(6):
        stepwise.partial_fit(X, y, classes=[0, 1])
    assert_weights(stepwise, coef, intercept)
    warm = trained(X, y, 3, average=True, warm_start=True)
    with pytest.warns(ConvergenceWarning):
        warm.fit(X, y)
    assert_weights(warm, coef, intercept)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("class_weight", [None, {0: 1, 1: 3}])
@pytest.mark.parametrize("epochs", [1, 2, 7, 20])
def test_the_pocket_holds_the_best_of_the_last_and_the_averaged_weights(
    n_classes, class_weight, epochs
):
    X, y = overlapping(n_classes)
    weights = np.array([(class_weight or {}).get(label, 1) for label in y], float)
    loop, best, fewest = NaivePerceptron(len(one_hot(y)[0]), 5, 1.0), None, np.inf
    for _ in range(epochs):
        loop.epoch(X, one_hot(y), weights)
        for coef, intercept in [loop.average(), (loop.W.copy(), loop.b.copy())]:
            z = X @ coef.T + intercept
            predicted = z[:, 0] > 0 if n_classes == 2 else z.argmax(axis=1)
            mistaken = weights[predicted != y].sum()
            if mistaken <= fewest:
                best, fewest = (coef, intercept), mistaken
    settings = {"average": "pocket", "eta0": 1.0, "class_weight": class_weight}
    assert_weights(trained(X, y, epochs, **settings), *best)


def test_the_pocket_is_no_worse_on_the_training_samples_than_the_last_and_the_averaged_weights():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(80, 4))
        y = (X[:, 0] + rng.normal(size=80) > 1).astype(int)
        scores = {
            average: trained(X, y, 15, average=average, eta0=1.0).score(X, y)
            for average in ("pocket", True, False)
        }
        assert scores["pocket"] >= max(scores[True], scores[False])


@pytest.mark.parametrize("average", [False, True, "pocket"])
def test_separated_samples_are_predicted_without_a_mistake_whatever_the_averaging(average):
    for seed in range(30):
        X, y = separable(seed, margin=0.02)
        model = PerceptronClassifier(average=average, tol=None, random_state=seed).fit(X, y)
        assert model.converged_
        assert model.score(X, y) == 1
    X, y = clusters()
    model = PerceptronClassifier(average=average, tol=None, random_state=0).fit(X, y)
    assert model.converged_
    assert model.score(X, y) == 1


def test_the_separating_average_is_that_of_more_epochs_without_a_mistake():
    X, y = separable(3, margin=0.02)
    model = PerceptronClassifier(average=True, tol=None, shuffle=False).fit(X, y)
    loop = NaivePerceptron(1, 10, 1.0)
    for _ in range(model.n_iter_):
        loop.epoch(X, one_hot(y))
    assert loop.mistakes[-1] == 0
    for n_epochs in (model.n_iter_ * 2**k for k in range(10)):
        while len(loop.mistakes) < n_epochs:
            loop.epoch(X, one_hot(y))
        coef, intercept = loop.average()
        if ((X @ coef[0] + intercept > 0) == y).all():
            break
    assert_weights(model, coef, intercept)


@unconverged
@pytest.mark.parametrize("average", [True, "pocket"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_replaced_weights_are_gone_on_from_whatever_the_averaging(average, method):
    X, y = overlapping()
    settings = {"average": average, "shuffle": False, "warm_start": True}
    model = PerceptronClassifier(max_iter=3, **settings).fit(X, y)
    model.coef_, model.intercept_ = np.full((1, 5), 7.0), np.array([-2.0])
    fresh = PerceptronClassifier(max_iter=3, **settings)
    fresh.fit(X, y, coef_init=model.coef_, intercept_init=model.intercept_)
    if method == "partial_fit":
        start = PerceptronClassifier(max_iter=1, **settings)
        start.partial_fit(X, y, classes=[0, 1])
        start.coef_, start.intercept_ = model.coef_, model.intercept_
        fresh = start.partial_fit(X, y)
        model.partial_fit(X, y)
    else:
        model.fit(X, y)
    assert_array_equal(model.coef_, fresh.coef_)


def test_weights_given_by_the_user_start_the_average_anew():
    X, y = overlapping()
    params = {"average": True, "tol": None, "random_state": 0, "warm_start": True}
    with pytest.warns(ConvergenceWarning):
        model = PerceptronClassifier(max_iter=5, eta0=1000.0, **params).fit(X, y)
    start = np.ones((1, X.shape[1]))
    with pytest.warns(ConvergenceWarning):
        model.set_params(max_iter=1, eta0=1e-9).fit(X, y, coef_init=start, intercept_init=[0.0])
    np.testing.assert_allclose(model.coef_, start, atol=1e-5)


@pytest.mark.parametrize("average", [True, "pocket"])
@pytest.mark.parametrize("size", [1, 3, 20])
def test_a_stream_is_predicted_with_the_average_of_all_its_visits(average, size):
    X, y = overlapping()
    stream = PerceptronClassifier(average=average, shuffle=False)
    for start in range(0, 60, size):
        rows = slice(start, start + size)
        stream.partial_fit(X[rows], y[rows], classes=[0, 1])
    assert_weights(stream, *naive(X, y, 1, eta=1.0).average())
