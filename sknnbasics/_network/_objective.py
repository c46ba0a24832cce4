"""What training minimises: the cost of its rows, and how good that is beside a constant."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .._arrays import namespace


class Rows(NamedTuple):
    """Samples X, their targets T in the unit interval, and their weights s."""

    X: Any
    T: Any
    s: Any


@dataclass
class Objective:
    """The cost of training rows, as a function of theta.

    Attributes
    ----------
    backprop : Backprop
    train : Rows
    parts : array of shape (n_samples,), default=None
        Weight of each row in a batch, where it may come in several; None: all of it.
    in_batches : Rows
        The same rows with that weight.
    """

    backprop: Any
    train: Rows
    parts: Any = None

    def __post_init__(self):
        self._n_weights = self.backprop.layers.n_weights
        self.in_batches = self.train._replace(s=self.train.s if self.parts is None else self.parts)
        _, T, s = self.train
        xp, s = namespace(s)
        total = xp.sum(s)
        self._total = float(total)
        self._shares = s / total  # sums of weights times squares may overflow
        T = T - T[:1, :]  # exactly 0 where all targets are equal
        self._constant_errors = self._shares @ (T - self._shares @ T) ** 2
        self._constant_cost = float(xp.sum(self._constant_errors)) / 2

    @property
    def n_samples(self):
        return self.train.T.shape[0]

    def __call__(self, theta):
        """Cost and gradient of all rows."""
        return self.backprop.cost_and_gradient(theta, *self.train)

    def cost(self, theta):
        """The cost of all rows, by a forward pass alone."""
        return float(self.backprop.cost(theta, *self.train)) + self.penalty(theta)

    def run_epoch(self, theta, optimizer, batches):
        """Move theta by one update a batch; give the mean cost of the batches."""
        return self.backprop.run_epoch(theta, *self.in_batches, optimizer, batches)

    def penalty(self, theta):
        """The part of the cost that is no error."""
        if not self.backprop.alpha:
            return 0.0
        weights = theta[: self._n_weights]
        return 0.5 * self.backprop.alpha * float(weights @ weights) / self._total

    def r2(self, theta):
        """R² of the training rows, the mean over all outputs whose targets vary.

        NaN where none does: there is nothing to explain.
        """
        X, T, _ = self.train
        xp, T = namespace(T)
        with np.errstate(over="ignore", invalid="ignore"):
            errors = self._shares @ (self.backprop.predict(theta, X) - T) ** 2
        varied = self._constant_errors > 0
        if not bool(xp.any(varied)):
            return math.nan
        return float(xp.mean(1 - errors[varied] / self._constant_errors[varied]))

    def share_of_constant(self, error):
        """Half the mean squared `error` as a fraction of that of predicting the mean.

        1 where the mean has none, which nothing can lower.
        """
        return error / self._constant_cost if self._constant_cost else 1.0
