"""The orders in which epochs visit their samples."""

import itertools

import numpy as np

from ._rule import lay_shuffled


def visiting_orders(rows, shuffle, rng):
    """Yield one order of `rows` after another; each may overwrite the last."""
    return _shuffled(rows, rng) if shuffle else itertools.repeat(rows)


def _shuffled(rows, rng):
    # One draw from `rng` an order: its own permutation takes six times as long.
    order = np.empty_like(rows)
    while True:
        lay_shuffled(order, rows, int(rng.random_sample() * 2**53))
        yield order
