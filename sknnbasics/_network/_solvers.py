"""The solvers: epochs of updates, and L-BFGS."""

from contextlib import suppress

import numpy as np
from scipy.optimize import minimize

from ._objective import Objective
from ._repeated import merge_repeated


def descend(theta, objective, optimizer, batches, progress, max_iter):
    """Move theta, in place, by one update a batch; True if it stopped before max_iter epochs."""
    n_samples, n_updates = objective.n_samples, len(batches)
    with np.errstate(over="ignore", invalid="ignore"):  # what diverges is found each epoch
        for _ in range(max_iter):
            progress.on_epoch_begin()
            optimizer.learning_rate = progress.learning_rate.at(progress.t)
            cost = objective.run_epoch(theta, optimizer, batches)
            progress.t += n_samples
            if progress.end_epoch(theta, float(cost), n_updates):
                return True
    return False


def lbfgs(theta, objective, progress, max_iter, max_fun):
    """Minimise by SciPy's L-BFGS-B, from theta and in place; an iteration is an epoch.

    The patience rule ends it, so SciPy's own tolerances are off. It works in
    float64, whatever the precision of theta.
    """
    n_samples = objective.n_samples
    objective = Objective(objective.backprop, merge_repeated(objective.train))

    def cost_and_gradient(x):
        cost, grad = objective(x.astype(theta.dtype))
        progress.t += n_samples
        return float(cost), grad.astype(np.float64)

    def end_iteration(intermediate_result):
        theta[:] = intermediate_result.x
        progress.on_epoch_begin()
        if progress.end_epoch(theta, float(intermediate_result.fun)):
            raise StopIteration

    n_before = len(progress.loss_curve)
    options = {"maxiter": max_iter, "maxfun": max_fun, "ftol": 0.0, "gtol": 0.0}
    try:
        result = minimize(
            cost_and_gradient,
            theta.astype(np.float64),
            jac=True,
            method="L-BFGS-B",
            callback=end_iteration,
            options=options,
        )
    finally:
        objective = None  # old versions of SciPy keep the function, and so the rows, in a circle
    if len(progress.loss_curve) == n_before:  # nothing to gain: theta is where it started
        with suppress(StopIteration):
            end_iteration(result)
    limit_reached = result.status == 1
    return not limit_reached
