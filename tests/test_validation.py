"""The helpers that check input."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from sknnbasics._validation import (
    checked_init,
    checked_weights,
    hold_out,
    later_data,
    private_generator,
    publish,
    training_data,
)

X = np.arange(12.0).reshape(6, 2)
y = np.arange(6.0)


def test_training_data_leaves_the_estimator_as_it_is():
    estimator = LinearRegression()
    _, _, seen = training_data(estimator, X, y, reset=True)
    assert seen == {"n_features_in_": 2}
    assert not hasattr(estimator, "n_features_in_")


def test_later_data_is_held_against_the_data_seen():
    with pytest.raises(ValueError, match="expecting 2 features"):
        later_data(LinearRegression(), {"n_features_in_": 2}, X[:, :1], y)


def test_publish_drops_names_that_the_new_data_has_not():
    estimator = LinearRegression()
    publish(estimator, {"feature_names_in_": np.array(["a"]), "coef_": 1})
    publish(estimator, {"coef_": 2})
    assert estimator.coef_ == 2
    assert not hasattr(estimator, "feature_names_in_")


def test_private_generator():
    same_stream = np.random.RandomState(7).uniform(size=3)
    np.testing.assert_array_equal(private_generator(7).uniform(size=3), same_stream)
    shared = np.random.RandomState(7)
    own = private_generator(shared)
    assert own is not shared
    np.testing.assert_array_equal(
        own.uniform(size=3), private_generator(np.random.RandomState(7)).uniform(size=3)
    )
    assert private_generator(None) is not np.random.mtrand._rand


def test_hold_out_splits_the_rows():
    train, validation = hold_out(10, 0.3, np.random.RandomState(0))
    assert len(validation) == 3
    np.testing.assert_array_equal(np.sort([*train, *validation]), np.arange(10))


def test_hold_out_keeps_the_classes():
    codes = np.repeat([0, 1], [90, 10])
    _, validation = hold_out(100, 0.2, np.random.RandomState(0), stratify=codes)
    assert codes[validation].sum() == 2


def test_hold_out_says_why_it_cannot():
    with pytest.raises(ValueError, match=r"validation_fraction=0\.5 of 1 samples.*more samples"):
        hold_out(1, 0.5, np.random.RandomState(0))


def test_weights_may_be_missing_a_number_or_one_a_sample():
    assert checked_weights(None, X) is None
    np.testing.assert_array_equal(checked_weights(2, X), np.full(6, 2.0))
    np.testing.assert_array_equal(checked_weights(list(range(6)), X), y)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (-y, r"must not be negative, got -5\.0"),
        (np.zeros(6), "zero for every sample"),
        (np.ones((6, 1)), r"of shape \(n_samples,\), got \(6, 1\)"),
        (np.ones(5), "inconsistent numbers of samples"),
        (np.full(6, np.nan), "Input sample_weight contains NaN"),
        (np.full(6, 1e308), "adds up to inf in float64"),
    ],
)
def test_bad_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        checked_weights(weights, X)


def test_initial_weights_become_a_fresh_array():
    given = np.ones((2, 3))
    taken = checked_init(given, (2, 3), np.float32, "coef_init")
    assert taken.dtype == np.float32
    taken[:] = 0
    assert given.all()


def test_initial_weights_of_one_unit_may_leave_out_its_axis():
    assert checked_init([1, 2, 3], (1, 3), np.float64, "coef_init").shape == (1, 3)
    assert checked_init(5, (1,), np.float64, "intercept_init").shape == (1,)


def test_initial_weights_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"coef_init must have shape \(2, 3\), got \(3, 2\)"):
        checked_init(np.ones((3, 2)), (2, 3), np.float64, "coef_init")
