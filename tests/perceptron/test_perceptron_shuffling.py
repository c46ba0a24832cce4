"""The order of the samples, and what the random state determines."""

import numpy as np
import pytest
from both_estimators import unconverged
from naive_perceptron import (
    NaivePerceptron,
    assert_same_model,
    assert_weights,
    one_hot,
    overlapping,
    recorded_epochs,
    trained,
)
from numpy.testing import assert_array_equal

from sknnbasics import PerceptronClassifier


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("shuffle", [False, True])
def test_each_epoch_visits_every_sample_once_in_an_order_of_its_own(monkeypatch, shuffle):
    orders, _ = recorded_epochs(monkeypatch)
    X, y = overlapping()
    trained(X, y, 6, shuffle=shuffle, random_state=0)
    assert len(orders) == 6
    for order in orders:
        assert_array_equal(np.sort(order), np.arange(len(X)))
    assert len({tuple(order) for order in orders}) == (6 if shuffle else 1)
    if not shuffle:
        assert_array_equal(orders[0], np.arange(len(X)))


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_shuffled_epochs_run_the_rule_in_the_order_drawn(monkeypatch, n_classes):
    orders, _ = recorded_epochs(monkeypatch)
    X, y = overlapping(n_classes)
    model = trained(X, y, 5, shuffle=True, random_state=0)
    targets = one_hot(y)
    loop = NaivePerceptron(targets.shape[1], X.shape[1], eta=0.1)
    for order in orders:
        loop.epoch(X, targets, order=order)
    assert_weights(model, loop.W, loop.b)


@unconverged
def test_the_random_state_determines_the_run():
    X, y = overlapping()
    params = {"init": "uniform", "max_iter": 5, "tol": None}
    first, again, other = (
        PerceptronClassifier(**params, random_state=seed).fit(X, y) for seed in (0, 0, 1)
    )
    assert_same_model(first, again)
    assert (first.coef_ != other.coef_).any()


@unconverged
def test_a_generator_passed_as_random_state_moves_on():
    X, y = overlapping()
    params = {"max_iter": 5, "tol": None}
    generator = np.random.RandomState(0)
    first, second = (
        PerceptronClassifier(**params, random_state=generator).fit(X, y) for _ in range(2)
    )
    assert (first.coef_ != second.coef_).any()
    again = PerceptronClassifier(**params, random_state=np.random.RandomState(0)).fit(X, y)
    assert_same_model(first, again)
