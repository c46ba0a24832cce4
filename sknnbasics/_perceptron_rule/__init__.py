"""One epoch of the perceptron rule: one contract, one suite of tests for its bodies."""

from ._reference import run_epoch
from ._units import Units

__all__ = ["Units", "run_epoch"]
