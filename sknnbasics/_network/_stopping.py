"""The patience rule: stop when a watched value has not improved for long enough."""

from dataclasses import dataclass, replace
from math import inf

NEGLIGIBLE = 1e-30  # a squared error that double precision cannot tell from none


@dataclass
class Patience:
    """Counts the epochs since the watched value last fell far enough.

    Attributes
    ----------
    tol : float or None
        By what fraction a value must fall below the best one to count as better;
        None: never run out.
    n_iter_no_change : int or inf
        How many epochs in a row may be no better.
    min_updates : int
        How many updates must have been no better as well: epochs of one batch
        are too short to judge.
    best : float
        The lowest value so far.
    n_stalled, n_updates : int
        Epochs in a row that were no better, and their updates.
    """

    tol: float | None
    n_iter_no_change: float
    best: float = inf
    n_stalled: int = 0
    min_updates: int = 0
    n_updates: int = 0

    @property
    def exhausted(self):
        waited = self.n_stalled >= self.n_iter_no_change and self.n_updates >= self.min_updates
        return self.tol is not None and waited

    def observe(self, value, n_updates=1):
        """Take the value of one more epoch, and its number of updates; lower is better."""
        if value < self._bar():
            self.restart()
        else:
            self.n_stalled += 1
            self.n_updates += n_updates
        self.best = min(self.best, value)

    def after(self, before):
        """The same settings, with what an earlier call has seen."""
        return replace(
            self, best=before.best, n_stalled=before.n_stalled, n_updates=before.n_updates
        )

    def restart(self):
        """Wait the full time again, against the same best value."""
        self.n_stalled = self.n_updates = 0

    def _bar(self):
        if self.best <= NEGLIGIBLE:
            return -inf
        return self.best * (1 - (self.tol or 0.0)) if self.best < inf else inf
