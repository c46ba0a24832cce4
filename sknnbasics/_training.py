"""Training of a network: its epochs, what each one records, and when to stop."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import issparse

from ._arrays import copied, namespace
from ._stopping import Patience

NO_BETTER = 0.01  # an R² below which a network is no better than a constant


class Rows(NamedTuple):
    """Samples X, their targets T in the unit interval, and their weights s."""

    X: Any
    T: Any
    s: Any


@dataclass
class Objective:
    """The cost of training rows, as a function of theta."""

    backprop: Any
    train: Rows

    def __post_init__(self):
        _, T, s = self.train
        xp, s = namespace(s)
        self._weighted = bool(xp.any(s != s[0]))
        total = xp.sum(s)
        self._total = float(total)
        T = T - T[:1, :]  # exactly 0 where all targets are equal
        self._constant_errors = s @ (T - (s @ T) / total) ** 2
        self._constant_cost = float(xp.sum(self._constant_errors)) / (2 * self._total)

    @property
    def n_samples(self):
        return self.train.T.shape[0]

    def __call__(self, theta, rows=None):
        """Cost and gradient of the batch `rows`; None for all rows."""
        return self.backprop.cost_and_gradient(theta, *self.train, rows)

    def penalty(self, theta):
        """The part of the cost that is no error."""
        weights = theta[: self.backprop.layers.n_weights]
        return 0.5 * self.backprop.alpha * float(weights @ weights) / self._total

    def r2(self, theta):
        """R² of the training rows, the mean over all outputs whose targets vary.

        NaN where none does: there is nothing to explain.
        """
        X, T, s = self.train
        xp, s = namespace(s)
        with np.errstate(over="ignore", invalid="ignore"):
            errors = s @ (self.backprop.predict(theta, X) - T) ** 2
        varied = self._constant_errors > 0
        if not bool(xp.any(varied)):
            return math.nan
        return float(xp.mean(1 - errors[varied] / self._constant_errors[varied]))

    def share_of_constant(self, error):
        """Half the mean squared `error` as a fraction of that of predicting the mean.

        1 where the mean has none, which nothing can lower.
        """
        return error / self._constant_cost if self._constant_cost else 1.0

    def weight(self, rows):
        """How much the batch counts in the cost of an epoch: the sum of its weights."""
        if rows is None:
            return 1.0
        if self._weighted:
            xp, s = namespace(self.train.s)
            return xp.sum(s[rows] if isinstance(rows, slice) else xp.take(s, rows, axis=0))
        return rows.stop - rows.start if isinstance(rows, slice) else rows.shape[0]


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


@dataclass
class LearningRate:
    """The learning rate of an epoch, with the schedules of scikit-learn.

    "invscaling" divides the initial rate by (samples seen + 1) ** power_t;
    "adaptive" by 5 each time that patience runs out, down to 1e-6.
    """

    initial: float
    schedule: str = "constant"
    power_t: float = 0.5
    shrinkage: float = 1.0

    def at(self, t):
        if self.schedule == "invscaling":
            return self.initial * (t + 1) ** -self.power_t
        return self.initial * (self.shrinkage if self.schedule == "adaptive" else 1.0)

    def shrink(self):
        """Go on with a smaller rate; False where there is none to go on with."""
        if self.schedule != "adaptive" or self.at(0) <= 1e-6:
            return False
        self.shrinkage /= 5
        return True


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
    loss_curve, validation_loss_curve : lists of float
        One cost an epoch, over all calls that the parameters stem from.
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
    loss_curve: list = field(default_factory=list)
    validation_loss_curve: list = field(default_factory=list)
    t: int = 0
    error_curve: list = field(default_factory=list)
    best_theta: Any = None
    best_cost: float = math.inf
    asked_to_stop: bool = False

    @property
    def best_loss(self):
        """The lowest cost that was watched, or None."""
        if self.early_stopping and self.best_theta is not None:
            return self.best_cost
        return min(self.loss_curve, default=None)

    def recent_gain(self):
        """How much R² rose over the last twentieth of the epochs of this call."""
        shares = [1.0, *map(self.objective.share_of_constant, self.error_curve)]
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
        with np.errstate(over="ignore", invalid="ignore"):
            return best if self.objective(best)[0] < self.objective(theta)[0] else theta

    def begin(self, theta):
        """Before the first epoch: what an earlier call reached may remain the best."""
        if self.early_stopping and self.loss_curve:
            self._keep_if_best(theta, float(self.validation_cost(theta)))

    def end_epoch(self, theta, cost, n_updates=1):
        """Record an epoch; True where training should stop."""
        self.check_finite(theta, cost)
        self.loss_curve.append(cost)
        if self.objective is not None:
            self.error_curve.append(cost - self.objective.penalty(theta))
        self._validate(theta)
        curve = self.validation_loss_curve if self.early_stopping else self.loss_curve
        self.patience.observe(curve[-1], n_updates)
        if self.early_stopping or self.patience.tol is not None:
            self._keep_if_best(theta, curve[-1])
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
        with np.errstate(over="ignore", invalid="ignore"):
            finite = math.isfinite(cost) and math.isfinite(float(theta @ theta))
        if not finite:
            lower = "alpha" if self.learning_rate is None else "learning_rate_init"
            raise ValueError(
                f"The weights are no longer finite after epoch {len(self.loss_curve) + 1}. "
                f"Lower {lower}, or scale X, for example with StandardScaler."
            )

    def _validate(self, theta):
        if self.validation_cost is None and not self.validation_loss_curve:
            return
        # Epochs without validation, of this call or earlier ones, have NaN in the curve.
        missing = len(self.loss_curve) - len(self.validation_loss_curve)
        self.validation_loss_curve += [math.nan] * missing
        if self.validation_cost is not None:
            self.validation_loss_curve[-1] = float(self.validation_cost(theta))

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


def equal_batch_size(n_samples, at_most):
    """Rows of a batch when an epoch is cut into the fewest equal batches.

    A small last batch would move the weights as far as a large one, on less
    evidence.
    """
    return math.ceil(n_samples / math.ceil(n_samples / at_most))


def merge_repeated(rows):
    """Equal rows as one of summed weight, all in an order that is theirs alone.

    L-BFGS multiplies a difference in rounding by ten every few iterations. This
    way a row of weight 2 and a row given twice are the same computation, bit
    for bit, in whatever order the rows come.
    """
    first, group = equal_rows(rows.X, rows.T)
    s = np.bincount(group, rows.s).astype(rows.s.dtype)
    return Rows(rows.X[first], rows.T[first], s)


def equal_rows(X, T):
    """A row of each group of equal ones, and the number of the group of each row.

    The groups come in an order that does not depend on that of the rows.
    """
    keys = _sparse_keys(X, T) if issparse(X) else _dense_keys(X, T)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return first, group.ravel()


def _dense_keys(X, T):
    """Each row of X and T as one string of bytes."""
    joined = np.ascontiguousarray(np.column_stack([X, T]))
    return joined.view(f"V{joined.strides[0]}").ravel()


def _sparse_keys(X, T):
    """A digest of each row: what is stored of it may be of any length."""
    keys = np.empty(len(T), "V16")
    for i in range(len(keys)):
        stored = slice(X.indptr[i], X.indptr[i + 1])
        row = blake2b(digest_size=16)
        for part in (X.indices[stored], X.data[stored], T[i]):
            row.update(part.tobytes())
        keys[i] = row.digest()
    return keys


def descend(theta, objective, optimizer, batches, progress, max_iter):
    """Move theta, in place, by one update a batch; True if it stopped before max_iter epochs."""
    for _ in range(max_iter):
        progress.on_epoch_begin()
        optimizer.learning_rate = progress.learning_rate.at(progress.t)
        total = weight = 0.0
        n_updates = 0
        for rows in batches:
            cost, grad = objective(theta, rows)
            optimizer.update(theta, grad)
            total += cost * objective.weight(rows)
            weight += objective.weight(rows)
            n_updates += 1
        progress.t += objective.n_samples
        if progress.end_epoch(theta, float(total / weight), n_updates):
            return True
    return False


def lbfgs(theta, objective, progress, max_iter, max_fun):
    """Minimise by SciPy's L-BFGS-B, from theta and in place; an iteration is an epoch.

    The patience rule ends it, so SciPy's own tolerances are off. It works in
    float64, whatever the precision of theta.
    """
    n_samples = objective.n_samples
    objective = Objective(objective.backprop, merge_repeated(objective.train))

    def cost_and_gradient(x):
        cost, grad = objective(x.astype(theta.dtype))
        progress.t += n_samples
        return float(cost), grad.astype(np.float64)

    def end_iteration(intermediate_result):
        theta[:] = intermediate_result.x
        progress.on_epoch_begin()
        if progress.end_epoch(theta, float(intermediate_result.fun)):
            raise StopIteration

    n_before = len(progress.loss_curve)
    options = {"maxiter": max_iter, "maxfun": max_fun, "ftol": 0.0, "gtol": 0.0}
    try:
        result = minimize(
            cost_and_gradient,
            theta.astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            callback=end_iteration,
            options=options,
        )
    finally:
        objective = None  # old versions of SciPy keep the function, and so the rows, in a circle
    if len(progress.loss_curve) == n_before:  # nothing to gain: theta is where it started
        with suppress(StopIteration):
            end_iteration(result)
    limit_reached = result.status == 1
    return not limit_reached
