"""When to stop: mistakes have not become fewer for long enough."""

from dataclasses import dataclass
from math import inf


@dataclass
class Stall:
    """Counts epochs and corrections since the share of mistakes last fell.

    Novikoff bounds the corrections that separable classes take, not the epochs:
    where an epoch makes few of them, many epochs are little to go by.

    Attributes
    ----------
    patience : int
        As many corrections have to be in vain.
    tol : float or None
        How far the share must fall below the lowest one; None: never stall.
    n_iter_no_change : int or inf
        As many epochs have to be in vain.
    """

    patience: int
    tol: float | None
    n_iter_no_change: float
    lowest: float = inf
    n_epochs: int = 0
    n_corrections: int = 0

    def observe(self, share, n_corrections):
        """Take one more epoch: its share of mistakes, and how many corrections it made."""
        if self.tol is not None and share < self.lowest - self.tol:
            self.n_epochs = self.n_corrections = 0
        else:
            self.n_epochs += 1
            self.n_corrections += n_corrections
        self.lowest = min(self.lowest, share)

    @property
    def is_over(self):
        waited = self.n_epochs >= self.n_iter_no_change and self.n_corrections >= self.patience
        return waited and self.tol is not None
