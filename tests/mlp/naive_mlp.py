"""Samples for the network, what its training does as loops, and comparisons of the two."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sknnbasics import SigmoidMLPRegressor

each_solver = pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
each_optimizer = pytest.mark.parametrize("solver", ["adam", "sgd"])


def samples(n_samples=50, n_outputs=1, n_features=4, seed=0):
    """A smooth function and a little noise; a vector of targets where there is one output."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features))
    Y = np.sin(X @ rng.standard_normal((n_features, n_outputs)))
    Y = 10 + 3 * Y + 0.3 * rng.standard_normal(Y.shape)
    return X, Y.ravel() if n_outputs == 1 else Y


def small(**params):
    """A network for the tests: few units, few epochs, and all of them."""
    settings = {
        "hidden_layer_sizes": (5,),
        "solver": "adam",
        "max_iter": 10,
        "tol": None,
        "alpha": 0,
        "random_state": 0,
    }
    return SigmoidMLPRegressor(**settings | params)


def overfitting(solver):
    """Few rows and many units: the validation cost turns upward."""
    rng = np.random.default_rng(0)
    X, X_val = rng.standard_normal((30, 4)), rng.standard_normal((30, 4))
    y = X[:, 0] + rng.standard_normal(30)
    y_val = X_val[:, 0] + rng.standard_normal(30)
    params = {
        "solver": solver,
        "hidden_layer_sizes": (20,),
        "batch_size": 10,
        "learning_rate_init": {"adam": 0.1, "sgd": 3.0, "lbfgs": "auto"}[solver],
        "early_stopping": True,
        "random_state": 0,
        "alpha": 0,
    }
    return params, (X, y), {"X_val": X_val, "y_val": y_val}


Y_RANGE = (0.0, 20.0)


def unit(Y):
    return Y.reshape(len(Y), -1) / 20


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def naive_cost_and_gradient(X, T, s, coefs, intercepts, alpha):
    """Equations (1) to (15), sample by sample."""
    cost = alpha / 2 * sum((W**2).sum() for W in coefs)
    coef_grads = [alpha * W for W in coefs]
    intercept_grads = [np.zeros_like(b) for b in intercepts]
    for x, t, weight in zip(X, T, s, strict=True):
        activations = [x]
        for W, b in zip(coefs, intercepts, strict=True):
            activations.append(sigmoid(activations[-1] @ W + b))
        a = activations[-1]
        cost += weight / 2 * ((a - t) ** 2).sum()
        delta = weight * (a - t) * a * (1 - a)
        for layer in reversed(range(len(coefs))):
            a = activations[layer]
            coef_grads[layer] += np.outer(a, delta)
            intercept_grads[layer] += delta
            delta = coefs[layer] @ delta * a * (1 - a)
    return cost / s.sum(), [grad / s.sum() for grad in [*coef_grads, *intercept_grads]]


class NaiveMomentum:
    def __init__(self, momentum, nesterov):
        self.momentum, self.nesterov, self.velocities = momentum, nesterov, None

    def update(self, parameters, grads, rate):
        m = self.momentum
        self.velocities = self.velocities or [np.zeros_like(p) for p in parameters]
        self.velocities = [m * v - rate * g for v, g in zip(self.velocities, grads, strict=True)]
        for p, v, g in zip(parameters, self.velocities, grads, strict=True):
            p += m * v - rate * g if self.nesterov else v


class NaiveAdam:
    def __init__(self, beta_1, beta_2, epsilon):
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.t, self.means, self.squares = 0, None, None

    def update(self, parameters, grads, rate):
        self.t += 1
        self.means = self.means or [np.zeros_like(p) for p in parameters]
        self.squares = self.squares or [np.zeros_like(p) for p in parameters]
        rate *= np.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        for p, g, m, v in zip(parameters, grads, self.means, self.squares, strict=True):
            m[...] = self.beta_1 * m + (1 - self.beta_1) * g
            v[...] = self.beta_2 * v + (1 - self.beta_2) * g**2
            p -= rate * m / (np.sqrt(v) + self.epsilon)


def naive_batches(s, batch_size, order):
    """Batches as rows, the part of its weight with which each comes, and the weight that fills it.

    A row of more than the mean weight comes in equal parts at even distances.
    Laid end to end, the parts make a line that is cut where a batch is full.
    """
    if batch_size >= len(s):
        return [(list(order), s[order], s.sum())]
    mean, visits = s.sum() / len(s), []
    for rank, row in enumerate(order):
        times = max(1, int(np.ceil(s[row] / mean - 1e-6)))
        visits += [((k + rank / len(s)) / times, rank, row, s[row] / times) for k in range(times)]
    batches = [[] for _ in range(0, len(s), batch_size)]
    reached = 0.0
    for _, _, row, part in sorted(visits):
        middle = (reached + part / 2) / mean
        batches[int(middle // batch_size)].append((row, part))
        reached += part
    sizes = [min(batch_size, len(s) - start) for start in range(0, len(s), batch_size)]
    return [
        ([row for row, _ in batch], np.array([part for _, part in batch]), size * mean)
        for batch, size in zip(batches, sizes, strict=True)
    ]


def naive_descent(
    rows, coefs, intercepts, optimizer, *, rates, epochs, batch_size, alpha=0.0, orders=None
):
    """The weights after so many epochs, and the cost of each one.

    `rows` are X, T and s, `rates(t, curve)` the learning rate of an epoch after t samples.
    """
    X, T, s = rows
    coefs, intercepts = [W.copy() for W in coefs], [b.copy() for b in intercepts]
    curve, t = [], 0
    for epoch in range(epochs):
        order = np.arange(len(X)) if orders is None else orders[epoch]
        rate, costs, weights = rates(t, curve), [], []
        for batch, parts, full in naive_batches(s, batch_size, order):
            share = alpha * parts.sum() / s.sum()  # the penalty is divided by all of Σs
            cost, grads = naive_cost_and_gradient(
                X[batch], T[batch], parts, coefs, intercepts, share
            )
            grads = [parts.sum() / full * grad for grad in grads]
            optimizer.update([*coefs, *intercepts], grads, rate)
            costs.append(cost)
            weights.append(parts.sum())
        curve.append(np.average(costs, weights=weights))
        t += len(X)
    return coefs, intercepts, curve


def naive_wait(solver, n_iter_no_change, n_batches):
    """Epochs that make `n_iter_no_change`, and ten updates for each of them."""
    return n_iter_no_change if solver == "lbfgs" else n_iter_no_change * max(1, 10 / n_batches)


def naive_patience(curve, tol, wait):
    """The epoch after which `wait` in a row were not below best · (1 − tol)."""
    best, stalled = np.inf, 0
    for epoch, cost in enumerate(curve, start=1):
        stalled = 0 if epoch == 1 or cost < best * (1 - tol) else stalled + 1
        best = min(best, cost)
        if stalled >= wait:
            return epoch
    return None


def random_start(sizes, seed=1):
    rng = np.random.default_rng(seed)
    coefs = [rng.standard_normal(shape) for shape in pairwise(sizes)]
    return coefs, [rng.standard_normal(n) for n in sizes[1:]]


def parameters(model):
    return np.concatenate([p.ravel() for p in [*model.coefs_, *model.intercepts_]])


def assert_parameters(model, coefs, intercepts, atol):
    for ours, theirs in zip(
        [*model.coefs_, *model.intercepts_], [*coefs, *intercepts], strict=True
    ):
        assert_allclose(ours, theirs, rtol=0, atol=atol)


def assert_same_model(model, other):
    """To the last bit."""
    assert_array_equal(parameters(model), parameters(other), strict=True)
    assert model.loss_curve_ == other.loss_curve_
    assert model.validation_loss_curve_ == other.validation_loss_curve_
    assert (model.n_iter_, model.t_) == (other.n_iter_, other.t_)
    assert (model.loss_, model.best_loss_) == (other.loss_, other.best_loss_)
    assert_array_equal([model.y_low_, model.y_high_], [other.y_low_, other.y_high_])
