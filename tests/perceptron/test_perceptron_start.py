"""Where the weights start: the threshold, drawn weights, and weights that are passed."""

import numpy as np
import pytest
from naive_perceptron import assert_same_model, assert_weights, naive, overlapping, trained
from numpy.testing import assert_allclose, assert_array_equal

from sknnbasics import PerceptronClassifier


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("threshold", [2, -0.5])
def test_the_threshold_is_the_bias_to_start_from(n_classes, threshold):
    X, y = overlapping(n_classes)
    start = np.full(1 if n_classes == 2 else n_classes, -float(threshold))
    loop = naive(X, y, 4, intercept=start)
    assert_weights(trained(X, y, 4, threshold=threshold), loop.W, loop.b)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("threshold", [0.0, 0.3])
def test_without_fit_intercept_the_bias_stays_at_the_threshold(n_classes, threshold):
    X, y = overlapping(n_classes)
    model = trained(X, y, 6, threshold=threshold, fit_intercept=False)
    assert_array_equal(model.intercept_, np.full_like(model.intercept_, -threshold))
    loop = naive(X, y, 6, intercept=model.intercept_, fit_intercept=False)
    assert_weights(model, loop.W, loop.b)
    model.partial_fit(X, y)
    assert_array_equal(model.intercept_, np.full_like(model.intercept_, -threshold))


def test_a_given_intercept_stays_without_fit_intercept():
    X, y = overlapping()
    model = trained(X, y, 6, fit_intercept=False, intercept_init=[0.25])
    assert_array_equal(model.intercept_, [0.25])


def test_uniform_weights_are_drawn_from_0_to_1_and_zeros_are_zero():
    X, y = np.zeros((3, 2000)), [0, 1, 2]  # no sample that could move a weight
    drawn = trained(X, y, 1, init="uniform", random_state=0).coef_
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)
    again = trained(X, y, 1, init="uniform", random_state=0).coef_
    assert_array_equal(again, drawn)
    assert (trained(X, y, 1, init="uniform", random_state=1).coef_ != drawn).any()
    assert_array_equal(trained(X, y, 1).coef_, np.zeros((3, 2000)))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_initial_weights_can_be_passed(n_classes):
    X, y = overlapping(n_classes)
    rng = np.random.default_rng(0)
    n_units = 1 if n_classes == 2 else n_classes
    coef, intercept = rng.standard_normal((n_units, 5)), rng.standard_normal(n_units)
    loop = naive(X, y, 3, coef=coef, intercept=intercept)
    start = {"coef_init": coef, "intercept_init": intercept}
    assert_weights(trained(X, y, 3, **start), loop.W, loop.b)
    assert_weights(trained(X, y, 3, threshold=2, init="uniform", **start), loop.W, loop.b)
    loop = naive(X, y, 3, coef=coef, intercept=[-0.5] * n_units)
    assert_weights(trained(X, y, 3, threshold=0.5, coef_init=coef), loop.W, loop.b)


def test_one_unit_takes_initial_weights_without_the_axis_of_units():
    X, y = overlapping()
    flat = trained(X, y, 3, coef_init=[1, 0, 0, 0, 0], intercept_init=2)
    nested = trained(X, y, 3, coef_init=[[1, 0, 0, 0, 0]], intercept_init=[2])
    assert_same_model(flat, nested)


def test_initial_weights_are_not_written_to():
    X, y = overlapping()
    coef, intercept = np.ones((1, 5)), np.ones(1)
    trained(X, y, 3, coef_init=coef, intercept_init=intercept)
    assert_array_equal(coef, np.ones((1, 5)))
    assert_array_equal(intercept, np.ones(1))


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"coef_init": np.zeros((1, 4))}, r"coef_init must have shape \(1, 5\), got \(1, 4\)"),
        ({"coef_init": np.zeros((2, 5))}, r"coef_init must have shape \(1, 5\), got \(2, 5\)"),
        ({"intercept_init": [0, 0]}, r"intercept_init must have shape \(1,\), got \(2,\)"),
        ({"coef_init": np.full(5, np.nan)}, "coef_init contains NaN"),
    ],
)
def test_initial_weights_of_a_wrong_shape_are_refused(start, message):
    X, y = overlapping()
    with pytest.raises(ValueError, match=message):
        PerceptronClassifier().fit(X, y, **start)
