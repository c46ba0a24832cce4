"""What scaling does for the perceptron, beside how far apart the features are in size.

The size of a feature is its largest absolute value. The sets are those of
data_of_others.py as they come, where targets of regression become two classes,
above and below their median, and wine and breast cancer of scikit-learn. Where
the perceptron warns was chosen on one half of the sets of R and confirmed on the
other, and so the gains are printed.

    python tests/benchmarks/bench_unscaled.py
    python tests/benchmarks/bench_unscaled.py --quick    # a few sets

It needs the extra "bench".
"""

import argparse
import warnings

import numpy as np
from data_of_others import R_SETS, keel_folds, keel_names, r_set
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier
from sknnbasics._validation import MOST_APART

N_SPLITS = 5


def splits_of(X, y):
    for seed in range(N_SPLITS):
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
        yield X_train, y_train, X_test, y_test


def halves_of(name):
    """A set of R, its targets as whether they lie above their median."""
    X, y = r_set(name)
    return splits_of(X, y > np.median(y))


def apart(X):
    """The largest feature by the smallest that is not all zeros."""
    sizes = abs(X).max(axis=0)
    return sizes.max() / sizes[sizes > 0].min()


def fitted(model, X, y):
    """A fitted clone, and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        return clone(model).fit(X, y), bool(caught)


def compare(name, splits):
    """Print and return how far apart the sizes are, and the accuracies without and with scaling."""
    rows = []
    for seed, (X_train, y_train, X_test, y_test) in enumerate(splits):
        perceptron = PerceptronClassifier(random_state=seed)
        raw, warned = fitted(perceptron, X_train, y_train)
        scaled, _ = fitted(make_pipeline(StandardScaler(), perceptron), X_train, y_train)
        scores = raw.score(X_test, y_test), scaled.score(X_test, y_test)
        rows.append((apart(X_train), *scores, warned))
    ratio, raw, scaled, warned = np.mean(rows, axis=0)
    print(f"{name:18s} {ratio:12.1f} {raw:8.3f} {scaled:8.3f} {scaled - raw:+8.3f} {warned:8.1f}")
    return ratio, raw, scaled


def print_gain(name, rows):
    """The mean gain by scaling where the sizes are far apart, and elsewhere."""
    rows = np.array(rows)
    for kind, chosen in (("above", rows[:, 0] > MOST_APART), ("up to", rows[:, 0] <= MOST_APART)):
        gains = (rows[:, 2] - rows[:, 1])[chosen]
        if len(gains):
            print(
                f"{name}, {kind} {MOST_APART}: {len(gains)} sets, mean gain {gains.mean():+.3f}, "
                f"from {gains.min():+.3f} to {gains.max():+.3f}"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few sets")
    n_sets = 3 if parser.parse_args().quick else None

    print(f"{'set':18s} {'apart':>12s} {'raw':>8s} {'scaled':>8s} {'gain':>8s} {'warned':>8s}")
    of_r = [compare(name, halves_of(name)) for name in list(R_SETS)[:n_sets]]
    others = [compare(name, keel_folds(name)) for name in keel_names()[:n_sets]]
    for load in (load_wine, load_breast_cancer):
        others.append(compare(load.__name__[5:], splits_of(*load(return_X_y=True))))
    print_gain("even sets of R", of_r[::2])
    print_gain("odd sets of R", of_r[1::2])
    print_gain("other sets", others)


if __name__ == "__main__":
    main()
