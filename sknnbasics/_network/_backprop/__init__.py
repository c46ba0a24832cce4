"""Cost and gradient of a batch, and epochs: one contract, three bodies, one suite of tests."""

import numpy as np
from scipy.sparse import issparse

from . import _blocked, _reference
from ._reference import cost_and_gradient, feedforward, half_mse

try:
    from . import _compiled
except ImportError:  # installed where no compiler was
    _dense, BODY = _blocked, "blocked"
else:
    _dense, BODY = _compiled, "compiled"

__all__ = ["BODY", "backprop_for", "cost_and_gradient", "feedforward", "half_mse"]


def backprop_for(X):
    """Choose the class `Backprop` for data like X; `BODY` names the one for NumPy's arrays."""
    if isinstance(X, np.ndarray):
        return _dense.Backprop
    return (_blocked if issparse(X) else _reference).Backprop
