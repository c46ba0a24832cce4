"""What a later call needs to go on, beside the public attributes."""

from dataclasses import dataclass, replace

import numpy as np

from .._files import generator_of
from ._layers import Layers
from ._optimizers import Adam, GradientDescent
from ._output_range import OutputRange
from ._samples import Seen
from ._stopping import Patience

OPTIMIZERS = {"adam": Adam, "sgd": GradientDescent}


@dataclass
class State:
    """What a fit leaves to the next one.

    Attributes
    ----------
    layers : Layers
    output_range : OutputRange
    optimizer : GradientDescent, Adam or None
    rng : RandomState
    patience : Patience
    initial_rate : float or None
        The initial learning rate, and by what a schedule has shrunk it.
    shrinkage : float
    flat : bool
        Whether the targets came as a vector.
    warned : bool
        Whether it was said that a target lies outside the range.
    seen : Seen
        The rows of the last `fit`, and of all chunks after it.
    """

    layers: Layers
    output_range: OutputRange
    optimizer: GradientDescent | Adam | None
    rng: np.random.RandomState
    patience: Patience
    initial_rate: float | None
    shrinkage: float
    flat: bool
    warned: bool
    seen: Seen

    def __sklearn_array_api_convert__(self, convert):
        """The same state where scikit-learn moves the estimator to."""
        if self.optimizer is None:
            return self
        moments = {k: convert(v) for k, v in vars(self.optimizer).items() if hasattr(v, "shape")}
        return replace(self, optimizer=replace(self.optimizer, **moments | {"scratch": None}))

    def plain(self):
        """The same in containers, numbers and arrays, which a file can hold without our types."""
        optimizer = self.optimizer
        if optimizer is not None:
            optimizer = {"kind": type(optimizer).__name__} | vars(optimizer)
            del optimizer["scratch"]
        return vars(self) | {
            "layers": dict(vars(self.layers)),
            "output_range": dict(vars(self.output_range)),
            "optimizer": optimizer,
            "rng": self.rng.get_state(legacy=False),
            "patience": dict(vars(self.patience)),
            "seen": dict(vars(self.seen)),
        }

    @classmethod
    def of(cls, plain):
        """The state that `plain` was made of; files of earlier versions come through here."""
        optimizer = plain["optimizer"]
        if optimizer is not None:
            kinds = {kind.__name__: kind for kind in OPTIMIZERS.values()}
            settings = {name: value for name, value in optimizer.items() if name != "kind"}
            optimizer = kinds[optimizer["kind"]](**settings)
        patience = {k: v for k, v in plain["patience"].items() if k != "relative"}  # of 0.1.0
        structures = {
            "layers": Layers(**plain["layers"]),
            "output_range": OutputRange(**plain["output_range"]),
            "optimizer": optimizer,
            "rng": generator_of(plain["rng"]),
            "patience": Patience(**patience),
            "seen": Seen(**plain.get("seen", {})),  # not in those of 0.1.0
        }
        state = cls(**plain | structures)
        state._check_sizes()
        return state

    def _check_sizes(self):
        """Refuse arrays that do not fit the layers."""
        sizes = dict.fromkeys(("velocity", "mean", "square"), (self.layers.n_parameters,))
        sizes |= dict.fromkeys(("low", "high"), (self.layers.sizes[-1],))
        for holder in (self.optimizer, self.output_range):
            for name, expected in sizes.items():
                array = getattr(holder, name, None)
                if array is not None and tuple(array.shape) != expected:
                    raise ValueError(f"{name} has the shape {tuple(array.shape)}, not {expected}")
