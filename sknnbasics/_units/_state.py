"""What a later call needs to go on, beside the public attributes."""

import copy
from dataclasses import dataclass

import numpy as np

from .._files import generator_of
from ._weights import Units


@dataclass
class State:
    """What a fit leaves to the next one.

    Attributes
    ----------
    rng : RandomState
    class_counts : ndarray of int, shape (n_classes,)
        Samples seen of each class.
    units : Units or None
        The weights that learn, where those that predict are others.
    learned : tuple of ndarrays, or None
        Copies of the coefficients and intercepts that were published with `units`.
    """

    rng: np.random.RandomState
    class_counts: np.ndarray
    units: Units | None = None
    learned: tuple | None = None

    def units_behind(self, weights):
        """A copy of the weights that learn; None if the published ones were replaced."""
        if self.units is None or not all(map(np.array_equal, self.learned, weights)):
            return None
        self.units.check(*weights)
        return copy.deepcopy(self.units)

    def plain(self):
        """The same in containers, numbers and arrays, which a file can hold without our types."""
        return vars(self) | {
            "rng": self.rng.get_state(legacy=False),
            "units": self.units and dict(vars(self.units)),
            "learned": self.learned and list(self.learned),
        }

    @classmethod
    def of(cls, plain):
        """The state that `plain` was made of."""
        units = plain["units"]
        rng = generator_of(plain["rng"])
        return cls(**plain | {"rng": rng, "units": units and Units(**units)})
