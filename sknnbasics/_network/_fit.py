"""One fit of a network: from its first draw, or the last call, to what it learned."""

import copy
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from scipy.sparse import issparse

from .._arrays import to_numpy
from ._backprop import backprop_for, feedforward, threads_for_rows
from ._batches import Batches, equal_batch_size
from ._layers import Layers
from ._objective import Objective, Rows
from ._output_range import OutputRange
from ._penalty import LEAST_ALPHA, MOST_ROWS, TYPICAL, estimated_alpha
from ._progress import Progress
from ._repeated import merge_repeated
from ._samples import Seen
from ._schedule import LearningRate
from ._solvers import descend, lbfgs
from ._state import OPTIMIZERS, State
from ._stopping import Patience
from ._trial import tried_alpha

# Measured by tests/benchmarks/bench_defaults.py.
AUTO_LEARNING_RATE = {"adam": 0.01, "sgd": 0.3}
MOST_ROWS_OF_A_BATCH = 200
NEARLY_ALL_NOISE = 0.1  # an estimate from which on weaker penalties are tried
WEAKER = (TYPICAL, LEAST_ALPHA)
LEAST_UPDATES = 10  # for each epoch of n_iter_no_change, however few its batches


class End(Enum):
    """What ended a training."""

    DONE = "nothing came of it any more"
    LIMIT = "max_iter epochs or max_fun evaluations are over"
    ASKED = "a callback asked to stop"


@dataclass(frozen=True)
class Settings:
    """How a fit trains; each as the parameter of its name in `SigmoidMLPRegressor`.

    `solver` is one of those that train; `alpha` is None where the data are to tell it.
    """

    solver: str
    alpha: float | None
    total_samples: float | None
    init: str
    batch_size: int | str | None
    learning_rate_init: float | str
    learning_rate: str
    power_t: float
    max_iter: int
    max_fun: int
    tol: float | None
    n_iter_no_change: float
    momentum: float
    nesterovs_momentum: bool
    beta_1: float
    beta_2: float
    epsilon: float
    shuffle: bool
    early_stopping: bool

    def schedule(self):
        """The learning rate, or None for L-BFGS, which has none."""
        if self.solver == "lbfgs":
            return None
        auto = self.learning_rate_init == "auto"
        initial = AUTO_LEARNING_RATE[self.solver] if auto else self.learning_rate_init
        schedule = self.learning_rate if self.solver == "sgd" else "constant"
        return LearningRate(initial, schedule, self.power_t)

    def rows_of_a_batch(self, n_samples):
        if self.solver == "lbfgs" or self.batch_size is None:
            return n_samples
        if self.batch_size == "auto":
            return equal_batch_size(n_samples, MOST_ROWS_OF_A_BATCH)
        return self.batch_size

    def patience(self):
        # An iteration of L-BFGS is worth many updates, so it counts by itself.
        min_updates = 0 if self.solver == "lbfgs" else LEAST_UPDATES * self.n_iter_no_change
        return Patience(self.tol, self.n_iter_no_change, min_updates=min_updates)

    def optimizer(self, previous=None):
        """A new optimizer, or the previous one with today's settings."""
        if self.solver == "lbfgs":
            return None
        kind, settings = OPTIMIZERS[self.solver], {"learning_rate": self.schedule().initial}
        if self.solver == "adam":
            # float32 would round a smaller epsilon to zero, which then divides zero.
            epsilon = max(self.epsilon, float(np.finfo(np.float32).tiny))
            settings |= {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": epsilon}
        else:
            settings |= {"momentum": self.momentum, "nesterov": self.nesterovs_momentum}
        return replace(previous, **settings) if type(previous) is kind else kind(**settings)

    def progress(self):
        return Progress(self.patience(), self.schedule(), early_stopping=self.early_stopping)


@dataclass
class Fit:
    """Parameters that learn, and what there is to tell of it.

    Attributes
    ----------
    settings : Settings
    layers : Layers
    theta : array
        All parameters, in one vector that is moved in place.
    output_range : OutputRange
    optimizer : GradientDescent, Adam or None
    rng : RandomState
    progress : Progress
    alpha : float or None
        The penalty; None until `aim` has estimated it.
    seen : Seen or None
        The rows of the training, or of all chunks so far.
    batches : Batches or None
    objective : Objective or None
        What `aim` has set.
    begins_elsewhere : bool
        Whether theta was not drawn, but learned before or given.
    """

    settings: Settings
    layers: Layers
    theta: Any
    output_range: OutputRange
    optimizer: Any
    rng: np.random.RandomState
    progress: Progress
    alpha: float | None = None
    seen: Seen | None = None
    batches: Batches | None = None
    objective: Objective | None = None
    begins_elsewhere: bool = False

    @classmethod
    def begin(cls, settings, layers, samples, output_range, rng):
        """A fit from weights that are drawn.

        Parameters
        ----------
        settings : Settings
        layers : Layers
        samples : Samples
        output_range : OutputRange
        rng : RandomState
        """
        theta = layers.draw(settings.init, rng)
        if layers.fit_intercept and settings.init == "glorot_uniform":
            layers.begin_at(samples.mean(output_range), theta)
        return cls(
            settings,
            layers,
            samples.space.asarray(theta, samples.X.dtype),
            output_range,
            settings.optimizer(),
            rng,
            settings.progress(),
            settings.alpha,
        )

    @classmethod
    def resume(cls, settings, state, theta, output_range, curves):
        """A fit that goes on from `theta`, the state of the last call, and its curves.

        Parameters
        ----------
        settings : Settings
        state : State
        theta : array of shape (n_parameters,)
            A copy, which is moved in place.
        output_range : OutputRange
        curves : dict
            The attributes of `Progress` that grow over all calls.
        """
        progress = replace(settings.progress(), **curves)
        rate = progress.learning_rate
        if rate is not None and rate.initial == state.initial_rate:
            rate.shrinkage = state.shrinkage
        return cls(
            settings,
            state.layers,
            theta,
            output_range,
            settings.optimizer(copy.deepcopy(state.optimizer)),
            copy.deepcopy(state.rng),  # a fit that fails must not advance it
            progress,
            settings.alpha,
            begins_elsewhere=True,
        )

    def aim(self, samples, held_out=None, before=None):
        """Set the objective: the cost on the samples, and beside it that on those held out.

        Parameters
        ----------
        samples : Samples
        held_out : Samples, default=None
        before : Seen, default=None
            What came earlier, where the samples are a chunk of more.
        """
        rows = samples.rows(self.output_range)
        n_threads = self._n_threads(samples.X)
        if self.alpha is None:
            self.alpha = self._estimated_alpha(rows, samples.space)
        self.seen = (before or Seen()).followed_by(samples.s)
        total_weight, total_samples = self.seen.weight, self.settings.total_samples
        if before is not None and total_samples is not None:
            total_weight = float(total_samples) * self.seen.mean_weight
        settings = self.layers, self.alpha, total_weight
        backprop = backprop_for(samples.X, n_threads)(*settings)
        self.batches = self._batches(samples)
        parts = self.batches.parts
        parts = parts if parts is None else samples.space.asarray(parts)
        self.objective = Objective(backprop, rows, parts)
        if held_out is not None:
            validation = held_out.rows(self.output_range)
            backprop = backprop_for(validation.X)(*settings)
            self.progress.validation_cost = lambda theta: backprop.cost(theta, *validation)
        with np.errstate(over="ignore", invalid="ignore"):
            self.progress.begin(self.theta)

    def train(self, on_epoch_begin, on_epoch_end):
        """Train until nothing comes of it any more, or a limit ends it.

        Parameters
        ----------
        on_epoch_begin, on_epoch_end : callables without arguments
            The second returns True to stop.

        Returns
        -------
        End

        Raises
        ------
        Diverged
        """
        settings, progress = self.settings, self.progress
        progress.objective = self.objective
        if self.begins_elsewhere:
            with np.errstate(over="ignore", invalid="ignore"):
                progress.begin_from(self.theta)
        progress.on_epoch_begin, progress.on_epoch_end = on_epoch_begin, on_epoch_end
        if settings.solver != "lbfgs":
            stopped = self.descend(settings.max_iter)
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                stopped = lbfgs(
                    self.theta, self.objective, progress, settings.max_iter, settings.max_fun
                )
        if progress.asked_to_stop:
            return End.ASKED
        return End.DONE if stopped else End.LIMIT

    def descend(self, max_iter):
        """Epochs of updates; True if they stopped before there were `max_iter`."""
        return descend(
            self.theta, self.objective, self.optimizer, self.batches, self.progress, max_iter
        )

    def visit_once(self, on_epoch_end):
        """One epoch that is a call of its own, over samples that will not come again."""
        self.progress.on_epoch_end = on_epoch_end
        self.descend(max_iter=1)

    @property
    def n_epochs(self):
        """Epochs run, over all calls that the parameters stem from."""
        return len(self.progress.loss_curve)

    def check_finite(self):
        """Refuse parameters that have diverged."""
        with np.errstate(over="ignore", invalid="ignore"):
            self.progress.check_finite(self.theta)

    def learned(self):
        """The parameters that training has to show."""
        return self.progress.kept(self.theta)

    def release(self):
        """Let go of the rows, and of the callables that lead back to them."""
        self.progress.release()

    def state(self, flat, warned):
        rate = self.progress.learning_rate or LearningRate(None)
        return State(
            self.layers,
            self.output_range,
            self.optimizer,
            self.rng,
            self.progress.patience,
            rate.initial,
            rate.shrinkage,
            flat,
            warned,
            self.seen,
        )

    def _batches(self, samples):
        size = self.settings.rows_of_a_batch(len(samples.s))
        ratio = Seen().followed_by(samples.s).mean_weight / self.seen.mean_weight
        place = samples.space.asarray
        return Batches(samples.s, size, self.settings.shuffle, self.rng, place, ratio)

    def _n_threads(self, X):
        """As many as a batch has work for."""
        if not isinstance(X, np.ndarray):
            return 1
        n_rows = min(len(X), self.settings.rows_of_a_batch(len(X)))
        return threads_for_rows(n_rows, self.layers, X)

    def _estimated_alpha(self, rows, space):
        """What `estimated_alpha` finds, on rows at even distances, at the initial weights.

        It sees what a linear model of the hidden units sees. Where that is next to
        nothing, there may be noise or a function of another kind, and weaker
        penalties are tried.
        """
        if self.settings.solver == "lbfgs":  # which takes repeated rows as rows of more weight
            rows = merge_repeated(rows)
        some = np.arange(0, rows.T.shape[0], -(-rows.T.shape[0] // MOST_ROWS))
        X = space.take(rows.X, some)
        X = X if issparse(X) else to_numpy(X)
        rows = Rows(X, to_numpy(rows.T)[some], to_numpy(rows.s)[some])
        theta, learned = to_numpy(self.theta), self.layers.fit_intercept
        with np.errstate(over="ignore", invalid="ignore"):
            coefs, intercepts = self.layers.split(theta)
            H = feedforward(X, coefs[:-1], intercepts[:-1])[-1]
            alpha = estimated_alpha(H, rows.T, rows.s, learned)
            if alpha < NEARLY_ALL_NOISE:
                return alpha
            return tried_alpha(alpha, WEAKER, self.layers, theta, rows)
