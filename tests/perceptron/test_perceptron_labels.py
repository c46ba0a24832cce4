"""Labels of any kind, and the classes that training goes on with."""

import numpy as np
import pytest
from both_estimators import snapshot, unconverged
from naive_perceptron import overlapping, trained
from numpy.testing import assert_array_equal

from sknnbasics import PerceptronClassifier


@pytest.mark.parametrize(
    "labels",
    [
        ["ham", "spam"],
        np.array(["ham", "spam"], dtype=object),
        [False, True],
        [-1, 1],
        [-7, -3],
        [2.0, 3.0],
        ["a", "b", "c"],
        [-1, 0, 1],
        [10, 20, 40],
    ],
    ids=str,
)
def test_labels_of_any_kind(labels):
    labels = np.asarray(labels)
    X, codes = overlapping(len(labels))
    y = labels[codes]
    model, plain = trained(X, y, 5), trained(X, codes, 5)
    assert_array_equal(model.classes_, labels)
    assert model.classes_.dtype == labels.dtype
    assert_array_equal(model.coef_, plain.coef_)
    assert_array_equal(model.predict(X), labels[plain.predict(X)])
    assert model.predict(X).dtype == labels.dtype
    assert model.score(X, y) == plain.score(X, codes)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match=r"one class only: .*'yes'"):
        PerceptronClassifier().fit([[0.0], [1.0]], ["yes", "yes"])
    with pytest.raises(ValueError, match="one class"):
        PerceptronClassifier().partial_fit([[0.0], [1.0]], [1, 1], classes=[1])


def test_partial_fit_must_know_the_classes_first():
    X, y = overlapping(3)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        PerceptronClassifier().partial_fit(X, y)


def test_partial_fit_sorts_the_classes_and_keeps_those_not_yet_seen():
    X, y = overlapping()
    model = PerceptronClassifier().partial_fit(X, y, classes=[2, 0, 1])
    assert_array_equal(model.classes_, [0, 1, 2])
    assert model.coef_.shape == (3, 5)
    model.partial_fit(X, y).partial_fit(X, y, classes=[1, 2, 0])
    assert model.n_iter_ == 3


def test_partial_fit_refuses_other_classes_and_unknown_labels():
    X, y = overlapping()
    model = PerceptronClassifier().partial_fit(X, y, classes=[0, 1])
    before = snapshot(model)
    with pytest.raises(ValueError, match="not the same as on the first call"):
        model.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"not among the classes \[0 1\]: \[5\]"):
        model.partial_fit(X, np.where(y == 1, 5, y))
    with pytest.raises(ValueError, match=r"not among the classes \[0 2\]: \[1\]"):
        PerceptronClassifier().partial_fit(X, y, classes=[0, 2])
    assert snapshot(model) == before


@unconverged
def test_warm_start_keeps_the_classes():
    X, y = overlapping(3)
    model = trained(X, y, 3, warm_start=True)
    model.fit(X[y != 2], y[y != 2])
    assert_array_equal(model.classes_, [0, 1, 2])
    with pytest.raises(ValueError, match="not among the classes"):
        model.fit(X, y + 1)


def test_continuous_targets_are_refused():
    X, _ = overlapping()
    with pytest.raises(ValueError, match="Unknown label type"):
        PerceptronClassifier().fit(X, X[:, 0])
