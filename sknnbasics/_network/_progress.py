"""What training has reached, and whether it should go on."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._arrays import copied, namespace
from .._curves import Curve
from ._objective import Objective
from ._schedule import LearningRate
from ._stopping import Patience

NO_BETTER = 0.01  # an R² below which a network is no better than a constant


class Diverged(ArithmeticError):
    """The weights are no longer finite after the epoch of this number."""


@dataclass
class Progress:
    """What training has reached, and whether it should go on.

    Attributes
    ----------
    patience : Patience
    learning_rate : LearningRate or None
    validation_cost : callable or None
        From theta to the cost of the held-out rows.
    early_stopping : bool
        Whether patience watches the validation cost, and `best_theta` keeps
        the parameters where it was lowest; else those of the epoch of the
        lowest cost, if patience can end the training.
    objective : Objective or None
        What is minimised, to tell whether it is better than that of a constant.
    on_epoch_begin, on_epoch_end : callables without arguments
        The second returns True to stop.
    loss_curve, validation_loss_curve : Curve
        One cost an epoch, over all calls that the parameters stem from; of the
        second the last epochs may be missing, where they had none.
    t : int
        Samples seen.
    """

    patience: Patience
    learning_rate: LearningRate | None = None
    validation_cost: Callable | None = None
    early_stopping: bool = False
    objective: Objective | None = None
    on_epoch_begin: Callable = lambda: None
    on_epoch_end: Callable = lambda: False
    loss_curve: Curve = field(default_factory=Curve)
    validation_loss_curve: Curve = field(default_factory=Curve)
    t: int = 0
    error_curve: list = field(default_factory=list)
    first_error: float | None = None
    best_theta: Any = None
    best_cost: float = math.inf
    asked_to_stop: bool = False

    @property
    def best_loss(self):
        """The lowest cost that was watched, or None."""
        if self.early_stopping and self.best_theta is not None:
            return self.best_cost
        return self.loss_curve.lowest if self.loss_curve else None

    def line(self):
        """The epoch that has ended, in a line."""
        line = f"Epoch {len(self.loss_curve)}: {self.loss_curve[-1]:.8f}"
        if self.validation_cost is None:
            return line
        return f"{line}, validation cost {self.validation_loss_curve[-1]:.8f}"

    def recent_gain(self):
        """How much R² rose over the last twentieth of the epochs of this call."""
        share = self.objective.share_of_constant
        first = 1.0 if self.first_error is None else share(self.first_error)
        shares = [first, *map(share, self.error_curve)]
        last = max(1, len(shares) // 20)
        return min(shares[:-last]) - min(shares[-last:])

    def kept(self, theta):
        """The parameters that training has to show: the best ones, as far as they were watched.

        The cost of an epoch is the mean over its batches, each before its
        update, and no cost of the parameters that the epoch ended with. So the
        best ones are held against the last ones on all rows.
        """
        best = self.best_theta
        if best is None or self.early_stopping or self.objective is None:
            return theta if best is None else best
        xp, _ = namespace(theta)
        if xp.all(best == theta):  # as where the last epoch was the best one
            return theta
        with np.errstate(over="ignore", invalid="ignore"):
            return best if self.objective.cost(best) < self.objective.cost(theta) else theta

    def begin(self, theta):
        """Before the first epoch: what an earlier call reached may remain the best."""
        if self.early_stopping and self.loss_curve:
            self._keep_if_best(theta, float(self.validation_cost(theta)))

    def begin_from(self, theta):
        """Before the first epoch of what does not begin anew: theta itself may remain the best."""
        if self.patience.tol is None:
            return
        cost = self.objective.cost(theta)
        self.first_error = cost - self.objective.penalty(theta)
        if not self.early_stopping:
            self._keep_if_best(theta, cost)

    @property
    def n_epochs_of_call(self):
        return len(self.error_curve)

    def end_epoch(self, theta, cost, n_updates=1):
        """Record an epoch; True where training should stop."""
        self.check_finite(theta, cost)
        self.loss_curve.append(cost)
        if self.objective is not None:
            self.error_curve.append(cost - self.objective.penalty(theta))
        self._validate(theta)
        watched = self.validation_loss_curve[-1] if self.early_stopping else cost
        self.patience.observe(watched, n_updates)
        if self.early_stopping or self.patience.tol is not None:
            self._keep_if_best(theta, watched)
        self.asked_to_stop = self.on_epoch_end()
        return self.asked_to_stop or self._has_stalled(theta)

    def release(self):
        """Let go of the callables, and so of the rows that they hold.

        They lead back here, and such a circle keeps the rows in memory until
        the garbage collector runs, which arrays do not bring about.
        """
        self.on_epoch_begin = self.on_epoch_end = self.validation_cost = self.objective = None

    def check_finite(self, theta, cost=0.0):
        """Refuse weights that have diverged."""
        # Of few numbers @ takes NumPy three times as long; both warn of overflow, unless the
        # caller ignores it.
        squares = theta.dot(theta) if isinstance(theta, np.ndarray) else theta @ theta
        if not (math.isfinite(cost) and math.isfinite(squares)):
            raise Diverged(len(self.loss_curve) + 1)

    def _validate(self, theta):
        if self.validation_cost is not None:
            cost = float(self.validation_cost(theta))
            self.validation_loss_curve.put(len(self.loss_curve), cost)

    def _keep_if_best(self, theta, cost):
        if cost < self.best_cost:
            self.best_cost, self.best_theta = cost, copied(theta)

    def _has_stalled(self, theta):
        if not self.patience.exhausted:
            return False
        slower = self.learning_rate is not None and self.learning_rate.shrink()
        if slower or self._is_lost(theta):
            self.patience.restart()
            return False
        return True

    def _is_lost(self, theta):
        """Whether a constant would do as well, so that it is too early to stop."""
        return self.objective is not None and self.objective.r2(theta) <= NO_BETTER
