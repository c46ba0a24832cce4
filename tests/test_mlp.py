"""SigmoidMLPRegressor: its range, its gradient, its solvers, and everything around them."""

import inspect
import pickle
import tracemalloc
import warnings
from itertools import chain, pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.optimize import check_grad, minimize
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from threadpoolctl import threadpool_limits

from sknnbasics import SigmoidMLPRegressor

unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_solver = pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
each_optimizer = pytest.mark.parametrize("solver", ["adam", "sgd"])


@pytest.fixture(scope="module", autouse=True)
def one_blas_thread():
    """On matrices as small as these, threads cost more than they gain."""
    with threadpool_limits(1):
        yield


# Samples, and what training should do, written as loops ------------------------------------


def samples(n_samples=50, n_outputs=1, n_features=4, seed=0):
    """A smooth function and a little noise; a vector of targets where there is one output."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features))
    Y = np.sin(X @ rng.standard_normal((n_features, n_outputs)))
    Y = 10 + 3 * Y + 0.3 * rng.standard_normal(Y.shape)
    return X, Y.ravel() if n_outputs == 1 else Y


def small(**params):
    """A network for the tests: few units, few epochs, and all of them."""
    settings = {
        "hidden_layer_sizes": (5,),
        "solver": "adam",
        "max_iter": 10,
        "tol": None,
        "alpha": 0,
        "random_state": 0,
    }
    return SigmoidMLPRegressor(**settings | params)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def naive_cost_and_gradient(X, T, s, coefs, intercepts, alpha):
    """Equations (1) to (15), sample by sample."""
    cost = alpha / 2 * sum((W**2).sum() for W in coefs)
    coef_grads = [alpha * W for W in coefs]
    intercept_grads = [np.zeros_like(b) for b in intercepts]
    for x, t, weight in zip(X, T, s, strict=True):
        activations = [x]
        for W, b in zip(coefs, intercepts, strict=True):
            activations.append(sigmoid(activations[-1] @ W + b))
        a = activations[-1]
        cost += weight / 2 * ((a - t) ** 2).sum()
        delta = weight * (a - t) * a * (1 - a)
        for layer in reversed(range(len(coefs))):
            a = activations[layer]
            coef_grads[layer] += np.outer(a, delta)
            intercept_grads[layer] += delta
            delta = coefs[layer] @ delta * a * (1 - a)
    return cost / s.sum(), [grad / s.sum() for grad in [*coef_grads, *intercept_grads]]


class NaiveMomentum:
    def __init__(self, momentum, nesterov):
        self.momentum, self.nesterov, self.velocities = momentum, nesterov, None

    def update(self, parameters, grads, rate):
        m = self.momentum
        self.velocities = self.velocities or [np.zeros_like(p) for p in parameters]
        self.velocities = [m * v - rate * g for v, g in zip(self.velocities, grads, strict=True)]
        for p, v, g in zip(parameters, self.velocities, grads, strict=True):
            p += m * v - rate * g if self.nesterov else v


class NaiveAdam:
    def __init__(self, beta_1, beta_2, epsilon):
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.t, self.means, self.squares = 0, None, None

    def update(self, parameters, grads, rate):
        self.t += 1
        self.means = self.means or [np.zeros_like(p) for p in parameters]
        self.squares = self.squares or [np.zeros_like(p) for p in parameters]
        rate *= np.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        for p, g, m, v in zip(parameters, grads, self.means, self.squares, strict=True):
            m[...] = self.beta_1 * m + (1 - self.beta_1) * g
            v[...] = self.beta_2 * v + (1 - self.beta_2) * g**2
            p -= rate * m / (np.sqrt(v) + self.epsilon)


def naive_descent(
    rows, coefs, intercepts, optimizer, *, rates, epochs, batch_size, alpha=0.0, orders=None
):
    """The weights after so many epochs, and the cost of each one.

    `rows` are X, T and s, `rates(t, curve)` the learning rate of an epoch after t samples.
    """
    X, T, s = rows
    coefs, intercepts = [W.copy() for W in coefs], [b.copy() for b in intercepts]
    curve, t = [], 0
    for epoch in range(epochs):
        order = np.arange(len(X)) if orders is None else orders[epoch]
        rate, costs, weights = rates(t, curve), [], []
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            share = alpha * s[batch].sum() / s.sum()  # the penalty is divided by all of Σs
            cost, grads = naive_cost_and_gradient(
                X[batch], T[batch], s[batch], coefs, intercepts, share
            )
            optimizer.update([*coefs, *intercepts], grads, rate)
            costs.append(cost)
            weights.append(s[batch].sum())
        curve.append(np.average(costs, weights=weights))
        t += len(X)
    return coefs, intercepts, curve


def naive_wait(solver, n_iter_no_change, n_batches):
    """Epochs that make `n_iter_no_change`, and ten updates for each of them."""
    return n_iter_no_change if solver == "lbfgs" else n_iter_no_change * max(1, 10 / n_batches)


def naive_patience(curve, tol, wait):
    """The epoch after which `wait` in a row were not below best · (1 − tol)."""
    best, stalled = np.inf, 0
    for epoch, cost in enumerate(curve, start=1):
        stalled = 0 if epoch == 1 or cost < best * (1 - tol) else stalled + 1
        best = min(best, cost)
        if stalled >= wait:
            return epoch
    return None


def random_start(sizes, seed=1):
    rng = np.random.default_rng(seed)
    coefs = [rng.standard_normal(shape) for shape in pairwise(sizes)]
    return coefs, [rng.standard_normal(n) for n in sizes[1:]]


def parameters(model):
    return np.concatenate([p.ravel() for p in [*model.coefs_, *model.intercepts_]])


def assert_parameters(model, coefs, intercepts, atol):
    for ours, theirs in zip(
        [*model.coefs_, *model.intercepts_], [*coefs, *intercepts], strict=True
    ):
        assert_allclose(ours, theirs, rtol=0, atol=atol)


def assert_same_model(model, other):
    """To the last bit."""
    assert_array_equal(parameters(model), parameters(other), strict=True)
    assert model.loss_curve_ == other.loss_curve_
    assert model.validation_loss_curve_ == other.validation_loss_curve_
    assert (model.n_iter_, model.t_) == (other.n_iter_, other.t_)
    assert (model.loss_, model.best_loss_) == (other.loss_, other.best_loss_)
    assert_array_equal([model.y_low_, model.y_high_], [other.y_low_, other.y_high_])


def snapshot(model):
    """All that a fit has set, to the last bit."""
    fitted = {name: value for name, value in vars(model).items() if name not in model.get_params()}
    return pickle.dumps(fitted)


# The interface -----------------------------------------------------------------------------


def test_the_parameters_are_those_of_the_design_and_keyword_only():
    found = inspect.signature(SigmoidMLPRegressor).parameters
    assert set(found) == {
        "hidden_layer_sizes",
        "y_range",
        "solver",
        "batch_size",
        "learning_rate_init",
        "learning_rate",
        "power_t",
        "alpha",
        "max_iter",
        "max_fun",
        "tol",
        "n_iter_no_change",
        "momentum",
        "nesterovs_momentum",
        "beta_1",
        "beta_2",
        "epsilon",
        "shuffle",
        "random_state",
        "warm_start",
        "verbose",
        "early_stopping",
        "validation_fraction",
        "fit_intercept",
        "init",
    }
    assert {p.kind for p in found.values()} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    "params",
    [
        {"hidden_layer_sizes": 0},
        {"hidden_layer_sizes": "many"},
        {"y_range": "wide"},
        {"y_range": None},
        {"solver": "newton"},
        {"batch_size": 0},
        {"batch_size": "all"},
        {"learning_rate_init": 0},
        {"learning_rate_init": "fast"},
        {"learning_rate": "cosine"},
        {"power_t": -1},
        {"alpha": -0.1},
        {"max_iter": 0},
        {"max_fun": 0},
        {"tol": -1e-4},
        {"n_iter_no_change": 0},
        {"momentum": 1.5},
        {"nesterovs_momentum": "yes"},
        {"beta_1": 1.0},
        {"beta_2": -0.1},
        {"epsilon": 0},
        {"shuffle": "yes"},
        {"random_state": "seed"},
        {"warm_start": "yes"},
        {"verbose": "loud"},
        {"early_stopping": "yes"},
        {"validation_fraction": 1.0},
        {"fit_intercept": "yes"},
        {"init": "zeros"},
    ],
    ids=str,
)
def test_invalid_parameters_are_refused(params):
    (name,) = params
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        SigmoidMLPRegressor(**params).fit(*samples())


@pytest.mark.parametrize("sizes", [(3, 0), (3, -1), (2.5,), [[3], [0]]])
def test_hidden_layers_of_no_units_are_refused(sizes):
    with pytest.raises(ValueError, match="hidden_layer_sizes must be positive integers"):
        small(hidden_layer_sizes=sizes).fit(*samples())


@pytest.mark.parametrize("method", ["predict", "feedforward"])
def test_nothing_is_computed_before_fit(method):
    with pytest.raises(NotFittedError):
        getattr(small(), method)([[0.0]])
    with pytest.raises(NotFittedError):
        small().cost([[0.0]], [0.0])
    with pytest.raises(NotFittedError):
        small().cost_gradient([[0.0]], [0.0])


@each_solver
@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize(
    ("hidden", "sizes"), [(6, [6]), ((), []), ((3, 2), [3, 2]), ([4], [4]), (np.array([2]), [2])]
)
def test_fitted_attributes(solver, hidden, sizes, n_outputs):
    X, Y = samples(n_outputs=n_outputs)
    model = small(solver=solver, hidden_layer_sizes=hidden)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.fit(X, Y) is model
    sizes = [4, *sizes, n_outputs]
    assert [W.shape for W in model.coefs_] == list(pairwise(sizes))
    assert [b.shape for b in model.intercepts_] == [(n,) for n in sizes[1:]]
    assert model.n_layers_ == len(sizes)
    assert model.n_outputs_ == n_outputs
    assert model.out_activation_ == "logistic"
    assert model.n_features_in_ == 4
    assert not hasattr(model, "feature_names_in_")
    assert model.n_iter_ == len(model.loss_curve_) == 10
    assert all(isinstance(cost, float) for cost in model.loss_curve_)
    assert model.loss_ == model.loss_curve_[-1]
    assert model.best_loss_ == min(model.loss_curve_)
    assert model.validation_loss_curve_ is None
    assert model.y_low_.shape == model.y_high_.shape == (n_outputs,)
    assert model.t_ == 10 * 50 if solver != "lbfgs" else model.t_ >= 10 * 50
    assert model.predict(X).shape == Y.shape


@each_solver
def test_feature_names_are_kept(solver):
    X, y = samples()
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = small(solver=solver).fit(frame, pd.Series(y), X_val=frame, y_val=pd.Series(y))
    assert_array_equal(model.feature_names_in_, list("abcd"))
    assert_same_model(model, small(solver=solver).fit(X, y, X_val=X, y_val=y))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[list("bacd")])
    assert not hasattr(clone(model).fit(frame, y).fit(X, y), "feature_names_in_")
    with pytest.raises(ValueError, match="feature names"):
        small().fit(frame, y, X_val=frame[list("bacd")], y_val=y)


@each_solver
def test_the_random_state_determines_the_run(solver):
    X, y = samples()
    params = {"solver": solver, "batch_size": 20, "early_stopping": True}
    first, again, other = (small(**params, random_state=seed).fit(X, y) for seed in (0, 0, 1))
    assert_same_model(first, again)
    assert (parameters(first) != parameters(other)).any()


def test_a_generator_passed_as_random_state_moves_on():
    X, y = samples()
    generator = np.random.RandomState(0)
    first, second = (small(random_state=generator).fit(X, y) for _ in range(2))
    assert (parameters(first) != parameters(second)).any()
    assert_same_model(first, small(random_state=np.random.RandomState(0)).fit(X, y))


def test_a_clone_is_unfitted_and_fits_the_same():
    X, y = samples()
    model = small(y_range=(0, 30)).fit(X, y)
    copy = clone(model)
    assert not hasattr(copy, "coefs_")
    assert_same_model(copy.fit(X, y), model)


# The range of the output -------------------------------------------------------------------


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_auto_puts_the_extreme_targets_at_a_tenth_and_nine_tenths(n_outputs):
    X, Y = samples(n_outputs=n_outputs)
    model = small().fit(X, Y)
    span = model.y_high_ - model.y_low_
    Y = Y.reshape(50, -1)
    assert_allclose((Y.min(axis=0) - model.y_low_) / span, np.full(n_outputs, 0.1), rtol=1e-12)
    assert_allclose((Y.max(axis=0) - model.y_low_) / span, np.full(n_outputs, 0.9), rtol=1e-12)


@pytest.mark.parametrize(
    ("y_range", "low", "high"),
    [
        ((0, 20), [0, 0], [20, 20]),
        ([[0, 20], [-5, 50]], [0, -5], [20, 50]),
        (np.array([[0, 20], [5, 15.5]]), [0, 5], [20, 15.5]),
    ],
)
def test_a_given_range_is_used(y_range, low, high):
    X, Y = samples(n_outputs=2)
    model = small(y_range=y_range).fit(X, Y)
    assert_array_equal(model.y_low_, low)
    assert_array_equal(model.y_high_, high)


@each_solver
@pytest.mark.parametrize("y_range", ["auto", (0, 20)])
def test_predictions_stretch_the_last_activations_over_the_range(solver, y_range):
    X, Y = samples(n_outputs=2)
    model = small(solver=solver, y_range=y_range).fit(X, Y)
    a = model.feedforward(X)[-1]
    assert_allclose(model.predict(X), model.y_low_ + (model.y_high_ - model.y_low_) * a, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(5,), ()])
@pytest.mark.parametrize("y_range", [(6.1, 14.3), [(6.1, 14.3), (5.7, 19.9)]])
def test_no_prediction_leaves_a_given_range(y_range, hidden, dtype):
    X, Y = samples(n_outputs=2)
    low, high = np.broadcast_to(np.array(y_range), (2, 2)).T
    model = small(y_range=y_range, hidden_layer_sizes=hidden)
    model.fit(X.astype(dtype), np.clip(Y, 6.2, 14.2))
    rng = np.random.default_rng(0)
    for scale in (1, 1e3, np.finfo(dtype).max / 1e6):
        predictions = model.predict((scale * rng.standard_normal((200, 4))).astype(dtype))
        assert predictions.dtype == dtype
        assert (predictions >= low).all()
        assert (predictions <= high).all()
    if not hidden:  # the extreme inputs saturate the output: rounding must not carry it over
        assert ((predictions == model.y_low_) | (predictions == model.y_high_)).all()


def test_targets_may_lie_on_the_bounds():
    X, _ = samples()
    y = np.where(X[:, 0] > 0, 1.0, 0.0)
    model = small(y_range=(0, 1), max_iter=300, learning_rate_init=0.1).fit(X, y)
    assert_array_equal(model.predict(X) > 0.5, y)


@each_solver
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e-20, 1e20])
def test_a_constant_target_is_predicted_exactly(solver, value, dtype):
    X, _ = samples()
    X = X.astype(dtype)
    y = np.full(50, value, dtype)
    model = small(solver=solver).fit(X, y)
    assert_array_equal(model.predict(100 * X), y, strict=True)
    assert_array_equal([model.y_low_, model.y_high_], [y[:1], y[:1]])


@each_solver
def test_one_constant_output_among_several(solver):
    X, Y = samples(n_outputs=3)
    Y[:, 1] = 0.3
    model = small(solver=solver, max_iter=100, learning_rate_init=0.05, momentum=0.9).fit(X, Y)
    predictions = model.predict(X)
    assert_array_equal(predictions[:, 1], Y[:, 1])
    residuals = ((predictions - Y) ** 2).sum(axis=0)[[0, 2]]
    assert (residuals < ((Y - Y.mean(axis=0)) ** 2).sum(axis=0)[[0, 2]]).all()


@pytest.mark.parametrize(
    ("y_range", "message"),
    [
        ((0, 12), "outside y_range"),
        ((1, 0), "low must be below its high"),
        ((5, 5), "low must be below its high"),
        ([(0, 20), (20, 0)], "low must be below its high"),
        ((0, np.inf), "must be finite"),
        ((np.nan, 1), "must be finite"),
        ((0, 10, 20), "or 2 such pairs"),
        ([(0, 20)] * 3, "or 2 such pairs"),
        ([0], "or 2 such pairs"),
        (("low", "high"), "or 2 such pairs"),
    ],
)
def test_a_range_that_cannot_be_is_refused(y_range, message):
    with pytest.raises(ValueError, match=message):
        small(y_range=y_range).fit(*samples(n_outputs=2))


def test_a_target_outside_the_range_is_named_with_the_remedy():
    X, y = samples()
    y[17] = 123.0
    with pytest.raises(ValueError, match=r"target 123\.0, outside y_range=.*Widen y_range"):
        small(y_range=(0, 20)).fit(X, y)
    y[17] = 10.0
    with pytest.raises(ValueError, match=r"y_val has the target 25\.0, outside y_range"):
        small(y_range=(0, 20)).fit(X, y, X_val=X[:1], y_val=[25.0])


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize(("scale", "shift"), [(4.0, 0.0), (0.125, 0.0), (3.7, 0.0), (1.0, 5.0)])
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_shifted_and_scaled_targets_shift_and_scale_the_predictions(
    solver, scale, shift, n_outputs
):
    X, Y = samples(n_outputs=n_outputs)
    params = {"solver": solver, "batch_size": 20}
    before = small(**params).fit(X, Y).predict(X)
    after = small(**params).fit(X, scale * Y + shift).predict(X)
    assert_allclose(after, scale * before + shift, rtol=1e-10)


# Cost and gradient -------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_cost_and_gradient_are_those_of_the_article(fit_intercept, alpha, weighted):
    X, Y = samples(n_outputs=3)
    s = np.random.default_rng(0).uniform(0.5, 3, 50) if weighted else np.ones(50)
    weights = s if weighted else None
    model = small(hidden_layer_sizes=(6, 5), alpha=alpha, fit_intercept=fit_intercept)
    model.fit(X, Y, weights)
    T = (Y - model.y_low_) / (model.y_high_ - model.y_low_)
    cost, grads = naive_cost_and_gradient(X, T, s, model.coefs_, model.intercepts_, alpha)
    assert isinstance(model.cost(X, Y, weights), float)
    assert_allclose(model.cost(X, Y, weights), cost, rtol=1e-12)
    coef_grads, intercept_grads = model.cost_gradient(X, Y, weights)
    for ours, theirs in zip(coef_grads, grads[:3], strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=1e-14)
    for ours, theirs in zip(intercept_grads, grads[3:], strict=True):
        assert_allclose(ours, theirs if fit_intercept else 0 * theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_gradient_is_the_slope_of_the_cost(fit_intercept, alpha):
    # scikit-learn's MLPRegressor is off by the number of outputs (issue 8349).
    X, Y = samples(n_outputs=3)
    weights = np.random.default_rng(0).uniform(0.5, 3, 50)
    model = small(hidden_layer_sizes=(6, 5), alpha=alpha, fit_intercept=fit_intercept)
    model.fit(X, Y, weights)
    learned = [*model.coefs_, *model.intercepts_] if fit_intercept else model.coefs_
    theta = np.concatenate([p.ravel() for p in learned])

    def move_to(theta):
        start = 0
        for p in learned:
            p[...] = theta[start : start + p.size].reshape(p.shape)
            start += p.size

    def cost(theta):
        move_to(theta)
        return model.cost(X, Y, weights)

    def gradient(theta):
        move_to(theta)
        coef_grads, intercept_grads = model.cost_gradient(X, Y, weights)
        grads = [*coef_grads, *intercept_grads] if fit_intercept else coef_grads
        return np.concatenate([grad.ravel() for grad in grads])

    assert check_grad(cost, gradient, theta.copy()) < 1e-6


def test_feedforward_gives_every_layer():
    X, Y = samples(n_outputs=2)
    model = small(hidden_layer_sizes=(6, 5)).fit(X, Y)
    activations = model.feedforward(X)
    assert [a.shape for a in activations] == [(50, 4), (50, 6), (50, 5), (50, 2)]
    expected = X
    for a, W, b in zip(activations[1:], model.coefs_, model.intercepts_, strict=True):
        expected = sigmoid(expected @ W + b)
        assert_allclose(a, expected, rtol=0, atol=1e-14)


def test_gradients_are_fresh_arrays():
    X, y = samples()
    model = small().fit(X, y)
    first = model.cost_gradient(X, y)[0][0]
    kept = first.copy()
    model.cost_gradient(2 * X, y)
    assert_array_equal(first, kept)


def test_the_cost_of_other_outputs_is_refused():
    X, y = samples()
    model = small().fit(X, y)
    with pytest.raises(ValueError, match="y has 2 outputs, the network 1"):
        model.cost(X, np.column_stack([y, y]))


# Training held against the loops -----------------------------------------------------------


Y_RANGE = (0.0, 20.0)


def unit(Y):
    return Y.reshape(len(Y), -1) / 20


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
def test_shuffled_epochs_are_the_loop_over_the_drawn_orders(optimizer):
    X, Y = samples(n_outputs=2)
    rng = np.random.RandomState(4)
    coefs, intercepts = [], []
    for shape in [(4, 3), (3, 2)]:
        coefs.append(rng.standard_normal(shape))
        intercepts.append(rng.standard_normal(shape[1]))
    params, naive = OPTIMIZERS[optimizer]
    theirs = naive_descent(
        (X, unit(Y), np.ones(50)),
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
    ).fit(X, Y)
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


# Weights of samples ------------------------------------------------------------------------


@each_solver
@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("y_range", ["auto", Y_RANGE])
def test_weights_equal_repetition_where_a_batch_holds_all_rows(solver, y_range, alpha):
    X, Y = samples(n_outputs=2)
    weights = np.arange(50) % 4
    params = {"solver": solver, "batch_size": None, "y_range": y_range, "alpha": alpha}
    weighted = small(**params, max_iter=30).fit(X, Y, weights)
    repeated = small(**params, max_iter=30).fit(
        np.repeat(X, weights, axis=0), np.repeat(Y, weights, axis=0)
    )
    assert_allclose(weighted.predict(X), repeated.predict(X), rtol=0, atol=1e-7)
    assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=0, atol=1e-7)
    assert_allclose(
        weighted.cost(X, Y, weights),
        weighted.cost(np.repeat(X, weights, axis=0), np.repeat(Y, weights, axis=0)),
        rtol=1e-12,
    )


@each_solver
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("y_range", ["auto", Y_RANGE])
def test_rows_of_weight_0_are_dropped_before_anything_looks_at_them(
    solver, y_range, early_stopping
):
    X, y = samples()
    weights = np.random.default_rng(0).uniform(1, 2, 50)
    dropped = np.arange(50) % 3 == 0
    weights[dropped] = 0
    y[dropped] = 1e6  # outside any range
    kept = ~dropped
    params = {"solver": solver, "batch_size": 8, "y_range": y_range}
    params["early_stopping"] = early_stopping
    model = small(**params).fit(X, y, weights)
    assert_same_model(model, small(**params).fit(X[kept], y[kept], weights[kept]))
    assert model.cost(X, y, weights) == model.cost(X[kept], y[kept], weights[kept])
    if solver != "lbfgs" and not early_stopping:
        model.partial_fit(X, y, weights)
        assert model.t_ == 11 * kept.sum()


def test_rows_of_weight_0_may_fill_a_batch():
    # scikit-learn's MLPRegressor divides by zero.
    X, y = samples()
    weights = np.ones(50)
    weights[:20] = 0
    model = small(batch_size=10, shuffle=False).fit(X, y, weights)
    assert_same_model(model, small(batch_size=10, shuffle=False).fit(X[20:], y[20:]))


@each_solver
def test_equal_weights_weigh_as_none(solver):
    X, y = samples()
    plain = small(solver=solver).fit(X, y)
    for weights in (1.0, 4, np.full(50, 4.0), [0.25] * 50):
        model = small(solver=solver, alpha=0).fit(X, y, weights)
        assert_allclose(model.predict(X), plain.predict(X), rtol=1e-9)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (-np.ones(50), "sample_weight must not be negative"),
        (np.zeros(50), "at least one must be positive"),
        (np.ones(49), "inconsistent numbers of samples"),
        (np.ones((50, 1)), "sample_weight must be a number or of shape"),
        (np.full(50, np.nan), "sample_weight contains NaN"),
    ],
)
def test_impossible_weights_are_refused(weights, message):
    X, y = samples()
    with pytest.raises(ValueError, match=message):
        small().fit(X, y, weights)
    with pytest.raises(ValueError, match=message):
        small().partial_fit(X, y, weights)
    with pytest.raises(ValueError, match=message.replace("sample_weight", "sample_weight_val")):
        small().fit(X, y, X_val=X, y_val=y, sample_weight_val=weights)


# Stopping ----------------------------------------------------------------------------------


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


# Validation --------------------------------------------------------------------------------


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


def overfitting(solver):
    """Few rows and many units: the validation cost turns upward."""
    rng = np.random.default_rng(0)
    X, X_val = rng.standard_normal((30, 4)), rng.standard_normal((30, 4))
    y = X[:, 0] + rng.standard_normal(30)
    y_val = X_val[:, 0] + rng.standard_normal(30)
    params = {
        "solver": solver,
        "hidden_layer_sizes": (20,),
        "batch_size": 10,
        "learning_rate_init": {"adam": 0.1, "sgd": 3.0, "lbfgs": "auto"}[solver],
        "early_stopping": True,
        "random_state": 0,
        "alpha": 0,
    }
    return params, (X, y), {"X_val": X_val, "y_val": y_val}


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


# Where the weights start -------------------------------------------------------------------


def drawn(sizes, **params):
    """The initial weights: the smallest step of all leaves them where they are."""
    X, Y = samples(n_features=sizes[0], n_outputs=sizes[-1])
    settings = {"hidden_layer_sizes": sizes[1:-1], "solver": "sgd", "max_iter": 1}
    return small(**settings | {"learning_rate_init": 5e-324} | params).fit(X, Y)


@pytest.mark.parametrize("init", ["glorot_uniform", "standard_normal"])
def test_initial_weights_are_drawn_layer_by_layer(init):
    model = drawn([300, 100, 50], init=init)
    biases = model.intercepts_ if init == "standard_normal" else model.intercepts_[:-1]
    for values in [*model.coefs_, *biases]:
        assert abs(values.mean()) < 5 * values.std() / np.sqrt(values.size)
        if init == "standard_normal":
            assert_allclose(values.std(), 1, atol=4 / np.sqrt(values.size))
        else:
            assert_allclose(values.std(), np.ptp(values) / 12**0.5, rtol=0.15)
    assert (drawn([300, 100, 50], init=init, random_state=1).coefs_[0] != model.coefs_[0]).any()


def test_output_biases_begin_at_the_logit_of_the_mean_target():
    X, Y = samples(n_outputs=2)
    s = np.random.default_rng(2).uniform(0, 5, 50)
    params = {"solver": "sgd", "learning_rate_init": 5e-324, "max_iter": 1}
    model = small(**params).fit(X, Y, sample_weight=s)
    mean = (np.average(Y, axis=0, weights=s) - model.y_low_) / (model.y_high_ - model.y_low_)
    assert_allclose(sigmoid(model.intercepts_[-1]), mean, rtol=0, atol=1e-6)
    # Nothing else moves, and a mean at the end of a given range keeps the output learning.
    bound = (96 / 9) ** 0.5
    weights = np.random.RandomState(0).uniform(-bound, bound, (4, 5))
    assert_array_equal(model.coefs_[0], weights)
    model = small(**params, y_range=(0, 1)).fit(X, np.zeros(50))
    assert_allclose(sigmoid(model.intercepts_[-1]), 0.01, rtol=0, atol=1e-6)


def test_standard_normal_draws_what_randn_draws():
    rng = np.random.RandomState(3)
    coefs = [rng.randn(4, 5), rng.randn(5, 2)]
    model = drawn([4, 5, 2], init="standard_normal", fit_intercept=False, random_state=3)
    assert_array_equal(model.coefs_[0], coefs[0])
    assert_array_equal(model.coefs_[1], coefs[1])
    biased = drawn([4, 5, 2], init="standard_normal", random_state=3)
    rng = np.random.RandomState(3)
    draws = [rng.randn(4, 5), rng.randn(5), rng.randn(5, 2), rng.randn(2)]
    assert_parameters(biased, draws[::2], draws[1::2], atol=0)


@each_solver
def test_initial_weights_can_be_passed(solver):
    coefs, intercepts = random_start([4, 5, 2])
    kept = pickle.dumps((coefs, intercepts))
    X, Y = samples(n_outputs=2)
    model = small(solver=solver, batch_size=None, alpha=0)
    model.fit(X, Y, coefs_init=coefs, intercepts_init=intercepts)
    T = (Y - model.y_low_) / (model.y_high_ - model.y_low_)
    first_cost, _ = naive_cost_and_gradient(X, T, np.ones(50), coefs, intercepts, alpha=0)
    if solver != "lbfgs":
        assert_allclose(model.loss_curve_[0], first_cost, rtol=1e-12)
    other_seed = clone(model).set_params(random_state=9)
    other_seed.fit(X, Y, coefs_init=coefs, intercepts_init=intercepts)
    assert_same_model(model, other_seed)
    assert pickle.dumps((coefs, intercepts)) == kept


def test_initial_weights_are_taken_without_initial_biases_and_the_other_way_round():
    coefs, intercepts = random_start([4, 5, 2])
    X, Y = samples(n_outputs=2)
    settings = {"solver": "sgd", "learning_rate_init": 5e-324, "max_iter": 1}
    drawn_model = small(**settings).fit(X, Y)
    model = small(**settings).fit(X, Y, coefs_init=coefs)
    assert_parameters(model, coefs, drawn_model.intercepts_, atol=0)
    model = small(**settings).fit(X, Y, intercepts_init=[b.tolist() for b in intercepts])
    assert_parameters(model, drawn_model.coefs_, intercepts, atol=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefs_init": [np.zeros((4, 5))]}, "coefs_init must hold 2 arrays"),
        (
            {"coefs_init": [np.zeros((4, 5)), np.zeros((5, 2))]},
            r"coefs_init\[1\] must have shape \(5, 1\), got \(5, 2\)",
        ),
        (
            {"intercepts_init": [np.zeros(4), np.zeros(1)]},
            r"intercepts_init\[0\] must have shape \(5,\), got \(4,\)",
        ),
        (
            {"coefs_init": [np.full((4, 5), np.nan), np.zeros((5, 1))]},
            r"coefs_init\[0\] contains NaN",
        ),
    ],
)
def test_initial_weights_of_a_wrong_shape_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        small().fit(*samples(), **arguments)


@each_solver
def test_without_fit_intercept_the_biases_are_zero(solver):
    X, Y = samples(n_outputs=2)
    model = small(solver=solver, fit_intercept=False, hidden_layer_sizes=(5, 3)).fit(X, Y)
    assert [b.shape for b in model.intercepts_] == [(5,), (3,), (2,)]
    assert not np.concatenate(model.intercepts_).any()
    assert not np.concatenate(model.cost_gradient(X, Y)[1]).any()
    assert_array_equal(model.feedforward(np.zeros((1, 4)))[1], np.full((1, 5), 0.5))


# Going on ----------------------------------------------------------------------------------


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


# What "auto" chooses ------------------------------------------------------------------------


@pytest.mark.parametrize(("n_samples", "solver"), [(1, "lbfgs"), (2000, "lbfgs"), (2001, "adam")])
def test_auto_takes_lbfgs_for_small_data_and_adam_for_the_rest(n_samples, solver):
    X, y = samples(n_samples)
    model = small(solver="auto", max_iter=2).fit(X, y)
    assert model.solver_ == solver
    assert_same_model(model, small(solver=solver, max_iter=2).fit(X, y))


def test_auto_goes_on_with_either_solver():
    X, y = samples()
    model = small(solver="auto", warm_start=True).fit(X, y)
    fitted = {"coefs_init": model.coefs_, "intercepts_init": model.intercepts_}
    # In partial_fit it is Adam, which begins anew on the weights of L-BFGS.
    continued = pickle.loads(pickle.dumps(model)).partial_fit(X, y)
    assert (model.solver_, continued.solver_) == ("lbfgs", "adam")
    adam = small(max_iter=1).fit(X, y, **fitted)
    assert_array_equal(parameters(continued), parameters(adam))
    assert continued.n_iter_ == model.n_iter_ + 1
    assert continued.partial_fit(X, y).fit(X, y).solver_ == "lbfgs"
    assert continued.n_iter_ == model.n_iter_ + 2 + 10


def test_an_estimated_alpha_is_the_one_that_could_be_passed():
    X, y = samples()
    model = small(alpha="auto", solver="lbfgs", warm_start=True).fit(X, y)
    passed = small(alpha=model.alpha_, solver="lbfgs", warm_start=True).fit(X, y)
    assert_same_model(model, passed)
    assert_allclose(model.cost(X, y), passed.cost(X, y), rtol=1e-14)
    estimate = model.alpha_
    assert_same_model(model.fit(X, 20 - y), passed.fit(X, 20 - y))  # a warm start keeps it
    assert model.alpha_ == estimate
    assert model.set_params(solver="adam").partial_fit(X[:5], y[:5]).alpha_ == estimate
    assert small(alpha="auto").partial_fit(X, y).alpha_ == 0.001
    assert small(alpha="auto", max_iter=1).fit(sparse.csr_array(X), y).alpha_ == estimate


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


# Input -------------------------------------------------------------------------------------


@each_solver
def test_a_column_of_targets_gives_a_column_of_predictions(solver):
    X, y = samples()
    vector = small(solver=solver).fit(X, y)
    column = small(solver=solver).fit(X, y[:, None])
    assert vector.predict(X).shape == (50,)
    assert column.predict(X).shape == (50, 1)
    assert_array_equal(column.predict(X)[:, 0], vector.predict(X))
    assert_same_model(vector, column)
    assert column.feedforward(X)[-1].shape == vector.feedforward(X)[-1].shape == (50, 1)
    assert column.cost(X, y) == vector.cost(X, y[:, None])


@each_solver
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_one_sample_and_one_feature(solver, n_outputs):
    X, Y = samples(1, n_outputs=n_outputs)
    assert_array_equal(small(solver=solver).fit(X, Y).predict(X), Y)
    bounded = small(solver=solver, y_range=Y_RANGE, max_iter=200, learning_rate_init=0.5)
    assert_allclose(bounded.fit(X, Y).predict(X), Y, atol=0.5)
    X, Y = samples(n_features=1, n_outputs=n_outputs)
    assert small(solver=solver).fit(X, Y).predict(X).shape == Y.shape


@each_solver
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_float32_is_kept(solver, kind):
    X, Y = samples(n_outputs=2)
    X32, Y32 = kind(X.astype(np.float32)), Y.astype(np.float32)
    weights = np.random.default_rng(0).uniform(1, 2, 50)
    for params in ({}, {"y_range": Y_RANGE}, {"early_stopping": True}, {"fit_intercept": False}):
        model = small(solver=solver, **params).fit(X32, Y32, weights)
        for array in [*model.coefs_, *model.intercepts_, model.y_low_, model.y_high_]:
            assert array.dtype == np.float32
        assert model.predict(X32).dtype == np.float32
        assert {a.dtype for a in model.feedforward(X32)} == {np.dtype(np.float32)}
        for grad in chain(*model.cost_gradient(X32, Y32, weights)):
            assert grad.dtype == np.float32
    # Twice the epochs, to see that the optimizer does not promote what it carries on.
    if solver != "lbfgs":
        model = small(solver=solver).partial_fit(X32, Y32).partial_fit(X32, Y)
        assert model.coefs_[0].dtype == np.float32
    double = small(solver=solver).fit(X, Y)
    single = small(solver=solver).fit(X32, Y32)
    assert_allclose(single.predict(X32), double.predict(X), rtol=1e-3)


@pytest.mark.parametrize("bound", [0.1, 0.3, 0.7, 0.9])
def test_float64_targets_on_the_bounds_are_inside_in_float32(bound):
    # float32(0.7) is less than 0.7.
    X, _ = samples()
    y = np.linspace(-bound, bound, 50)
    model = small(y_range=(-bound, bound)).fit(X.astype(np.float32), y)
    assert abs(model.predict(X.astype(np.float32))).max() <= np.float32(bound)
    model.partial_fit(X.astype(np.float32), y)


@pytest.mark.parametrize("value", [0.1, 0.7, 1e-20, 123.4])
def test_constant_float64_targets_stay_constant_in_float32(value):
    X, _ = samples()
    X, y = X.astype(np.float32), np.full(50, value)
    model = small().partial_fit(X, y).partial_fit(X, y)
    assert_array_equal(model.predict(X), y.astype(np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.uint8, bool])
def test_other_numbers_become_float64(dtype):
    X, y = samples()
    X = (10 * abs(X)).astype(dtype)
    model = small().fit(X, y.astype(np.int64))
    assert model.coefs_[0].dtype == model.predict(X).dtype == np.float64
    assert_same_model(model, small().fit(X.astype(float), np.floor(y)))


SPARSE_KINDS = [
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.coo_matrix,
    sparse.csr_array,
    sparse.csc_array,
    sparse.coo_array,
]


@each_solver
@pytest.mark.parametrize("kind", SPARSE_KINDS)
def test_sparse_input_equals_dense(solver, kind):
    X, Y = samples(n_outputs=2)
    X[np.random.default_rng(0).uniform(size=X.shape) < 0.6] = 0
    params = {"solver": solver, "batch_size": 15}
    dense = small(**params).fit(X, Y, X_val=X[:9], y_val=Y[:9])
    model = small(**params).fit(kind(X), Y, X_val=kind(X[:9]), y_val=Y[:9])
    assert_allclose(parameters(model), parameters(dense), rtol=0, atol=1e-10)
    assert_allclose(model.loss_curve_, dense.loss_curve_, rtol=0, atol=1e-12)
    assert_allclose(model.validation_loss_curve_, dense.validation_loss_curve_, atol=1e-12)
    assert_allclose(model.predict(kind(X)), dense.predict(X), rtol=1e-10)
    assert_allclose(model.cost(kind(X), Y), dense.cost(X, Y), rtol=1e-10)
    for ours, theirs in zip(
        model.cost_gradient(kind(X), Y)[0], dense.cost_gradient(X, Y)[0], strict=True
    ):
        assert_allclose(ours, theirs, rtol=0, atol=1e-10)
    for ours, theirs in zip(model.feedforward(kind(X))[1:], dense.feedforward(X)[1:], strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@each_solver
@pytest.mark.parametrize("early_stopping", [False, True])
def test_sparse_input_is_never_made_dense(solver, early_stopping):
    X = sparse.random(400, 10_000, density=1e-3, format="csr", random_state=0)
    y = X.sum(axis=1).A1
    dense_bytes = 8 * 400 * 10_000
    params = {"hidden_layer_sizes": (1,), "batch_size": 150, "max_iter": 2}
    model = small(solver=solver, early_stopping=early_stopping, **params)
    tracemalloc.start()
    model.fit(X, y, np.arange(400) % 3).predict(X)
    model.fit(X, y, X_val=X, y_val=y).cost_gradient(X, y)
    if solver != "lbfgs" and not early_stopping:
        model.partial_fit(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < dense_bytes / 4


@each_solver
@pytest.mark.parametrize(
    "kinds", [(np.asarray, sparse.csr_matrix), (sparse.csc_matrix, np.asarray)]
)
def test_the_validation_set_may_be_sparse_where_the_training_set_is_not(solver, kinds):
    X, y = samples()
    X_val, y_val = samples(70, seed=1)
    params = {"solver": solver, "batch_size": 15, "early_stopping": True}
    dense = small(**params).fit(X, y, X_val=X_val, y_val=y_val)
    mixed = small(**params).fit(kinds[0](X), y, X_val=kinds[1](X_val), y_val=y_val)
    assert_allclose(parameters(mixed), parameters(dense), rtol=0, atol=1e-10)
    assert_allclose(mixed.validation_loss_curve_, dense.validation_loss_curve_, atol=1e-12)


def test_sparse_targets_are_refused():
    X, y = samples()
    with pytest.raises((ValueError, TypeError), match=r"[Ss]parse|dense"):
        small().fit(X, sparse.csr_matrix(y[:, None]))


def as_memmap(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def read_only(X, folder):
    X.flags.writeable = False
    return X


def strided(X, folder):
    return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]


# scikit-learn before 1.9 asks polars for the protocol, some versions of polars warn of it.
@pytest.mark.filterwarnings("ignore:Support for the dataframe interchange protocol")
@each_solver
@pytest.mark.parametrize(
    "layout",
    [
        lambda X, folder: np.asfortranarray(X),
        lambda X, folder: X.tolist(),
        lambda X, folder: pd.DataFrame(X),
        lambda X, folder: pl.DataFrame(X),
        as_memmap,
        read_only,
        strided,
    ],
    ids=["F-order", "lists", "pandas", "polars", "memmap", "read-only", "strided"],
)
def test_any_layout_gives_the_same_and_is_left_as_it_was(solver, layout, tmp_path):
    X, Y = samples(n_outputs=2)
    weights = np.arange(50) % 3 + 0.5
    X_given = layout(X.copy(), tmp_path)
    Y_given, weights_given = read_only(Y.copy(), None), read_only(weights.copy(), None)
    params = {"solver": solver, "batch_size": 15}
    model = small(**params).fit(X_given, Y_given, weights_given, X_val=X_given, y_val=Y_given)
    plain = small(**params).fit(X, Y, weights, X_val=X, y_val=Y)
    # BLAS may sum in another order for another layout.
    assert_allclose(parameters(model), parameters(plain), rtol=0, atol=1e-10)
    assert_allclose(model.predict(X_given), plain.predict(X), rtol=1e-10)
    assert_array_equal(np.asarray(X_given), X)
    assert_array_equal(Y_given, Y)
    assert_array_equal(weights_given, weights)


@each_solver
def test_sparse_input_is_not_written_to(solver):
    X, y = samples()
    X = sparse.csr_matrix(X)
    before = X.copy()
    for array in (X.data, X.indices, X.indptr):
        array.flags.writeable = False
    small(solver=solver, batch_size=15).fit(X, y, X_val=X, y_val=y).predict(X)
    for name in ("data", "indices", "indptr"):
        assert_array_equal(getattr(X, name), getattr(before, name))


# Failure, interruption, printing -----------------------------------------------------------


@each_optimizer
@pytest.mark.parametrize("batch_size", [None, 10])
def test_divergence_names_the_epoch_and_the_remedy_and_keeps_the_earlier_fit(solver, batch_size):
    X, y = samples()
    model = small(solver=solver, batch_size=batch_size).fit(X, y)
    before = snapshot(model)
    model.set_params(learning_rate_init=1e200)
    message = "no longer finite after epoch 1. Lower learning_rate_init, or scale X"
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    assert snapshot(model) == before
    model.set_params(warm_start=True)
    message = message.replace("epoch 1", "epoch 11")
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    with pytest.raises(ValueError, match=message):
        model.partial_fit(X, y)
    assert snapshot(model) == before
    assert_same_model(
        model.set_params(learning_rate_init="auto").partial_fit(X, y),
        small(solver=solver, batch_size=batch_size, max_iter=11).fit(X, y),
    )


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@each_solver
@pytest.mark.parametrize(
    "fail",
    [
        lambda model, X, y: model.fit(np.full((3, 2), np.nan), [0, 1, 2]),
        lambda model, X, y: model.fit(X[:, :2], y[:-1]),
        lambda model, X, y: model.fit(X[:, :2], y, -np.ones(50)),
        lambda model, X, y: model.fit(X[:, :2], y, X_val=X[:, :2]),
        lambda model, X, y: model.fit(X[:, :2], y, X_val=X, y_val=y),
        lambda model, X, y: model.fit(X[:, :2], y, coefs_init=[np.zeros((4, 5)), np.zeros((5, 1))]),
        lambda model, X, y: model.set_params(y_range=(0, 1)).fit(X[:, :2], y),
        lambda model, X, y: model.set_params(y_range=(1, 0)).fit(X[:, :2], y),
        lambda model, X, y: model.set_params(hidden_layer_sizes=(0,)).fit(X[:, :2], y),
        lambda model, X, y: model.set_params(early_stopping=True).fit(X[:1, :2], y[:1]),
        lambda model, X, y: model.set_params(warm_start=True).fit(X[:, :2], y),
        lambda model, X, y: model.set_params(warm_start=True).fit(X, np.column_stack([y, y])),
    ],
)
def test_a_failed_fit_leaves_the_earlier_one_untouched(solver, fail):
    X, y = samples()
    model = small(solver=solver).fit(pd.DataFrame(X, columns=list("abcd")), y)
    before = snapshot(model)
    with pytest.raises(ValueError):
        fail(model, X, y)
    assert snapshot(model) == before


def interrupt_call(monkeypatch, owner, name, number):
    """Raise KeyboardInterrupt in that call of `owner.name`."""
    method, calls = getattr(owner, name), []

    def interrupted(*args, **kwargs):
        calls.append(name)
        if len(calls) == number:
            raise KeyboardInterrupt
        return method(*args, **kwargs)

    monkeypatch.setattr(owner, name, interrupted)


@each_optimizer
def test_an_interrupt_warns_and_keeps_the_weights_reached(monkeypatch, solver):
    from sknnbasics._optimizers import Adam, GradientDescent

    X, y = samples()
    expected = small(solver=solver, max_iter=3).fit(X, y)
    owner = {"adam": Adam, "sgd": GradientDescent}[solver]
    interrupt_call(monkeypatch, owner, "update", 4)
    model = small(solver=solver)
    with pytest.warns(UserWarning, match="interrupted in epoch 4"):
        model.fit(X, y)
    assert_same_model(model, expected)
    assert_array_equal(model.predict(X), expected.predict(X))


def test_an_interrupt_keeps_the_batches_of_an_unfinished_epoch(monkeypatch):
    from sknnbasics._optimizers import GradientDescent

    X, y = samples()
    interrupt_call(monkeypatch, GradientDescent, "update", 14)
    model = small(solver="sgd", batch_size=10, shuffle=False)
    with pytest.warns(UserWarning, match="interrupted in epoch 3"):
        model.fit(X, y)
    assert model.n_iter_ == 2
    params = {"solver": "sgd", "batch_size": 10, "shuffle": False, "y_range": "auto"}
    stepwise = small(**params, max_iter=2).fit(X, y).partial_fit(X[:30], y[:30])
    assert_array_equal(parameters(model), parameters(stepwise))


def test_an_interrupt_of_lbfgs_keeps_the_last_iteration(monkeypatch):
    from sknnbasics._training import Progress

    X, y = samples()
    expected = small(solver="lbfgs", max_iter=5).fit(X, y)
    interrupt_call(monkeypatch, Progress, "end_epoch", 6)
    model = small(solver="lbfgs")
    with pytest.warns(UserWarning, match="interrupted in epoch 6"):
        model.fit(X, y)
    assert model.loss_curve_ == expected.loss_curve_
    assert np.isfinite(model.predict(X)).all()


@each_solver
def test_an_interrupt_in_the_first_epoch_keeps_the_starting_weights(monkeypatch, solver):
    from sknnbasics._training import Objective

    X, y = samples()
    coefs, intercepts = random_start([4, 5, 1])
    interrupt_call(monkeypatch, Objective, "__call__", 1)
    model = small(solver=solver)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        model.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_parameters(model, coefs, intercepts, atol=0)
    assert model.n_iter_ == 0
    assert model.loss_curve_ == []
    assert np.isfinite(model.predict(X)).all()


def test_an_interrupt_with_early_stopping_keeps_the_best_weights(monkeypatch):
    from sknnbasics._training import Objective

    params, (X, y), held_out = overfitting("adam")
    curve = SigmoidMLPRegressor(**params, tol=None).fit(X, y, **held_out).validation_loss_curve_
    interrupt_call(monkeypatch, Objective, "__call__", 3 * 150 + 1)
    model = SigmoidMLPRegressor(**params, tol=None)
    with pytest.warns(UserWarning, match="interrupted in epoch 151"):
        model.fit(X, y, **held_out)
    assert model.validation_loss_curve_ == curve[:150]
    assert_allclose(model.cost(held_out["X_val"], held_out["y_val"]), min(curve[:150]), rtol=1e-12)


@each_solver
@pytest.mark.parametrize("own", [False, True])
def test_verbose_prints_a_line_an_epoch(capsys, solver, own):
    X, y = samples()
    held_out = {"X_val": X, "y_val": y} if own else {}
    model = small(solver=solver, verbose=1).fit(X, y, **held_out)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == model.n_iter_ == 10
    for epoch, (line, cost) in enumerate(zip(lines, model.loss_curve_, strict=True), start=1):
        assert line.startswith(f"Epoch {epoch}: {cost:.8f}")
        assert ("validation cost" in line) == own


@each_optimizer
def test_partial_fit_is_verbose_too(capsys, solver):
    X, y = samples()
    small(solver=solver, verbose=1).partial_fit(X, y).partial_fit(X, y)
    assert len(capsys.readouterr().out.splitlines()) == 2


@each_solver
def test_nothing_is_printed_otherwise(capsys, solver):
    X, y = samples()
    model = small(solver=solver, early_stopping=True).fit(X, y)
    model.predict(X)
    model.cost_gradient(X, y)
    assert capsys.readouterr() == ("", "")


@each_solver
def test_a_float32_network_takes_float64_input(solver):
    X, y = samples()
    model = small(solver=solver).fit(X.astype(np.float32), y)
    assert model.predict(X).dtype == np.float32
    assert_array_equal(model.predict(X), model.predict(X.astype(np.float32)))


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_small_batches_do_not_multiply_the_penalty(solver):
    """A penalty divided by the rows of a batch would flatten a network of batches of one."""
    X = np.random.default_rng(0).standard_normal((300, 2))
    params = {"random_state": 0, "max_iter": 20, "tol": None}
    if solver == "sgd":
        params["learning_rate_init"] = 0.03
    model = SigmoidMLPRegressor(solver=solver, batch_size=1, **params).fit(X, X[:, 0])
    assert model.score(X, X[:, 0]) > 0.9


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


def test_the_cost_of_another_constant_target_is_refused():
    X, _ = samples()
    model = small().fit(X, np.ones(50))
    with pytest.raises(ValueError, match=r"all targets of output 0 were 1\.0"):
        model.cost(X, np.full(50, 5.0))


def test_a_warm_start_draws_new_batches():
    X, y = samples()
    at_once = small(max_iter=6, batch_size=10).fit(X, y)
    in_steps = small(max_iter=1, batch_size=10, warm_start=True)
    for _ in range(6):
        in_steps.fit(X, y)
    assert_same_model(at_once, in_steps)
