"""The weights of a layer of step units while they learn."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Units:
    """Weights of step units, and what their running average needs.

    The average of the weights after each of T visits is w − lag / T, where a
    move Δ made at visit τ (from 0) adds τ Δ to the lag: one addition a
    correction, none a visit.

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

    def parameters(self):
        """All arrays that learn."""
        lags = [self.coef_lag, self.intercept_lag] if self.average else []
        return [self.coef, self.intercept, *lags]

    def weights(self):
        """Coefficients and intercepts to predict with, as fresh arrays in C order."""
        if not self.average or self.n_visits == 0:
            return self.coef.copy(), self.intercept.copy()
        return (
            (self.coef - self.coef_lag / self.n_visits).astype(self.coef.dtype, order="C"),
            (self.intercept - self.intercept_lag / self.n_visits).astype(self.intercept.dtype),
        )
