"""The batches that an epoch is cut into."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass
class Batches:
    """The batches of an epoch: arrays of row numbers or slices, or None for all rows.

    `place` moves the order of an epoch to where the rows live.
    """

    n_samples: int
    batch_size: int
    shuffle: bool
    rng: np.random.RandomState
    place: Callable = np.asarray

    def __iter__(self):
        if self.batch_size >= self.n_samples:
            yield None
            return
        order = self.place(self.rng.permutation(self.n_samples)) if self.shuffle else None
        for start in range(0, self.n_samples, self.batch_size):
            rows = slice(start, min(start + self.batch_size, self.n_samples))
            yield rows if order is None else order[rows]


def equal_batch_size(n_samples, at_most):
    """Rows of a batch when an epoch is cut into the fewest equal batches.

    A small last batch would move the weights as far as a large one, on less
    evidence.
    """
    return math.ceil(n_samples / math.ceil(n_samples / at_most))
