"""The batches that an epoch is cut into."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

ROUNDING = 1e-6  # of weights and their mean, which must not make one visit two


class Batch(NamedTuple):
    """Rows that make one update.

    Attributes
    ----------
    rows : array of row numbers, slice or None
        None for all rows.
    weight : float
        How much its cost counts in that of the epoch.
    share : float
        What its gradient, a mean over its rows, is to be multiplied by.
    """

    rows: Any
    weight: float = 1.0
    share: float = 1.0


@dataclass
class Batches:
    """The batches of an epoch, in which a weight counts as a number of rows.

    A row of more than the mean weight is visited several times, in equal parts
    of its weight, none above the mean. The visits are cut into batches of the
    weight of `batch_size` mean rows; by how much that fails, since no visit is
    cut in two, is their share. So an epoch adds up to the cost of all rows, in
    as many updates as without weights and on at most twice the rows.

    Where all weights are equal, each row is visited once.

    Parameters
    ----------
    s : ndarray of shape (n_samples,)
        Weights of the rows.
    batch_size : int
    shuffle : bool
        Whether the order of the rows is drawn anew for each epoch.
    rng : RandomState
    place : callable
        Moves row numbers to where the rows live.
    ratio : float, default=1.0
        The mean weight of the rows over that of all rows that training has seen.
        As for a row among others, rows that are heavier than those come several
        times, with equal parts of their weight.

    Attributes
    ----------
    parts : ndarray of shape (n_samples,) or None
        The weight of a row in each of its visits; None where each is visited once.
    """

    s: np.ndarray
    batch_size: int
    shuffle: bool
    rng: np.random.RandomState
    place: Callable = np.asarray
    ratio: float = 1.0

    def __post_init__(self):
        self.parts = None
        if abs(self.ratio - 1) < ROUNDING:
            self.ratio = 1.0
        if not self.holds_all_rows and (self.s != self.s[0]).any():
            self._part()

    @property
    def holds_all_rows(self):
        """Whether an epoch is one batch."""
        return self.batch_size >= len(self.s)

    def __len__(self):
        """Updates of an epoch, or one more for each batch that visits without weight leave."""
        return self._n_rounds * math.ceil(len(self.s) / self.batch_size)

    def __iter__(self):
        share = self.ratio / self._n_rounds
        for _ in range(self._n_rounds):
            for batch in self._once():
                yield batch._replace(share=share * batch.share)

    @property
    def visits_each_row_once(self):
        """Whether an epoch is each row once, as much as any other."""
        return self.parts is None and self.ratio == 1

    @property
    def _n_rounds(self):
        return max(1, math.ceil(self.ratio - ROUNDING))

    def _once(self):
        if self.holds_all_rows:
            return [Batch(None)]
        return self._equal() if self.parts is None else self._weighted()

    def _part(self):
        """Cut rows of more than the mean weight into parts, each a visit."""
        lengths = self.s / self.s.mean(dtype=np.float64)
        self._times = np.maximum(np.ceil(lengths - ROUNDING), 1).astype(np.intp)
        self._lengths = lengths / self._times
        self.parts = (self.s / self._times).astype(self.s.dtype)

    def _equal(self):
        n, order = len(self.s), self.order()
        for start in range(0, n, self.batch_size):
            rows = slice(start, min(start + self.batch_size, n))
            yield Batch(rows if order is None else order[rows], rows.stop - rows.start)

    def _weighted(self):
        """Visits in a line, each as long as its weight; a batch has those whose middle it holds."""
        n = len(self.s)
        visits = self._visits()
        lengths = self._lengths[visits]
        middles = np.cumsum(lengths) - lengths / 2
        starts = range(0, n, self.batch_size)
        cuts = [*np.searchsorted(middles, starts).tolist(), len(visits)]
        visits = self.place(visits)
        for start, (first, last) in zip(starts, pairwise(cuts), strict=True):
            weight = float(lengths[first:last].sum())
            if weight > 0:
                share = weight / min(self.batch_size, n - start)
                yield Batch(visits[first:last], weight, share)

    def _visits(self):
        """Rows in the order of their visits, those of one row at even distances."""
        n = len(self.s)
        order = self.rng.permutation(n) if self.shuffle else np.arange(n)
        times = self._times[order]
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        begin = np.repeat(np.arange(n) / n, times)
        at = (nth + begin) / np.repeat(times, times)
        return np.repeat(order, times)[np.argsort(at, kind="stable")]

    def order(self):
        """Rows that are visited once, as an epoch takes them; None for the order they come in."""
        if not self.shuffle or self.holds_all_rows:
            return None
        return self.place(self.rng.permutation(len(self.s)))


def equal_batch_size(n_samples, at_most):
    """Rows of a batch when an epoch is cut into the fewest equal batches.

    A small last batch would move the weights as far as a large one, on less
    evidence.
    """
    return math.ceil(n_samples / math.ceil(n_samples / at_most))
