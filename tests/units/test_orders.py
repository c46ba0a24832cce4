"""The orders that epochs visit their rows in."""

import numpy as np
import pytest

from sknnbasics._units import _orders


@pytest.mark.parametrize("n_rows", [0, 1, 7, 5000])
def test_deal_lays_pile_upon_pile(module, n_rows):
    rng = np.random.default_rng(0)
    rows, piles = (
        3 * np.arange(n_rows, dtype=np.intp) + 5,
        rng.integers(256, size=n_rows, dtype=np.uint8),
    )
    dealt = np.empty_like(rows)
    module.deal(rows, piles, dealt)
    on_piles = [row for pile in range(256) for row in rows[piles == pile]]
    np.testing.assert_array_equal(dealt, on_piles)


@pytest.mark.parametrize("n", [999, 4096, 20_000])  # permuted; most and fewest ties when dealt
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
    assert in_order == pytest.approx(0.5, abs=0.003)
    # From epoch to epoch, too.
    follow = np.corrcoef(orders[:-1].ravel(), orders[1:].ravel())[0, 1]
    assert abs(follow) < 0.015
