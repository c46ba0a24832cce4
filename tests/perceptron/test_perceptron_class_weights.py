"""Class weights, given and balanced."""

import pickle

import numpy as np
import pytest
from naive_perceptron import (
    NaivePerceptron,
    assert_same_model,
    assert_weights,
    naive,
    overlapping,
    trained,
)
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.utils.class_weight import compute_class_weight

from sknnbasics import PerceptronClassifier


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weights", ["dict", "balanced"])
def test_class_weights_scale_the_step(n_classes, weights):
    X, y = overlapping(n_classes)
    classes = np.arange(n_classes)
    if weights == "balanced":
        class_weight = "balanced"
        scale = compute_class_weight("balanced", classes=classes, y=y)
        assert_allclose(scale, len(y) / (n_classes * np.bincount(y)))
    else:
        class_weight, scale = {0: 0.3, n_classes - 1: 4.0}, np.ones(n_classes)
        scale[[0, -1]] = 0.3, 4.0
    loop = naive(X, y, 6, steps=scale[y])
    model = trained(X, y, 6, class_weight=class_weight)
    assert_weights(model, loop.W, loop.b)
    assert_array_equal(model.mistake_curve_, loop.mistakes)


def test_a_class_of_weight_0_teaches_nothing():
    X, y = overlapping()
    model = trained(X, y, 3, class_weight={0: 0.0})
    loop = naive(X, y, 3, steps=(y == 1).astype(float))
    assert_weights(model, loop.W, loop.b)


def test_samples_of_weight_zero_are_not_visited():
    X, y = overlapping()
    model = PerceptronClassifier(class_weight={0: 0, 1: 1}, random_state=0).fit(X, y)
    assert model.converged_
    assert (model.predict(X[y == 1]) == 1).all()


def test_partial_fit_balances_the_classes_seen_so_far():
    X, y = overlapping(3)
    chunks = [slice(0, 10), slice(10, 35), slice(35, 60)]
    model = PerceptronClassifier(class_weight="balanced", average=False, shuffle=False)
    loop, seen = NaivePerceptron(3, 5, 1.0), []
    for rows in chunks:
        model.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
        seen = [*seen, *y[rows]]
        counts = np.array([seen.count(label) for label in (0, 1, 2)])
        weights = len(seen) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        loop.epoch(X[rows], np.eye(3, dtype=int)[y[rows]], weights[y[rows]])
        assert_weights(model, loop.W, loop.b)


def test_balanced_weights_go_on_from_fit_and_from_a_file():
    X, y = overlapping(3)
    model = PerceptronClassifier(class_weight="balanced", shuffle=False, random_state=0).fit(X, y)
    loaded = pickle.loads(pickle.dumps(model))
    rows = y != 0  # by itself, a chunk of two classes in other proportions
    assert_same_model(loaded.partial_fit(X[rows], y[rows]), model.partial_fit(X[rows], y[rows]))
