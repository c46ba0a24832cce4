"""The step and the sigmoid."""

import numpy as np
import pytest
from scipy.special import expit

from sknnbasics.functional import sigmoid, sigmoid_derivative, step


def test_a_unit_fires_only_above_zero():
    fired = step([-1.0, -0.0, 0.0, 5e-324, 1.0])
    np.testing.assert_array_equal(fired, np.array([0, 0, 0, 1, 1], np.int8), strict=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sigmoid_is_the_logistic_function(dtype):
    z = np.linspace(-40, 40, 1001, dtype=dtype)
    a = sigmoid(z)
    assert a.dtype == dtype
    np.testing.assert_allclose(a, expit(z.astype(float)), rtol=0, atol=np.finfo(dtype).eps)


def test_sigmoid_saturates_without_overflow():
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(sigmoid(np.array([-1e308, 1e308])), [0.0, 1.0])


def test_sigmoid_derivative_is_the_articles_formula():
    z = np.linspace(-20, 20, 401)
    np.testing.assert_allclose(
        sigmoid_derivative(z), np.exp(-z) / (1 + np.exp(-z)) ** 2, rtol=0, atol=1e-15
    )
