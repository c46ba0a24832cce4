"""Training that goes on: warm starts and partial_fit."""

import pickle
import warnings

import numpy as np
import pytest
from both_estimators import snapshot, unconverged
from naive_mlp import (
    Y_RANGE,
    assert_same_model,
    each_solver,
    parameters,
    random_start,
    samples,
    small,
)
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sknnbasics import SigmoidMLPRegressor

VARIANTS = [
    {"solver": "adam"},
    {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True},
    {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
    {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
]
each_variant = pytest.mark.parametrize("params", VARIANTS, ids=str)


@each_variant
def test_two_warm_fits_are_one_long_fit_where_a_batch_holds_all_rows(params):
    # scikit-learn's MLPRegressor forgets the state of its optimizer.
    X, Y = samples(n_outputs=2)
    held_out = {"X_val": X[:10], "y_val": Y[:10]}
    whole = small(**params, batch_size=None, max_iter=20).fit(X, Y, **held_out)
    warm = small(**params, batch_size=None, max_iter=10, warm_start=True)
    warm.fit(X, Y, **held_out).fit(X, Y, **held_out)
    assert_same_model(warm, whole)
    assert warm.n_iter_ == 20


def test_a_warm_start_draws_new_batches():
    X, y = samples()
    at_once = small(max_iter=6, batch_size=10).fit(X, y)
    in_steps = small(max_iter=1, batch_size=10, warm_start=True)
    for _ in range(6):
        in_steps.fit(X, y)
    assert_same_model(at_once, in_steps)


def test_warm_lbfgs_goes_on_from_the_weights():
    X, y = samples()
    warm = small(solver="lbfgs", warm_start=True).fit(X, y)
    first, t = list(warm.loss_curve_), warm.t_
    coefs, intercepts = warm.coefs_, warm.intercepts_
    warm.fit(X, y)
    again = small(solver="lbfgs").fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_array_equal(parameters(warm), parameters(again))
    assert warm.loss_curve_ == first + again.loss_curve_
    assert (warm.n_iter_, warm.t_) == (20, t + again.t_)


@each_solver
def test_without_warm_start_fit_begins_anew(solver):
    X, y = samples()
    model = small(solver=solver).fit(X, y)
    once = pickle.loads(pickle.dumps(model))
    assert_same_model(model.fit(X, y), once)
    X3, Y3 = samples(n_outputs=3, n_features=2)
    assert model.fit(X3, Y3).predict(X3).shape == (50, 3)


def test_warm_start_may_change_the_solver_and_keeps_the_weights():
    X, y = samples()
    model = small(warm_start=True, batch_size=None, alpha=0).fit(X, y)
    for solver in ("sgd", "lbfgs", "adam"):
        reached = model.cost(X, y)
        model.set_params(solver=solver).fit(X, y)
        # Epoch 11 of the curve: before the update, or after the first iteration of lbfgs.
        cost = model.loss_curve_[-10]
        assert cost <= reached if solver == "lbfgs" else np.isclose(cost, reached, rtol=1e-12)


@pytest.mark.parametrize(
    "change", [{"hidden_layer_sizes": (6,)}, {"hidden_layer_sizes": ()}, {"fit_intercept": False}]
)
def test_training_cannot_go_on_in_another_network(change):
    X, y = samples()
    model = small(warm_start=True).fit(X, y)
    before = snapshot(model)
    model.set_params(**change)
    with pytest.raises(ValueError, match="set warm_start=False"):
        model.fit(X, y)
    with pytest.raises(ValueError, match="Training continues a network"):
        model.partial_fit(X, y)
    assert snapshot(model) == before


def test_warm_start_takes_initial_weights_too():
    coefs, intercepts = random_start([4, 5, 1])
    X, y = samples()
    model = small(warm_start=True, solver="sgd", momentum=0, batch_size=None).fit(X, y)
    model.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    other = small(solver="sgd", momentum=0, batch_size=None)
    other.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_array_equal(parameters(model), parameters(other))


@unconverged
def test_an_adaptive_rate_stays_with_its_schedule_and_its_start():
    X, y = samples()
    params = {"solver": "sgd", "hidden_layer_sizes": 4, "random_state": 0, "warm_start": True}
    model = SigmoidMLPRegressor(
        **params, learning_rate="adaptive", learning_rate_init=0.1, tol=0.05, n_iter_no_change=2
    ).fit(X, y)
    assert model._state.shrinkage < 1
    model.set_params(learning_rate="constant", max_iter=1, tol=None).fit(X, y)
    assert model._state.optimizer.learning_rate == 0.1
    model.set_params(learning_rate="adaptive", learning_rate_init=0.2).fit(X, y)
    assert model._state.optimizer.learning_rate == 0.2


ADAPTIVE = {
    "solver": "sgd",
    "learning_rate": "adaptive",
    "learning_rate_init": 3.0,
    "tol": 0.05,
    "n_iter_no_change": 2,
}


@unconverged
@pytest.mark.parametrize("params", [*VARIANTS, ADAPTIVE], ids=str)
@pytest.mark.parametrize("batch_size", ["auto", 8])
@pytest.mark.parametrize("shuffle", [False, True])
def test_calls_of_partial_fit_are_epochs_of_fit(params, batch_size, shuffle):
    X, Y = samples(n_outputs=2)
    params = params | {"batch_size": batch_size, "shuffle": shuffle}
    stepwise = small(**params)
    for epochs in range(1, 13):
        stepwise.partial_fit(X, Y)
        if epochs in (1, 12):
            assert_same_model(stepwise, small(**params, max_iter=epochs).fit(X, Y))


@pytest.mark.parametrize("params", [*VARIANTS, ADAPTIVE], ids=str)
def test_half_way_partial_fit_survives_pickling_to_the_last_bit(params):
    X, y = samples()
    model = small(**params, batch_size=8)
    for _ in range(5):
        model.partial_fit(X, y)
    restored = pickle.loads(pickle.dumps(model))
    for _ in range(8):
        model.partial_fit(X, y)
        restored.partial_fit(X, y)
        assert_same_model(model, restored)


def test_partial_fit_takes_chunks():
    X, y = samples()
    model = small(y_range=Y_RANGE)
    for rows in (slice(0, 20), slice(20, 21), slice(21, 50)):
        model.partial_fit(X[rows], y[rows])
    assert model.n_iter_ == len(model.loss_curve_) == 3
    assert model.t_ == 50


def test_partial_fit_goes_on_from_fit():
    X, y = samples()
    model = small(batch_size=8).fit(X, y).partial_fit(X, y)
    assert_same_model(model, small(batch_size=8, max_iter=11).fit(X, y))


def test_the_first_chunk_fixes_the_range_and_one_later_target_outside_warns():
    X, y = samples()
    model = small().partial_fit(X, y)
    low, high = model.y_low_, model.y_high_
    model.partial_fit(X, y + 0.01)
    beyond = np.where(np.arange(50) == 30, 99.0, y)
    with pytest.warns(UserWarning, match=r"target 99\.0 in y lies outside the range") as caught:
        model.partial_fit(X, beyond)
    assert len(caught) == 1
    assert_array_equal([model.y_low_, model.y_high_], [low, high])
    # filterwarnings turns any further warning into an error.
    model.partial_fit(X, beyond)
    pickle.loads(pickle.dumps(model)).partial_fit(X, beyond)
    assert (model.predict(X) <= high).all()


def test_warm_fits_keep_the_range_too():
    X, y = samples()
    model = small(warm_start=True).fit(X, y)
    low = model.y_low_
    with pytest.warns(UserWarning, match="outside the range"):
        model.fit(X, y - 50)
    assert_array_equal(model.y_low_, low)


def test_a_given_range_holds_in_later_chunks():
    X, y = samples()
    model = small(y_range=Y_RANGE).partial_fit(X, y)
    before = snapshot(model)
    with pytest.raises(ValueError, match="outside y_range"):
        model.partial_fit(X, y + 50)
    assert snapshot(model) == before


def test_after_a_constant_first_chunk_nothing_else_can_be_learned():
    X, y = samples()
    model = small().partial_fit(X[:1], y[:1])
    model.partial_fit(X[:1], y[:1])
    with pytest.raises(ValueError, match=r"Pass y_range=\(low, high\)"):
        model.partial_fit(X, y)


def test_lbfgs_has_no_partial_fit():
    model = small(solver="lbfgs")
    assert not hasattr(model, "partial_fit")
    with pytest.raises(AttributeError):
        model.partial_fit(*samples())
    assert hasattr(model.set_params(solver="sgd"), "partial_fit")


def test_partial_fit_holds_nothing_out():
    model = small(early_stopping=True)
    assert not hasattr(model, "partial_fit")
    with pytest.raises(AttributeError) as caught:
        model.partial_fit(*samples())
    assert "set early_stopping=False" in str(caught.value.__cause__ or caught.value)


def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return scale(X), y


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_warm_start_keeps_what_it_begins_with_where_that_stays_the_best(solver):
    X, y = diabetes()
    model = SigmoidMLPRegressor(solver="lbfgs", alpha=0, warm_start=True, random_state=0).fit(X, y)
    before = model.cost(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing was still rising
        model.set_params(solver=solver, max_iter=1).fit(X, y)
    assert model.cost(X, y) <= before


@each_variant
@pytest.mark.parametrize("n_times", [1, 3], ids=["each row once", "a heavy row more often"])
@pytest.mark.parametrize(
    ("before", "after"), [(np.float32, np.float64), (np.float64, np.float32)], ids=str
)
def test_weights_of_another_precision_take_the_memory_of_the_optimizer_along(
    params, n_times, before, after
):
    X, y = samples()
    weights = np.where(np.arange(len(X)) == 3, n_times, 1.0)
    model = small(**params, batch_size=10, max_iter=5, warm_start=True)
    model.fit(X.astype(before), y.astype(before), sample_weight=weights)
    same = pickle.loads(pickle.dumps(model)).fit(X, y, sample_weight=weights)
    model.coefs_ = [W.astype(after) for W in model.coefs_]
    model.intercepts_ = [b.astype(after) for b in model.intercepts_]
    model.fit(X, y, sample_weight=weights)
    assert model.coefs_[0].dtype == after
    assert_allclose(parameters(model), parameters(same), rtol=1e-3, atol=1e-5)


def test_weights_that_are_given_stay_where_they_are_the_best():
    X, y = diabetes()
    good = SigmoidMLPRegressor(alpha=0, random_state=0).fit(X, y)
    given = {"coefs_init": good.coefs_, "intercepts_init": good.intercepts_}
    model = SigmoidMLPRegressor(solver="adam", alpha=0, max_iter=2, random_state=0)
    assert model.fit(X, y, **given).cost(X, y) <= good.cost(X, y) + 1e-15


def test_the_warning_names_the_limit_that_ended_the_training():
    X, y = diabetes()
    with pytest.warns(ConvergenceWarning, match=r"max_fun=5 evaluations ended.*Raise max_fun\."):
        SigmoidMLPRegressor(max_fun=5, random_state=0).fit(X, y)
    with pytest.warns(ConvergenceWarning, match=r"max_iter=3 epochs ended.*Raise max_iter\."):
        SigmoidMLPRegressor(max_iter=3, random_state=0).fit(X, y)
