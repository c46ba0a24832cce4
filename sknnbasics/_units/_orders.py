"""The orders in which epochs visit their samples."""

import itertools

import numpy as np

from ._rule import shuffle_into

# Fewer are permuted by NumPy: whoever has the seed can repeat a small fit, visit by visit.
MANY_ROWS = 1000


def visiting_orders(rows, shuffle, rng):
    """Yield one order of `rows` after another; each may overwrite the last."""
    if not shuffle:
        return itertools.repeat(rows)
    return _by_body(rows, rng) if len(rows) >= MANY_ROWS else _by_numpy(rows, rng)


def _by_numpy(rows, rng):
    while True:
        yield rng.permutation(rows)


def _by_body(rows, rng):
    """Orders that cost one draw of `rng` each; the compiled body takes a fifth of NumPy's time."""
    order = np.empty_like(rows)
    while True:
        shuffle_into(order, rows, int(rng.random_sample() * 2**53))
        yield order
