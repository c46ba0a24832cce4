"""Training that goes on: warm starts and partial_fit."""

import pickle

import numpy as np
import pytest
from both_estimators import unconverged
from naive_perceptron import (
    assert_same_model,
    assert_weights,
    both_start_from,
    naive,
    overlapping,
    trained,
)
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier, _perceptron_input


@unconverged
@pytest.mark.parametrize("n_classes", [2, 3])
def test_warm_start_goes_on_where_fit_ended(n_classes):
    X, y = overlapping(n_classes)
    warm = trained(X, y, 4, warm_start=True)
    warm.fit(X, y)
    assert_same_model(warm, trained(X, y, 8))
    warm.set_params(max_iter=3).fit(X, y)
    assert_same_model(warm, trained(X, y, 11))


@unconverged
def test_without_warm_start_fit_begins_anew():
    X, y = overlapping()
    model = trained(X, y, 4)
    once = pickle.loads(pickle.dumps(model))
    assert_same_model(model.fit(X, y), once)
    X3, y3 = overlapping(3)
    assert model.fit(X3[:, :4], y3).coef_.shape == (3, 4)


@unconverged
def test_warm_start_takes_todays_parameters():
    X, y = overlapping()
    warm = trained(X, y, 4, warm_start=True)
    warm.set_params(eta0=0.5, fit_intercept=False, class_weight={0: 2.0}).fit(X, y)
    first = naive(X, y, 4)
    loop = naive(
        X,
        y,
        4,
        eta=0.5,
        steps=np.where(y == 0, 2.0, 1.0),
        coef=first.W,
        intercept=first.b,
        fit_intercept=False,
    )
    assert_weights(warm, loop.W, loop.b)


@unconverged
def test_warm_start_takes_initial_weights_too():
    X, y = overlapping()
    warm = trained(X, y, 4, warm_start=True)
    start = both_start_from(2)
    warm.fit(X, y, **start)
    other = trained(X, y, 4, **start)
    assert_array_equal(warm.coef_, other.coef_)
    assert_array_equal(warm.intercept_, other.intercept_)


@unconverged
def test_warm_start_gathers_validation_scores():
    X, y = overlapping()
    model = trained(X, y, 4, warm_start=True, early_stopping=True, random_state=0)
    first = model.validation_scores_
    model.fit(X, y)
    assert model.validation_scores_.shape == (8,)
    assert_array_equal(model.validation_scores_[:4], first)


@pytest.mark.usefixtures("both_shuffles")
def test_a_warm_start_draws_new_orders():
    X, y = overlapping()
    params = {"tol": None, "random_state": 0}
    with pytest.warns(ConvergenceWarning):
        at_once = PerceptronClassifier(max_iter=6, **params).fit(X, y)
    in_steps = PerceptronClassifier(max_iter=1, warm_start=True, **params)
    for _ in range(6):
        with pytest.warns(ConvergenceWarning):
            in_steps.fit(X, y)
    np.testing.assert_array_equal(in_steps.mistake_curve_, at_once.mistake_curve_)
    np.testing.assert_array_equal(in_steps.coef_, at_once.coef_)


@unconverged
@pytest.mark.parametrize("early_stopping", [False, True])
def test_the_best_weights_of_an_earlier_call_stay_the_best(early_stopping):
    X, y = overlapping(n_samples=200)
    held_out = {"early_stopping": early_stopping, "validation_fraction": 0.3}
    for seed in range(20):
        model = PerceptronClassifier(
            max_iter=20, tol=None, warm_start=True, random_state=seed, **held_out
        ).fit(X, y)
        if early_stopping:
            before = model.validation_scores_.max()
            model.set_params(max_iter=1).fit(X, y)
            split = PerceptronClassifier(max_iter=1, random_state=seed, **held_out)
            given = _perceptron_input.samples(split, X, y, None, reset=True)
            samples, held = _perceptron_input.parts(split, given.samples)
            [mistaken] = held.mistaken_weights((model.coef_, model.intercept_))
            assert (held.weight - mistaken) / held.weight >= before
            assert len(samples.rows) == 140
        else:
            before = model.score(X, y)
            assert model.set_params(max_iter=1).fit(X, y).score(X, y) >= before


@pytest.mark.usefixtures("both_shuffles")
@unconverged
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("init", ["zeros", "uniform"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_epochs_of_partial_fit_are_epochs_of_fit(n_classes, init, shuffle, average):
    X, y = overlapping(n_classes)
    params = {"shuffle": shuffle, "init": init, "average": average, "random_state": 5}
    stepwise = PerceptronClassifier(**params)
    for _ in range(6):
        stepwise.partial_fit(X, y, classes=range(n_classes))
    whole = PerceptronClassifier(**params, tol=None, max_iter=6).fit(X, y)
    assert_same_model(stepwise, whole)


def test_partial_fit_takes_chunks():
    X, y = overlapping()
    model = PerceptronClassifier(average=False, eta0=0.1, shuffle=False)
    for rows in (slice(0, 20), slice(20, 21), slice(21, 60)):
        model.partial_fit(X[rows], y[rows], classes=[0, 1])
    loop = naive(X, y, 1)
    assert_weights(model, loop.W, loop.b)
    assert model.n_iter_ == 3
    assert model.mistake_curve_.sum() == sum(loop.mistakes)


def test_partial_fit_goes_on_from_fit():
    X, y = overlapping()
    model = trained(X, y, 4).partial_fit(X, y)
    assert_same_model(model, trained(X, y, 5))


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("average", [False, True])
def test_half_way_partial_fit_survives_pickling_to_the_last_bit(average):
    X, y = overlapping(3)
    model = PerceptronClassifier(average=average, random_state=0)
    for _ in range(3):
        model.partial_fit(X, y, classes=[0, 1, 2])
    restored = pickle.loads(pickle.dumps(model))
    for _ in range(3):
        model.partial_fit(X, y)
        restored.partial_fit(X, y)
        assert_same_model(model, restored)


def test_partial_fit_warns_of_nothing():
    X, y = overlapping()
    PerceptronClassifier().partial_fit(X, y, classes=[0, 1]).partial_fit(X, y)


def test_partial_fit_is_not_there_with_early_stopping():
    model = PerceptronClassifier(early_stopping=True)
    assert not hasattr(model, "partial_fit")
    with pytest.raises(AttributeError) as caught:
        _ = model.partial_fit
    assert "set early_stopping=False" in str(caught.value.__cause__)
