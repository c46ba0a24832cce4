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
from functools import lru_cache
from statistics import median
from time import perf_counter, sleep
from unittest.mock import patch

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification, make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor, _threads
from sknnbasics._show_versions import blas_in_use

# The loop of the busy process may first be given our processor, and threads of BLAS that the last
# fit has woken turn round for some hundredths of a second.
PAUSE = 0.2

FULL_BATCHES = {"solver": "sgd", "batch_size": None, "alpha": 0.001, "tol": None}


def friedman(n_rows, n_features):
    return make_friedman1(n_rows, n_features=n_features, noise=1.0, random_state=0)


def digits():
    return load_digits(return_X_y=True)


def ten_classes(n_rows, n_features):
    return make_classification(n_rows, n_features, n_informative=20, n_classes=10, random_state=0)


CASES = {  # an estimator, and what it learns
    "full batches of 2000 x 50-100-1": (
        SigmoidMLPRegressor(hidden_layer_sizes=(100,), max_iter=200, **FULL_BATCHES),
        (friedman, 2000, 50),
    ),
    "full batches of 20000 x 100-256-1": (
        SigmoidMLPRegressor(hidden_layer_sizes=(256,), max_iter=5, **FULL_BATCHES),
        (friedman, 20_000, 100),
    ),
    "the defaults on 500 x 20": (SigmoidMLPRegressor(), (friedman, 500, 20)),
    "L-BFGS on 500 x 20": (SigmoidMLPRegressor(solver="lbfgs"), (friedman, 500, 20)),
    "perceptron on the digits": (PerceptronClassifier(), (digits,)),
    "perceptron on 20000 x 784, 10 classes": (
        PerceptronClassifier(max_iter=5), (ten_classes, 20_000, 784)
    ),
}  # fmt: skip


@lru_cache(maxsize=1)
def data(make, *sizes):
    X, y = make(*sizes)
    return StandardScaler().fit_transform(X), y


@contextmanager
def busy_process():
    program = "print(flush=True)\nwhile True: pass"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def threads_left():
    """As if a fit set no limit, and shared out no batch."""
    with (
        patch.object(_threads, "_set", lambda *_: None),
        patch.object(_threads, "WORK_OF_A_THREAD", float("inf")),
    ):
        yield


def fitted(case):
    model, made_by = case
    return clone(model).set_params(random_state=0).fit(*data(*made_by))


def seconds(case):
    data(*case[1])  # made and kept, so that the clock does not see it
    sleep(PAUSE)
    start = perf_counter()
    fitted(case)
    return perf_counter() - start


def seconds_left(case):
    with threads_left():
        return seconds(case)


def check_agreement(case):
    ours = fitted(case)
    with threads_left():
        other = fitted(case)
    for W, expected in zip(weights_of(ours), weights_of(other), strict=True):
        np.testing.assert_allclose(W, expected, rtol=1e-6, atol=1e-8)


def weights_of(model):
    return getattr(model, "coefs_", None) or [model.coef_]


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
        f"{name:40}{1000 * median(idle):10.1f}"
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
    for model, made_by in CASES.values():
        check_agreement((clone(model).set_params(max_iter=3), made_by))
    print(f"agree: {len(CASES)} cases")
    if arguments.quick:
        return
    print(f"products by {blas_in_use()}")
    print(f"{'fit':40}{'idle, ms':>10}{'busy / idle':>13}{'with threads left':>20}"
          f"{'idle / threads left':>21}")  # fmt: skip
    for name, case in CASES.items():
        measure(name, case, arguments.rounds)


if __name__ == "__main__":
    main()
