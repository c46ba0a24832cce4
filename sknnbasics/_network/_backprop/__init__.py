"""Cost and gradient of a batch, and epochs: one contract, three bodies, one suite of tests."""

from functools import partial

import numpy as np
from scipy.sparse import issparse

from . import _blocked, _reference, _threaded
from ._reference import cost_and_gradient, feedforward, half_mse
from ._threaded import threads_for_rows

try:
    from . import _compiled
except ImportError:  # installed where no compiler was
    _dense, BODY = _blocked, "blocked"
else:
    _dense, BODY = _compiled, "compiled"

__all__ = [
    "BODY",
    "backprop_for",
    "cost_and_gradient",
    "feedforward",
    "half_mse",
    "threads_for_rows",
]


def backprop_for(X, n_threads=1):
    """Choose the class `Backprop` for data like X; `BODY` names the one for NumPy's arrays.

    Only what NumPy holds is shared out among more threads than one: SciPy's products gain next to
    nothing by them, and of many features each thread's gradient costs more than its rows.
    """
    if issparse(X):
        return _blocked.Backprop
    if not isinstance(X, np.ndarray):
        return _reference.Backprop
    if n_threads == 1:
        return _dense.Backprop
    return partial(_threaded.Backprop, _dense.Backprop, n_threads)
