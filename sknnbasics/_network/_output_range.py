"""The interval of target values that the output sigmoid is stretched over."""

from dataclasses import dataclass

import numpy as np

from .._arrays import namespace

LOWEST, HIGHEST = 0.1, 0.9  # where "auto" puts the extreme targets: off the flat ends


@dataclass(frozen=True)
class OutputRange:
    """One (low, high) an output; prediction = low + (high − low) a.

    An output whose low equals its high predicts that value, and its targets lie
    at a = 1/2.

    Attributes
    ----------
    low, high : ndarray of float64, shape (n_outputs,)
    """

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def around(cls, Y, dtype):
        """The range that puts the extreme targets of each output at LOWEST and HIGHEST."""
        low, high = Y.min(axis=0).astype(np.float64), Y.max(axis=0).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            margin = (high - low) * LOWEST / (HIGHEST - LOWEST)
            low, high = low - margin, high + margin
            finite = np.isfinite((high - low).astype(dtype)).all()
            finite &= np.isfinite(low.astype(dtype)).all() and np.isfinite(high.astype(dtype)).all()
        if not finite:
            raise ValueError(
                f"y spans {Y.min()} to {Y.max()}, which y_range='auto' cannot hold in "
                f"{np.dtype(dtype)}. Scale y, for example with TransformedTargetRegressor."
            )
        return cls(low, high)

    @classmethod
    def given(cls, y_range, n_outputs, dtype):
        """The range that the user knows: a pair for all outputs, or one an output."""
        rule = f"y_range must be 'auto', (low, high) or {n_outputs} such pairs, got {y_range!r}."
        try:
            pairs = np.asarray(y_range)
        except ValueError as error:  # ragged
            raise ValueError(rule) from error
        if pairs.shape not in [(2,), (n_outputs, 2)] or pairs.dtype.kind not in "iuf":
            raise ValueError(rule)
        low, high = np.broadcast_to(pairs.astype(np.float64), (n_outputs, 2)).T.copy()
        with np.errstate(over="ignore", invalid="ignore"):
            if not np.isfinite((high - low).astype(dtype)).all():
                raise ValueError(f"{rule} Both ends must be finite in {np.dtype(dtype)}.")
        given = cls(low, high)
        if not np.less(*given.bounds(dtype)).all():
            raise ValueError(f"{rule} Each low must be below its high in {np.dtype(dtype)}.")
        return given

    @property
    def is_point(self):
        return self.low == self.high

    def __str__(self):
        return ", ".join(f"({low}, {high})" for low, high in zip(self.low, self.high, strict=True))

    def check(self, Y, name):
        """Refuse targets outside a range that the user gave."""
        value = self.outside(Y)
        if value is not None:
            raise ValueError(
                f"{name} has the target {value}, outside y_range={self}. Widen y_range, "
                "set y_range='auto', or remove the sample."
            )

    def check_points(self, Y):
        """Refuse new targets for an output that has only ever had one."""
        with np.errstate(over="ignore"):
            moved = self.is_point & (self.low.astype(Y.dtype) != Y).any(axis=0)
        if moved.any():
            output = int(np.argmax(moved))
            raise ValueError(
                f"So far all targets of output {output} were {self.low[output]}, so that "
                "y_range='auto' is that point and no other target can be learned. "
                "Pass y_range=(low, high), or begin with more varied targets."
            )

    def outside(self, Y):
        """The first target outside the range, or None."""
        with np.errstate(over="ignore"):  # a bound beyond Y.dtype bounds nothing
            low, high = self.low.astype(Y.dtype), self.high.astype(Y.dtype)
        values = Y[(low > Y) | (high < Y)]
        return values[0] if len(values) else None

    def to_unit(self, Y, dtype=np.float64):
        """Targets carried into the unit interval."""
        span = np.where(self.is_point, 1.0, self.high - self.low)
        with np.errstate(over="ignore"):
            T = np.where(self.is_point, 0.5, (Y - self.low) / span).astype(dtype)
            measurable = np.isfinite(T * T).all()  # the cost squares them
        if not measurable:
            raise ValueError(f"A target lies too far outside the range {self} to be measured.")
        return T

    def bounds(self, dtype):
        """Low and high as numbers of `dtype` that do not lie outside the range."""
        with np.errstate(over="ignore"):
            low, high = self.low.astype(dtype), self.high.astype(dtype)
        low = np.where(~self.is_point & (low < self.low), np.nextafter(low, high), low)
        high = np.where(~self.is_point & (high > self.high), np.nextafter(high, low), high)
        return low, high


def from_unit(a, low, high):
    """Predictions from output activations; rounding leaves none outside [low, high]."""
    xp, a = namespace(a)
    return xp.minimum(xp.maximum(low + (high - low) * a, low), high)
