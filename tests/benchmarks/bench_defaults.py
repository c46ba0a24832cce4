"""Judge the defaults of both estimators on data of others, beside what a user would else pick.

A StandardScaler stands in front of everything. Each set is fitted by all models in turn, split
by split; scores are means over the splits, times are medians of the ratios to the first peer.

    python tests/benchmarks/bench_defaults.py                  # both estimators
    python tests/benchmarks/bench_defaults.py perceptron       # or network
    python tests/benchmarks/bench_defaults.py --candidates     # what the defaults were chosen from
    python tests/benchmarks/bench_defaults.py --quick          # a few sets and no verdict

It needs the extra "bench". The means of every second set stand beside those of all: a setting
is chosen on one half and confirmed on the other.
"""

import argparse
import time
import warnings
from itertools import product

import numpy as np
from data_of_others import R_SETS, keel_folds, keel_names, r_set, scikit_learn_sets, shapes
from sklearn.base import clone, is_classifier
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeCV, SGDClassifier
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

LOWEST_R2 = -1.0  # of one split: a peer that diverges is not to decide the mean
CLOSE = 0.01  # to what ten times the epochs reach: nobody needs to be warned
TIMINGS = 3  # of each split; the least counts

CLASSIFIERS = {
    "ours": PerceptronClassifier(),
    "Perceptron": Perceptron(),
    "averaged SGD": SGDClassifier(
        loss="perceptron", average=True, penalty=None, learning_rate="constant", eta0=1
    ),
    "logistic": LogisticRegression(max_iter=1000),
}
REGRESSORS = {
    "ours": SigmoidMLPRegressor(),
    "MLP": TransformedTargetRegressor(MLPRegressor(max_iter=2000), transformer=StandardScaler()),
    "RidgeCV": RidgeCV(),
}
CLASSIFIER_CANDIDATES = {
    f"average={average!r}, tol={tol}, n_iter_no_change={wait}": PerceptronClassifier(
        average=average, tol=tol, n_iter_no_change=wait
    )
    for average, tol, wait in product([False, True, "pocket"], [0.0, 1e-3], [3, 5, 10])
}
REGRESSOR_CANDIDATES = {
    f"solver={solver!r}, alpha={alpha!r}": SigmoidMLPRegressor(solver=solver, alpha=alpha)
    for solver, alpha in product(["adam", "lbfgs"], ["auto", 0.0, 1e-3, 1e-2, 1e-1])
}


class Warned:
    """Counts fits that warn without need, and fits that should warn and do not."""

    def __init__(self):
        self.n_fits = self.needless = self.missing = self.warned = 0

    def judge(self, model, X, y, warned):
        self.n_fits += 1
        self.warned += warned
        reached, constant = model.score(X, y), score_of_constant(model, y)
        if reached < constant:
            self.missing += not warned
        elif warned and best_of_ten_times_the_epochs(model, X, y) <= reached + CLOSE:
            self.needless += 1

    def __str__(self):
        return (
            f"of {self.n_fits} fits {self.warned} warned, {self.needless} of them without need; "
            f"{self.missing} that are worse than a constant did not"
        )


def score_of_constant(model, y):
    """Training score of the most frequent class, or of the mean."""
    return np.unique(y, return_counts=True)[1].max() / len(y) if is_classifier(model) else 0.0


def best_of_ten_times_the_epochs(model, X, y):
    more = {
        name: 10 * model.get_params()[name]
        for name in ("max_iter", "max_fun")
        if name in model.get_params()
    }
    return clone(model).set_params(**more).fit(X, y).score(X, y)


def seeded(model, seed):
    """A clone with this random state, wherever it lies in it."""
    states = [name for name in model.get_params() if name.endswith("random_state")]
    return clone(model).set_params(**dict.fromkeys(states, seed))


def compare(models, splits, judged=None):
    """Scores and seconds of each model on each (X_train, y_train, X_test, y_test)."""
    results = {name: np.empty((len(splits), 2)) for name in models}
    for number, (X_train, y_train, X_test, y_test) in enumerate(splits):
        scaler = StandardScaler().fit(X_train)
        X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
        for name, model in models.items():
            model = seeded(model, number)
            seconds, warned = timed_fits(model, X_train, y_train)
            score = max(model.score(X_test, y_test), LOWEST_R2)
            results[name][number] = score, seconds
            if judged is not None and name == "ours":
                judged.judge(model, X_train, y_train, warned)
    return results


def timed_fits(model, X, y):
    """The least seconds of some fits, and whether the last one gave a ConvergenceWarning."""
    times = []
    for _ in range(TIMINGS):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            start = time.perf_counter()
            model.fit(X, y)
            times.append(time.perf_counter() - start)
    return min(times), any(issubclass(w.category, ConvergenceWarning) for w in caught)


def shuffled(X, y, n_splits, test_size=0.25):
    """One (X_train, y_train, X_test, y_test) for each seed."""
    splits = [train_test_split(X, y, test_size=test_size, random_state=i) for i in range(n_splits)]
    return [(X_train, y_train, X_test, y_test) for X_train, X_test, y_train, y_test in splits]


def print_table(models, results, peer):
    """A row a set; then means, halves, sets won and lost against each peer, and times."""
    width = 22
    print("".ljust(width), *(f"{name:>14}" for name in models), f"{'time / ' + peer:>18}")
    for name, result in results.items():
        scores = [result[model][:, 0].mean() for model in models]
        print(name.ljust(width), *(f"{score:14.3f}" for score in scores), end=" ")
        print(f"{time_ratio(result, peer):18.2f}")
    means = {m: np.array([result[m][:, 0].mean() for result in results.values()]) for m in models}
    for label, part in [
        ("mean", slice(None)),
        ("even sets", slice(0, None, 2)),
        ("odd sets", slice(1, None, 2)),
    ]:
        print(label.ljust(width), *(f"{means[m][part].mean():14.4f}" for m in models))
    for other in list(models)[1:]:
        gap = means["ours"] - means[other]
        print(
            f"won {(gap > 1e-9).sum()}, lost {(gap < -1e-9).sum()} against {other}; "
            f"largest loss {max(0, -gap.min()):.3f}"
        )
    ratios = [time_ratio(result, peer) for result in results.values()]
    print(f"time of a fit / {peer}'s, geometric mean: {np.exp(np.mean(np.log(ratios))):.2f}")


def time_ratio(result, peer):
    return np.median(result["ours"][:, 1] / result[peer][:, 1])


def print_candidates(candidates, sets):
    """Mean scores of each candidate over all sets, the even and the odd ones."""
    print("candidate".ljust(52), f"{'mean':>8} {'even':>8} {'odd':>8}")
    for name, model in candidates.items():
        scores = np.array(
            [compare({"ours": model}, splits)["ours"][:, 0].mean() for splits in sets.values()]
        )
        halves = scores.mean(), scores[::2].mean(), scores[1::2].mean()
        print(name.ljust(52), *(f"{mean:8.4f}" for mean in halves))


def separable_sets(n_sets=100, n_samples=200, n_features=10):
    """Standard normal rows on both sides of a hyperplane through the origin, margin 0."""
    for seed in range(n_sets):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((n_samples, n_features))
        yield X, (X @ rng.standard_normal(n_features) > 0).astype(int)


def gates(n_bits):
    """All functions of the corners of a cube that have two values."""
    X = np.array(list(product([0.0, 1.0], repeat=n_bits)))
    for outputs in product([0, 1], repeat=len(X)):
        if len(set(outputs)) == 2:
            yield X, np.array(outputs)


def is_separable(X, y):
    """Whether a linear program finds weights with a margin."""
    from scipy.optimize import linprog

    signs = np.where(y > 0, 1, -1)[:, None]
    A = -signs * np.column_stack([X, np.ones(len(X))])
    return linprog(np.zeros(A.shape[1]), A, -np.ones(len(A)), bounds=(None, None)).status == 0


def judge_perceptron(quick):
    names = keel_names()[: 4 if quick else None]
    judged = Warned()
    results = {name: compare(CLASSIFIERS, keel_folds(name), judged) for name in names}
    print_table(CLASSIFIERS, results, "Perceptron")

    n_splits = 2 if quick else 10
    own = {"digits": load_digits(return_X_y=True), "cancer": load_breast_cancer(return_X_y=True)}
    results = {
        name: compare(CLASSIFIERS, shuffled(X, y, n_splits), judged) for name, (X, y) in own.items()
    }
    print()
    print_table(CLASSIFIERS, results, "Perceptron")
    print(judged)
    print_separated(quick)


def print_separated(quick):
    """What is separable should be separated."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    for n_bits in (2,) if quick else (2, 3):
        separable = [(X, y) for X, y in gates(n_bits) if is_separable(X, y)]
        learned = [PerceptronClassifier(random_state=0).fit(X, y) for X, y in separable]
        exact = [
            model.converged_ and model.score(X, y) == 1
            for model, (X, y) in zip(learned, separable, strict=True)
        ]
        print(f"gates of {n_bits} bits: {sum(exact)} of {len(separable)} separable ones learned")
    sets = list(separable_sets(10 if quick else 100))
    for settings in ({}, {"tol": None, "max_iter": 100_000}):
        model = PerceptronClassifier(random_state=0, **settings)
        short = sum(clone(model).fit(X, y).score(X, y) < 1 for X, y in sets)
        print(f"separable sets of margin 0, {settings or 'defaults'}: {short} of {len(sets)} short")


def judge_network(quick):
    n_splits, judged = (1 if quick else 3), Warned()
    sets = {name: r_set(name) for name in list(R_SETS)[: 4 if quick else None]}
    results = {
        name: compare(REGRESSORS, shuffled(X, y, n_splits), judged) for name, (X, y) in sets.items()
    }
    print_table(REGRESSORS, results, "MLP")
    print()
    results = {
        name: compare(REGRESSORS, shuffled(X, y, n_splits), judged)
        for name, (X, y) in ({} if quick else scikit_learn_sets()).items()
    }
    results |= {name: compare(REGRESSORS, splits, judged) for name, splits in shapes().items()}
    print_table(REGRESSORS, results, "MLP")
    print(judged)
    print_solved()


def print_solved():
    """What has two values should be told apart, and a skewed curve fitted, by every seed."""
    problems = shapes()
    for name in ("XOR", "circles, 0 or 1"):
        shares = [
            np.mean(np.round(model.predict(X)) == y)
            for model, X, y in fitted(SigmoidMLPRegressor(), problems[name])
        ]
        print(f"{name}, rounded, each seed:", *(f"{share:.3f}" for share in shares))
    skewed = problems["exp, normal z"]
    scores = [
        [model.score(X, y) for model, X, y in fitted(model, skewed)]
        for model in (SigmoidMLPRegressor(), RidgeCV())
    ]
    pairs = zip(*scores, strict=True)
    print(
        "exp, each seed, ours / RidgeCV:", *(f"{ours:.3f} / {ridge:.3f}" for ours, ridge in pairs)
    )


def fitted(model, splits):
    """A pipeline fitted to each split, and what it is tested on."""
    for number, (X_train, y_train, X_test, y_test) in enumerate(splits):
        scaled = make_pipeline(StandardScaler(), seeded(model, number))
        yield scaled.fit(X_train, y_train), X_test, y_test


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="?", choices=["perceptron", "network"])
    parser.add_argument("--candidates", action="store_true")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.part != "network":
        if arguments.candidates:
            print_candidates(CLASSIFIER_CANDIDATES, {n: keel_folds(n) for n in keel_names()})
        else:
            judge_perceptron(arguments.quick)
            print()
    if arguments.part != "perceptron":
        if arguments.candidates:
            sets = {name: shuffled(*r_set(name), 3) for name in R_SETS}
            print_candidates(REGRESSOR_CANDIDATES, sets)
        else:
            judge_network(arguments.quick)


if __name__ == "__main__":
    main()
