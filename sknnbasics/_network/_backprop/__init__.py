"""Cost and gradient of a batch, and epochs: one contract, three bodies, one suite of tests."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from . import _blocked, _reference, _threaded
from ._reference import cost_and_gradient, feedforward, half_mse

try:
    from . import _compiled
except ImportError:  # installed where no compiler was
    _dense, BODY = _blocked, "blocked"
else:
    _dense, BODY = _compiled, "compiled"

__all__ = ["BODY", "backprop_for", "cost_and_gradient", "feedforward", "half_mse"]


def backprop_for(X, n_threads=1):
    """Choose the class `Backprop` for data like X; `BODY` names the one for NumPy's arrays.

    More threads than one are taken where NumPy or SciPy hold X.
    """
    if isinstance(X, np.ndarray):
        body = _dense.Backprop
    elif issparse(X):
        body = _blocked.Backprop
    else:
        return _reference.Backprop
    return body if n_threads == 1 else partial(_threaded.Backprop, body, n_threads)
