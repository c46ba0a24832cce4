"""Arrays of other libraries: trained and predicted where they live.

scikit-learn and SciPy read SCIPY_ARRAY_API when they are imported, so these
tests run in a lane of their own: ``SCIPY_ARRAY_API=1 pytest tests/test_array_api.py``.
"""

import os

import numpy as np
import pytest
from sklearn import config_context
from sklearn.datasets import make_friedman1
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import SigmoidMLPRegressor

pytestmark = pytest.mark.skipif(
    os.environ.get("SCIPY_ARRAY_API") != "1", reason="SCIPY_ARRAY_API is read at import"
)

X, y = make_friedman1(230, n_features=6, random_state=0)


@pytest.fixture(params=["torch", "array_api_strict"])
def xp(request):
    with config_context(array_api_dispatch=True):
        yield pytest.importorskip(request.param)


@pytest.fixture(params=["float64", "float32"])
def dtype(request):
    return request.param


def network(**params):
    return SigmoidMLPRegressor(
        **{"hidden_layer_sizes": (7, 4), "max_iter": 20, "tol": None, "random_state": 0} | params
    )


def arrays(xp, dtype="float64"):
    kind = getattr(xp, dtype)
    return xp.asarray(X, dtype=kind), xp.asarray(y, dtype=kind)


def as_numpy(array):
    return np.asarray(array)


def assert_same_network(ours, numpys, dtype):
    rtol = {"float64": 1e-9, "float32": 1e-3}[dtype]
    np.testing.assert_allclose(ours.loss_curve_, numpys.loss_curve_, rtol=rtol)
    for array, expected in zip(
        [*ours.coefs_, *ours.intercepts_], [*numpys.coefs_, *numpys.intercepts_], strict=True
    ):
        np.testing.assert_allclose(as_numpy(array), expected, rtol=0, atol=rtol)


def numpy_fit(dtype, **params):
    with config_context(array_api_dispatch=False):
        return network(**params).fit(X.astype(dtype), y.astype(dtype))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"solver": "sgd"},
        {"solver": "sgd", "momentum": 0, "batch_size": None},
        {"early_stopping": True},
        {"shuffle": False, "batch_size": 50},
        {"fit_intercept": False},
        {"y_range": (-10, 40), "alpha": 0},
    ],
    ids=str,
)
def test_agrees_with_numpy(xp, dtype, params):
    A, b = arrays(xp, dtype)
    fitted = network(**params).fit(A, b)
    assert_same_network(fitted, numpy_fit(dtype, **params), dtype)


def test_results_live_where_the_input_lives(xp, dtype):
    A, b = arrays(xp, dtype)
    fitted = network().fit(A, b)
    kinds = {type(A)}
    results = [fitted.predict(A), fitted.y_low_, *fitted.coefs_, *fitted.intercepts_]
    results += [*fitted.feedforward(A), *fitted.cost_gradient(A, b)[0]]
    assert {type(array) for array in results} == kinds
    assert {array.dtype for array in results} == {A.dtype}
    assert isinstance(fitted.score(A, b), float)
    assert isinstance(fitted.cost(A, b), float)


def test_weights_and_targets_follow_X(xp):
    A, _ = arrays(xp)
    s = np.arange(len(X)) % 3
    fitted = network().fit(A, y, sample_weight=s, X_val=X, y_val=y)
    with config_context(array_api_dispatch=False):
        expected = network().fit(X, y, sample_weight=s, X_val=X, y_val=y)
    assert_same_network(fitted, expected, "float64")


def test_partial_fit(xp):
    A, b = arrays(xp)
    ours, numpys = network(y_range=(-10, 40)), network(y_range=(-10, 40))
    for rows in (slice(0, 100), slice(100, 230)):
        ours.partial_fit(A[rows, :], b[rows])
        with config_context(array_api_dispatch=False):
            numpys.partial_fit(X[rows], y[rows])
    np.testing.assert_allclose(as_numpy(ours.predict(A)), numpys.predict(X), rtol=1e-9)


def test_initial_weights(xp):
    A, b = arrays(xp)
    numpys = numpy_fit("float64")
    fitted = network(max_iter=1).fit(
        A, b, coefs_init=[xp.asarray(W) for W in numpys.coefs_], intercepts_init=numpys.intercepts_
    )
    with config_context(array_api_dispatch=False):
        expected = network(max_iter=1).fit(
            X, y, coefs_init=numpys.coefs_, intercepts_init=numpys.intercepts_
        )
    assert_same_network(fitted, expected, "float64")


def test_lbfgs_says_that_it_is_for_numpy(xp):
    A, b = arrays(xp)
    with pytest.raises(ValueError, match="'lbfgs' is SciPy's and needs NumPy input"):
        network(solver="lbfgs").fit(A, b)


def test_predicting_elsewhere_is_refused(xp):
    pytest.importorskip("sklearn.callback")  # the helper is scikit-learn 1.9's
    A, b = arrays(xp)
    fitted = network().fit(A, b)
    with pytest.raises(ValueError, match="must use the same namespace"):
        fitted.predict(X)
    with pytest.raises(ValueError, match="must use the same namespace"):
        fitted.partial_fit(X, y)


def test_a_pipeline_in_a_search_on_tensors():
    pytest.importorskip("sklearn.callback")  # earlier pipelines do not take tensors all the way
    torch = pytest.importorskip("torch")
    A, b = arrays(torch)
    model = make_pipeline(StandardScaler(), network())
    grid = {"sigmoidmlpregressor__alpha": [0.001, 0.1]}
    with config_context(array_api_dispatch=True):
        ours = GridSearchCV(model, grid, cv=3).fit(A, b)
        assert isinstance(ours.predict(A), torch.Tensor)
    numpys = GridSearchCV(model, grid, cv=3).fit(X, y)
    np.testing.assert_allclose(
        ours.cv_results_["mean_test_score"], numpys.cv_results_["mean_test_score"], rtol=1e-6
    )
