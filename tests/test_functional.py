"""The mathematics as functions of arrays."""

import numpy as np
import pytest
from scipy.special import expit

from sknnbasics import functional


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 2)), rng.uniform(size=(6, 2))
    return X, y, [rng.normal(size=(2, 3)), rng.normal(size=(3, 2))], list(rng.normal(size=(2, 1)))


def test_feedforward_gives_every_layer(network):
    X, _, (W1, W2), (b1, b2) = network
    a1, a2, a3 = functional.feedforward(X, [W1, W2], [b1, b2])
    assert a1 is X
    np.testing.assert_allclose(a2, expit(X @ W1 + b1), atol=1e-15)
    np.testing.assert_allclose(a3, expit(a2 @ W2 + b2), atol=1e-15)


def test_half_mse_is_equation_5(network):
    X, y, *_ = network
    assert functional.half_mse(X, y) == pytest.approx(((X - y) ** 2).sum() / (2 * len(X)))
    s = np.arange(6.0)
    weighted = (s * ((X - y) ** 2).sum(axis=1)).sum() / (2 * s.sum())
    assert functional.half_mse(X, y, s) == pytest.approx(weighted)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool])
def test_half_mse_of_integers_does_not_wrap(dtype):
    zero, y = np.zeros(2, dtype), np.array([0, 20]).astype(dtype)
    cost = functional.half_mse(zero, y, np.ones(2, dtype))
    assert cost == functional.half_mse(zero.astype(float), y.astype(float)) > 0


def test_biases_may_be_one_array():
    X, y, W, b = np.ones((3, 2)), np.ones((3, 1)), [np.ones((2, 1))], np.zeros((1, 1))
    *_, grads = functional.cost_and_gradient(X, y, W, b)
    *_, expected = functional.cost_and_gradient(X, y, W, list(b))
    np.testing.assert_array_equal(grads, expected, strict=True)
    np.testing.assert_array_equal(
        functional.feedforward(X, W, b)[-1], functional.feedforward(X, W)[-1]
    )


def test_one_output_may_come_as_a_vector(network):
    X, y, (W1, _), _ = network
    column, s = y[:, :1], np.arange(1.0, 7.0)
    assert functional.half_mse(y[:, 0], y[:, 1], s) == functional.half_mse(column, y[:, 1:], s)
    weights = [W1[:, :1]]
    vector = functional.cost_and_gradient(X, y[:, 0], weights, sample_weight=s)
    matrix = functional.cost_and_gradient(X, column, weights, sample_weight=s)
    assert vector[0] == matrix[0]
    np.testing.assert_array_equal(vector[1][0], matrix[1][0])


def test_gradient_is_the_slope_of_the_cost(network):
    X, y, coefs, _ = network
    cost, coef_grads, intercept_grads = functional.cost_and_gradient(X, y, coefs, alpha=0.3)
    assert intercept_grads == []
    h = 1e-6
    coefs[0][1, 2] += h
    above, *_ = functional.cost_and_gradient(X, y, coefs, alpha=0.3)
    assert coef_grads[0][1, 2] == pytest.approx((above - cost) / h, abs=1e-5)


def test_a_weight_is_a_repetition(network):
    X, y, coefs, _ = network
    s = np.array([2, 0, 1, 3, 1, 1])
    cost, *grads = functional.cost_and_gradient(X, y[:, :1], [coefs[0][:, :1]], sample_weight=s)
    repeated = np.repeat(X, s, axis=0), np.repeat(y[:, 0], s)
    expected, *expected_grads = functional.cost_and_gradient(*repeated, [coefs[0][:, :1]])
    assert cost == pytest.approx(expected)
    np.testing.assert_allclose(grads[0][0], expected_grads[0][0], rtol=1e-12)


def test_parts_of_the_rows_add_up(network):
    """The sum over parts, each by its share of the rows, is what data-parallel training uses."""
    X, y, coefs, intercepts = network
    cost, (gW, *_), (gb, *_) = functional.cost_and_gradient(X, y, coefs, intercepts)
    parts = [
        functional.cost_and_gradient(X[rows], y[rows], coefs, intercepts)
        for rows in (slice(0, 2), slice(2, 6))
    ]
    shares = [2 / 6, 4 / 6]
    assert sum(w * p[0] for w, p in zip(shares, parts, strict=True)) == pytest.approx(cost)
    total_W = sum(w * p[1][0] for w, p in zip(shares, parts, strict=True))
    total_b = sum(w * p[2][0] for w, p in zip(shares, parts, strict=True))
    np.testing.assert_allclose(total_W, gW, atol=1e-15)
    np.testing.assert_allclose(total_b, gb, atol=1e-15)
