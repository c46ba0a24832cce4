"""Parameters, fitted attributes, names of features, and the random state."""

import inspect
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from naive_mlp import assert_same_model, each_solver, parameters, samples, small
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sknnbasics import SigmoidMLPRegressor


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
        "total_samples",
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
        {"total_samples": 0},
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
