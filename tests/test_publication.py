"""A fit is published in one step, and one call of a method sees one fit."""

import sys
from itertools import chain, count

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics._validation import publish

rng = np.random.default_rng(0)
X = rng.normal(size=(20, 3))
y = X[:, 0] - X[:, 1]
names = np.array(["a", "b", "c"])[np.arange(20) % 3]

network = SigmoidMLPRegressor(hidden_layer_sizes=(2,), max_iter=2, tol=None, random_state=0)
perceptron = PerceptronClassifier(max_iter=2, random_state=0)

# Two fits that differ in the shapes, the precision and the kind of all that they leave behind:
# what is read of the one does not go with what is read of the other.
NETWORKS = [
    lambda model: model.set_params(hidden_layer_sizes=(2,)).fit(X, y),
    lambda model: model.set_params(hidden_layer_sizes=(3, 2)).fit(
        X.astype(np.float32), 50 + y[:, None] * [1, 2]
    ),
]
ONE_OUTPUT = [
    NETWORKS[0],
    lambda model: model.set_params(hidden_layer_sizes=(4,)).fit(X.astype(np.float32), 9 * y),
]
UNITS = [
    lambda model: model.fit(X, (y > 0).astype(int)),
    lambda model: model.fit(X.astype(np.float32), names),
]
METHODS = {
    "predict of the network": (network, NETWORKS, lambda model: model.predict(X)),
    "feedforward": (network, NETWORKS, lambda model: model.feedforward(X)),
    "cost": (network, ONE_OUTPUT, lambda model: model.cost(X, y)),
    "cost_gradient": (network, ONE_OUTPUT, lambda model: list(chain(*model.cost_gradient(X, y)))),
    "score of the network": (network, ONE_OUTPUT, lambda model: model.score(X, y)),
    "predict of the perceptron": (perceptron, UNITS, lambda model: model.predict(X)),
    "decision_function": (perceptron, UNITS, lambda model: model.decision_function(X)),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def refitted_at(read, estimator, fit, refit, call):
    """What `call` gives of a model that another fit is published for at this read of an attribute.

    None where the call reads fewer.
    """

    class Read(type(estimator)):
        n_reads, due = 0, None

        def __getattribute__(self, name):
            Read.n_reads += 1
            if Read.n_reads == Read.due:
                refit(model)
            return super().__getattribute__(name)

    model = fit(Read(**estimator.get_params()))
    Read.n_reads, Read.due = 0, read
    result = call(model)
    return result if Read.n_reads >= read else None


def same(results, expected):
    results, expected = ([r] if not isinstance(r, list) else r for r in (results, expected))
    try:
        for result, one in zip(results, expected, strict=True):
            assert_array_equal(result, one, strict=True)
    except (AssertionError, ValueError):
        return False
    return True


@pytest.mark.parametrize("method", METHODS)
def test_a_fit_that_is_published_in_the_middle_of_a_call_is_seen_whole_or_not_at_all(method):
    estimator, fits, call = METHODS[method]
    before, after = (call(fit(clone(estimator))) for fit in fits)
    assert not same(before, after)
    seen = []
    for read in count(1):
        result = refitted_at(read, estimator, *fits, call)
        if result is None:
            break
        seen.append("after" if same(result, after) else "before" if same(result, before) else "?")
    assert "?" not in seen
    assert seen[0] == "after"
    assert seen[-1] == "before"


class Fitted:
    """What `publish` writes to."""


def test_an_interrupt_in_publication_leaves_the_earlier_fit_or_the_new_one():
    before = {"coef_": 1, "intercept_": 1, "feature_names_in_": "ab"}
    after = {"coef_": 2, "intercept_": 2}
    seen, line = [], 0
    while seen[-1:] != ["not interrupted"]:
        line += 1
        estimator = Fitted()
        vars(estimator).update(before)
        seen.append(publish_until(line, estimator, after))
        assert vars(estimator) in (before, after)
    assert len(seen) > 3
    assert vars(estimator) == after


def publish_until(line, estimator, attributes):
    """Interrupt `publish` before that of its lines; say whether there were as many."""
    lines = []

    def interrupting(frame, event, arg):
        if frame.f_code is publish.__code__ and event == "line":
            lines.append(frame.f_lineno)
            if len(lines) == line:
                raise KeyboardInterrupt
        return interrupting

    tracing = sys.gettrace()
    sys.settrace(interrupting)
    try:
        publish(estimator, attributes)
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        sys.settrace(tracing)
    return "not interrupted"
