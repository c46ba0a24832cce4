"""A validation set of one's own or held out, and the weights that did best on it."""

import numpy as np
import pytest
from naive_mlp import (
    each_solver,
    naive_patience,
    naive_wait,
    overfitting,
    parameters,
    samples,
    small,
)
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sknnbasics import SigmoidMLPRegressor


@each_solver
def test_an_own_validation_set_fills_the_curve_without_early_stopping(solver):
    X, y = samples()
    X_val, y_val = samples(20, seed=1)
    params = {"solver": solver, "batch_size": 10, "alpha": 0.3}
    model = small(**params).fit(X, y, X_val=X_val, y_val=y_val)
    plain = small(**params).fit(X, y)
    assert_array_equal(parameters(model), parameters(plain))
    assert model.loss_curve_ == plain.loss_curve_
    assert len(model.validation_loss_curve_) == model.n_iter_ == 10
    for epochs in (1, 4, 10):
        reached = small(**params, max_iter=epochs).fit(X, y)
        cost = reached.set_params(alpha=0).cost(X_val, y_val)
        assert_allclose(model.validation_loss_curve_[epochs - 1], cost, rtol=1e-12)


def test_validation_weights_equal_repetition():
    X, y = samples()
    X_val, y_val = samples(20, seed=1)
    weights = np.arange(20) % 4
    weighted = small().fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=weights)
    repeated = small().fit(
        X, y, X_val=np.repeat(X_val, weights, axis=0), y_val=np.repeat(y_val, weights)
    )
    assert_allclose(
        weighted.validation_loss_curve_, repeated.validation_loss_curve_, rtol=0, atol=1e-7
    )


@each_solver
@pytest.mark.parametrize("own", [True, False])
def test_early_stopping_restores_the_weights_of_the_best_validation_cost(solver, own):
    params, (X, y), held_out = overfitting(solver)
    held_out = held_out if own else {}
    model = SigmoidMLPRegressor(**params, max_iter=1000).fit(X, y, **held_out)
    curve = model.validation_loss_curve_
    best = int(np.argmin(curve))
    assert best + 1 < model.n_iter_ == len(curve) == len(model.loss_curve_)
    assert model.best_loss_ == min(curve)
    assert model.loss_ == model.loss_curve_[-1]
    if own:
        cost = model.cost(held_out["X_val"], held_out["y_val"])
        assert_allclose(cost, curve[best], rtol=1e-12)
    # The weights are those of a run that ended there.
    reached = SigmoidMLPRegressor(**params, max_iter=best + 1, tol=None).fit(X, y, **held_out)
    assert_array_equal(parameters(model), parameters(reached))
    # An own set leaves all rows for training, a split does not.
    n_train = 30 if own else 27
    assert model.t_ == model.n_iter_ * n_train or solver == "lbfgs"


@each_solver
@pytest.mark.parametrize(("tol", "n_iter_no_change"), [(1e-4, 1), (1e-4, 6), (0.05, 3)])
def test_early_stopping_waits_for_the_validation_cost(solver, tol, n_iter_no_change):
    params, (X, y), held_out = overfitting(solver)
    model = SigmoidMLPRegressor(
        **params, max_iter=1000, tol=tol, n_iter_no_change=n_iter_no_change
    ).fit(X, y, **held_out)
    wait = naive_wait(solver, n_iter_no_change, n_batches=3)
    assert model.n_iter_ == naive_patience(model.validation_loss_curve_, tol, wait)


@pytest.mark.parametrize(("fraction", "n_held_out"), [(0.1, 5), (0.5, 25), (0.01, 1)])
def test_validation_fraction_is_held_out_of_the_training(fraction, n_held_out):
    X, y = samples()
    model = small(early_stopping=True, validation_fraction=fraction).fit(X, y)
    assert model.t_ == model.n_iter_ * (50 - n_held_out)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_equal_rows_are_held_out_together(kind):
    X, y = samples()
    counts = np.random.default_rng(1).integers(1, 4, 50)
    params = {"solver": "lbfgs", "early_stopping": True, "validation_fraction": 0.2}
    weighted = small(**params).fit(kind(X), y, sample_weight=counts)
    order = np.random.default_rng(2).permutation(counts.sum())
    X, y = np.repeat(X, counts, axis=0)[order], np.repeat(y, counts)[order]
    repeated = small(**params).fit(kind(X), y)
    curves = weighted.validation_loss_curve_, repeated.validation_loss_curve_
    assert_allclose(*curves, rtol=1e-12)
    assert_array_equal(parameters(weighted), parameters(repeated))


def test_the_range_covers_the_held_out_targets_too():
    X, y = samples()
    model = small(early_stopping=True, validation_fraction=0.5).fit(X, y)
    assert_array_equal(model.y_low_, small().fit(X, y).y_low_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X_val": np.zeros((3, 4))}, "X_val was passed without y_val"),
        ({"y_val": np.zeros(3)}, "y_val was passed without X_val"),
        ({"sample_weight_val": np.ones(3)}, "sample_weight_val was passed without"),
        ({"X_val": np.zeros((3, 5)), "y_val": np.zeros(3)}, "X has 5 features"),
        ({"X_val": np.zeros((3, 4)), "y_val": np.zeros((3, 2))}, "y_val has 2 outputs"),
        ({"X_val": np.zeros((3, 4)), "y_val": np.zeros(2)}, "inconsistent numbers of samples"),
    ],
)
def test_half_a_validation_set_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        small().fit(*samples(), **arguments)


def test_an_impossible_hold_out_names_its_remedy():
    with pytest.raises(ValueError, match=r"validation_fraction=0\.1 of 1 samples.*Pass more"):
        small(early_stopping=True).fit([[0.0]], [1.0])


@each_solver
def test_a_warm_start_that_gets_worse_keeps_the_best_weights(solver):
    X, y = samples()
    params = {"solver": solver, "early_stopping": True, "warm_start": True, "max_iter": 30}
    model = small(**params).fit(X, y)
    best, before = model.best_loss_, [W.copy() for W in model.coefs_]
    model.set_params(alpha=1e6, learning_rate_init=1.0, max_iter=2).fit(X, y)
    assert min(model.validation_loss_curve_[-2:]) > best == model.best_loss_
    for W, kept in zip(model.coefs_, before, strict=True):
        assert_array_equal(W, kept)


def test_epochs_without_validation_have_nan_in_its_curve(capsys):
    X, y = samples()
    model = small(max_iter=3, warm_start=True).fit(X, y)
    model.fit(X, y, X_val=X, y_val=y)
    assert np.isnan(model.validation_loss_curve_).tolist() == [True] * 3 + [False] * 3
    model.set_params(verbose=1).partial_fit(X, y)
    assert np.isnan(model.validation_loss_curve_[-1])
    assert "validation" not in capsys.readouterr().out
