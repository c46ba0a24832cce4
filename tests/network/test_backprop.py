"""All bodies of the backpropagation: one suite, then the fast ones against the reference."""

import copy
import os
import pickle
import subprocess
import sys
from itertools import product
from math import exp

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import check_grad

from sknnbasics._network import Layers, _backprop, backprop_for
from sknnbasics._network._backprop import _blocked, _reference
from sknnbasics._network._batches import Batches
from sknnbasics._network._optimizers import Adam, GradientDescent

try:
    from sknnbasics._network._backprop import _compiled
except ImportError:
    _compiled = None

N_ROWS, ALPHA = 23, 0.3
FAST_BODIES = [
    pytest.param(_blocked, id="blocked"),
    pytest.param(
        _compiled,
        id="compiled",
        marks=pytest.mark.skipif(_compiled is None, reason="the compiled body is not built"),
    ),
]
each_body = pytest.mark.parametrize(
    "body", [pytest.param(_reference, id="reference"), *FAST_BODIES]
)
each_fast_body = pytest.mark.parametrize("body", FAST_BODIES)
BIASES = pytest.mark.parametrize("fit_intercept", [True, False])


def problem(fit_intercept=True, dtype=np.float64):
    """Layers 4-5-3-3 at random weights, and weighted data for them."""
    rng = np.random.default_rng(0)
    layers = Layers((4, 5, 3, 3), fit_intercept)
    theta, X = rng.normal(size=layers.n_parameters), rng.normal(size=(N_ROWS, 4))
    T, s = rng.uniform(size=(N_ROWS, 3)), rng.uniform(0.5, 2, size=N_ROWS)
    return layers, *(array.astype(dtype) for array in (theta, X, T, s))


def strided(X):
    """Every second column of every second row of a larger array, the last ones first."""
    room = np.zeros((2 * X.shape[0], 2 * X.shape[1]), X.dtype)
    room[::-2, ::-2] = X
    return room[::-2, ::-2]


def columns_of_a_wider_one(X):
    return np.hstack([X, X])[:, : X.shape[1]]


def readonly(X):
    X = X.copy()
    X.setflags(write=False)
    return X


DENSE = [np.array, np.asfortranarray, strided, columns_of_a_wider_one, readonly]
SPARSE = [sparse.csr_array, sparse.csr_matrix]


def only_dense(body, layout):
    if body is _compiled and layout in SPARSE:
        pytest.skip("sparse rows are NumPy's")


def sigmoid(z):
    return 1 / (1 + exp(-z))


def naive_cost_and_gradient(coefs, intercepts, X, T, s, alpha):
    """Backpropagation unit by unit, one sample after another."""
    grads = [np.zeros_like(W) for W in coefs], [np.zeros_like(b) for b in intercepts]
    cost = sum(0.5 * alpha * w**2 for W in coefs for w in W.flat) / sum(s)
    for grad, W in zip(grads[0], coefs, strict=True):
        grad += alpha * W / sum(s)
    for x, t, weight in zip(X, T, s / sum(s), strict=True):
        a = [list(x)]
        for W, b in zip(coefs, intercepts, strict=True):
            z = [sum(a_i * w for a_i, w in zip(a[-1], column, strict=True)) for column in W.T]
            a.append([sigmoid(z_j + b_j) for z_j, b_j in zip(z, b, strict=True)])
        back = [weight * (a_k - t_k) for a_k, t_k in zip(a[-1], t, strict=True)]
        cost += sum(0.5 * weight * (a_k - t_k) ** 2 for a_k, t_k in zip(a[-1], t, strict=True))
        for layer in reversed(range(len(coefs))):
            delta = [e * a_j * (1 - a_j) for e, a_j in zip(back, a[layer + 1], strict=True)]
            grads[0][layer] += np.outer(a[layer], delta)
            grads[1][layer] += delta
            back = [sum(d * w for d, w in zip(delta, row, strict=True)) for row in coefs[layer]]
    return cost, np.concatenate([g.ravel() for g in grads[0] + grads[1]])


def assert_same(result, expected, rtol=1e-12):
    cost, grad = result
    np.testing.assert_allclose(cost, expected[0], rtol=rtol)
    np.testing.assert_allclose(grad, expected[1], rtol=rtol, atol=rtol * abs(expected[1]).max())


@each_body
@BIASES
@pytest.mark.parametrize("alpha", [0.0, ALPHA])
def test_gradient_is_the_slope_of_the_cost(body, fit_intercept, alpha):
    layers, theta, *data = problem(fit_intercept)
    backprop = body.Backprop(layers, alpha)
    error = check_grad(
        lambda theta: backprop.cost_and_gradient(theta, *data)[0],
        lambda theta: backprop.cost_and_gradient(theta, *data)[1].copy(),
        theta,
    )
    assert error < 1e-6


@each_body
def test_equals_the_naive_loop(body):
    layers, theta, *data = problem()
    expected = naive_cost_and_gradient(*layers.split(theta), *data, ALPHA)
    assert_same(body.Backprop(layers, ALPHA).cost_and_gradient(theta, *data), expected)


@each_body
def test_weights_equal_repetition(body):
    layers, theta, X, T, _ = problem()
    times = np.random.default_rng(1).integers(1, 4, size=N_ROWS)
    backprop = body.Backprop(layers, ALPHA)
    repeated = [np.repeat(array, times, axis=0) for array in (X, T, np.ones(N_ROWS))]
    cost, grad = backprop.cost_and_gradient(theta, *repeated)
    expected = cost, grad.copy()
    assert_same(backprop.cost_and_gradient(theta, X, T, times.astype(float)), expected)


@each_body
@pytest.mark.parametrize(
    "rows", [slice(3, 11), np.array([7, 2, 2, 19]), np.arange(N_ROWS)[::-1]], ids=str
)
@pytest.mark.parametrize("layout", DENSE + SPARSE)
def test_rows_select_the_batch(body, rows, layout):
    only_dense(body, layout)
    layers, theta, *data = problem()
    expected = _reference.Backprop(layers, ALPHA).cost_and_gradient(
        theta, *(array[rows] for array in data)
    )
    X, T, s = data
    backprop = body.Backprop(layers, ALPHA)
    assert_same(backprop.cost_and_gradient(theta, layout(X), T, s, rows), expected)


@each_body
def test_cost_is_that_of_the_gradient_without_penalty(body):
    layers, theta, X, T, s = problem()
    cost, _ = body.Backprop(layers, 0.0).cost_and_gradient(theta, X, T, s)
    assert body.Backprop(layers, ALPHA).cost(theta, X, T, s) == pytest.approx(cost, rel=1e-14)


@each_body
def test_float32_stays_float32(body):
    layers, theta, X, T, s = problem(dtype=np.float32)
    backprop = body.Backprop(layers, ALPHA)
    expected = body.Backprop(layers, ALPHA).cost_and_gradient(*problem()[1:])
    for rows in (None, np.arange(N_ROWS)):
        result = backprop.cost_and_gradient(theta, X, T, s, rows)
        assert result[1].dtype == np.float32
        assert_same(result, expected, rtol=1e-5)
    assert backprop.predict(theta, X).dtype == np.float32
    if body is not _compiled:
        assert backprop.predict(theta, sparse.csr_array(X)).dtype == np.float32


@each_body
@pytest.mark.parametrize("rows", [None, slice(0, 9), np.array([5, 0, 22])], ids=str)
def test_reads_a_readonly_memmap_and_changes_nothing(body, rows, tmp_path):
    layers, *arrays = problem()
    for name, array in enumerate(arrays):
        array.tofile(tmp_path / str(name))
    theta, *data = (
        np.memmap(tmp_path / str(name), array.dtype, "r", shape=array.shape)
        for name, array in enumerate(arrays)
    )
    backprop = body.Backprop(layers, ALPHA)
    expected = _reference.Backprop(layers, ALPHA).cost_and_gradient(*arrays, rows)
    assert_same(backprop.cost_and_gradient(theta, *data, rows), expected)
    backprop.predict(theta, data[0])
    for mapped, array in zip((theta, *data), problem()[1:], strict=True):
        np.testing.assert_array_equal(mapped, array)


@each_fast_body
@pytest.mark.parametrize("block_rows", [1, 2, 7, N_ROWS - 1, N_ROWS, N_ROWS + 5, None])
@BIASES
@pytest.mark.parametrize("layout", [*DENSE, sparse.csr_array])
def test_blocks_of_any_size_equal_the_reference(body, block_rows, fit_intercept, layout):
    only_dense(body, layout)
    layers, theta, X, T, s = problem(fit_intercept)
    reference = _reference.Backprop(layers, ALPHA)
    blocked = body.Backprop(layers, ALPHA, block_rows=block_rows)
    for rows in (None, np.array([4, 9, 1, 0, 22, 9, 3, 8])):
        result = blocked.cost_and_gradient(theta, layout(X), T, s, rows)
        assert_same(result, reference.cost_and_gradient(theta, X, T, s, rows))
    prediction = reference.predict(theta, X)
    np.testing.assert_allclose(blocked.predict(theta, layout(X)), prediction, rtol=1e-12)
    cost = reference.cost(theta, X, T, s)
    assert blocked.cost(theta, layout(X), T, s) == pytest.approx(cost, rel=1e-12)


@each_fast_body
@BIASES
@pytest.mark.parametrize("alpha", [0.0, ALPHA])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize(
    "sizes",
    [(4, 1), (4, 3), (4, 5, 1), (4, 37, 1), (19, 16, 2), (2, 3, 4, 1), (5, 9, 8, 7, 1), (1, 1, 1)],
    ids=str,
)
def test_layers_of_any_shape_equal_the_reference(body, fit_intercept, alpha, weighted, sizes):
    rng = np.random.default_rng(0)
    layers = Layers(sizes, fit_intercept)
    theta, X = rng.normal(size=layers.n_parameters), rng.normal(size=(N_ROWS, sizes[0]))
    T = rng.uniform(size=(N_ROWS, sizes[-1]))
    s = rng.uniform(0.5, 2, size=N_ROWS) if weighted else np.ones(N_ROWS)
    for block_rows in (None, 4):
        result = body.Backprop(layers, alpha, block_rows=block_rows).cost_and_gradient(
            theta, X, T, s
        )
        expected = _reference.Backprop(layers, alpha).cost_and_gradient(theta, X, T, s)
        assert_same(result, expected)


@each_fast_body
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_sigmoid_is_that_of_long_doubles(body, dtype):
    # One unit of weight 1: its pre-activation is the input.
    z = np.linspace(-100, 100, 100_001).astype(dtype)[:, None]
    a = body.Backprop(Layers((1, 1), False), 0.0).predict(np.ones(1, dtype), z)
    expected = 1 / (1 + np.exp(-z.astype(np.longdouble)))
    unit = np.spacing(np.maximum(expected.astype(dtype), dtype(0.5)))
    assert (abs(a - expected) < 3 * unit).all()
    special = np.array([[np.nan], [np.inf], [-np.inf], [0.0]], dtype)
    a = body.Backprop(Layers((1, 1), False), 0.0).predict(np.ones(1, dtype), special)
    assert np.isnan(a[0, 0])
    np.testing.assert_allclose(a[1:, 0], [1, 0, 0.5], rtol=0, atol=np.finfo(dtype).eps)


@pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_saturated_units_make_no_denormal_numbers(dtype):
    """Which processors take a hundred times as long for."""
    layers = Layers((1, 1), False)
    z = np.array([[-1e30], [-100.0], [-30.0], [30.0], [100.0]], dtype)
    a = _compiled.Backprop(layers, 0.0).predict(np.ones(1, dtype), z)
    assert (a > 0).all()
    assert (a[:3] ** 2 > np.finfo(dtype).tiny).all()


@each_fast_body
def test_workspace_follows_theta_dtype_layout_and_number_of_rows(body):
    backprop = body.Backprop(problem()[0], ALPHA)
    layouts = DENSE if body is _compiled else (np.array, sparse.csr_array)
    settings = [(np.float64, np.float32), layouts, (3, 7, N_ROWS), (0, 1)]
    settings = list(product(*settings))
    for number in np.random.default_rng(0).integers(len(settings), size=100):
        dtype, layout, n_rows, fresh = settings[number]
        layers, theta, *data = problem(dtype=dtype)
        X, T, s = (array[:n_rows] for array in data)
        for shift in (0, 1):
            theta = theta + shift if fresh else np.add(theta, shift, out=theta)
            expected = _reference.Backprop(layers, ALPHA).cost_and_gradient(theta, X, T, s)
            result = backprop.cost_and_gradient(theta, layout(X), T, s)
            assert_same(result, expected, rtol=1e-12 if dtype == np.float64 else 1e-5)


@each_fast_body
def test_predictions_are_not_overwritten(body):
    layers, theta, X, *_ = problem()
    backprop = body.Backprop(layers, 0.0)
    prediction = backprop.predict(theta, X)
    kept = prediction.copy()
    backprop.predict(theta, -X)
    np.testing.assert_array_equal(prediction, kept)


@each_fast_body
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies_leave_the_workspace_behind(body, duplicate):
    layers, theta, *data = problem()
    backprop = body.Backprop(layers, ALPHA, block_rows=7)
    expected = backprop.cost_and_gradient(theta, *data)
    twin = duplicate(backprop)
    fresh = body.Backprop(layers, ALPHA, block_rows=7)
    assert len(pickle.dumps(twin)) == len(pickle.dumps(fresh))
    assert_same(twin.cost_and_gradient(theta, *data), expected, rtol=0)


def test_the_kind_of_data_decides_the_body():
    X = np.eye(3)
    dense = {"blocked": _blocked, "compiled": _compiled}[_backprop.BODY]
    assert backprop_for(X) is backprop_for(np.asfortranarray(X)) is dense.Backprop
    assert backprop_for(sparse.csr_array(X)) is _blocked.Backprop
    assert backprop_for([[1.0]]) is _reference.Backprop


@pytest.mark.skipif(
    os.environ.get("SKNNBASICS_REQUIRE_COMPILED") != "1",
    reason="SKNNBASICS_REQUIRE_COMPILED=1 asks for the compiled body",
)
def test_the_compiled_body_is_in_use():
    # The build passes over a body that does not compile.
    assert _backprop.BODY == "compiled"


def test_where_scipy_lends_no_products_numpy_takes_them():
    program = (
        "import sklearn.neural_network\n"  # which has what it needs of these
        "from scipy.linalg import cython_blas\n"
        "del cython_blas.__pyx_capi__['dgemm']\n"
        "from sknnbasics._network import BODY\n"
        "assert BODY == 'blocked', BODY"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@each_body
def test_the_penalty_of_a_batch_is_divided_by_the_weights_of_all_rows(body):
    layers, theta, X, T, s = problem()
    whole = body.Backprop(layers, ALPHA)
    batch = body.Backprop(layers, ALPHA, total_weight=2 * s.sum())
    bare = body.Backprop(layers, 0.0)
    penalty = whole.cost_and_gradient(theta, X, T, s)[0] - bare.cost_and_gradient(theta, X, T, s)[0]
    halved = batch.cost_and_gradient(theta, X, T, s)[0] - bare.cost_and_gradient(theta, X, T, s)[0]
    assert halved == pytest.approx(penalty / 2)


@pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")
@pytest.mark.parametrize("wrong", range(4), ids=["theta", "X", "T", "s"])
def test_compiled_loops_read_nothing_beyond_the_end(wrong):
    layers, *arrays = problem()
    backprop = _compiled.Backprop(layers, ALPHA)
    optimizer, batches = GradientDescent(0.1), Batches(arrays[3], 10, False, None)
    others = (arrays[wrong][:-1], np.concatenate([arrays[wrong]] * 2), arrays[wrong][..., :1])
    for other in others:
        theta, *rows = [other if number == wrong else array for number, array in enumerate(arrays)]
        with pytest.raises(ValueError, match="are not for"):
            backprop.cost_and_gradient(theta, *rows)
        with pytest.raises(ValueError, match="are not for"):
            backprop.cost(theta, *rows)
        with pytest.raises(ValueError, match="are not for"):
            backprop.run_epoch(theta, *rows, optimizer, batches)
    theta, X, *_ = arrays
    for wrong_theta, wrong_X in [(theta[:-1], X), (theta, X[:, :3])]:
        with pytest.raises(ValueError, match="are not for"):
            backprop.predict(wrong_theta, wrong_X)


@pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")
@pytest.mark.parametrize("optimizer", [GradientDescent, Adam])
def test_moments_of_other_parameters_are_refused(optimizer):
    layers, theta, *rows = problem()
    backprop, batches = _compiled.Backprop(layers, ALPHA), Batches(rows[2], 10, False, None)
    optimizer = optimizer(0.1)
    optimizer.begin(theta[:-1])
    with pytest.raises(ValueError, match="moments are not for"):
        backprop.run_epoch(theta, *rows, optimizer, batches)
    with pytest.raises(ValueError, match="moments are not for"):
        backprop.update(theta, theta.copy(), optimizer)
    with pytest.raises(ValueError, match="derivatives are not for"):
        backprop.update(theta, theta[:-1], type(optimizer)(0.1))


@each_body
def test_no_rows_have_no_predictions_and_no_cost(body):
    layers, theta, X, T, s = problem()
    backprop = body.Backprop(layers, ALPHA, 1.0)
    assert backprop.predict(theta, X[:0]).shape == (0, 3)
    if body is _compiled:
        assert backprop.cost(theta, X[:0], T[:0], s[:0]) == 0
        assert np.isfinite(backprop.cost_and_gradient(theta, X, T, s, np.arange(0))[1]).all()
