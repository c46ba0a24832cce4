"""Cost and gradient of a batch: one contract, two bodies, one suite of tests."""

import numpy as np
from scipy.sparse import issparse

from . import _blocked, _reference
from ._reference import cost_and_gradient, feedforward, half_mse

__all__ = ["backprop_for", "cost_and_gradient", "feedforward", "half_mse"]


def backprop_for(X):
    """Choose the class `Backprop` for data like X: NumPy and CSR have a faster one."""
    fast = isinstance(X, np.ndarray) or issparse(X)
    return _blocked.Backprop if fast else _reference.Backprop
