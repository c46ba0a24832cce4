"""Training that cannot go on."""

import numpy as np
import pytest
from refusals import (
    X,
    assert_refused,
    fitted,
    labels,
    network,
    partial_fit,
    perceptron,
    table,
    warm_fit,
    y,
)
from sklearn.base import clone


@pytest.mark.parametrize("method", [warm_fit, partial_fit])
def test_a_range_of_one_point_cannot_take_other_targets(method):
    estimator = clone(network).set_params(warm_start=True).fit(X, np.full(30, 4.0))
    message = r"all targets of output 0 were 4\.0.*Pass y_range=\(low, high\)"
    assert_refused(lambda e: method(e, X, y), estimator, ValueError, message)


@table(
    ("call", "message"),
    [
        ("fit", lambda e, Y: warm_fit(e, X, Y), "Training continues a network with layers of"),
        (
            "partial_fit",
            lambda e, Y: e.partial_fit(X, Y),
            "Training continues a network with layers of",
        ),
        ("cost", lambda e, Y: e.cost(X, Y), "y has 2 outputs, the network 1"),
        ("cost_gradient", lambda e, Y: e.cost_gradient(X, Y), "y has 2 outputs, the network 1"),
    ],
)
def test_other_numbers_of_outputs(call, message):
    estimator = fitted(network, warm_start=True)
    assert_refused(lambda e: call(e, np.column_stack([y, y])), estimator, ValueError, message)


@pytest.mark.parametrize("method", [warm_fit, partial_fit])
@pytest.mark.parametrize(
    "change", [{"hidden_layer_sizes": (5,)}, {"fit_intercept": False}], ids=str
)
def test_training_cannot_go_on_with_another_network(method, change):
    estimator = fitted(network, warm_start=True, **change)
    message = "Training continues a network with.*set warm_start=False"
    assert_refused(lambda e: method(e, X, y), estimator, ValueError, message)


@pytest.mark.parametrize("prepare", [clone, fitted])
def test_a_network_that_holds_out_has_no_partial_fit(prepare):
    estimator = prepare(network).set_params(early_stopping=True)
    assert not hasattr(estimator, "partial_fit")
    message = "has no attribute 'partial_fit'"
    assert_refused(lambda e: e.partial_fit(X, y), estimator, AttributeError, message)
    with pytest.raises(AttributeError) as info:
        estimator.partial_fit(X, y)
    assert "set early_stopping=False" in str(info.value.__cause__)


def test_lbfgs_has_no_partial_fit():
    estimator = fitted(network, solver="lbfgs")
    assert not hasattr(estimator, "partial_fit")
    message = "has no attribute 'partial_fit'"
    assert_refused(lambda e: e.partial_fit(X, y), estimator, AttributeError, message)
    with pytest.raises(AttributeError) as info:
        estimator.partial_fit(X, y)
    assert "use solver='adam' or 'sgd'" in str(info.value.__cause__)


def test_warm_start_balances_classes_that_are_all_there():
    estimator = clone(perceptron).fit(X, labels)
    estimator.set_params(warm_start=True, class_weight="balanced")
    rows = labels == labels[0]
    message = "class_weight='balanced' needs samples of all classes"
    assert_refused(lambda e: e.fit(X[rows], labels[rows]), estimator, ValueError, message)
