"""Choose and judge the defaults of SigmoidMLPRegressor.

Mean test R² and fit time over several data sets and splits, behind a
StandardScaler, for the defaults, for candidates beside them, and for
scikit-learn's MLPRegressor(max_iter=2000), each split fitted by all in turn.

    python tests/benchmarks/bench_defaults.py                  # the defaults
    python tests/benchmarks/bench_defaults.py --candidates     # what they were chosen from
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.datasets import (
    load_diabetes,
    load_linnerud,
    make_friedman1,
    make_friedman2,
    make_friedman3,
    make_regression,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import SigmoidMLPRegressor

DATA = {
    "diabetes": load_diabetes(return_X_y=True),
    "friedman1": make_friedman1(500, noise=1.0, random_state=0),
    "friedman2": make_friedman2(500, noise=50.0, random_state=0),
    "friedman3": make_friedman3(500, noise=0.1, random_state=0),
    "linnerud": load_linnerud(return_X_y=True),
    "regression": make_regression(500, 20, n_informative=10, noise=20.0, random_state=0),
}


def candidates():
    """Models beside the defaults, one knob at a time."""
    models = {}
    for solver, rates in {"adam": (0.005, 0.01, 0.02, 0.05), "sgd": (0.1, 0.3, 0.5, 1)}.items():
        for rate in rates:
            models[f"{solver} rate {rate}"] = {"solver": solver, "learning_rate_init": rate}
        for alpha in (0, 1e-3, 1e-2, 1e-1):
            models[f"{solver} alpha {alpha}"] = {"solver": solver, "alpha": alpha}
        for batch_size in (32, 64, 100):
            models[f"{solver} batch {batch_size}"] = {"solver": solver, "batch_size": batch_size}
        models[f"{solver} normal"] = {"solver": solver, "init": "standard_normal"}
    return {name: SigmoidMLPRegressor(**params) for name, params in models.items()}


def measure(models, data, n_splits):
    """R² and seconds of each model, data set and split: {model: array (data, split, 2)}."""
    results = {name: np.empty((len(data), n_splits, 2)) for name in models}
    for row, (X, y) in enumerate(data.values()):
        for split in range(n_splits):
            parts = train_test_split(X, y, test_size=0.3, random_state=split)
            X_train, X_test, y_train, y_test = parts
            for name, model in models.items():
                pipeline = make_pipeline(StandardScaler(), clone(model))
                pipeline[-1].set_params(random_state=split)
                start = time.perf_counter()
                pipeline.fit(X_train, y_train)
                seconds = time.perf_counter() - start
                results[name][row, split] = pipeline.score(X_test, y_test), seconds
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", action="store_true")
    parser.add_argument("--splits", type=int, default=10)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    peer = "MLPRegressor(max_iter=2000)"
    models = {peer: MLPRegressor(max_iter=2000)}
    models |= {f"{s} (default)": SigmoidMLPRegressor(solver=s) for s in ("adam", "sgd", "lbfgs")}
    if arguments.candidates:
        models |= candidates()
    results = measure(models, DATA, arguments.splits)

    print("mean test R²".ljust(30), *(f"{name:>10}" for name in DATA), f"{'mean':>8} {'time':>8}")
    for name, values in results.items():
        scores = values[..., 0].mean(axis=1)
        ratio = np.median(values[..., 1] / results[peer][..., 1])
        print(name.ljust(30), *(f"{score:10.3f}" for score in scores), end=" ")
        print(f"{scores.mean():8.3f} {ratio:8.3f}")


if __name__ == "__main__":
    main()
