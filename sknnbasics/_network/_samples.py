"""The samples of a fit, and how they are carried into the unit interval."""

import sys
from dataclasses import dataclass, replace

import numpy as np

from .._arrays import ArraySpace
from ._objective import Rows


@dataclass(frozen=True)
class Seen:
    """How many rows training has seen, and the sum of their weights.

    Rows that come again count again.
    """

    n_rows: int = 0
    weight: float = 0.0

    @property
    def mean_weight(self):
        return self.weight / self.n_rows

    def followed_by(self, s):
        """What has been seen once rows of the weights `s` were, too."""
        weight = min(self.weight + float(s.sum()), sys.float_info.max)
        return Seen(self.n_rows + len(s), weight)


@dataclass
class Samples:
    """Samples of positive weight: X, targets Y of shape (n_samples, n_outputs), weights s.

    X lives in `space`; Y and s are NumPy's.
    """

    X: np.ndarray
    Y: np.ndarray
    s: np.ndarray

    @property
    def space(self):
        return ArraySpace.of(self.X)

    @property
    def precision(self):
        return self.space.precision(self.X)

    def take(self, rows):
        return replace(self, X=self.space.take(self.X, rows), Y=self.Y[rows], s=self.s[rows])

    def mean(self, output_range):
        """The mean of the targets of each output, in the unit interval."""
        T = output_range.to_unit(self.Y)
        return self.s.astype(np.float64) @ T / self.s.sum(dtype=np.float64)

    def rows(self, output_range):
        T, s = output_range.to_unit(self.Y, self.precision), self.s
        return Rows(self.X, self.space.asarray(T), self.space.asarray(s))
