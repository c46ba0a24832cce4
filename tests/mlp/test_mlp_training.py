"""Epochs of each solver held against the loops."""

import numpy as np
import pytest
from naive_mlp import (
    Y_RANGE,
    NaiveAdam,
    NaiveMomentum,
    assert_parameters,
    assert_same_model,
    each_optimizer,
    each_solver,
    naive_cost_and_gradient,
    naive_descent,
    naive_wait,
    random_start,
    samples,
    small,
    unit,
)
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from sknnbasics import SigmoidMLPRegressor

OPTIMIZERS = {
    "adam": (
        {"solver": "adam", "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-6},
        lambda: NaiveAdam(0.8, 0.95, 1e-6),
    ),
    "plain": ({"solver": "sgd", "momentum": 0}, lambda: NaiveMomentum(0, False)),
    "momentum": (
        {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": False},
        lambda: NaiveMomentum(0.8, False),
    ),
    "nesterov": (
        {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": True},
        lambda: NaiveMomentum(0.8, True),
    ),
}
each_update = pytest.mark.parametrize("optimizer", OPTIMIZERS)


@each_update
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("batch_size", [7, 25, 50])
@pytest.mark.parametrize("hidden", [(5, 3), ()])
def test_epochs_of_batches_are_the_loop(optimizer, weighted, batch_size, hidden):
    X, Y = samples(n_outputs=2)
    s = np.random.default_rng(2).uniform(0.1, 5, 50) if weighted else np.ones(50)
    coefs, intercepts = random_start([4, *hidden, 2])
    params, naive = OPTIMIZERS[optimizer]
    theirs = naive_descent(
        (X, unit(Y), s),
        coefs,
        intercepts,
        naive(),
        rates=lambda t, curve: 0.05,
        epochs=8,
        batch_size=batch_size,
        alpha=0.3,
    )
    model = small(
        **params,
        hidden_layer_sizes=hidden,
        y_range=Y_RANGE,
        batch_size=batch_size,
        learning_rate_init=0.05,
        max_iter=8,
        alpha=0.3,
        shuffle=False,
    ).fit(X, Y, s if weighted else None, coefs_init=coefs, intercepts_init=intercepts)
    assert_parameters(model, *theirs[:2], atol=1e-10)
    assert_allclose(model.loss_curve_, theirs[2], rtol=0, atol=1e-10)


@each_update
@pytest.mark.parametrize("weighted", [False, True])
def test_shuffled_epochs_are_the_loop_over_the_drawn_orders(optimizer, weighted):
    X, Y = samples(n_outputs=2)
    s = np.random.default_rng(2).uniform(0.1, 5, 50) ** 2 if weighted else np.ones(50)
    rng = np.random.RandomState(4)
    coefs, intercepts = [], []
    for shape in [(4, 3), (3, 2)]:
        coefs.append(rng.standard_normal(shape))
        intercepts.append(rng.standard_normal(shape[1]))
    params, naive = OPTIMIZERS[optimizer]
    theirs = naive_descent(
        (X, unit(Y), s),
        coefs,
        intercepts,
        naive(),
        rates=lambda t, curve: 0.05,
        epochs=6,
        batch_size=20,
        orders=[rng.permutation(50) for _ in range(6)],
    )
    model = small(
        **params,
        hidden_layer_sizes=(3,),
        y_range=Y_RANGE,
        init="standard_normal",
        batch_size=20,
        learning_rate_init=0.05,
        max_iter=6,
        random_state=4,
        alpha=0,
    ).fit(X, Y, s if weighted else None)
    assert_parameters(model, *theirs[:2], atol=1e-10)
    assert_allclose(model.loss_curve_, theirs[2], rtol=0, atol=1e-10)


@pytest.mark.parametrize("power_t", [0.5, 0.2])
def test_invscaling_divides_the_rate_by_a_power_of_the_samples_seen(power_t):
    X, y = samples()
    coefs, intercepts = random_start([4, 3, 1])
    theirs = naive_descent(
        (X, unit(y), np.ones(50)),
        coefs,
        intercepts,
        NaiveMomentum(0.9, True),
        rates=lambda t, curve: 2.0 / (t + 1) ** power_t,
        epochs=9,
        batch_size=15,
    )
    model = small(
        solver="sgd",
        momentum=0.9,
        learning_rate="invscaling",
        power_t=power_t,
        learning_rate_init=2.0,
        hidden_layer_sizes=(3,),
        y_range=Y_RANGE,
        batch_size=15,
        max_iter=9,
        shuffle=False,
        alpha=0,
    ).fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_parameters(model, *theirs[:2], atol=1e-10)


def adaptive_rates(initial, tol, n_iter_no_change):
    """The rate of the epoch after `curve`: a fifth for each time that patience ran out."""

    def rates(t, curve):
        rate, best, stalled = initial, np.inf, 0
        for cost in curve:
            stalled = 0 if best == np.inf or cost < best * (1 - tol) else stalled + 1
            best = min(best, cost)
            if stalled >= n_iter_no_change:
                rate, stalled = rate / 5, 0
        return rate

    return rates


def test_adaptive_divides_the_rate_by_five_when_patience_runs_out():
    X, y = samples()
    coefs, intercepts = random_start([4, 3, 1])
    rates = adaptive_rates(3.0, tol=0.05, n_iter_no_change=naive_wait("sgd", 1, n_batches=4))
    *theirs, curve = naive_descent(
        (X, unit(y), np.ones(50)),
        coefs,
        intercepts,
        NaiveMomentum(0.5, True),
        rates=rates,
        epochs=16,
        batch_size=15,
    )
    assert rates(0, curve) <= 3.0 / 5**3  # so that there is something to see
    model = small(
        solver="sgd",
        momentum=0.5,
        learning_rate="adaptive",
        learning_rate_init=3.0,
        tol=0.05,
        n_iter_no_change=1,
        hidden_layer_sizes=(3,),
        y_range=Y_RANGE,
        batch_size=15,
        max_iter=16,
        shuffle=False,
        alpha=0,
    )
    model.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_parameters(model, *theirs, atol=1e-10)
    assert_allclose(model.loss_curve_, curve, rtol=0, atol=1e-10)


def test_adaptive_ends_where_the_rate_is_too_small_to_divide():
    X, y = samples()
    model = small(
        solver="sgd", learning_rate="adaptive", learning_rate_init=1.0, tol=1.0, n_iter_no_change=2
    ).set_params(max_iter=1000)
    model.fit(X, y)
    # No epoch is better than the first: each rate lasts for two, down to the first one ≤ 1e-6.
    n_rates = 1 + np.ceil(np.log(1e6) / np.log(5))
    assert model.n_iter_ == 1 + naive_wait("sgd", 2, n_batches=1) * n_rates


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_lbfgs_is_scipys_on_the_naive_cost(fit_intercept):
    X, Y = samples(n_outputs=2)
    s = np.random.default_rng(2).uniform(0.1, 5, 50)
    coefs, intercepts = random_start([4, 3, 2])
    if not fit_intercept:
        intercepts = [np.zeros_like(b) for b in intercepts]
    sizes = [W.size for W in coefs] + ([b.size for b in intercepts] if fit_intercept else [])
    learned = [*coefs, *intercepts][: len(sizes)]

    def split(theta):
        pieces = np.split(theta, np.cumsum(sizes)[:-1])
        pieces = [piece.reshape(p.shape) for piece, p in zip(pieces, learned, strict=True)]
        return pieces[:2], pieces[2:] or intercepts

    def cost_and_gradient(theta):
        cost, grads = naive_cost_and_gradient(X, unit(Y), s, *split(theta), alpha=0.3)
        return cost, np.concatenate([grad.ravel() for grad in grads[: len(sizes)]])

    theta = np.concatenate([p.ravel() for p in learned])
    curve = []
    result = minimize(
        cost_and_gradient,
        theta,
        jac=True,
        method="L-BFGS-B",
        callback=lambda intermediate_result: curve.append(float(intermediate_result.fun)),
        options={"maxiter": 12, "ftol": 0, "gtol": 0},
    )
    model = small(
        solver="lbfgs",
        hidden_layer_sizes=(3,),
        y_range=Y_RANGE,
        max_iter=12,
        alpha=0.3,
        fit_intercept=fit_intercept,
    ).fit(X, Y, s, coefs_init=coefs, intercepts_init=intercepts if fit_intercept else None)
    assert_parameters(model, *split(result.x), atol=1e-8)
    assert_allclose(model.loss_curve_, curve, rtol=0, atol=1e-10)
    assert model.t_ == result.nfev * 50


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize(("given", "same_as"), [("auto", None), (None, 60), (10_000, None)])
def test_all_rows_are_one_batch(solver, given, same_as):
    X, y = samples(60)
    model = small(solver=solver, batch_size=given).fit(X, y)
    assert_same_model(model, small(solver=solver, batch_size=same_as).fit(X, y))
    unshuffled = small(solver=solver, batch_size=given, shuffle=False).fit(X, y)
    assert_same_model(model, unshuffled)


def test_auto_batches_hold_200_rows_of_400():
    X, y = samples(400)
    params = {"max_iter": 3}
    assert_same_model(small(**params).fit(X, y), small(**params, batch_size=200).fit(X, y))


def test_shuffling_draws_other_batches():
    X, y = samples()
    shuffled, plain = (small(batch_size=10, shuffle=shuffle).fit(X, y) for shuffle in (True, False))
    assert shuffled.loss_curve_ != plain.loss_curve_


@each_optimizer
def test_the_curve_holds_the_cost_before_each_update(solver):
    X, y = samples()
    params = {"solver": solver, "batch_size": None, "alpha": 0.2}
    curve = small(**params).fit(X, y).loss_curve_
    for epochs in range(1, 10):
        model = small(**params, max_iter=epochs).fit(X, y)
        assert_allclose(model.cost(X, y), curve[epochs], rtol=1e-12)


def test_the_curve_of_lbfgs_holds_the_cost_reached():
    X, y = samples()
    model = small(solver="lbfgs", alpha=0.2, max_iter=30).fit(X, y)
    assert model.n_iter_ == len(model.loss_curve_) == 30
    assert (np.diff(model.loss_curve_) <= 0).all()
    assert_allclose(model.loss_, model.cost(X, y), rtol=1e-12)
    assert model.best_loss_ == model.loss_


@each_solver
def test_training_lowers_the_cost_and_fits(solver):
    X, y = samples(100)
    rate = {"adam": 0.05, "sgd": 5.0, "lbfgs": "auto"}[solver]
    model = small(
        solver=solver, hidden_layer_sizes=(20,), learning_rate_init=rate, max_iter=300
    ).fit(X, y)
    assert model.loss_ < 0.1 * model.loss_curve_[0]
    assert model.score(X, y) > 0.9


@each_solver
@pytest.mark.parametrize("learning_rate_init", ["auto", 0.1])
def test_alpha_shrinks_the_weights(solver, learning_rate_init):
    X, y = samples()
    norms = []
    for alpha in (0.0, 10.0):
        model = small(
            solver=solver, alpha=alpha, learning_rate_init=learning_rate_init, max_iter=100
        ).fit(X, y)
        norms.append(sum((W**2).sum() for W in model.coefs_))
    assert norms[1] < 0.5 * norms[0]


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_small_batches_do_not_multiply_the_penalty(solver):
    """A penalty divided by the rows of a batch would flatten a network of batches of one."""
    X = np.random.default_rng(0).standard_normal((300, 2))
    params = {"random_state": 0, "max_iter": 20, "tol": None}
    if solver == "sgd":
        params["learning_rate_init"] = 0.03
    model = SigmoidMLPRegressor(solver=solver, batch_size=1, **params).fit(X, X[:, 0])
    assert model.score(X, X[:, 0]) > 0.9
