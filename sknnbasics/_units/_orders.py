"""The orders in which epochs visit their samples."""

import itertools

import numpy as np

from ._rule import lay_shuffled

# Fewer are permuted by NumPy, so that a loop in NumPy can follow a small fit visit by visit.
MANY_ROWS = 1000


def visiting_orders(rows, shuffle, rng):
    """Yield one order of `rows` after another; each may overwrite the last."""
    if not shuffle:
        return itertools.repeat(rows)
    return _laid(rows, rng) if len(rows) >= MANY_ROWS else _permuted(rows, rng)


def _permuted(rows, rng):
    while True:
        yield rng.permutation(rows)


def _laid(rows, rng):
    """Shuffle many rows from one draw an epoch, in a sixth of the time that NumPy takes."""
    order = np.empty_like(rows)
    while True:
        lay_shuffled(order, rows, int(rng.random_sample() * 2**53))
        yield order
