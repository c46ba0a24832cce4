"""The penalty of chunks: that of one pass over all rows."""

import numpy as np
import pytest
from naive_mlp import (
    Y_RANGE,
    NaiveMomentum,
    assert_parameters,
    assert_same_model,
    each_optimizer,
    naive_descent,
    samples,
    small,
    unit,
)
from sklearn.datasets import make_friedman1
from sklearn.preprocessing import scale

from sknnbasics import SigmoidMLPRegressor

IN_ORDER = {"shuffle": False, "init": "standard_normal", "y_range": Y_RANGE, "alpha": 3.0}


@each_optimizer
@pytest.mark.parametrize("n_rows", [1, 5])
def test_chunks_of_all_rows_are_the_batches_of_fit(solver, n_rows):
    X, y = samples()
    model = small(solver=solver, total_samples=50, **IN_ORDER)
    for _ in range(3):
        for start in range(0, 50, n_rows):
            rows = slice(start, start + n_rows)
            model.partial_fit(X[rows], y[rows])
    whole = small(solver=solver, batch_size=n_rows, max_iter=3, **IN_ORDER).fit(X, y)
    assert_parameters(model, whole.coefs_, whole.intercepts_, atol=0)


def test_calls_with_all_rows_are_epochs_of_fit():
    X, y = samples()
    model = small(batch_size=8, alpha=3.0, total_samples=50)
    for _ in range(5):
        model.partial_fit(X, y)
    assert_same_model(model, small(batch_size=8, alpha=3.0, max_iter=5).fit(X, y))


@pytest.mark.parametrize("total_samples", [None, 75])
@pytest.mark.parametrize("weight", [1.0, 0.5])
@pytest.mark.parametrize("begins", ["fit", "partial_fit"])
def test_the_penalty_is_divided_by_all_rows(total_samples, weight, begins):
    X, y = samples()
    settings = {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.5, "batch_size": None}
    model = small(**settings, **IN_ORDER, total_samples=total_samples, max_iter=2)
    getattr(model, begins)(X[:20], y[:20], weight)
    coefs, intercepts = model.coefs_, model.intercepts_
    for start in range(20, 50, 10):
        rows = slice(start, start + 10)
        s = np.full(10, weight)
        model.partial_fit(X[rows], y[rows], s)
        n_samples = total_samples or rows.stop
        coefs, intercepts, _ = naive_descent(
            (X[rows], unit(y[rows]), s),
            coefs,
            intercepts,
            NaiveMomentum(0, False),
            rates=lambda t, curve: 0.5,
            epochs=1,
            batch_size=10,
            alpha=3.0 * 10 / n_samples,
        )
    assert_parameters(model, coefs, intercepts, atol=1e-12)


def test_fit_knows_how_many_rows_there_are():
    X, y = samples()
    params = {"alpha": 3.0, "batch_size": 8, "warm_start": True}
    told = small(total_samples=1000, **params).fit(X, y).fit(X, y)
    assert_same_model(told, small(**params).fit(X, y).fit(X, y))


@pytest.mark.parametrize("n_rows", [2, 20])
def test_small_chunks_do_not_multiply_the_penalty(n_rows):
    X, y = make_friedman1(1000, random_state=0)
    X = scale(X)
    params = {"solver": "adam", "y_range": (-5, 35), "random_state": 0}
    model = SigmoidMLPRegressor(**params)
    for _ in range(10):
        for start in range(0, 500, n_rows):
            rows = slice(start, start + n_rows)
            model.partial_fit(X[rows], y[rows])
    whole = SigmoidMLPRegressor(**params, batch_size=n_rows, max_iter=10, tol=None, alpha=0.001)
    whole.fit(X[:500], y[:500])
    new = X[500:], y[500:]
    assert model.score(*new) > whole.score(*new) - 0.03 > 0.7
