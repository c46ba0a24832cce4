"""Optimizers: each moves theta against its gradient, and does nothing else.

Each one is a dataclass: its fields are the hyperparameters, then the state
that grows with the updates. ``update(theta, grad)`` changes theta in place;
schedules, stopping and printing belong to the caller.
"""

from dataclasses import dataclass
from typing import Any


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

    def update(self, theta, grad):
        if self.velocity is None:
            self.velocity = 0 * theta
        self.velocity *= self.momentum
        self.velocity -= self.learning_rate * grad
        if self.nesterov:
            theta += self.momentum * self.velocity
            theta -= self.learning_rate * grad
        else:
            theta += self.velocity


@dataclass
class Adam:
    """Adam: steps scaled by running moments of the gradient.

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

    def update(self, theta, grad):
        if self.mean is None:
            self.mean, self.square = 0 * theta, 0 * theta
        self.t += 1
        self.mean *= self.beta_1
        self.mean += (1 - self.beta_1) * grad
        self.square *= self.beta_2
        self.square += (1 - self.beta_2) * grad**2
        unbias = (1 - self.beta_2**self.t) ** 0.5 / (1 - self.beta_1**self.t)
        theta -= (self.learning_rate * unbias) * self.mean / (self.square**0.5 + self.epsilon)
