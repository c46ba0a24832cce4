"""The weights of step units while they learn, and their average."""

from dataclasses import dataclass
from math import isfinite

import numpy as np


@dataclass
class Units:
    """Weights of step units, and what their running average needs.

    The average weighs the weights after visit number τ by 1 + 2 + … + τ, so that
    it forgets where it started. A move Δ made at a visit is missing from the n
    visits before, which weigh n (n + 1) (n + 2) / 6 together; as much of Δ is
    added to the lag, and the average after T visits is w − lag / (T (T + 1) (T + 2) / 6):
    one addition a correction, none a visit.

    Attributes
    ----------
    coef : ndarray of shape (n_units, n_features), float32 or float64
        In the memory order that the last epoch wanted: an epoch may replace
        the array, so read it from here.
    intercept : ndarray of shape (n_units,), same dtype
    fit_intercept, average : bool
    n_visits : int
        Samples visited since the average began.
    coef_lag, intercept_lag : ndarray of float64 or None
        Shaped as `coef` and `intercept`; None unless `average`.
    """

    coef: np.ndarray
    intercept: np.ndarray
    fit_intercept: bool = True
    average: bool = False
    n_visits: int = 0
    coef_lag: np.ndarray | None = None
    intercept_lag: np.ndarray | None = None

    def __post_init__(self):
        if self.average and self.coef_lag is None:
            self.coef_lag = np.zeros_like(self.coef, dtype=np.float64)
            self.intercept_lag = np.zeros_like(self.intercept, dtype=np.float64)

    def check(self, coef, intercept):
        """Refuse arrays that are not shaped as these, which compiled loops would read beyond."""
        lags = [(self.coef_lag, coef), (self.intercept_lag, intercept)] if self.average else []
        sound = all(array.shape == like.shape and array.dtype == np.float64 for array, like in lags)
        for array, like in [(self.coef, coef), (self.intercept, intercept)]:
            sound = sound and array.shape == like.shape and array.dtype == like.dtype
        if not sound:
            raise ValueError(
                "The state that training goes on from does not fit the weights: the file that "
                "this model came from is damaged. Fit it anew."
            )

    def arrange(self, order):
        """Lay the coefficients out unit by unit ("C") or feature by feature ("F")."""
        self.coef = np.asarray(self.coef, order=order)
        if self.average:
            self.coef_lag = np.asarray(self.coef_lag, order=order)

    def restart_average(self):
        """Forget all visits so far: the average begins with the next one."""
        self.n_visits = 0
        if self.average:
            self.coef_lag[:] = 0
            self.intercept_lag[:] = 0

    @property
    def finite(self):
        """Whether nothing that learns has overflowed."""
        lags = [self.coef_lag, self.intercept_lag] if self.average else []
        return all(map(_finite, [self.coef, self.intercept, *lags]))

    def last(self):
        """Coefficients and intercepts as the last visit left them."""
        return self.coef, self.intercept

    def averaged(self, n_visits=None):
        """Their average, as fresh arrays in C order.

        `n_visits`, if there were more than were made: those without a mistake
        can be counted without being made.
        """
        n_visits = n_visits or self.n_visits
        if n_visits == 0:
            return self.coef.copy(), self.intercept.copy()
        total = weight_of_visits(n_visits)
        return (
            (self.coef - self.coef_lag / total).astype(self.coef.dtype, order="C"),
            (self.intercept - self.intercept_lag / total).astype(self.intercept.dtype),
        )


def _finite(array):
    # The sum of squares takes a fraction of the time, but may overflow where no number has.
    numbers = array.ravel(order="K")  # as they lie: any other order would copy them
    return isfinite(np.vdot(numbers, numbers)) or np.isfinite(numbers).all()


def weight_of_visits(n):
    """What the first `n` visits weigh in the average, as a float that no number overflows."""
    return n * (n + 1.0) * (n + 2.0) / 6.0
