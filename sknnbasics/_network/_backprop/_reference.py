"""Feedforward, cost and backpropagation, equation by equation: the specification.

The functions take the weights as lists of matrices and are written against
the array API, so that they run where their arrays live. Layers count from 1
as in the article: ``coefs[l-1]`` is W⁽ˡ⁾, which leads from a⁽ˡ⁾ to z⁽ˡ⁺¹⁾. An empty
list of intercepts means units without bias, as in the article's listing.
"""

from scipy.sparse import issparse

from ..._activations import sigmoid
from ..._arrays import namespace
from ._by_batch import ByBatch


def feedforward(X, coefs, intercepts):
    """Activations of every layer: [a⁽¹⁾ = X, a⁽²⁾, …, a⁽ᴸ⁾ = ŷ].

    Parameters
    ----------
    X : array or sparse matrix of shape (n_samples, n_features)
    coefs, intercepts : lists of arrays

    Returns
    -------
    list of arrays, each of shape (n_samples, n_units of the layer)
    """
    activations = [X]
    for layer, W in enumerate(coefs):
        z = activations[-1] @ W  # (1), (3)
        if intercepts:
            z = z + intercepts[layer]
        activations.append(sigmoid(z))  # (2), (4)
    return activations


def half_mse(a, T, s):
    """Half the mean squared error, 1/(2 Σs) Σ sᵢ ‖aᵢ − tᵢ‖²: equation (5), weighted.

    Parameters
    ----------
    a, T : arrays of shape (n_samples, n_outputs)
        Outputs of the network, and targets.
    s : array of shape (n_samples,)
        Sample weights.

    Returns
    -------
    0-dimensional float
    """
    xp, a = namespace(a)
    return 0.5 * xp.sum(s[:, None] * (a - T) ** 2) / xp.sum(s)


def cost_and_gradient(X, T, s, coefs, intercepts, alpha, total_weight=None):
    """Cost J of equation (6) and its gradient, by backpropagation.

    J is `half_mse` plus the penalty alpha/(2 Σs) Σ‖W⁽ˡ⁾‖². With delta⁽ˡ⁾ = ∂J/∂z⁽ˡ⁾,
    the sign of the error included, from the output layer L down:

        delta⁽ᴸ⁾ = −(t − ŷ) f'(z⁽ᴸ⁾)                  (7)-(10)
        delta⁽ˡ⁾ = delta⁽ˡ⁺¹⁾ W⁽ˡ⁾ᵀ f'(z⁽ˡ⁾)          (11)-(14)
        ∂J/∂W⁽ˡ⁾ = a⁽ˡ⁾ᵀ delta⁽ˡ⁺¹⁾                   (10), (15)
        ∂J/∂b⁽ˡ⁾ = Σᵢ deltaᵢ⁽ˡ⁺¹⁾

    where f'(z) = a (1 − a), and each row carries its weight sᵢ / Σs.

    Parameters
    ----------
    X : array or sparse matrix of shape (n_samples, n_features)
    T : array of shape (n_samples, n_outputs)
    s : array of shape (n_samples,)
    coefs, intercepts : lists of arrays
    alpha : float
    total_weight : float, default=None
        Σs of the penalty, where the rows are a batch of more; None: that of the rows.

    Returns
    -------
    cost : 0-dimensional float
    coef_grads, intercept_grads : lists of arrays
        Shaped as `coefs` and `intercepts`.
    """
    xp, s = namespace(s)
    total = xp.sum(s)
    activations = feedforward(X, coefs, intercepts)
    deltas = _deltas(activations, T, (s / total)[:, None], coefs)
    cost = half_mse(activations[-1], T, s)
    coef_grads = [a.T @ delta for a, delta in zip(activations[:-1], deltas, strict=True)]
    intercept_grads = [xp.sum(delta, axis=0) for delta in deltas] if intercepts else []
    if alpha:
        decay = alpha / (total if total_weight is None else total_weight)
        cost = cost + 0.5 * decay * sum(xp.sum(W**2) for W in coefs)
        coef_grads = [grad + decay * W for grad, W in zip(coef_grads, coefs, strict=True)]
    return cost, coef_grads, intercept_grads


def _deltas(activations, T, row_weights, coefs):
    """[delta⁽²⁾, …, delta⁽ᴸ⁾]."""
    a = activations[-1]
    deltas = [-(T - a) * row_weights * a * (1 - a)]
    for a, W in zip(activations[-2:0:-1], coefs[:0:-1], strict=True):
        delta = deltas[0] @ W.T
        delta *= a  # in place: a fresh array costs more than the arithmetic
        delta *= 1 - a
        deltas.insert(0, delta)
    return deltas


def _batch(X, T, s, rows):
    """Rows by a slice, or by numbers that live where T and s live; X may be sparse."""
    if isinstance(rows, slice):
        return X[rows, :], T[rows, :], s[rows]
    xp, _ = namespace(T)
    x = X[rows] if issparse(X) else xp.take(X, rows, axis=0)
    return x, xp.take(T, rows, axis=0), xp.take(s, rows, axis=0)


class Backprop(ByBatch):
    """The functions above for parameters in one flat vector.

    Parameters
    ----------
    layers : Layers
    alpha : float
        L2 penalty.
    total_weight : float, default=None
        Σs of all rows that training sees, so that the cost of a batch estimates
        theirs; None: that of the rows of the call.
    """

    def __init__(self, layers, alpha, total_weight=None):
        self.layers = layers
        self.alpha = alpha
        self.total_weight = total_weight
        self._theta = self._views = None

    def cost_and_gradient(self, theta, X, T, s, rows=None):
        """Cost and gradient of the batch `rows`, or of all rows, at `theta`.

        The gradient, shaped as theta, may be overwritten by the next call.
        """
        if rows is not None:
            X, T, s = _batch(X, T, s, rows)
        coefs, intercepts = self._split(theta)
        cost, *grads = cost_and_gradient(X, T, s, coefs, intercepts, self.alpha, self.total_weight)
        return cost, self.layers.join(*grads)

    def cost(self, theta, X, T, s):
        """Half the mean squared error of all rows at `theta`, without the penalty."""
        return half_mse(self.predict(theta, X), T, s)

    def predict(self, theta, X):
        """Output activations, of shape (n_samples, n_outputs)."""
        return feedforward(X, *self._split(theta))[-1]

    def _split(self, theta):
        """The lists of theta, kept as long as it is moved in place: they are views."""
        if theta is not self._theta:
            self._theta, self._views = theta, self.layers.split(theta)
        return self._views
