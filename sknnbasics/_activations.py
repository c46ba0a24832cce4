"""Activation functions of the article: the step and the sigmoid."""

import numpy as np

from ._arrays import as_floats, namespace


def step(z):
    """Fire, or not: 1 where `z` > 0, else 0.

    A unit whose weighted sum only reaches the threshold does not fire, as in
    the article's bias equation.

    Parameters
    ----------
    z : array-like
        Pre-activations w·x + b.

    Returns
    -------
    ndarray of int8
        Outputs, shaped as `z`.

    See Also
    --------
    sigmoid : The step made smooth.

    Examples
    --------
    >>> from sknnbasics.functional import step
    >>> step([-0.5, 0.0, 0.5])
    array([0, 0, 1], dtype=int8)
    """
    xp, z = namespace(z)
    fires = z > 0
    return fires.astype(np.int8) if xp is np else xp.astype(fires, xp.int8)


def sigmoid(z):
    """Squash `z` into the unit interval: 1 / (1 + exp(-z)).

    Computed as (1 + tanh(z / 2)) / 2, which is the same function, never
    overflows, and is accurate to the spacing of floating-point numbers near 1.

    Parameters
    ----------
    z : array-like
        Pre-activations.

    Returns
    -------
    ndarray of float
        Activations in [0, 1], shaped as `z`.

    See Also
    --------
    sigmoid_derivative : Its slope.
    step : The function that it smooths.

    Examples
    --------
    >>> from sknnbasics.functional import sigmoid
    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    xp, z = namespace(as_floats(z))
    if hasattr(xp, "sigmoid"):  # PyTorch's: one pass over the memory instead of four
        return xp.sigmoid(z)
    a = xp.tanh(0.5 * z)
    a *= 0.5
    a += 0.5
    return a


def sigmoid_derivative(z):
    """Slope of the sigmoid at `z`: exp(-z) / (1 + exp(-z))².

    The article's ``sigmoidPrime``, computed as σ(z) (1 − σ(z)).

    Parameters
    ----------
    z : array-like
        Pre-activations.

    Returns
    -------
    ndarray of float
        Slopes in [0, 1/4], shaped as `z`.

    See Also
    --------
    sigmoid : The function whose slope this is.

    Examples
    --------
    >>> from sknnbasics.functional import sigmoid_derivative
    >>> sigmoid_derivative([0.0])
    array([0.25])
    """
    a = sigmoid(z)
    return a * (1 - a)
