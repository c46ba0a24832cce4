"""When training ends, and when it warns."""

import pickle
import warnings

import numpy as np
import pytest
from both_estimators import unconverged
from naive_mlp import each_optimizer, each_solver, naive_patience, naive_wait, samples, small
from numpy.testing import assert_array_equal
from sklearn.exceptions import ConvergenceWarning

from sknnbasics import SigmoidMLPRegressor


@unconverged
@each_solver
@pytest.mark.parametrize(("tol", "n_iter_no_change"), [(1e-3, 1), (1e-2, 3), (0.1, 4), (1.0, 7)])
def test_training_stops_after_exactly_n_iter_no_change_epochs(solver, tol, n_iter_no_change):
    X, y = samples()
    params = {"solver": solver, "batch_size": 10, "learning_rate_init": 0.1}
    full = small(**params, max_iter=200).fit(X, y)
    model = small(**params, max_iter=200, tol=tol, n_iter_no_change=n_iter_no_change).fit(X, y)
    wait = naive_wait(solver, n_iter_no_change, n_batches=5)
    assert model.n_iter_ == naive_patience(full.loss_curve_, tol, wait)
    assert model.loss_curve_ == full.loss_curve_[: model.n_iter_]


@unconverged
@each_solver
def test_a_tol_that_nothing_meets_stops_after_the_first_epoch_and_the_wait(solver):
    X, y = samples()
    model = small(solver=solver, tol=1.0, n_iter_no_change=6, max_iter=100).fit(X, y)
    assert model.n_iter_ == 1 + naive_wait(solver, 6, n_batches=1)


@each_solver
def test_without_tol_all_epochs_run_and_no_warning_comes(solver):
    X, y = samples()
    model = small(solver=solver, n_iter_no_change=1, batch_size=10, max_iter=60).fit(X, y)
    assert model.n_iter_ == 60


@each_solver
def test_a_warning_names_max_iter_where_it_ends_the_training(solver):
    X, y = samples()
    model = small(solver=solver, tol=1e-4, max_iter=3)
    with pytest.warns(ConvergenceWarning, match="max_iter=3") as caught:
        model.fit(X, y)
    assert len(caught) == 1
    assert model.n_iter_ == 3


def test_at_the_limit_only_unscaled_samples_are_to_be_scaled():
    X = np.random.default_rng(0).standard_normal((200, 3))
    y = X[:, 0] - X[:, 1]
    model = SigmoidMLPRegressor(solver="lbfgs", max_iter=2, random_state=0)
    for X_given, remedy in [
        (X, r"rose\. Raise max_iter\. If"),
        (150 * X, "rose. Raise max_iter, or scale X, for"),
        (X + 15, "rose. Raise max_iter, or scale X, for"),
    ]:
        with pytest.warns(ConvergenceWarning, match=remedy):
            model.fit(X_given, y)


@each_solver
def test_no_warning_comes_where_ten_times_the_epochs_gain_nothing(solver):
    # A penalty above the cost of a constant, and a curve of which only the penalty still falls.
    for seed in range(3):
        X = np.random.default_rng(seed).standard_normal((200, 3))
        model = SigmoidMLPRegressor(solver=solver, alpha=1, max_iter=40, random_state=1)
        model.fit(X, X[:, 0] + X[:, 1])  # filterwarnings turns a warning into an error
        assert model.score(X, X[:, 0] + X[:, 1]) > 0.4


@each_solver
def test_a_constant_target_that_is_predicted_warns_of_nothing(solver):
    X, _ = samples()
    for max_iter in (1, 200):
        model = SigmoidMLPRegressor(solver=solver, max_iter=max_iter, random_state=0)
        assert_array_equal(model.fit(X, np.full(50, 3.0)).predict(X), 3.0)


@each_solver
def test_a_network_no_better_than_the_mean_says_so_and_is_never_cut_short(solver):
    X, y = samples()
    model = small(solver=solver, alpha=1e3, tol=0.1, n_iter_no_change=1, max_iter=60)
    with pytest.warns(ConvergenceWarning, match=r"no better than the mean.*lower alpha") as caught:
        model.fit(X, y)
    assert len(caught) == 1
    assert model.score(X, y) <= 1e-6
    if solver != "lbfgs":  # which ends by itself, where nothing is left to gain
        assert model.n_iter_ == 60


@each_optimizer
def test_infinite_patience_runs_all_epochs(solver):
    X, y = samples()
    model = small(solver=solver, tol=1.0, n_iter_no_change=np.inf, max_iter=300, alpha=0.1)
    assert model.fit(X, y).n_iter_ == 300
    assert pickle.loads(pickle.dumps(model)).set_params(warm_start=True, tol=None).fit(X, y)


def test_max_fun_bounds_the_evaluations_of_lbfgs():
    X, y = samples()
    model = small(solver="lbfgs", tol=0.0, max_iter=1000, max_fun=4)
    with pytest.warns(ConvergenceWarning, match="max_fun=4"):
        model.fit(X, y)
    # SciPy looks at the limit between iterations, not within a line search.
    assert 4 <= model.t_ / 50 < 4 + 20
    assert model.n_iter_ <= 4


@each_solver
def test_the_best_epoch_is_kept_where_training_can_end_early(solver):
    X, y = samples()
    params = {"solver": solver, "learning_rate_init": 0.5, "max_iter": 60, "batch_size": 10}
    last = small(**params).fit(X, y)
    best = small(**params, tol=0.0, n_iter_no_change=np.inf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        best.fit(X, y)
    assert best.loss_curve_ == last.loss_curve_
    assert best.cost(X, y) <= last.cost(X, y)
    epoch = 1 + int(np.argmin(last.loss_curve_))
    there = small(**params | {"max_iter": epoch}).fit(X, y)
    assert best.cost(X, y) == min(there.cost(X, y), last.cost(X, y))
