"""The article's mathematics as pure functions on arrays.

Weights are lists: ``coefs[l-1]`` is W⁽ˡ⁾ of shape (n_units of layer l, n_units
of layer l + 1), ``intercepts[l-1]`` is b⁽ˡ⁾; leave the intercepts out for the
article's units without bias. Nothing is validated, fitted or kept, so the
functions also serve as the building blocks of other training loops.
"""

from . import _network
from ._activations import sigmoid, sigmoid_derivative, step
from ._arrays import as_floats, namespace

__all__ = [
    "cost_and_gradient",
    "feedforward",
    "half_mse",
    "sigmoid",
    "sigmoid_derivative",
    "step",
]


def feedforward(X, coefs, intercepts=None):
    """Compute the activations of every layer of a sigmoid network, equations (1) to (4).

    Parameters
    ----------
    X : {array, sparse matrix} of shape (n_samples, n_features)
        Inputs, the activations of layer 1.
    coefs : list of arrays
        Weight matrices.
    intercepts : list of arrays, default=None
        Biases; None for none.

    Returns
    -------
    list of arrays
        The layers a⁽¹⁾ = X, a⁽²⁾, …, ŷ; one row per sample, one column per unit.

    See Also
    --------
    cost_and_gradient : What training needs beside it.
    sknnbasics.SigmoidMLPRegressor.feedforward : The same for a fitted network.

    Examples
    --------
    >>> import numpy as np
    >>> from sknnbasics.functional import feedforward
    >>> W1, W2 = np.zeros((2, 3)), np.ones((3, 1))
    >>> feedforward(np.array([[3.0, 5.0]]), [W1, W2])[-1]
    array([[0.81757448]])
    """
    return _network.feedforward(X, coefs, _biases(intercepts))


def half_mse(y_pred, y_true, sample_weight=None):
    """Half the mean squared error, equation (5): 1/(2 Σs) Σ sᵢ ‖ŷᵢ − yᵢ‖².

    The article's code sums where its equation takes the mean; this is the
    equation.

    Parameters
    ----------
    y_pred, y_true : arrays of shape (n_samples, n_outputs) or (n_samples,)
        Outputs of the network, and targets.
    sample_weight : array of shape (n_samples,), default=None
        Weights s; None for ones.

    Returns
    -------
    float
        The cost, in the squared units of `y_true`.

    See Also
    --------
    cost_and_gradient : The cost as a function of the weights, with its gradient.

    Examples
    --------
    >>> import numpy as np
    >>> from sknnbasics.functional import half_mse
    >>> float(half_mse(np.array([[0.5], [1.0]]), np.array([[0.0], [1.0]])))
    0.0625
    """
    y_pred = as_floats(_columns(y_pred))
    y_true = as_floats(_columns(y_true), y_pred.dtype)
    return _network.half_mse(y_pred, y_true, _weights(y_true, sample_weight))


def cost_and_gradient(X, y, coefs, intercepts=None, *, sample_weight=None, alpha=0.0):
    """Cost of a batch, equation (6), and its gradient by backpropagation, (7) to (15).

    The cost is `half_mse` plus the penalty alpha/(2 Σs) Σ‖W⁽ˡ⁾‖².

    Parameters
    ----------
    X : {array, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array of shape (n_samples, n_outputs) or (n_samples,)
        Targets in the unit interval.
    coefs : list of arrays
        Weight matrices.
    intercepts : list of arrays, default=None
        Biases; None for none.
    sample_weight : array of shape (n_samples,), default=None
        Weights s; None for ones.
    alpha : float, default=0.0
        L2 penalty.

    Returns
    -------
    cost : float
        J.
    coef_grads : list of arrays
        ∂J/∂W⁽ˡ⁾, shaped as `coefs`.
    intercept_grads : list of arrays
        ∂J/∂b⁽ˡ⁾, shaped as `intercepts`; empty without biases.

    See Also
    --------
    feedforward : The activations alone.
    half_mse : The cost of given outputs.
    sknnbasics.SigmoidMLPRegressor.cost_gradient : The gradient of a fitted network.

    Examples
    --------
    >>> import numpy as np
    >>> from sknnbasics.functional import cost_and_gradient
    >>> X, y = np.array([[3.0, 5.0], [5.0, 1.0]]), np.array([[0.75], [0.82]])
    >>> cost, coef_grads, _ = cost_and_gradient(X, y, [np.zeros((2, 1))])
    >>> round(float(cost), 6)
    0.041225
    >>> coef_grads[0]
    array([[-0.29375],
           [-0.19625]])
    """
    y = _columns(y)
    s = _weights(y, sample_weight)
    return _network.cost_and_gradient(X, y, s, coefs, _biases(intercepts), alpha)


def _biases(intercepts):
    return [] if intercepts is None else list(intercepts)


def _columns(y):
    """Targets or outputs with one column an output, also where there is one output only."""
    xp, y = namespace(y)
    return xp.reshape(y, (-1, 1)) if y.ndim == 1 else y


def _weights(y, sample_weight):
    if sample_weight is None:
        xp, y = namespace(y)
        return xp.ones_like(y[:, 0])
    return namespace(sample_weight)[1]
