"""Streams: what small chunks learn beside whole data, and whether a long stream slows down.

    python tests/benchmarks/bench_streams.py

Prints the test R² of `partial_fit` in chunks beside that of `fit` in batches of the same
size and as many passes, on Friedman's first function; and the time of a call after many,
over that of one after none, in turn. ``--quick`` takes few of each and gives no verdict.
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

CHUNKS = (1, 10, 50, 200)
AS_GOOD = 0.03  # of R²
AS_FAST = 1.1
WINDOW = 100  # calls of either, in turn, of which the medians count


def scores_of_chunks(n_samples, n_passes, noise, seed):
    """{rows of a chunk: R² of a stream of chunks, R² of `fit` in batches of that size}."""
    X, y = make_friedman1(2 * n_samples, noise=noise, random_state=seed)
    X = scale(X)
    new = X[n_samples:], y[n_samples:]
    ends = y.min(), y.max()
    scores = {}
    for n_rows in CHUNKS:
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
    """Time of a call of `partial_fit` on ten rows after many, over that of one after none."""
    old, young = Stream(model), Stream(model)
    for _ in range(n_calls):
        old.call()
    times = np.array([[old.call(), young.call()] for _ in range(WINDOW)])
    return np.divide(*np.median(times, axis=0))


class Stream:
    """A model that learns the same ten rows in each call."""

    def __init__(self, model):
        self.model = clone(model)
        self.X = np.random.default_rng(0).normal(size=(10, 5))
        self.y = (self.X[:, 0] > 0) * 1.0
        classes = {"classes": [0, 1]} if is_classifier(model) else {}
        self.model.partial_fit(self.X, self.y, **classes)

    def call(self):
        """Seconds of a call."""
        start = time.perf_counter()
        self.model.partial_fit(self.X, self.y)
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore", ConvergenceWarning)

    titles = (f"{n}, {way}" for n in CHUNKS for way in ("stream", "fit"))
    print("test R² by rows of a chunk".ljust(27) + "".join(f"{title:>13}" for title in titles))
    shortfalls = {}
    for noise in (0, 1):
        for seed in range(1 if quick else 6):
            scores = scores_of_chunks(100 if quick else 2000, 2 if quick else 20, noise, seed)
            cells = "".join(f"{r2:13.3f}" for pair in scores.values() for r2 in pair)
            print(f"Friedman 1, noise {noise}, seed {seed}" + cells, flush=True)
            short = max(whole - stream for stream, whole in scores.values())
            shortfalls[noise] = max(short, shortfalls.get(noise, short))
    for noise, short in shortfalls.items():
        print(f"noise {noise}: a stream falls short by at most {short:.3f}")

    slow, n_calls = [], WINDOW if quick else 100_000
    for model in (PerceptronClassifier(), SigmoidMLPRegressor()):
        slow.append(slowdown(model, n_calls))
        name = type(model).__name__
        print(f"{name}: time of a call after {n_calls} / after none {slow[-1]:.2f}")
    # Of noise `fit` sees more than a chunk does, and chooses its penalty by it.
    if not quick and (shortfalls[0] > AS_GOOD or max(slow) > AS_FAST):
        raise SystemExit(f"wanted: {AS_GOOD} without noise, and {AS_FAST}")


if __name__ == "__main__":
    main()
