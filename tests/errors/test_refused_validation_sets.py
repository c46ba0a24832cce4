"""Validation sets that are passed, and sets too small to hold samples out."""

import numpy as np
import pytest
from refusals import X, assert_refused, fitted, network, perceptron, table, with_value, y

VALIDATION = {"X_val": X[:5], "y_val": y[:5]}


@table(
    ("given", "message"),
    [
        ("X_val alone", {"X_val": X}, "X_val was passed without y_val: pass both or neither"),
        ("y_val alone", {"y_val": y}, "y_val was passed without X_val: pass both or neither"),
        (
            "weights alone",
            {"sample_weight_val": np.ones(5)},
            "sample_weight_val was passed without X_val and y_val",
        ),
        (
            "weights and X_val",
            {"X_val": X, "sample_weight_val": np.ones(30)},
            "X_val was passed without y_val",
        ),
        (
            "other outputs",
            VALIDATION | {"y_val": np.ones((5, 2))},
            "y_val has 2 outputs, but y has 1",
        ),
        ("NaN samples", VALIDATION | {"X_val": X[:5] * np.nan}, "contains NaN"),
        ("NaN targets", VALIDATION | {"y_val": y[:5] * np.nan}, "contains NaN"),
        (
            "words",
            VALIDATION | {"y_val": ["word"] * 5},
            "y_val holds 'word', which is not a number",
        ),
        ("no samples", {"X_val": X[:0], "y_val": y[:0]}, r"Found array with 0 sample\(s\)"),
        ("lengths", VALIDATION | {"y_val": y}, r"inconsistent numbers of samples: \[5, 30\]"),
        (
            "negative weights",
            VALIDATION | {"sample_weight_val": -np.ones(5)},
            "sample_weight_val must not be negative",
        ),
        (
            "zero weights",
            VALIDATION | {"sample_weight_val": np.zeros(5)},
            "sample_weight_val is zero for every sample",
        ),
        (
            "NaN weights",
            VALIDATION | {"sample_weight_val": np.full(5, np.nan)},
            "Input sample_weight_val contains NaN",
        ),
        (
            "lengths of weights",
            VALIDATION | {"sample_weight_val": np.ones(6)},
            r"inconsistent numbers of samples: \[5, 6\]",
        ),
    ],
)
@pytest.mark.parametrize("params", [{}, {"early_stopping": True}, {"solver": "lbfgs"}], ids=str)
def test_bad_validation_sets(given, message, params):
    estimator = fitted(network, **params)
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


def test_validation_targets_outside_y_range():
    estimator = fitted(network, y_range=(-99, 99))
    message = r"y_val has the target 100\.0, outside y_range=\(-99\.0, 99\.0\)\. Widen y_range"
    given = {"X_val": X[:1], "y_val": [100.0]}
    assert_refused(lambda e: e.fit(X, y, **given), estimator, ValueError, message)


@table(
    ("estimator", "samples", "params"),
    [
        ("one sample", network, (X[:1], y[:1]), {}),
        ("one of weight", network, (X[:2], y[:2], [1, 0]), {}),
        ("nothing left to train on", network, (X[:2], y[:2]), {"validation_fraction": 0.999}),
        ("one of a class", perceptron, (X[:4], [0, 1, 1, 1]), {}),
        ("fewer left than classes", perceptron, (X[:5], [0, 0, 1, 1, 2]), {}),
    ],
)
def test_hold_out_of_too_few_samples(estimator, samples, params):
    estimator = fitted(estimator, early_stopping=True, **params)
    message = r"cannot hold out validation_fraction=\S+ of \d samples.*Pass more samples"
    assert_refused(lambda e: e.fit(*samples), estimator, ValueError, message)


def test_held_out_samples_of_weight_0_tell_no_accuracy():
    """Of two samples held out of thirty, none is of the class of three."""
    rare = (np.arange(30) < 3).astype(int)
    params = {"early_stopping": True, "validation_fraction": 0.06, "class_weight": {0: 0}}
    message = "The 2 samples that early_stopping=True held out are of classes.*Raise validation"
    estimator = fitted(perceptron, **params)
    assert_refused(lambda e: e.fit(X, rare), estimator, ValueError, message)
    estimator.set_params(validation_fraction=0.3).fit(X, rare)  # the remedy is one


def test_bad_validation_data_is_named():
    bad = with_value(X, np.nan)
    message = "In X_val and y_val: Input X contains NaN"
    assert_refused(lambda e: e.fit(X, y, X_val=bad, y_val=y), fitted(network), ValueError, message)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_validation_set_far_away_raises_no_warning_of_numpy(solver):
    """Its cost is measured before the first epoch where training goes on."""
    params = {"solver": solver, "warm_start": True, "early_stopping": True}
    estimator = fitted(network, **params)
    far = {"X_val": X, "y_val": 1e200 * y}
    message = "too far outside the range"
    assert_refused(lambda e: e.fit(X, y, **far), estimator, ValueError, message)
    with np.errstate(all="raise"):
        estimator.fit(X, y, X_val=1e300 * X, y_val=y)
    assert np.isfinite(estimator.validation_loss_curve_[-1])
