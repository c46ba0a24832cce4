"""How the parameters of a network lie in one flat vector."""

from dataclasses import dataclass
from math import prod

import numpy as np

from .._arrays import namespace


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

    def __str__(self):
        return f"layers of {self.sizes} units and fit_intercept={self.fit_intercept}"

    @property
    def coef_shapes(self):
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def intercept_shapes(self):
        return [(n,) for n in self.sizes[1:]] if self.fit_intercept else []

    @property
    def n_weights(self):
        """How many parameters are no biases: the first ones."""
        return sum(map(prod, self.coef_shapes))

    @property
    def n_parameters(self):
        return sum(map(prod, self.coef_shapes + self.intercept_shapes))

    def split(self, theta):
        """Views of `theta`: the list of W⁽ˡ⁾ and the list of b⁽ˡ⁾ (empty without biases)."""
        xp, _ = namespace(theta)
        views, start = [], 0
        for shape in self.coef_shapes + self.intercept_shapes:
            stop = start + prod(shape)
            views.append(xp.reshape(theta[start:stop], shape))
            start = stop
        n_layers = len(self.coef_shapes)
        return views[:n_layers], views[n_layers:]

    def lists(self, theta):
        """The same views, with zeros for biases that are no parameters."""
        coefs, intercepts = self.split(theta)
        return coefs, intercepts or [abs(0 * theta[:n]) for n in self.sizes[1:]]

    def join(self, coefs, intercepts):
        """One new theta from the lists; biases that are no parameters are left out."""
        parts = [*coefs, *intercepts] if self.fit_intercept else coefs
        xp, _ = namespace(coefs[0])
        concat = np.concatenate if xp is np else xp.concat
        return concat([xp.reshape(part, (-1,)) for part in parts])

    def draw(self, init, rng):
        """A random theta, layer by layer: W⁽¹⁾, b⁽¹⁾, W⁽²⁾, …

        "glorot_uniform": uniform within ±4 √(6 / (fan_in + fan_out)), the bound
        for sigmoid units (Glorot, Bengio 2010). The output layer keeps a seventh
        of it, √(2 / (fan_in + fan_out)), so that it starts off its flat ends.
        "standard_normal": the article's ``randn``.
        """
        theta = np.empty(self.n_parameters)
        coefs, intercepts = self.split(theta)
        for layer, W in enumerate(coefs):
            is_output = layer == len(coefs) - 1
            bound = ((2.0 if is_output else 96.0) / sum(W.shape)) ** 0.5
            for values in [W, *intercepts[layer : layer + 1]]:
                if init == "glorot_uniform":
                    values[...] = rng.uniform(-bound, bound, values.shape)
                else:
                    values[...] = rng.standard_normal(values.shape)
        return theta

    def begin_at(self, means, theta):
        """Set the output biases so that outputs begin near the `means` of their targets.

        Where they begin elsewhere, the first epochs do nothing but move them,
        overshoot, and leave the other weights flat. They are rounded, so that
        the last digits of a mean, which the order of the rows moves, do not show.
        """
        means = np.clip(means, 0.01, 0.99)
        self.split(theta)[1][-1][...] = np.log(means / (1 - means)).round(6)
