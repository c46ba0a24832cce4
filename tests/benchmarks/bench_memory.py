"""Peak memory of a full-batch fit and of predict, on 1 000 000 × 20 with 100 hidden units.

Each runs in a process of its own. What counts is how far the peak rises above
the resident memory before the call, X included there. Linux only.

    python tests/benchmarks/bench_memory.py
"""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from sknnbasics import SigmoidMLPRegressor

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


def model():
    return SigmoidMLPRegressor(
        hidden_layer_sizes=(N_HIDDEN,),
        solver="sgd",
        batch_size=None,
        learning_rate_init=0.1,
        max_iter=2,
        tol=None,
        y_range=(0, 1),
        random_state=0,
    )


def measure(what):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((N_ROWS, N_FEATURES)), rng.uniform(0.2, 0.8, N_ROWS)
    if what == "fit":
        return peak_rise(lambda: model().fit(X, y)), 1.3 * X.nbytes + 100 * MB
    fitted = model().fit(X[:1000], y[:1000])
    return peak_rise(lambda: fitted.predict(X)), y.nbytes + 100 * MB


def main():
    if len(sys.argv) > 1:
        rise, limit = measure(sys.argv[1])
        print(
            f"{sys.argv[1]:<8} peak rises by {rise / MB:6.1f} MB, at most {limit / MB:.0f} wanted"
        )
        sys.exit(rise > limit)
    codes = [
        subprocess.run([sys.executable, __file__, what]).returncode for what in ("fit", "predict")
    ]
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
