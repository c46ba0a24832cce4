"""Optimizers: each moves theta against its gradient, and does nothing else.

Each one is a dataclass: its fields are the hyperparameters, then the state
that grows with the updates, then scratch that is neither pickled nor needed.
``update(theta, grad)`` changes theta in place and leaves grad as it was;
schedules, stopping and printing belong to the caller.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._arrays import namespace


@dataclass
class GradientDescent:
    """Gradient descent, with heavy-ball or Nesterov momentum.

        v ← momentum v − learning_rate ∂J/∂θ
        θ ← θ + v                                      (heavy ball)
        θ ← θ + momentum v − learning_rate ∂J/∂θ       (Nesterov)

    With momentum 0 both are the article's rule.

    References
    ----------
    Sutskever, Martens, Dahl, Hinton (2013), "On the importance of
    initialization and momentum in deep learning".
    """

    learning_rate: float
    momentum: float = 0.0
    nesterov: bool = False
    velocity: Any = None
    scratch: Any = field(default=None, repr=False, compare=False)

    def __getstate__(self):
        return vars(self) | {"scratch": None}

    def begin(self, theta):
        """Before an update of theta: a new velocity is zero, an old one takes theta's precision."""
        self.velocity = _like(theta, self.velocity)

    def update(self, theta, grad):
        self.begin(theta)
        if self.scratch is None:
            self.scratch = _scratch(theta)
        _, out = self.scratch
        step = _scaled(grad, self.learning_rate, out)
        self.velocity *= self.momentum
        self.velocity -= step
        if self.nesterov:
            theta -= step
            theta += _scaled(self.velocity, self.momentum, out)
        else:
            theta += self.velocity


@dataclass
class Adam:
    """Adam: steps scaled by running moments of the gradient.

        m ← m + (1 − β₁) (∂J/∂θ − m)
        v ← v + (1 − β₂) ((∂J/∂θ)² − v)
        θ ← θ − learning_rate √(1 − β₂ᵗ) / (1 − β₁ᵗ) m / (√v + epsilon)

    References
    ----------
    Kingma, Ba (2015), "Adam: a method for stochastic optimization",
    in the order of computation that its section 2 gives as efficient.
    """

    learning_rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    t: int = 0
    mean: Any = None
    square: Any = None
    scratch: Any = field(default=None, repr=False, compare=False)

    def __getstate__(self):
        return vars(self) | {"scratch": None}

    def begin(self, theta):
        """Before an update of theta: new moments are zero, old ones take theta's precision."""
        self.mean, self.square = _like(theta, self.mean), _like(theta, self.square)

    def update(self, theta, grad):
        self.begin(theta)
        if self.scratch is None:
            self.scratch = _scratch(theta)
        xp, out = self.scratch
        self.t += 1
        w = xp.subtract(grad, self.mean, **out)
        w *= 1 - self.beta_1
        self.mean += w
        w = xp.multiply(grad, grad, **out)
        w -= self.square
        w *= 1 - self.beta_2
        self.square += w
        w = xp.sqrt(self.square, **out)
        w += self.epsilon
        w = xp.divide(self.mean, w, **out)
        w *= self.learning_rate * (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        theta -= w


def _like(theta, array):
    """The array in the precision of theta, or zeros of its shape where there is none."""
    if array is not None and array.dtype == theta.dtype:
        return array
    like = 0 * theta
    if array is not None:
        like += array
    return like


def _scratch(theta):
    """The library of theta, and where NumPy, which alone can, is to write results of its size."""
    xp, _ = namespace(theta)
    return xp, {"out": np.empty_like(theta)} if xp is np else {}


def _scaled(array, factor, out):
    return np.multiply(array, factor, **out) if out else array * factor
