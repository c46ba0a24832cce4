"""The batches that an epoch is cut into."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass
class Batches:
    """How the rows are cut into batches; each epoch has an order of its own.

    `place` moves the order of an epoch to where the rows live.
    """

    n_samples: int
    batch_size: int
    shuffle: bool
    rng: np.random.RandomState
    place: Callable = np.asarray

    def __len__(self):
        return math.ceil(self.n_samples / self.batch_size)

    def __iter__(self):
        """Yield the batches of an epoch: arrays of row numbers or slices, or None for all rows."""
        if self.batch_size >= self.n_samples:
            yield None
            return
        order = self.order()
        for start in range(0, self.n_samples, self.batch_size):
            rows = slice(start, min(start + self.batch_size, self.n_samples))
            yield rows if order is None else order[rows]

    def order(self):
        """The rows in the order of an epoch, or None for that in which they come."""
        if not self.shuffle or self.batch_size >= self.n_samples:
            return None
        return self.place(self.rng.permutation(self.n_samples))


def equal_batch_size(n_samples, at_most):
    """Rows of a batch when an epoch is cut into the fewest equal batches.

    A small last batch would move the weights as far as a large one, on less
    evidence.
    """
    return math.ceil(n_samples / math.ceil(n_samples / at_most))
