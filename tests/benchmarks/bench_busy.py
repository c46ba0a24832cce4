"""What a fit takes beside another process that holds a processor, and on an idle machine.

    python tests/benchmarks/bench_busy.py [--quick] [--rounds 9]

Prints for each fit its time beside the busy process over its idle time, the same
with the threads of BLAS left as they are, and the idle time over that with the
threads left. The three are taken in turn; what is printed is the median over the
rounds. ``--quick`` checks only that both ways learn the same.
"""

import argparse
import subprocess
import sys
import warnings
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from unittest.mock import patch

import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from sknnbasics import SigmoidMLPRegressor
from sknnbasics._network import _fit, _threads

FULL_BATCHES = {"solver": "sgd", "batch_size": None, "alpha": 0.001, "tol": None}
CASES = {  # rows, features, parameters
    "full batches of 2000 x 50-100-1": (
        2000, 50, {**FULL_BATCHES, "hidden_layer_sizes": (100,), "max_iter": 200}
    ),
    "full batches of 20000 x 100-256-1": (
        20_000, 100, {**FULL_BATCHES, "hidden_layer_sizes": (256,), "max_iter": 5}
    ),
    "the defaults on 500 x 20": (500, 20, {}),
    "L-BFGS on 500 x 20": (500, 20, {"solver": "lbfgs"}),
}  # fmt: skip


def data(n_rows, n_features):
    X, y = make_friedman1(n_rows, n_features=n_features, noise=1.0, random_state=0)
    return StandardScaler().fit_transform(X), y


@contextmanager
def busy_process():
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def threads_left():
    """As if a fit set no limit, and shared out no batch."""
    with (
        patch.object(_threads, "_set", lambda *_: None),
        patch.object(_fit, "WORK_OF_A_THREAD", float("inf")),
    ):
        yield


def fitted(case):
    n_rows, n_features, params = case
    return SigmoidMLPRegressor(**params, random_state=0).fit(*data(n_rows, n_features))


def seconds(case):
    n_rows, n_features, params = case
    X, y = data(n_rows, n_features)
    start = perf_counter()
    SigmoidMLPRegressor(**params, random_state=0).fit(X, y)
    return perf_counter() - start


def seconds_left(case):
    with threads_left():
        return seconds(case)


def check_agreement(case):
    ours = fitted(case)
    with threads_left():
        other = fitted(case)
    for W, expected in zip(ours.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(W, expected, rtol=1e-6, atol=1e-8)


def measure(name, case, n_rounds):
    seconds(case)  # which imports and allocates
    idle, left, busy, busy_left = [], [], [], []
    for _ in range(n_rounds):
        idle.append(seconds(case))
        left.append(seconds_left(case))
        with busy_process():
            busy.append(seconds(case))
            busy_left.append(seconds_left(case))
    print(
        f"{name:36}{1000 * median(idle):14.1f}"
        f"{median(busy) / median(idle):13.2f}{median(busy_left) / median(left):20.2f}"
        f"{median(i / o for i, o in zip(idle, left, strict=True)):21.2f}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only check, on few epochs")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    for n_rows, n_features, params in CASES.values():
        check_agreement((n_rows, n_features, {**params, "max_iter": 3}))
    print(f"agree: {len(CASES)} cases")
    if arguments.quick:
        return
    print(f"{'fit':36}{'idle, ms':>14}{'busy / idle':>13}{'with threads left':>20}"
          f"{'idle / threads left':>21}")  # fmt: skip
    for name, case in CASES.items():
        measure(name, case, arguments.rounds)


if __name__ == "__main__":
    main()
