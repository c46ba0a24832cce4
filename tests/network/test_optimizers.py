"""The optimizers against their formulas, a number at a time."""

import pickle
from math import sqrt

import numpy as np
import pytest

from sknnbasics._network._optimizers import Adam, GradientDescent

GRADIENTS = np.random.default_rng(0).normal(size=(20, 3))
START = np.array([0.0, -1.0, 2.0])
OPTIMIZERS = [
    lambda: GradientDescent(0.1),
    lambda: GradientDescent(0.1, momentum=0.9),
    lambda: GradientDescent(0.1, momentum=0.9, nesterov=True),
    lambda: Adam(0.1),
]


def descended(theta, gradients, learning_rate, momentum, nesterov):
    """Gradient descent on one number."""
    v = 0.0
    for g in gradients:
        v = momentum * v - learning_rate * g
        theta += momentum * v - learning_rate * g if nesterov else v
    return theta


def adam_descended(theta, gradients, learning_rate, beta_1, beta_2, epsilon):
    """Adam on one number."""
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)
        theta -= rate * m / (sqrt(v) + epsilon)
    return theta


def updated(optimizer, theta, gradients):
    theta = theta.copy()
    for grad in gradients:
        optimizer.update(theta, grad)
    return theta


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_gradient_descent_equals_the_formula_on_each_number(momentum, nesterov):
    theta = updated(GradientDescent(0.1, momentum, nesterov), START, GRADIENTS)
    expected = [
        descended(start, g, 0.1, momentum, nesterov)
        for start, g in zip(START, GRADIENTS.T, strict=True)
    ]
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.6), (0.0, 0.9)])
def test_adam_equals_the_formula_on_each_number(betas):
    theta = updated(Adam(0.1, *betas, epsilon=1e-3), START, GRADIENTS)
    expected = [
        adam_descended(start, g, 0.1, *betas, 1e-3)
        for start, g in zip(START, GRADIENTS.T, strict=True)
    ]
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


@pytest.mark.parametrize("nesterov", [False, True])
def test_without_momentum_descent_is_the_plain_rule(nesterov):
    theta = updated(GradientDescent(0.1, nesterov=nesterov), START, GRADIENTS)
    np.testing.assert_allclose(theta, START - 0.1 * GRADIENTS.sum(axis=0), rtol=1e-13)


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_updates_in_place_and_keeps_the_dtype_and_the_gradient(make, dtype):
    optimizer = make()
    theta, grad = START.astype(dtype), GRADIENTS[0].astype(dtype)
    view = theta[:]
    for _ in range(3):
        optimizer.update(theta, grad)
    np.testing.assert_array_equal(grad, GRADIENTS[0].astype(dtype))
    np.testing.assert_array_equal(view, theta)
    assert np.all(theta != START)
    state = [value for value in vars(optimizer).values() if isinstance(value, np.ndarray)]
    assert state
    assert {array.dtype for array in state} == {np.dtype(dtype)}


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_pickling_between_updates_changes_nothing(make):
    optimizer, theta = make(), START.copy()
    for grad in GRADIENTS:
        optimizer.update(theta, grad)
        optimizer = pickle.loads(pickle.dumps(optimizer))
    np.testing.assert_array_equal(theta, updated(make(), START, GRADIENTS))


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_minimises_a_quadratic(make):
    optimizer = make()
    minimum, curvature, theta = np.array([1.0, -2.0, 0.0]), np.array([1.0, 4.0, 0.5]), START.copy()
    for _ in range(600):
        optimizer.update(theta, curvature * (theta - minimum))
    np.testing.assert_allclose(theta, minimum, atol=1e-3)
