"""The orders that epochs visit their rows in."""

import numpy as np
import pytest

from sknnbasics._units import _orders

# What SplitMix64 draws from the seed 1234567, as published with its ports to other languages.
DRAWS = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]


def test_rows_lie_where_splitmix64_says(module):
    expected = []
    for i, draw in enumerate(DRAWS):
        place = (draw >> 32) * (i + 1) >> 32  # of the places 0 to i
        expected.insert(place, 10 * i)
        if place < i:  # what lay there goes to the end
            expected.append(expected.pop(place + 1))
    order = np.empty(5, np.intp)
    module.shuffle_into(order, 10 * np.arange(5, dtype=np.intp), 1234567)
    np.testing.assert_array_equal(order, expected)


@pytest.mark.parametrize("n_rows", [0, 1, 2, 7, 5000])
@pytest.mark.parametrize("seed", [0, 2**53 - 1, 2**64 - 1])
def test_a_shuffle_loses_no_row(module, n_rows, seed):
    rows = 3 * np.arange(n_rows, dtype=np.intp) + 5
    order = np.empty_like(rows)
    module.shuffle_into(order, rows, seed)
    np.testing.assert_array_equal(np.sort(order), rows)


def test_each_order_of_four_rows_is_as_likely_as_another(monkeypatch):
    monkeypatch.setattr(_orders, "MANY_ROWS", 1)
    shuffles = _orders.visiting_orders(np.arange(4, dtype=np.intp), True, np.random.RandomState(0))
    n_draws = 24_000
    numbers = [next(shuffles) @ [64, 16, 4, 1] for _ in range(n_draws)]
    _, counts = np.unique(numbers, return_counts=True)
    assert len(counts) == 24
    # Chi-squared of 23 degrees of freedom is above 64 once in a hundred thousand times.
    assert ((counts - n_draws / 24) ** 2 / (n_draws / 24)).sum() < 64


@pytest.mark.parametrize("n", [999, 4096, 20_000])  # by NumPy; by the body
def test_rows_are_shuffled_uniformly(n):
    """Each position of a row is as likely as another, and neighbours part."""
    shuffles = _orders.visiting_orders(np.arange(n, dtype=np.intp), True, np.random.RandomState(0))
    orders = np.array([next(shuffles).copy() for _ in range(200)])
    for order in orders[:3]:
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
    # Means of 200 draws from 0 … n − 1: 5.5 standard errors are out of the reach of chance.
    error = n / np.sqrt(12 * len(orders))
    assert abs(orders.mean(axis=0) - (n - 1) / 2).max() < 5.5 * error
    in_order = (np.diff(orders) > 0).mean()
    assert in_order == pytest.approx(0.5, abs=4.5 / np.sqrt(12 * orders.size))
    # From epoch to epoch, too.
    follow = np.corrcoef(orders[:-1].ravel(), orders[1:].ravel())[0, 1]
    assert abs(follow) < 5.5 / np.sqrt(orders[1:].size)
