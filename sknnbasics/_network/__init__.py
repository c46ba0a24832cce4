"""The sigmoid network: layers, backpropagation, optimizers, stopping, one fit."""

from ._backprop import BODY, backprop_for, cost_and_gradient, feedforward, half_mse
from ._fit import End, Fit, Settings
from ._layers import Layers
from ._output_range import OutputRange, from_unit
from ._penalty import LEAST_ALPHA
from ._progress import Diverged
from ._repeated import equal_rows
from ._samples import Samples, Seen
from ._state import State

__all__ = [
    "BODY",
    "LEAST_ALPHA",
    "Diverged",
    "End",
    "Fit",
    "Layers",
    "OutputRange",
    "Samples",
    "Seen",
    "Settings",
    "State",
    "backprop_for",
    "cost_and_gradient",
    "equal_rows",
    "feedforward",
    "from_unit",
    "half_mse",
]
