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
        xp, s = namespace(self.train.s)
        self._weighted = bool(xp.any(s != s[0]))

    @property
    def n_samples(self):
        return self.train.T.shape[0]

    def __call__(self, theta, rows=None):
        """Cost and gradient of the batch `rows`; None for all rows."""
        return self.backprop.cost_and_gradient(theta, *self.train, rows)

    def cost_without_inputs(self):
        """The lowest cost of weights that are all zero: of predicting a constant.

        That is the mean of the targets, or 1/2 in a network without biases; 0
        where all targets are equal.
        """
        _, T, s = self.train
        xp, s = namespace(s)
        total = xp.sum(s)
        T = T - (T[:1, :] if self.backprop.layers.fit_intercept else 0.5)
        mean = (s @ T) / total if self.backprop.layers.fit_intercept else 0.0
        return float(xp.sum(s[:, None] * (T - mean) ** 2) / (2 * total))

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
        the parameters where it was lowest.
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
    on_epoch_begin: Callable = lambda: None
    on_epoch_end: Callable = lambda: False
    loss_curve: list = field(default_factory=list)
    validation_loss_curve: list = field(default_factory=list)
    t: int = 0
    best_theta: Any = None
    best_validation_cost: float = math.inf
    asked_to_stop: bool = False

    @property
    def best_loss(self):
        """The lowest cost that was watched, or None."""
        if self.early_stopping and self.best_theta is not None:
            return self.best_validation_cost
        return min(self.loss_curve, default=None)

    @property
    def reached(self):
        """The cost that training ended with: the lowest, where the best weights are kept."""
        return min(self.loss_curve) if self.early_stopping else self.loss_curve[-1]

    def begin(self, theta):
        """Before the first epoch: what an earlier call reached may remain the best."""
        if self.early_stopping and self.loss_curve:
            self._keep_if_best(theta, float(self.validation_cost(theta)))

    def end_epoch(self, theta, cost):
        """Record an epoch; True where training should stop."""
        self.check_finite(theta, cost)
        self.loss_curve.append(cost)
        self._validate(theta)
        curve = self.validation_loss_curve if self.early_stopping else self.loss_curve
        self.patience.observe(curve[-1])
        self.asked_to_stop = self.on_epoch_end()
        return self.asked_to_stop or self._has_stalled()

    def release(self):
        """Let go of the callables, and so of the rows that they hold.

        They lead back here, and such a circle keeps the rows in memory until
        the garbage collector runs, which arrays do not bring about.
        """
        self.on_epoch_begin = self.on_epoch_end = self.validation_cost = None

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
            cost = self.validation_loss_curve[-1] = float(self.validation_cost(theta))
            self._keep_if_best(theta, cost)

    def _keep_if_best(self, theta, cost):
        if self.early_stopping and cost < self.best_validation_cost:
            self.best_validation_cost, self.best_theta = cost, copied(theta)

    def _has_stalled(self):
        if not self.patience.exhausted:
            return False
        if self.learning_rate is not None and self.learning_rate.shrink():
            self.patience.restart()
            return False
        return True


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
    keys = _sparse_keys(rows) if issparse(rows.X) else _dense_keys(rows)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    s = np.bincount(group.ravel(), rows.s).astype(rows.s.dtype)
    return Rows(rows.X[first], rows.T[first], s)


def _dense_keys(rows):
    """Each row of X and T as one string of bytes."""
    joined = np.ascontiguousarray(np.column_stack([rows.X, rows.T]))
    return joined.view(f"V{joined.strides[0]}").ravel()


def _sparse_keys(rows):
    """A digest of each row: what is stored of it may be of any length."""
    X, keys = rows.X, np.empty(len(rows.T), "V16")
    for i in range(len(keys)):
        stored = slice(X.indptr[i], X.indptr[i + 1])
        row = blake2b(digest_size=16)
        for part in (X.indices[stored], X.data[stored], rows.T[i]):
            row.update(part.tobytes())
        keys[i] = row.digest()
    return keys


def descend(theta, objective, optimizer, batches, progress, max_iter):
    """Move theta, in place, by one update a batch; True if it stopped before max_iter epochs."""
    for _ in range(max_iter):
        progress.on_epoch_begin()
        optimizer.learning_rate = progress.learning_rate.at(progress.t)
        total = weight = 0.0
        for rows in batches:
            cost, grad = objective(theta, rows)
            optimizer.update(theta, grad)
            total += cost * objective.weight(rows)
            weight += objective.weight(rows)
        progress.t += objective.n_samples
        if progress.end_epoch(theta, float(total / weight)):
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
