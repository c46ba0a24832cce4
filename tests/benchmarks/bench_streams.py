"""Streams: what small chunks learn beside whole data, and whether a long stream slows down.

    python tests/benchmarks/bench_streams.py

Prints the test R² of `partial_fit` in chunks beside that of `fit` in batches of the same
size and as many passes, on Friedman's first function; and the time of a call at the end of
many, over that of one at the beginning. ``--quick`` takes few of each and gives no verdict.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.datasets import make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

AS_GOOD = 0.03  # of R²
AS_FAST = 1.1
WINDOW = 100  # calls at either end, of which the medians count


def chunk_sizes(n_samples, n_passes, noise, seed):
    """{rows of a chunk: R² of a stream of chunks, R² of `fit` in batches of that size}."""
    X, y = make_friedman1(2 * n_samples, noise=noise, random_state=seed)
    X = scale(X)
    new = X[n_samples:], y[n_samples:]
    ends = y.min(), y.max()
    scores = {}
    for n_rows in (1, 10, 50, 200):
        stream = SigmoidMLPRegressor(y_range=ends, random_state=seed)
        for _ in range(n_passes):
            for start in range(0, n_samples, n_rows):
                rows = slice(start, min(start + n_rows, n_samples))
                stream.partial_fit(X[rows], y[rows])
        whole = SigmoidMLPRegressor(
            solver="adam", batch_size=n_rows, max_iter=n_passes, tol=None, random_state=seed
        ).fit(X[:n_samples], y[:n_samples])
        scores[n_rows] = stream.score(*new), whole.score(*new)
    return scores


def slowdown(model, n_calls):
    """Time of the last calls of `partial_fit` on ten rows, over that of the first ones."""
    seconds_of_calls(model, WINDOW)  # the first calls of a process import and allocate
    times = seconds_of_calls(model, n_calls)
    return np.median(times[-WINDOW:]) / np.median(times[:WINDOW])


def seconds_of_calls(model, n_calls):
    X = np.random.default_rng(0).normal(size=(10, 5))
    y = (X[:, 0] > 0) * 1.0
    model = clone(model)
    model.partial_fit(X, y, **({"classes": [0, 1]} if is_classifier(model) else {}))
    times = []
    for _ in range(n_calls):
        start = time.perf_counter()
        model.partial_fit(X, y)
        times.append(time.perf_counter() - start)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore", ConvergenceWarning)

    print("test R² of a stream, of fit        chunks of 1           10           50          200")
    shortfalls = []
    for noise in (0, 1):
        for seed in range(1 if quick else 6):
            scores = chunk_sizes(100 if quick else 2000, 2 if quick else 20, noise, seed)
            cells = " ".join(f"{stream:6.3f} {whole:5.3f}" for stream, whole in scores.values())
            print(f"Friedman 1, noise {noise}, seed {seed}".ljust(34), cells, flush=True)
            shortfalls += [whole - stream for stream, whole in scores.values()]
    print(f"a stream falls short by at most {max(shortfalls):.3f}, wanted {AS_GOOD}")

    slow = []
    for model in (PerceptronClassifier(), SigmoidMLPRegressor()):
        slow.append(slowdown(model, 2 * WINDOW if quick else 100_000))
        print(f"{type(model).__name__}: last calls / first calls {slow[-1]:.2f}, wanted {AS_FAST}")
    if not quick and (max(shortfalls) > AS_GOOD or max(slow) > AS_FAST):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
