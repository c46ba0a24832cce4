"""How the cost of a fit grows with the samples, and what a second core gives.

    python tests/benchmarks/bench_scaling.py

Prints the time per sample and epoch at 10^4, 10^5 and 10^6 samples, the time of
two perceptrons and of two networks in two threads against one after the other,
and that of a grid search in two processes against one. ``--quick`` runs small
sizes and checks only that the parallel results equal the serial ones.
"""

import argparse
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_limits

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

N_FEATURES = 20


def perceptron(epochs, **params):
    settings = {"average": False, "max_iter": epochs, "tol": None, "random_state": 0}
    return PerceptronClassifier(**settings | params)


def network(epochs, **params):
    settings = {"solver": "adam", "max_iter": epochs, "tol": None, "random_state": 0}
    alpha = 0.001  # the default looks at some rows before the epochs
    return SigmoidMLPRegressor(**settings | {"alpha": alpha} | params)


def data(n_samples):
    """Inputs, labels of which a tenth are flipped, and targets."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, N_FEATURES))
    labels = (X[:, 0] > 0) ^ (rng.uniform(size=n_samples) < 0.1)
    return X, labels, np.sin(X[:, 0]) + X[:, 1]


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def growth(sizes, rounds):
    """Nanoseconds per sample and epoch: {model: one per size}, the median of rounds in turn.

    A round before them is not counted: the first fit of a process imports and allocates.
    """
    models = {
        "PerceptronClassifier": (perceptron(20), 1),
        "SigmoidMLPRegressor, batches of 200": (network(1, batch_size=200), 2),
        "SigmoidMLPRegressor, full batch": (network(3, solver="sgd", batch_size=None), 2),
    }
    sets = [data(n) for n in sizes]
    table = {}
    for name, (model, target) in models.items():
        times = [
            [seconds(partial(model.fit, d[0], d[target])) / len(d[0]) for d in sets]
            for _ in range(1 + rounds)
        ]
        table[name] = 1e9 * np.median(times[1:], axis=0) / model.max_iter
    return table


def threads(model, X, y, rounds):
    """Time of two fits in two threads, over that of the two in turn."""

    def fit(seed):
        return clone(model).set_params(random_state=seed).fit(X, y).predict(X)

    with ThreadPoolExecutor(2) as pool:
        for parallel, seed in zip(pool.map(fit, (0, 1)), (0, 1), strict=True):
            np.testing.assert_array_equal(parallel, fit(seed))
        ratios = [
            seconds(lambda: list(pool.map(fit, (0, 1)))) / seconds(lambda: [fit(0), fit(1)])
            for _ in range(rounds)
        ]
    return np.median(ratios)


def grid_search(n_samples, epochs, rounds):
    """Time of a grid search in one process, over that in two."""
    X, _, y = data(n_samples)
    grid = {"alpha": [0.001, 0.003, 0.01, 0.03]}
    serial, parallel = (
        GridSearchCV(network(epochs), grid, cv=4, n_jobs=n, refit=False) for n in (1, 2)
    )
    scores = [search.fit(X, y).cv_results_["mean_test_score"] for search in (serial, parallel)]
    np.testing.assert_allclose(*scores, rtol=1e-9)
    ratios = [
        seconds(lambda: serial.fit(X, y)) / seconds(lambda: parallel.fit(X, y))
        for _ in range(rounds)
    ]
    return np.median(ratios), np.mean(serial.cv_results_["mean_fit_time"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    if arguments.quick:
        X, labels, y = data(1000)
        threads(perceptron(2), X, labels, 1)
        threads(network(2), X, y, 1)
        grid_search(200, 2, 1)
        print("parallel results equal the serial ones")
        return

    sizes = (10**4, 10**5, 10**6)
    print(
        "nanoseconds per sample and epoch".ljust(38), *(f"{n:>9}" for n in sizes), "  largest/least"
    )
    with threadpool_limits(1):
        for name, times in growth(sizes, arguments.rounds).items():
            ratio = times.max() / times.min()
            print(name.ljust(38), *(f"{t:9.1f}" for t in times), f"{ratio:15.2f}")
    X, labels, y = data(100_000)
    ratio = threads(perceptron(40), X, labels, arguments.rounds)
    print(f"two perceptrons in two threads / in turn: {ratio:.2f}")
    ratio = threads(network(20, batch_size=200), X, y, arguments.rounds)
    print(f"two networks, batches of 200, in two threads / in turn: {ratio:.2f}")
    ratio, fit = grid_search(15_000, 60, arguments.rounds)
    print(f"grid search with n_jobs=1 / n_jobs=2: {ratio:.2f} (fits of {fit:.2f} s)")


if __name__ == "__main__":
    main()
