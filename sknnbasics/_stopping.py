"""The patience rule: stop when a watched value has not improved for long enough."""

from dataclasses import dataclass
from math import inf

NEGLIGIBLE = 1e-30  # a squared error that double precision cannot tell from none


@dataclass
class Patience:
    """Counts the epochs since the watched value last fell far enough.

    Attributes
    ----------
    tol : float or None
        How far a value must fall below the best one to count as better;
        None: never run out.
    n_iter_no_change : int
        How many epochs in a row may be no better.
    relative : bool
        Whether `tol` is a fraction of the best value, or absolute.
    best : float
        The lowest value so far.
    n_stalled : int
        Epochs in a row that were no better.
    """

    tol: float | None
    n_iter_no_change: int
    relative: bool = False
    best: float = inf
    n_stalled: int = 0

    @property
    def exhausted(self):
        return self.tol is not None and self.n_stalled >= self.n_iter_no_change

    def observe(self, value):
        """Take the value of one more epoch; lower is better."""
        self.n_stalled = 0 if value < self._bar() else self.n_stalled + 1
        self.best = min(self.best, value)

    def restart(self):
        """Wait the full time again, against the same best value."""
        self.n_stalled = 0

    def _bar(self):
        if self.relative and self.best <= NEGLIGIBLE:
            return -inf
        margin = self.tol or 0.0
        if self.best == inf:
            return inf
        return self.best * (1 - margin) if self.relative else self.best - margin
