"""Curves over all calls: published as lists and arrays, continued in no time."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics._curves import Curve

rng = np.random.default_rng(0)
X = rng.normal(size=(10, 3))
y = X[:, 0] - X[:, 1]
labels = np.arange(10) % 2  # which no hyperplane separates

network = SigmoidMLPRegressor(hidden_layer_sizes=(2,), y_range=(-9, 9), random_state=0)
perceptron = PerceptronClassifier(random_state=0)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def assert_holds(curve, values):
    """In every way to read it."""
    assert list(curve) == curve.to_list() == values
    assert len(curve) == len(values)
    assert bool(curve) == bool(values)
    assert_array_equal(curve.to_array(), np.array(values))
    assert curve.lowest == min(values, default=np.inf)
    if values:
        assert curve[-1] == values[-1]
        assert curve[0] == values[0]
    with pytest.raises(IndexError):
        curve[len(values)]


@pytest.mark.parametrize("kind", ["d", "q"])
def test_curves_that_go_on_from_one_another_are_lists_of_their_own(kind):
    """At random: one of them is continued, or grows; each is held against a list of its own."""
    curves, lists = [Curve([3, 1], kind)], [[3, 1]]
    for _ in range(300):
        which, value = int(rng.integers(len(curves))), int(rng.integers(-9, 9))
        if value > 4:
            curves.append(curves[which].continued())
            lists.append(list(lists[which]))
        else:
            curves[which].append(value)
            lists[which].append(value)
    assert len(curves) > 20
    for curve, values in zip(curves, lists, strict=True):
        assert_holds(curve, values)
        assert_holds(pickle.loads(pickle.dumps(curve)), values)
        assert_holds(copy.copy(curve), values)


def test_epochs_without_a_value_have_nan():
    curve = Curve([2.0])
    curve.put(2, 5.0)
    curve.put(5, 1.0)
    curve.pad(6)
    assert_array_equal(curve.to_array(), [2.0, 5.0, np.nan, np.nan, 1.0, np.nan])
    assert curve.lowest == 1.0


def partial_fit(model):
    if isinstance(model, PerceptronClassifier):
        return model.partial_fit(X, labels, classes=[0, 1])
    return model.partial_fit(X, y)


def test_the_curves_are_what_they_are_called():
    unit, net = clone(perceptron), clone(network)
    for epoch in range(1, 4):
        partial_fit(unit), partial_fit(net)
        assert type(net.loss_curve_) is list
        assert [type(cost) for cost in net.loss_curve_] == [float] * epoch
        assert net.loss_ == net.loss_curve_[-1]
        assert net.best_loss_ == min(net.loss_curve_)
        assert net.validation_loss_curve_ is unit.validation_scores_ is None
        assert unit.mistake_curve_.dtype == np.int64
        assert unit.mistake_curve_.shape == (epoch,)
    before = net.loss_curve_, unit.mistake_curve_
    copies = net.loss_curve_, unit.mistake_curve_.copy()
    partial_fit(unit), partial_fit(net)
    assert before[0] == copies[0]
    assert_array_equal(before[1], copies[1])


@pytest.mark.parametrize("warm", [False, True])
def test_scores_of_held_out_samples_are_nan_where_there_were_none(warm):
    unit = clone(perceptron).set_params(early_stopping=True, max_iter=2, tol=None).fit(X, labels)
    net = clone(network).set_params(early_stopping=True, max_iter=2, tol=None).fit(X, y)
    curves = unit.validation_scores_.tolist(), net.validation_loss_curve_
    for model in (unit, net):
        model.set_params(early_stopping=False, warm_start=True, max_iter=1)
    if warm:
        unit.fit(X, labels), net.fit(X, y)
    else:
        partial_fit(unit), partial_fit(net)
    assert_array_equal(unit.validation_scores_, [*curves[0], np.nan])
    assert_array_equal(net.validation_loss_curve_, [*curves[1], np.nan])
    assert len(unit.validation_scores_) == unit.n_iter_ == net.n_iter_ == 3


@pytest.mark.parametrize(
    ("estimator", "name"), [(perceptron, "mistake_curve_"), (network, "loss_curve_")]
)
def test_a_call_does_not_copy_the_curve_of_a_million_calls_before(estimator, name):
    model = partial_fit(clone(estimator))
    setattr(model, name, np.ones(10**6, int if estimator is perceptron else float))
    partial_fit(partial_fit(model))  # which may make room
    tracemalloc.start()
    partial_fit(model)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10**6  # the curve takes eight times as much
    assert model.n_iter_ == len(getattr(model, name)) == 10**6 + 3


@pytest.mark.parametrize(
    ("estimator", "names"),
    [
        (perceptron, ["mistake_curve_", "validation_scores_"]),
        (network, ["loss_curve_", "validation_loss_curve_"]),
    ],
)
def test_an_unfitted_estimator_has_no_curves(estimator, names):
    for name in names:
        message = f"'{type(estimator).__name__}' object has no attribute '{name}'"
        with pytest.raises(AttributeError, match=message):
            getattr(clone(estimator), name)
