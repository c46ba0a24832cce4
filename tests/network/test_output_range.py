"""The range that the outputs are stretched over."""

import numpy as np
import pytest

from sknnbasics._network._output_range import OutputRange, from_unit


def test_around_puts_the_extreme_targets_at_a_tenth_and_nine_tenths():
    Y = np.array([[0.0, -5.0], [10.0, 5.0], [4.0, 0.0]])
    t = OutputRange.around(Y, np.float64).to_unit(Y)
    np.testing.assert_allclose(t.min(axis=0), 0.1)
    np.testing.assert_allclose(t.max(axis=0), 0.9)


def test_the_two_directions_are_inverse():
    Y = np.random.default_rng(0).normal(size=(20, 3)) * [1, 100, 1e-3]
    output_range = OutputRange.around(Y, np.float64)
    a = output_range.to_unit(Y)
    np.testing.assert_allclose(from_unit(a, output_range.low, output_range.high), Y)


def test_a_constant_target_is_a_point_that_every_activation_predicts():
    Y = np.full((4, 1), 3.7)
    output_range = OutputRange.around(Y, np.float64)
    np.testing.assert_array_equal(output_range.to_unit(Y), 0.5)
    a = np.array([[0.0], [0.3], [1.0]])
    np.testing.assert_array_equal(from_unit(a, *output_range.bounds(np.float64)), 3.7)


def test_a_point_refuses_other_targets():
    output_range = OutputRange.around(np.full((4, 1), 3.7), np.float64)
    output_range.check_points(np.array([[3.7]]))
    with pytest.raises(ValueError, match=r"output 0 were 3\.7.*y_range=\(low, high\)"):
        output_range.check_points(np.array([[3.8]]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_prediction_leaves_the_range(dtype):
    rng = np.random.default_rng(0)
    for low, width in zip(rng.normal(size=200) * 1e3, rng.exponential(size=200), strict=True):
        output_range = OutputRange.given((low, low + width + 1e-3), 1, dtype)
        a = np.array([[0.0], [0.5], [1.0]], dtype)
        predictions = from_unit(a, *output_range.bounds(dtype))
        assert predictions.dtype == dtype
        assert (predictions >= output_range.low).all()
        assert (predictions <= output_range.high).all()


def test_one_pair_serves_all_outputs_or_each_has_its_own():
    np.testing.assert_array_equal(OutputRange.given((0, 2), 3, np.float64).high, [2, 2, 2])
    np.testing.assert_array_equal(OutputRange.given([(0, 2), (1, 5)], 2, np.float64).high, [2, 5])


@pytest.mark.parametrize(
    "y_range", [(1, 0), (1, 1), (0, np.inf), (0, np.nan), (0,), (0, 1, 2), [[0, 1]] * 3, "ab"]
)
def test_refuses_what_is_no_range(y_range):
    with pytest.raises(ValueError, match=r"y_range must be 'auto', \(low, high\) or 2 such pairs"):
        OutputRange.given(y_range, 2, np.float64)


def test_prints_the_range_of_each_output():
    assert str(OutputRange.given([(0, 2), (1, 5)], 2, np.float64)) == "(0.0, 2.0), (1.0, 5.0)"


def test_refuses_a_range_that_its_precision_cannot_tell_apart():
    with pytest.raises(ValueError, match="below its high in float32"):
        OutputRange.given((1e9, 1e9 + 1), 1, np.float32)


def test_refuses_targets_whose_span_overflows():
    with pytest.raises(ValueError, match="Scale y"):
        OutputRange.around(np.array([[-1.7e308], [1.7e308]]), np.float64)


def test_names_the_first_target_outside():
    output_range = OutputRange.given((0, 1), 1, np.float64)
    assert output_range.outside(np.array([[0.0], [1.0]])) is None
    with pytest.raises(
        ValueError, match=r"y_val has the target 1\.5, outside y_range=\(0\.0, 1\.0\)"
    ):
        output_range.check(np.array([[0.5], [1.5]]), "y_val")
