"""One fit of step units: its epochs, the weights that it keeps, and its end."""

import copy
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from math import inf
from operator import mul

import numpy as np

from .._curves import Curve
from ._orders import visiting_orders
from ._rule import run_epoch
from ._scoring import mistaken_weights
from ._state import State
from ._stopping import Stall
from ._weights import Units

# Corrections in vain that end a training, times the root of the number of samples: of many
# samples a smaller share, of eight several each. Measured by tests/benchmarks/bench_defaults.py.
PATIENCE = 15
NO_DIFFERENCE = 1e-6  # share of the weight of all samples that is no difference


class End(Enum):
    """What ended a training."""

    DONE = "nothing was left to learn, or nothing came of it any more"
    LIMIT = "max_iter epochs are over"
    ASKED = "a callback asked to stop"


class WeightsOverflow(ArithmeticError):
    """The weights have left their precision in the epoch of this number."""


@dataclass(frozen=True)
class Settings:
    """How a fit trains; each as the parameter of its name in `PerceptronClassifier`."""

    fit_intercept: bool
    average: bool | str
    shuffle: bool
    max_iter: int
    tol: float | None
    n_iter_no_change: float


@dataclass
class Samples:
    """What a fit sees.

    Attributes
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    codes : ndarray of int32, shape (n_samples,)
        The number of each sample's class.
    steps : ndarray of shape (n_classes,), in the dtype of X
        eta on the samples of each class.
    class_weights : ndarray of float64, shape (n_classes,)
        How much a mistake on a sample of each class counts.
    rows : ndarray of intp, default=None
        The rows to visit; None for those that can move a weight.
    """

    X: np.ndarray
    codes: np.ndarray
    steps: np.ndarray
    class_weights: np.ndarray
    rows: np.ndarray | None = None

    def __post_init__(self):
        if self.rows is None:
            everywhere = self.steps.all()
            rows = len(self.codes) if everywhere else np.flatnonzero(self.steps[self.codes])
            self.rows = np.arange(rows, dtype=np.intp) if everywhere else rows

    def take(self, rows):
        return replace(self, X=self.X[rows], codes=self.codes[rows], rows=None)

    @cached_property
    def weight(self):
        """What mistakes on all samples would weigh."""
        return float(self.class_weights[self.codes].sum())

    def mistaken_weights(self, *candidates):
        """What the mistakes of each of some weights weigh."""
        return mistaken_weights(candidates, self.X, self.codes, self.class_weights)


@dataclass
class Pocket:
    """The weights that misclassified the fewest of some samples (Gallant 1990).

    Attributes
    ----------
    samples : Samples
        Those that are watched.
    weights : tuple of coefficients and intercepts, or None
        Copies, in C order.
    mistaken, fewest : float
        The weight of the samples that they mistake, and that which any weights did.
    """

    samples: Samples
    weights: tuple | None = None
    mistaken: float = inf
    fewest: float = inf

    def offer(self, *candidates):
        """Keep each in turn if none did better; give the least weight that one mistakes."""
        weighed = self.samples.mistaken_weights(*candidates)
        for weights, mistaken in zip(candidates, weighed, strict=True):
            self._keep_if_better(weights, mistaken)
        return min(weighed)

    def _keep_if_better(self, weights, mistaken):
        spoils = self.mistaken == 0 < mistaken
        if mistaken <= self.fewest + NO_DIFFERENCE * self.samples.weight and not spoils:
            self.weights = tuple(np.array(array, order="C") for array in weights)
            self.mistaken = mistaken
            self.fewest = min(self.fewest, mistaken)


@dataclass
class Fit:
    """Weights that learn, and what there is to tell of it.

    Attributes
    ----------
    settings : Settings
    units : Units
    rng : RandomState
    mistakes : Curve of int
        Corrections of each epoch, over all calls that the weights stem from.
    scores : Curve
        Accuracy on held-out samples after each epoch; the last ones may be missing, of a
        call without them.
    earlier : tuple of coefficients and intercepts, or None
        Weights that an earlier call ended with; they may remain the best.
    pocket : Pocket or None
        None where the weights to predict with are the last or the averaged ones.
    converged : bool
        Whether the last epoch made no mistake, or the pocket makes none on what trains it.
    """

    settings: Settings
    units: Units
    rng: np.random.RandomState
    mistakes: Curve = field(default_factory=lambda: Curve(kind="q"))
    scores: Curve = field(default_factory=Curve)
    earlier: tuple | None = None
    pocket: Pocket | None = None
    converged: bool = False
    _separating: tuple | None = None

    @classmethod
    def begin(cls, settings, weights, rng):
        """A fit from these coefficients and intercepts.

        Parameters
        ----------
        settings : Settings
        weights : tuple of ndarrays of shapes (n_units, n_features) and (n_units,)
        rng : RandomState
        """
        return cls(settings, _units(settings, weights), rng)

    @classmethod
    def resume(cls, settings, state, weights, curves):
        """A fit that goes on from the weights and the state of the last call, and its curves.

        Parameters
        ----------
        settings : Settings
        state : State
        weights : tuple of ndarrays of shapes (n_units, n_features) and (n_units,)
        curves : dict
            The attributes that grow over all calls.
        """
        units = state.units_behind(weights) if settings.average else None
        units = _units(settings, weights) if units is None else units
        units.fit_intercept = settings.fit_intercept
        rng = copy.deepcopy(state.rng)  # a fit that fails must not advance it
        return cls(settings, units, rng, **curves, earlier=weights)

    @property
    def n_epochs(self):
        """Epochs run, over all calls that the weights stem from."""
        return len(self.mistakes)

    @property
    def learned(self):
        """Coefficients and intercepts to predict with, as arrays of their own."""
        kept = self.pocket.weights if self.pocket is not None else self._separating
        if kept is not None:
            return kept
        if self.settings.average:
            return self.units.averaged()
        return tuple(np.array(array, order="C") for array in self.units.last())

    def train(self, samples, held_out, on_epoch_begin, on_epoch_end):
        """Run epochs until nothing is left to learn, nothing comes of them, or `max_iter`.

        Parameters
        ----------
        samples : Samples
        held_out : Samples or None
            What the pocket watches instead of the training samples.
        on_epoch_begin, on_epoch_end : callables without arguments
            The second returns True to stop.

        Returns
        -------
        End

        Raises
        ------
        WeightsOverflow
        """
        settings = self.settings
        if held_out is not None or settings.average == "pocket":
            self.pocket = Pocket(samples if held_out is None else held_out)
            if self.earlier is not None:
                self.pocket.offer(self.earlier)
        n_units = len(self.units.intercept)
        patience = PATIENCE * len(samples.rows) ** 0.5
        stall = Stall(patience, settings.tol, settings.n_iter_no_change)
        orders = visiting_orders(samples.rows, settings.shuffle, self.rng)
        visited = samples.class_weights[samples.codes[samples.rows]].sum()
        for _ in range(settings.max_iter):
            on_epoch_begin()
            mistaken = self.visit(samples, next(orders))
            self._keep_the_best(samples, held_out)
            share = mistaken / (n_units * visited) if held_out is None else 1 - self.scores[-1]
            stall.observe(share, self.mistakes[-1])
            if on_epoch_end():
                return End.ASKED
            if self.converged or stall.is_over:
                return End.DONE
        return End.LIMIT

    def visit(self, samples, order):
        """One epoch: correct the units on the samples in this order.

        Returns
        -------
        float
            The weight of the corrections.
        """
        self.converged, self._separating = False, None
        corrections = run_epoch(self.units, samples.X, samples.codes, samples.steps, order)
        self.check_finite()
        corrections = corrections.tolist()  # of few numbers Python's sums are the faster ones
        self.mistakes.append(sum(corrections))
        return sum(map(mul, corrections, samples.class_weights.tolist()))

    def visit_once(self, samples):
        """One epoch that is a call of its own, over samples that will not come again."""
        self.visit(samples, next(visiting_orders(samples.rows, self.settings.shuffle, self.rng)))
        self.converged = self.mistakes[-1] == 0

    def mistaken_weight(self, samples):
        """Weight of the samples that `learned` mistakes."""
        if self.pocket is not None and self.pocket.samples is samples:
            return self.pocket.mistaken
        return samples.mistaken_weights(self.learned)[0]

    def check_finite(self):
        """Refuse weights that have overflowed."""
        if not self.units.finite:
            raise WeightsOverflow(self.n_epochs + 1)

    def state(self, class_counts, learned):
        """What a later call goes on from; `learned` itself is published."""
        if not self.settings.average:
            return State(self.rng, class_counts)
        published = tuple(array.copy() for array in learned)
        return State(self.rng, class_counts, self.units, published)

    def _keep_the_best(self, samples, held_out):
        """Find the weights to predict with after an epoch."""
        converged = self.mistakes[-1] == 0
        if self.pocket is not None:
            self._fill_pocket(held_out)
            converged |= held_out is None and self.pocket.mistaken == 0
        elif converged and self.settings.average:
            self._separating = self._average_that_separates(samples)
        self.converged = converged  # at the end: Ctrl-C publishes what there is until then

    def _fill_pocket(self, held_out):
        """Offer the candidates, of which the later wins a tie."""
        mistaken = self.pocket.offer(*self._candidates())
        if held_out is not None:
            score = (held_out.weight - mistaken) / held_out.weight
            self.scores.put(self.n_epochs, score)

    def _candidates(self):
        if self.settings.average:
            yield self.units.averaged()
        if not self.settings.average or self.settings.average == "pocket":
            yield self.units.last()

    def _average_that_separates(self, samples):
        """The average, once enough epochs without a mistake have gone into it.

        They need not be run: their average is known. Where a million times as
        many do not suffice, a sample lies exactly at z = 0 of the last weights.
        """
        n_visits = self.units.n_visits
        for _ in range(20):
            weights = self.units.averaged(n_visits)
            if samples.mistaken_weights(weights) == [0]:
                return weights
            n_visits *= 2
        return tuple(np.array(array, order="C") for array in self.units.last())


def _units(settings, weights):
    average = bool(settings.average)
    return Units(*weights, fit_intercept=settings.fit_intercept, average=average)
