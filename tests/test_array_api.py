"""Arrays of other libraries: trained and predicted where they live.

scikit-learn and SciPy read SCIPY_ARRAY_API when they are imported, so these
tests run in a lane of their own: ``SCIPY_ARRAY_API=1 pytest tests/test_array_api.py``.
"""

import os
from collections import Counter
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pytest
from scipy.special import expit
from sklearn import config_context
from sklearn.datasets import make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import (
    CostSurfaceDisplay,
    LossCurveDisplay,
    NetworkDisplay,
    PerceptronClassifier,
    SigmoidMLPRegressor,
)
from sknnbasics._arrays import to_numpy
from sknnbasics._network import Layers
from sknnbasics._network._backprop import _reference
from sknnbasics._network._optimizers import Adam, GradientDescent
from sknnbasics.functional import cost_and_gradient, feedforward, half_mse, sigmoid, step

pytestmark = pytest.mark.skipif(
    os.environ.get("SCIPY_ARRAY_API") != "1", reason="SCIPY_ARRAY_API is read at import"
)

X, y = make_friedman1(230, n_features=6, random_state=0)


@dataclass
class Place:
    """A library of arrays, and the device of it where the test puts them."""

    xp: ModuleType
    device: object = None

    def asarray(self, values, dtype="float64"):
        device = {} if self.device is None else {"device": self.device}
        return self.xp.asarray(values, dtype=getattr(self.xp, dtype), **device)


@pytest.fixture(params=["torch", "torch on cuda", "cupy", "array_api_strict on device1"])
def place(request):
    library, _, device = request.param.partition(" on ")
    xp = pytest.importorskip(library)
    if request.param in ("torch on cuda", "cupy") and not xp.cuda.is_available():
        pytest.skip("no GPU here")
    if library == "array_api_strict":
        device = xp.Device(device)  # which mixes with no other device, as a GPU would not
    with config_context(array_api_dispatch=True):
        yield Place(xp, device or None)


@pytest.fixture(params=["float64", "float32"])
def dtype(request):
    return request.param


def network(**params):
    """By Adam, which "auto" is for tensors, and which NumPy's samples are to be compared with."""
    settings = {"solver": "adam", "hidden_layer_sizes": (7, 4), "max_iter": 20, "tol": None}
    return SigmoidMLPRegressor(**settings | {"random_state": 0} | params)


def arrays(place, dtype="float64"):
    return place.asarray(X, dtype), place.asarray(y, dtype)


def assert_same_network(ours, numpys, dtype):
    rtol = {"float64": 1e-9, "float32": 1e-3}[dtype]
    np.testing.assert_allclose(ours.loss_curve_, numpys.loss_curve_, rtol=rtol)
    for array, expected in zip(
        [*ours.coefs_, *ours.intercepts_], [*numpys.coefs_, *numpys.intercepts_], strict=True
    ):
        np.testing.assert_allclose(to_numpy(array), expected, rtol=0, atol=rtol)


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
def test_agrees_with_numpy(place, dtype, params):
    A, b = arrays(place, dtype)
    fitted = network(**params).fit(A, b)
    assert_same_network(fitted, numpy_fit(dtype, **params), dtype)


def test_the_sigmoid_is_the_logistic_function(place, dtype):
    z = np.linspace(-1000, 1000, 50_001, dtype=dtype)
    a = sigmoid(place.asarray(z, dtype))
    assert a.device == place.asarray(z, dtype).device
    assert a.dtype == getattr(place.xp, dtype)
    np.testing.assert_allclose(
        to_numpy(a), expit(z.astype(float)), rtol=0, atol=np.finfo(dtype).eps
    )


def test_numbers_and_steps_of_the_functional_api(place):
    assert sigmoid(0.0) == step(0.0) + 0.5 == 0.5
    fired = step(place.asarray([-1.0, 0.0, 2.0]))
    assert fired.dtype == place.xp.int8
    np.testing.assert_array_equal(to_numpy(fired), [0, 0, 1])
    pixels = place.asarray([0], "uint8"), place.asarray([20], "uint8")
    assert float(half_mse(*pixels)) == 200  # and not 400 modulo 256


def test_the_sigmoid_of_integers_is_that_of_floats(place):
    for dtype in ("int64", "int8", "uint8"):
        a = sigmoid(place.asarray([0, 1, 5], dtype))
        assert a.dtype == place.xp.float64
        np.testing.assert_allclose(to_numpy(a), expit([0, 1, 5]), rtol=1e-15)
        np.testing.assert_array_equal(sigmoid(np.array([0, 1, 5], dtype)), sigmoid([0.0, 1, 5]))


def test_targets_that_are_integers_keep_the_precision_of_the_network(dtype):
    torch = pytest.importorskip("torch")
    A, W = (torch.ones(shape, dtype=getattr(torch, dtype)) for shape in [(4, 2), (2, 1)])
    T = torch.asarray([0, 1, 1, 0])
    with config_context(array_api_dispatch=True):
        cost, (grad,), _ = cost_and_gradient(A, T, [W])
        assert cost.dtype == grad.dtype == A.dtype
        assert float(half_mse(feedforward(A, [W])[-1], T)) == pytest.approx(float(cost), rel=1e-6)


def test_results_live_where_the_input_lives(place, dtype):
    A, b = arrays(place, dtype)
    fitted = network().fit(A, b)
    results = [fitted.predict(A), fitted.y_low_, *fitted.coefs_, *fitted.intercepts_]
    results += [*fitted.feedforward(A), *fitted.cost_gradient(A, b)[0]]
    assert {type(array) for array in results} == {type(A)}
    assert all(array.dtype == A.dtype and array.device == A.device for array in results)
    assert isinstance(fitted.score(A, b), float)
    assert isinstance(fitted.cost(A, b), float)


def test_weights_and_targets_follow_X(place):
    A, _ = arrays(place)
    s = np.arange(len(X)) % 3
    fitted = network().fit(A, y, sample_weight=s, X_val=X, y_val=y)
    with config_context(array_api_dispatch=False):
        expected = network().fit(X, y, sample_weight=s, X_val=X, y_val=y)
    assert_same_network(fitted, expected, "float64")


def test_numpy_X_takes_the_rest_from_elsewhere(place):
    s = np.arange(len(X)) % 3
    init = numpy_fit("float64").coefs_
    expected = network().fit(X, y, sample_weight=s, coefs_init=init)
    y_there, s_there, *init_there = (place.asarray(array) for array in (y, s, *init))
    fitted = network().fit(X, y_there, sample_weight=s_there, coefs_init=init_there)
    assert {type(array) for array in [*fitted.coefs_, fitted.predict(X)]} == {np.ndarray}
    assert_same_network(fitted, expected, "float64")


def test_scores_against_numpy_targets(place):
    A, b = arrays(place)
    fitted = network().fit(A, b)
    assert fitted.score(A, y) == pytest.approx(fitted.score(A, b), rel=1e-12)
    assert fitted.score(A, y) == pytest.approx(numpy_fit("float64").score(X, y), rel=1e-9)


def test_partial_fit(place):
    A, b = arrays(place)
    ours, numpys = network(y_range=(-10, 40)), network(y_range=(-10, 40))
    for rows in (slice(0, 100), slice(100, 230)):
        ours.partial_fit(A[rows, :], b[rows])
        with config_context(array_api_dispatch=False):
            numpys.partial_fit(X[rows], y[rows])
    np.testing.assert_allclose(to_numpy(ours.predict(A)), numpys.predict(X), rtol=1e-9)


def test_initial_weights(place):
    A, b = arrays(place)
    numpys = numpy_fit("float64")
    fitted = network(max_iter=1).fit(
        A,
        b,
        coefs_init=[place.asarray(W) for W in numpys.coefs_],
        intercepts_init=numpys.intercepts_,
    )
    with config_context(array_api_dispatch=False):
        expected = network(max_iter=1).fit(
            X, y, coefs_init=numpys.coefs_, intercepts_init=numpys.intercepts_
        )
    assert_same_network(fitted, expected, "float64")


def test_lbfgs_says_that_it_is_for_numpy(place):
    A, b = arrays(place)
    with pytest.raises(ValueError, match="'lbfgs' is SciPy's and needs NumPy input"):
        network(solver="lbfgs").fit(A, b)


def test_tensors_that_ask_for_a_gradient_leave_no_record():
    torch = pytest.importorskip("torch")
    A, b = torch.asarray(X, requires_grad=True), torch.asarray(y, requires_grad=True)
    s = torch.ones(len(y), requires_grad=True)
    with config_context(array_api_dispatch=True):
        fitted = network().fit(A, b, sample_weight=s, X_val=A[:9], y_val=b[:9])
        fitted.partial_fit(A, b)
        assert not fitted.coefs_[0].requires_grad
        expected = network().fit(A.detach(), b.detach()).partial_fit(A.detach(), b.detach())
    np.testing.assert_array_equal(fitted.coefs_[0], expected.coefs_[0])


@pytest.mark.parametrize("dispatch", [False, True])
def test_complex_arrays_are_refused_by_name(place, dispatch):
    A, b = place.asarray(X, "complex128"), place.asarray(y, "complex128")
    fitted = network().fit(*arrays(place))
    calls = {
        "X": [
            lambda: network().fit(A, y),
            lambda: PerceptronClassifier().fit(A, y > 14),
            lambda: fitted.predict(A),
            lambda: fitted.cost(A, y),
            lambda: network().fit(X, y, X_val=A, y_val=y),
        ],
        "y": [lambda: network().fit(X, b)],
        "y_val": [lambda: network().fit(X, y, X_val=X, y_val=b)],
        "sample_weight": [lambda: network().fit(X, y, sample_weight=b)],
    }
    for name, each in calls.items():
        message = rf"Complex data not supported: {name} holds .*complex128"
        for call in each if dispatch else each[:1]:
            with (
                config_context(array_api_dispatch=dispatch),
                pytest.raises(ValueError, match=message),
            ):
                call()


def test_arrays_that_cannot_be_written_in_place_are_refused(monkeypatch):
    """Those of dask are of this kind: the optimizers would move a copy."""
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.Tensor, "__iadd__", lambda a, b: a + b)
    refusal = pytest.raises(ValueError, match=r"Training writes in place.*Tensor.*to NumPy")
    with config_context(array_api_dispatch=True), refusal:
        network().fit(torch.asarray(X), torch.asarray(y))


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_the_perceptron_takes_tensors_as_numpy(place, class_weight):
    A, b = arrays(place)
    labels = b > 14
    model = PerceptronClassifier(random_state=0, max_iter=5, class_weight=class_weight)
    expected = PerceptronClassifier(**model.get_params())
    with pytest.warns(ConvergenceWarning):
        model.fit(A, labels)
    with pytest.warns(ConvergenceWarning):
        expected.fit(X, y > 14)
    np.testing.assert_array_equal(model.coef_, expected.coef_)
    np.testing.assert_array_equal(model.predict(A), expected.predict(X))


def test_predicting_elsewhere_is_refused(place):
    pytest.importorskip("sklearn.callback")  # the helper is scikit-learn 1.9's
    A, b = arrays(place)
    fitted = network().fit(A, b)
    with pytest.raises(ValueError, match="must use the same namespace"):
        fitted.predict(X)
    with pytest.raises(ValueError, match="must use the same namespace"):
        fitted.partial_fit(X, y)


@pytest.mark.parametrize(
    "method", ["predict", "feedforward", "cost", "score", "partial_fit", "fit"]
)
def test_tensors_without_dispatch_are_an_error_that_names_it(place, method):
    """As where a file is loaded in another process."""
    A, b = arrays(place)
    fitted = network(warm_start=True).fit(A, b)
    given = (X,) if method in ("predict", "feedforward") else (X, y)
    message = (
        r"coefs_\[0\] is a .*(Tensor|Array), .*under array API dispatch alone: set SCIPY_ARRAY"
    )
    with config_context(array_api_dispatch=False), pytest.raises(ValueError, match=message):
        getattr(fitted, method)(*given)


@pytest.mark.parametrize("dispatch", [False, True])
def test_a_network_of_tensors_is_drawn(place, dispatch):
    """Without dispatch as well, where NumPy can read the tensors."""
    A, b = arrays(place)
    drawn = network().fit(A, b)
    with config_context(array_api_dispatch=dispatch):
        if not dispatch and place.device is not None:
            with pytest.raises(ValueError, match="under array API dispatch alone"):
                NetworkDisplay.from_estimator(drawn)
            return
        display = NetworkDisplay.from_estimator(drawn)
        surface = CostSurfaceDisplay.from_estimator(drawn, A, b, grid_resolution=3)
        LossCurveDisplay.from_estimator(drawn)
    with config_context(array_api_dispatch=False):
        expected = network().fit(X, y)
        numpys = CostSurfaceDisplay.from_estimator(expected, X, y, grid_resolution=3)
    np.testing.assert_allclose(display.coefs[0], expected.coefs_[0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(surface.cost, numpys.cost, rtol=1e-9)


def test_moves_to_numpy_and_trains_on(place):
    pytest.importorskip("sklearn.callback")  # the mover is scikit-learn 1.9's
    from sklearn.utils._array_api import get_namespace_and_device, move_estimator_to

    A, b = arrays(place)
    fitted = network(y_range=(-10, 40)).fit(A, b)
    xp, _, device = get_namespace_and_device(X)
    moved, predicted = move_estimator_to(fitted, xp, device), to_numpy(fitted.predict(A))
    with config_context(array_api_dispatch=False):
        np.testing.assert_allclose(moved.predict(X), predicted, rtol=1e-9)
        moved.partial_fit(X, y)
    assert_same_network(fitted.partial_fit(A, b), moved, "float64")


def test_a_pipeline_in_a_search_on_tensors():
    pytest.importorskip("sklearn.callback")  # earlier pipelines do not take tensors all the way
    torch = pytest.importorskip("torch")
    A, b = arrays(Place(torch))
    model = make_pipeline(StandardScaler(), network())
    grid = {"sigmoidmlpregressor__alpha": [0.001, 0.1]}
    with config_context(array_api_dispatch=True):
        ours = GridSearchCV(model, grid, cv=3).fit(A, b)
        assert isinstance(ours.predict(A), torch.Tensor)
    numpys = GridSearchCV(model, grid, cv=3).fit(X, y)
    np.testing.assert_allclose(
        ours.cv_results_["mean_test_score"], numpys.cv_results_["mean_test_score"], rtol=1e-6
    )


def transfers(torch, **params):
    """How often a fit reads a number back, and how often it sends an array to the device."""
    from torch.utils._python_dispatch import TorchDispatchMode

    counts = Counter()

    class Counting(TorchDispatchMode):
        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
            counts[operation] += 1
            return operation(*args, **kwargs or {})

    A, b = arrays(Place(torch, "cuda" if torch.cuda.is_available() else "cpu"))
    with config_context(array_api_dispatch=True), Counting():
        network(**params).fit(A, b)
    aten = torch.ops.aten
    sent = counts[aten.lift_fresh.default] + counts[aten._to_copy.default]
    return counts[aten._local_scalar_dense.default], sent


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_many_batches_read_and_send_no_more_than_two(solver):
    torch = pytest.importorskip("torch")
    two = transfers(torch, solver=solver, batch_size=115, max_iter=3)
    assert transfers(torch, solver=solver, batch_size=6, max_iter=3) == two
    longer = transfers(torch, solver=solver, batch_size=115, max_iter=4)
    assert longer > two  # each epoch does both, so what counts them works


@pytest.mark.parametrize(
    "optimizer", [Adam(0.1), GradientDescent(0.1, momentum=0.9, nesterov=True)], ids=type
)
@pytest.mark.parametrize("rows", [None, slice(0, 4), [7, 2]], ids=str)
def test_a_batch_works_where_no_value_can_be_read(optimizer, rows):
    torch = pytest.importorskip("torch")
    layers = Layers((3, 4, 2))
    shapes = [(layers.n_parameters,), (9, 3), (9, 2), (9,)]
    # Tensors of this device have no values, and do not mix with those of another.
    theta, *data = (torch.empty(shape, device="meta") for shape in shapes)
    rows = torch.asarray(rows, device="meta") if isinstance(rows, list) else rows
    backprop = _reference.Backprop(layers, alpha=0.02, total_weight=9.0)
    with config_context(array_api_dispatch=True):
        cost, grad = backprop.cost_and_gradient(theta, *data, rows)
        optimizer.update(theta, grad)
    assert cost.shape == ()
    assert grad.shape == theta.shape
    assert cost.device == grad.device == theta.device


def test_a_network_of_tensors_is_exported_to_onnx(place, dtype):
    skl2onnx = pytest.importorskip("skl2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    fitted = network().fit(*arrays(place, dtype))
    graph = skl2onnx.to_onnx(fitted, X[:1].astype(dtype)).SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (predicted,) = session.run(["variable"], {"X": X.astype(dtype)})
    expected = numpy_fit(dtype).predict(X)
    tolerance = 1e-5 if dtype == "float32" else 1e-9
    np.testing.assert_allclose(predicted[:, 0], expected, rtol=tolerance)
