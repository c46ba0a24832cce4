"""Peak memory of a full-batch fit, of one by L-BFGS and of predict, and of many classes.

The network has 1 000 000 × 20 inputs and 100 hidden units, the perceptron 100 000 × 20 and
1000 classes. Each runs in a process of its own. What counts is how far the peak rises above
the resident memory before the call, X included there. Linux only.

    python tests/benchmarks/bench_memory.py
"""

import argparse
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

N_ROWS, N_FEATURES, N_HIDDEN = 1_000_000, 20, 100
MB = 1_000_000


def peak_rise(call):
    """Run `call`; return by how many bytes it raised the peak of the resident memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from now
    before = resident("VmRSS")
    call()
    return resident("VmHWM") - before


def resident(field):
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"{field}:\s*(\d+) kB", status)[1])


def network(**params):
    settings = {"max_iter": 2, "tol": None, "y_range": (0, 1), "random_state": 0}
    return SigmoidMLPRegressor(hidden_layer_sizes=(N_HIDDEN,), **settings | params)


def full_batch():
    return network(solver="sgd", batch_size=None, learning_rate_init=0.1)


def fit(X, y):
    return peak_rise(lambda: full_batch().fit(X, y)), 1.3 * X.nbytes + 100 * MB


def lbfgs(X, y):
    model = network(solver="lbfgs", alpha=0.01)
    return peak_rise(lambda: model.fit(X, y)), 4.5 * X.nbytes + 100 * MB


def predict(X, y):
    fitted = full_batch().fit(X[:1000], y[:1000])
    return peak_rise(lambda: fitted.predict(X)), y.nbytes + 100 * MB


def classes(X, y):
    """Classes that overlap, so that patience ends the training and the end is scored."""
    X, labels = X[:100_000], np.arange(100_000) % 1000
    model = PerceptronClassifier(random_state=0)
    return peak_rise(lambda: model.fit(X, labels)), 60 * MB


MEASURED = {measure.__name__: measure for measure in (fit, lbfgs, predict, classes)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="?", choices=MEASURED, help="one of them, in this process")
    only = parser.parse_args().only
    if only is not None:
        rng = np.random.default_rng(0)
        X, y = rng.standard_normal((N_ROWS, N_FEATURES)), rng.uniform(0.2, 0.8, N_ROWS)
        warnings.simplefilter("ignore", ConvergenceWarning)
        rise, limit = MEASURED[only](X, y)
        print(f"{only:<8} peak rises by {rise / MB:6.1f} MB, at most {limit / MB:.0f} wanted")
        sys.exit(rise > limit)
    codes = [subprocess.run([sys.executable, __file__, what]).returncode for what in MEASURED]
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
