"""Samples for the perceptron, its rule as a loop, and comparisons of the two."""

import warnings

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs, make_classification
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier
from sknnbasics._units import _fit


def overlapping(n_classes=2, n_samples=60):
    """Classes that no hyperplane separates: every epoch makes mistakes."""
    return make_classification(
        n_samples,
        n_features=5,
        n_informative=4,
        n_redundant=0,
        n_classes=n_classes,
        n_clusters_per_class=1,
        class_sep=0.5,
        flip_y=0.1,
        weights=[0.6] + [0.4 / (n_classes - 1)] * (n_classes - 1),
        random_state=3,
    )


def separable(seed, margin, n_samples=200, n_features=10):
    """Standard normal rows further than `margin` from a hyperplane through the origin."""
    rng = np.random.default_rng(seed)
    w = rng.standard_normal(n_features)
    w /= np.linalg.norm(w)
    X = rng.standard_normal((5 * n_samples, n_features))
    X = X[abs(X @ w) > margin][:n_samples]
    assert len(X) == n_samples
    return X, (X @ w > 0).astype(int)


def clusters():
    """Three classes, each separable from the two others."""
    return make_blobs(90, centers=[(0, 5), (5, -5), (-5, -5)], random_state=0)


def sparse_samples(n_classes=3):
    X, y = overlapping(n_classes)
    X[np.random.default_rng(0).uniform(size=X.shape) < 0.6] = 0
    return X, y


def both_start_from(n_classes, n_features=5):
    """Weights that tie with no sample; scikit-learn calls a tie a mistake of either class."""
    rng = np.random.default_rng(1)
    n_units = 1 if n_classes == 2 else n_classes
    return {
        "coef_init": rng.standard_normal((n_units, n_features)),
        "intercept_init": rng.standard_normal(n_units),
    }


class NaivePerceptron:
    """The rule, one unit a class; the average weighs those after visit number τ by 1 + … + τ."""

    def __init__(self, n_units, n_features, eta, coef=None, intercept=None, fit_intercept=True):
        self.W = np.zeros((n_units, n_features)) if coef is None else np.array(coef, float)
        self.b = np.zeros(n_units) if intercept is None else np.array(intercept, float)
        self.eta = eta
        self.fit_intercept = fit_intercept
        self.mistakes = []
        self.visited = []

    def epoch(self, X, targets, steps=None, order=None):
        """`targets` of shape (n_samples, n_units), of 0 and 1; `steps` scale eta."""
        self.mistakes.append(0)
        for i in range(len(X)) if order is None else order:
            eta = self.eta if steps is None else self.eta * steps[i]
            for k in range(len(self.W)):
                o = 1 if self.W[k] @ X[i] + self.b[k] > 0 else 0
                error = targets[i, k] - o
                if error != 0:
                    self.mistakes[-1] += 1
                    self.W[k] += eta * error * X[i]
                    self.b[k] += eta * error * self.fit_intercept
            self.visited.append((self.W.copy(), self.b.copy()))
        return self

    def average(self):
        W, b = zip(*self.visited, strict=True)
        weights = np.cumsum(np.arange(1, len(W) + 1))
        return np.average(W, axis=0, weights=weights), np.average(b, axis=0, weights=weights)


def one_hot(y):
    """A column a class, or one column in the binary case."""
    targets = (y[:, None] == np.unique(y)).astype(int)
    return targets[:, 1:] if targets.shape[1] == 2 else targets


def naive(X, y, epochs, eta=0.1, steps=None, **start):
    targets = one_hot(y)
    loop = NaivePerceptron(targets.shape[1], X.shape[1], eta, **start)
    for _ in range(epochs):
        loop.epoch(X, targets, steps)
    return loop


def naive_patience(values, corrections, tol, n_iter_no_change, n_samples):
    """The epoch at which enough epochs and corrections in a row were no better by `tol`."""
    best, waited = np.inf, []
    for epoch, (value, n_corrections) in enumerate(zip(values, corrections, strict=True), start=1):
        waited = [] if value < best - tol else [*waited, n_corrections]
        best = min(best, value)
        if len(waited) >= n_iter_no_change and sum(waited) >= 15 * n_samples**0.5:
            return epoch
    return None


def trained(X, y, epochs, *, coef_init=None, intercept_init=None, **params):
    """The plain rule in the given order, for that many epochs unless one makes no mistake."""
    settings = {"average": False, "eta0": 0.1, "shuffle": False, "tol": None, "max_iter": epochs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return PerceptronClassifier(**settings | params).fit(
            X, y, coef_init=coef_init, intercept_init=intercept_init
        )


def assert_weights(model, coef, intercept):
    assert_allclose(model.coef_, coef, rtol=1e-12, atol=1e-12)
    assert_allclose(model.intercept_, intercept, rtol=1e-12, atol=1e-12)


def assert_same_model(model, other):
    """To the last bit."""
    assert_array_equal(model.coef_, other.coef_, strict=True)
    assert_array_equal(model.intercept_, other.intercept_, strict=True)
    assert_array_equal(model.mistake_curve_, other.mistake_curve_, strict=True)
    assert_array_equal(model.classes_, other.classes_)
    assert model.n_iter_ == other.n_iter_
    assert model.converged_ == other.converged_


def recorded_epochs(monkeypatch):
    """What each later epoch visited, and the weights that it left behind."""
    run_epoch, orders, weights = _fit.run_epoch, [], []

    def spy(units, X, codes, steps, order):
        orders.append(np.array(order))
        n_corrections = run_epoch(units, X, codes, steps, order)
        weights.append((units.coef.copy(), units.intercept.copy()))
        return n_corrections

    monkeypatch.setattr(_fit, "run_epoch", spy)
    return orders, weights
