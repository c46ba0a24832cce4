"""How the parameters of a network lie in one flat vector."""

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Layers:
    """Sizes of the layers, and the views of a flat `theta` as weights and biases.

    theta holds W⁽¹⁾, W⁽²⁾, … row by row, then b⁽¹⁾, b⁽²⁾, … unless
    `fit_intercept` is False.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer: the inputs, the hidden layers, the outputs.
    fit_intercept : bool
        Whether the biases are parameters.
    """

    sizes: tuple
    fit_intercept: bool = True

    @property
    def coef_shapes(self):
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def intercept_shapes(self):
        return [(n,) for n in self.sizes[1:]] if self.fit_intercept else []

    @property
    def n_parameters(self):
        return sum(map(prod, self.coef_shapes + self.intercept_shapes))

    def split(self, theta):
        """Views of `theta`: the list of W⁽ˡ⁾ and the list of b⁽ˡ⁾ (empty without biases)."""
        views, start = [], 0
        for shape in self.coef_shapes + self.intercept_shapes:
            stop = start + prod(shape)
            views.append(theta[start:stop].reshape(shape))
            start = stop
        n_layers = len(self.coef_shapes)
        return views[:n_layers], views[n_layers:]
