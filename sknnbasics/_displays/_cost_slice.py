"""The cost as a function of two weights: their addresses, their path, and the grid around them."""

from collections.abc import Iterable
from itertools import islice
from numbers import Integral
from operator import index

import numpy as np

from .. import functional
from .._mlp_input import fitted_rows


class CostSlice:
    """The cost as a function of two parameters, the others held; on copies of them all."""

    def __init__(self, network, weights, X, y, sample_weight):
        self._coefs = [W.copy() for W in network.coefs_]
        self._intercepts = [b.copy() for b in network.intercepts_]
        self._alpha = network._alpha()
        self._X, self._T, self._s = fitted_rows(network, X, y, sample_weight, "from_estimator")
        self._varied = [self._view(*address) for address in weights]
        self.point = np.array([float(view[0]) for view in self._varied])

    def _view(self, layer, i, j):
        if i == 0:
            return self._intercepts[layer - 1][j - 1 : j]
        return self._coefs[layer - 1][i - 1, j - 1 : j]

    def at(self, first, second):
        """J at pairs of values, in an array of their shape."""
        return np.vectorize(self._cost, otypes=[float])(first, second)

    def _cost(self, *values):
        for view, value in zip(self._varied, values, strict=True):
            view[:] = value
        a = functional.feedforward(self._X, self._coefs, self._intercepts)[-1]
        penalty = 0.5 * self._alpha * sum((W**2).sum() for W in self._coefs) / self._s.sum()
        return functional.half_mse(a, self._T, self._s) + penalty


def _addresses(network):
    """All addresses: of each layer the weights in reading order, then the biases."""
    for layer, W in enumerate(network.coefs_, start=1):
        yield from ((layer, i + 1, j + 1) for i, j in np.ndindex(W.shape))
        if network.fit_intercept:
            yield from ((layer, 0, j + 1) for j in range(W.shape[1]))


def checked_addresses(network, weights):
    """Two addresses (l, i, j), each of a parameter that the network has."""
    weights = list(islice(_addresses(network), 2)) if weights is None else weights
    try:
        first, second = (tuple(index(k) for k in address) for address in weights)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "weights must be two addresses (l, i, j), for example ((1, 1, 1), (1, 2, 1)), "
            f"got {weights!r}."
        ) from error
    for address in (first, second):
        _check_address(network, address)
    if first == second:
        raise ValueError(f"weights must be two different ones, got {first} twice.")
    return first, second


def _check_address(network, address):
    sizes = [network.coefs_[0].shape[0], *(W.shape[1] for W in network.coefs_)]
    if len(address) != 3 or not 1 <= address[0] < len(sizes):
        raise ValueError(
            f"The weight {address} must be (l, i, j) with l from 1 to {len(sizes) - 1}."
        )
    layer, i, j = address
    lowest = 0 if network.fit_intercept else 1
    if not (lowest <= i <= sizes[layer - 1] and 1 <= j <= sizes[layer]):
        raise ValueError(
            f"There is no weight {address}: in layer {layer} of this network i goes from "
            f"{lowest} to {sizes[layer - 1]} and j from 1 to {sizes[layer]}."
        )


def checked_path(path, network, weights):
    """Values of the two weights along the path, of shape (n_points, 2), or None."""
    if path is None:
        return None
    path = list(path) if isinstance(path, Iterable) else []
    if _holds_coefs(path):
        path = [_two_weights(coefs, network, weights) for coefs in path]
    try:
        pairs = np.array(path, dtype=float)
    except (TypeError, ValueError):
        pairs = np.empty(0)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.isfinite(pairs).all():
        raise ValueError(
            "path must be a list of coefs_, or finite values of the two weights, of shape "
            "(n_points, 2)."
        )
    return pairs


def _holds_coefs(path):
    try:
        return np.ndim(path[0][0]) == 2
    except (IndexError, TypeError):
        return False


def _two_weights(coefs, network, weights):
    shapes = [W.shape for W in network.coefs_]
    if [np.shape(W) for W in coefs] != shapes:
        raise ValueError(f"Each step of path must hold weights of shapes {shapes}.")
    if any(i == 0 for _, i, _ in weights):
        raise ValueError(
            "A path of coefs_ holds no biases: pass the values of the two weights, "
            "of shape (n_points, 2)."
        )
    return [coefs[layer - 1][i - 1, j - 1] for layer, i, j in weights]


def grids(point, path, span, grid_resolution):
    """Values of the two weights, one array each."""
    if not isinstance(grid_resolution, Integral) or grid_resolution < 2:
        raise ValueError(
            f"grid_resolution must be an integer of 2 or more, got {grid_resolution!r}."
        )
    if span is not None:
        span = _checked_span(span)
        low, high = point - span, point + span
    else:
        seen = point[None] if path is None else np.vstack([point, path])
        half = np.maximum(2, np.abs(point))
        margin = 0.1 * np.ptp(seen, axis=0)
        low = np.minimum(point - half, seen.min(axis=0) - margin)
        high = np.maximum(point + half, seen.max(axis=0) + margin)
    return [np.linspace(*ends, grid_resolution) for ends in zip(low, high, strict=True)]


def _checked_span(span):
    try:
        spans = np.broadcast_to(np.asarray(span, dtype=float), 2)
    except (TypeError, ValueError):
        spans = np.zeros(2)
    if not (np.isfinite(spans) & (spans > 0)).all():
        raise ValueError(
            f"span must be positive and finite, one number or one for each weight, got {span!r}."
        )
    return spans
