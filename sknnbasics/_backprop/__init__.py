"""Cost and gradient of a batch: one contract, one suite of tests for its bodies."""

from ._layers import Layers
from ._reference import Backprop, cost_and_gradient, feedforward, half_mse

__all__ = ["Backprop", "Layers", "cost_and_gradient", "feedforward", "half_mse"]
