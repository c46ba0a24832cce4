"""Fit PerceptronClassifier and its peers on the same samples for the same epochs.

Each case is first fitted on small integers by both, where every sum is exact
and no sample is a tie: the weights must be equal. Then both are timed in turn
in this process, and the table has the median over the rounds of the peer's
time divided by ours.

    python tests/benchmarks/bench_perceptron.py            # all cases
    python tests/benchmarks/bench_perceptron.py --quick    # small, agreement only
"""

import argparse
import warnings
from dataclasses import dataclass, replace
from statistics import geometric_mean, median
from time import perf_counter

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron

from sknnbasics import PerceptronClassifier


@dataclass(frozen=True)
class Case:
    n_samples: int
    n_features: int
    n_epochs: int
    n_classes: int = 2
    n_stored: int | None = None  # values in a row of a CSR matrix; None: dense
    n_jobs: int | None = None  # of the peer
    dtype: type = np.float64

    def __str__(self):
        layout = "dense" if self.n_stored is None else f"CSR {self.n_stored}/row"
        jobs = "" if self.n_jobs is None else f", n_jobs={self.n_jobs}"
        return (
            f"{self.n_samples} x {self.n_features} {layout}, {self.n_classes} classes, "
            f"{np.dtype(self.dtype).name}{jobs}"
        )

    def shrunk(self):
        return replace(self, n_samples=300, n_features=min(self.n_features, 60), n_epochs=3)


LAYOUTS = [
    Case(500, 10, 20),
    Case(100_000, 5, 40),
    Case(100_000, 20, 20),
    Case(20_000, 100, 20),
    Case(20_000, 500, 10),
    Case(5_000, 2_000, 10),
    Case(20_000, 784, 5, n_classes=10),
    Case(20_000, 784, 5, n_classes=10, n_jobs=2),
    Case(20_000, 50_000, 20, n_stored=50),
    Case(20_000, 50_000, 5, n_classes=20, n_stored=50),
]
CASES = [replace(case, dtype=dtype) for case in LAYOUTS for dtype in (np.float64, np.float32)]
MLXTEND_CASE = Case(20_000, 20, 5)


def samples(case, rng):
    """Draw X and labels that no weights separate.

    One sample in twelve is a copy of another with the next label: redrawn
    labels alone can be learned where there are more features than samples.
    """
    if case.n_stored is None:
        X = rng.standard_normal((case.n_samples, case.n_features), dtype=np.float32)
        X = X.astype(case.dtype)
    else:
        X = random_csr(case, rng)
    teacher = rng.standard_normal((case.n_features, case.n_classes)).astype(case.dtype)
    y = (X @ teacher).argmax(axis=1)
    rows = np.arange(case.n_samples)
    copies = np.arange(1, case.n_samples, 12)
    rows[copies] = copies - 1
    y[copies] = (y[copies - 1] + 1) % case.n_classes
    return X[rows], y


def random_csr(case, rng):
    shape = (case.n_samples, case.n_features)
    # One column out of each of n_stored equal ranges: sorted, without duplicates.
    width = case.n_features // case.n_stored
    columns = rng.integers(width, size=(case.n_samples, case.n_stored), dtype=np.int32)
    columns += width * np.arange(case.n_stored, dtype=np.int32)
    data = rng.standard_normal(columns.size).astype(case.dtype)
    indptr = np.arange(0, columns.size + 1, case.n_stored, dtype=np.int32)
    return sparse.csr_matrix((data, columns.ravel(), indptr), shape=shape)


def ours(case, **params):
    settings = {"average": False, "max_iter": case.n_epochs, "tol": None, "random_state": 0}
    return PerceptronClassifier(**settings | params)


def theirs(case, **params):
    return Perceptron(
        max_iter=case.n_epochs, tol=None, random_state=0, n_jobs=case.n_jobs, **params
    )


def check_agreement(case):
    """Fit both on small integers in the same order: their weights must be equal.

    Weights that start at integers and intercepts that start at one half never
    meet z = 0, where scikit-learn corrects both classes.
    """
    X, y = samples(case.shrunk(), np.random.default_rng(0))
    X = np.rint(X)
    n_units = 1 if case.n_classes == 2 else len(np.unique(y))
    start = {
        "coef_init": np.zeros((n_units, X.shape[1])),
        "intercept_init": np.full(n_units, 0.5),
    }
    # On sparse X scikit-learn moves the intercept by a hundredth of the step.
    same = {"shuffle": False, "eta0": 1.0, "fit_intercept": case.n_stored is None}
    model = ours(case.shrunk(), **same).fit(X, y, **start)
    peer = theirs(case.shrunk(), **same).fit(X, y, **start)
    assert model.coef_.dtype == case.dtype
    np.testing.assert_array_equal(model.coef_, peer.coef_)
    np.testing.assert_array_equal(model.intercept_, peer.intercept_)


def seconds(fit):
    start = perf_counter()
    fit()
    return perf_counter() - start


def measure(name, our_fit, their_fit, n_rounds):
    """Time both in turn; print and return the median ratio."""
    times = np.array([(seconds(our_fit), seconds(their_fit)) for _ in range(n_rounds)])
    ratio = median(times[:, 1] / times[:, 0])
    our_time, their_time = np.median(times, axis=0)
    print(f"{name:56s} {our_time:9.4f} {their_time:9.4f} {ratio:8.2f}", flush=True)
    return ratio


def against_sklearn(case, n_rounds):
    X, y = samples(case, np.random.default_rng(0))
    # A fit that converged would have done less work than the peer's.
    assert ours(case).fit(X, y).n_iter_ == theirs(case).fit(X, y).n_iter_ == case.n_epochs
    return measure(
        str(case), lambda: ours(case).fit(X, y), lambda: theirs(case).fit(X, y), n_rounds
    )


def against_mlxtend(case, n_rounds):
    try:
        from mlxtend.classifier import Perceptron as MlxtendPerceptron
    except ImportError:
        print("mlxtend is not installed: skipped")
        return
    X, y = samples(case, np.random.default_rng(0))
    peer = MlxtendPerceptron(epochs=case.n_epochs, random_seed=0)
    measure(f"mlxtend, {case}", lambda: ours(case).fit(X, y), lambda: peer.fit(X, y), n_rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, agreement only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    cases = [case for case in CASES if arguments.only in str(case)]
    for case in cases:
        check_agreement(case)
    print(f"agree: {len(cases)} cases")
    if arguments.quick:
        return
    print(f"{'case':56s} {'ours s':>9s} {'peer s':>9s} {'ratio':>8s}")
    ratios = [against_sklearn(case, arguments.rounds) for case in cases]
    if ratios:
        print(f"geometric mean {geometric_mean(ratios):.2f}, least {min(ratios):.2f}")
    if arguments.only in "mlxtend":
        against_mlxtend(MLXTEND_CASE, arguments.rounds)


if __name__ == "__main__":
    main()
