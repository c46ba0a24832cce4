"""What "auto" chooses for the solver and for alpha."""

import pickle

import pytest
from naive_mlp import assert_same_model, parameters, samples, small
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse


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
