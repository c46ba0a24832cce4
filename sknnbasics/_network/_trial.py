"""Penalties put to the proof on rows that a short training does not see."""

import math

import numpy as np

from ._backprop import backprop_for
from ._objective import Objective, Rows
from ._progress import Diverged, Progress
from ._solvers import lbfgs
from ._stopping import Patience

MAX_ITER = 200
CLEARLY_BETTER = 0.8  # what is left of the error where another penalty is taken


def tried_alpha(estimated, others, layers, theta, rows):
    """The estimated penalty, or another that leaves clearly less error.

    Each trains on two rows of three, from theta, and is judged on the third.

    Parameters
    ----------
    estimated : float
    others : sequence of float
    layers : Layers
    theta : ndarray
        Initial parameters; left as they are.
    rows : Rows
        NumPy's or CSR.
    """
    held_out = np.arange(len(rows.T)) % 3 == 2
    parts = [Rows(rows.X[part], rows.T[part], rows.s[part]) for part in (~held_out, held_out)]
    bar = CLEARLY_BETTER * _error(estimated, layers, theta, *parts)
    errors = {alpha: _error(alpha, layers, theta, *parts) for alpha in others}
    best = min(errors, key=errors.get)
    return best if errors[best] < bar else estimated


def _error(alpha, layers, theta, train, held_out):
    """Half the mean squared error on the rows held out, after a training on the others."""
    theta = theta.copy()
    backprop = backprop_for(train.X)(layers, alpha, float(train.s.sum()))
    progress = Progress(Patience(1e-4, 10))
    try:
        lbfgs(theta, Objective(backprop, train), progress, MAX_ITER, 2 * MAX_ITER)
    except Diverged:
        return math.inf
    error = float(backprop.cost(theta, *held_out))
    return error if math.isfinite(error) else math.inf
