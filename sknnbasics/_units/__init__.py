"""Step units and the perceptron rule: weights, epochs, visiting orders, one fit."""

from ._fit import End, Fit, Samples, Settings, WeightsOverflow
from ._rule import BODY
from ._scoring import decisions
from ._state import State
from ._weights import Units

__all__ = [
    "BODY",
    "End",
    "Fit",
    "Samples",
    "Settings",
    "State",
    "Units",
    "WeightsOverflow",
    "decisions",
]
