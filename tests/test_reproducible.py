"""The same seed gives the same model: in another interpreter, worker, thread or body."""

import copy
import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.model_selection import cross_validate
from threadpoolctl import threadpool_limits

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics._units import BODY, _fit, _orders, _reference, _scoring

rng = np.random.default_rng(0)
X = rng.normal(size=(90, 5))
y = np.tanh(X[:, 0]) + X[:, 1] * X[:, 2]
labels = np.array(["left", "middle", "right"])[np.digitize(y, [-0.5, 0.5])]

network = SigmoidMLPRegressor(
    hidden_layer_sizes=(6,), solver="adam", max_iter=8, tol=None, random_state=0
)
perceptron = PerceptronClassifier(max_iter=8, tol=None, random_state=0)
PROBLEMS = {
    "adam": (network, y),
    "sgd": (clone(network).set_params(solver="sgd", early_stopping=True), y),
    "lbfgs": (clone(network).set_params(solver="lbfgs"), y),
    "perceptron": (clone(perceptron).set_params(early_stopping=True), labels),
    "averaged perceptron": (
        clone(perceptron).set_params(average=True, class_weight={"left": 2, "middle": 1}),
        labels,
    ),
}
every_problem = pytest.mark.parametrize(("estimator", "target"), PROBLEMS.values(), ids=PROBLEMS)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def weights(model):
    if isinstance(model, PerceptronClassifier):
        return [model.coef_, model.intercept_]
    return [*model.coefs_, *model.intercepts_]


def bits(model):
    return [(array.dtype, array.shape, array.tobytes()) for array in weights(model)]


def print_digests():
    for name, (estimator, target) in PROBLEMS.items():
        print(name, hashlib.sha256(repr(bits(estimator.fit(X, target))).encode()).hexdigest())


def test_interpreters_of_other_hashes_learn_the_same_bits():
    printed = [
        subprocess.run(
            [sys.executable, "-W", "ignore", __file__],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout.splitlines()
        for seed in ("1", "2")
    ]
    assert len(printed[0]) == len(PROBLEMS)
    assert printed[0] == printed[1]


@every_problem
def test_workers_learn_the_same_bits(estimator, target):
    models = {}
    with threadpool_limits(1), parallel_config("loky", inner_max_num_threads=1):
        for n_jobs in (1, 2):
            folds = cross_validate(estimator, X, target, cv=2, n_jobs=n_jobs, return_estimator=True)
            models[n_jobs] = folds["estimator"]
    assert [bits(model) for model in models[2]] == [bits(model) for model in models[1]]


# L-BFGS lets a difference in rounding grow tenfold every few iterations.
@pytest.mark.parametrize(("solver", "n_epochs"), [("adam", 5), ("sgd", 5), ("lbfgs", 10)])
def test_two_threads_of_blas_learn_the_same_up_to_rounding(solver, n_epochs):
    X = np.random.default_rng(0).normal(size=(3000, 60))
    y = np.tanh(X[:, 0]) + X[:, 1] * X[:, 2]
    model = clone(network).set_params(hidden_layer_sizes=(50,), solver=solver, max_iter=n_epochs)
    model.set_params(alpha=0.01)  # "auto" compares whole fits, of which rounding might decide
    with threadpool_limits(1):
        alone = weights(clone(model).fit(X, y))
    with threadpool_limits(2):
        for W, expected in zip(weights(model.fit(X, y)), alone, strict=True):
            assert_allclose(W, expected, rtol=0, atol=1e-12)


@pytest.mark.skipif(BODY == "reference", reason="no other body is installed")
@pytest.mark.parametrize("form", [np.asarray, csr_array])
@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"average": True},
        {"average": False},
        {"fit_intercept": False, "threshold": 2},
        {"early_stopping": True, "validation_fraction": 0.3},
        {"class_weight": {0: 0.5, 1: 2}, "shuffle": False},
    ],
    ids=str,
)
def test_either_body_learns_the_same_bits(monkeypatch, form, precision, n_classes, settings):
    monkeypatch.setattr(_orders, "MANY_ROWS", 1)  # so that the body shuffles
    # Small whole numbers: sums are exact in any order, and each body divides the same ones.
    rng = np.random.default_rng(0)
    Z = rng.integers(-4, 5, size=(64, 7)) * rng.integers(0, 2, size=(64, 7))
    codes = np.digitize(Z[:, 0] + rng.integers(-2, 3, size=64), [0, 2][: n_classes - 1])
    Z = form(Z.astype(precision))
    model = clone(perceptron).set_params(eta0=1, **settings)
    compiled = clone(model).fit(Z, codes)
    expected = in_whole_numbers(compiled).decision_function(Z)
    monkeypatch.setattr(_orders, "shuffle_into", _reference.shuffle_into)
    monkeypatch.setattr(_fit, "run_epoch", _reference.run_epoch)
    monkeypatch.setattr(_scoring, "preactivations", _reference.preactivations)
    monkeypatch.setattr(_scoring, "weigh_mistakes", _reference.weigh_mistakes)
    model.fit(Z, codes)
    assert bits(model) == bits(compiled)
    assert_array_equal(model.mistake_curve_, compiled.mistake_curve_, strict=True)
    assert_array_equal(in_whole_numbers(model).decision_function(Z), expected, strict=True)


def in_whole_numbers(model):
    """The model with rounded weights: sums of an average itself would round, in either order."""
    whole = copy.copy(model)
    whole.coef_, whole.intercept_ = np.round(10 * model.coef_), np.round(10 * model.intercept_)
    return whole


if __name__ == "__main__":
    print_digests()
