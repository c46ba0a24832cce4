"""Whole epochs, in every body, against updates one by one."""

import threading

import numpy as np
import pytest
from both_estimators import interrupted_once

from sknnbasics._network import Layers
from sknnbasics._network._backprop import _blocked, _reference
from sknnbasics._network._batches import Batches
from sknnbasics._network._optimizers import Adam, GradientDescent

try:
    from sknnbasics._network._backprop import _compiled
except ImportError:
    _compiled = None

needs_compiled = pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")
each_body = pytest.mark.parametrize(
    "body",
    [
        pytest.param(_reference, id="reference"),
        pytest.param(_blocked, id="blocked"),
        pytest.param(_compiled, id="compiled", marks=needs_compiled),
    ],
)
OPTIMIZERS = {
    "plain": lambda: GradientDescent(0.3),
    "heavy ball": lambda: GradientDescent(0.1, momentum=0.9),
    "Nesterov": lambda: GradientDescent(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: Adam(0.01, epsilon=1e-6),
}
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
N_ROWS, ALPHA = 50, 0.3


def problem(sizes=(4, 6, 1), dtype=np.float64, fit_intercept=True):
    rng = np.random.default_rng(0)
    layers = Layers(sizes, fit_intercept)
    theta, X = rng.normal(size=layers.n_parameters), rng.normal(size=(N_ROWS, sizes[0]))
    T, s = rng.uniform(size=(N_ROWS, sizes[-1])), np.full(N_ROWS, 1.7)
    return layers, *(array.astype(dtype) for array in (theta, X, T, s))


def batches(batch_size, shuffle=True, n_rows=N_ROWS, s=None):
    s = np.ones(n_rows) if s is None else s
    return Batches(s, batch_size, shuffle, np.random.RandomState(0))


def updated(layers, theta, X, T, s, optimizer, batches, n_epochs):
    """One batch after the other, and the cost of the last epoch."""
    theta = theta.copy()
    reference = _reference.Backprop(layers, ALPHA, float(s.sum()))
    for _ in range(n_epochs):
        costs, weights = [], []
        for batch in batches:
            cost, grad = reference.cost_and_gradient(theta, X, T, s, batch.rows)
            optimizer.update(theta, batch.share * grad)
            costs.append(cost)
            weights.append(s.sum() if batch.rows is None else s[batch.rows].sum())
    return theta, np.average(costs, weights=weights)


@each_body
@each_optimizer
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [1, 7, N_ROWS - 1, N_ROWS])
def test_a_hundred_epochs_are_their_updates_one_by_one(body, optimizer, shuffle, batch_size):
    layers, theta, *data = problem()
    expected = updated(layers, theta, *data, optimizer(), batches(batch_size, shuffle), 100)
    backprop = body.Backprop(layers, ALPHA, float(data[-1].sum()))
    cut, state = batches(batch_size, shuffle), optimizer()
    for _ in range(100):
        cost = backprop.run_epoch(theta, *data, state, cut)
    np.testing.assert_allclose(theta, expected[0], rtol=0, atol=1e-10)
    assert float(cost) == pytest.approx(float(expected[1]), abs=1e-12)


@each_body
@each_optimizer
@pytest.mark.parametrize("batch_size", [1, 7, N_ROWS])
def test_rows_of_unequal_weight(body, optimizer, batch_size):
    """Heavy ones come several times, unless all rows are one batch."""
    layers, theta, X, T, _ = problem()
    s = np.random.default_rng(1).uniform(0.5, 10, size=N_ROWS)
    parts = batches(batch_size, s=s).parts
    assert (parts is None) == (batch_size == N_ROWS)
    data = X, T, s if parts is None else parts
    expected, _ = updated(layers, theta, *data, optimizer(), batches(batch_size, s=s), 5)
    backprop = body.Backprop(layers, ALPHA, float(data[-1].sum()))
    cut, state = batches(batch_size, s=s), optimizer()
    for _ in range(5):
        backprop.run_epoch(theta, *data, state, cut)
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-12)


@each_body
@each_optimizer
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("sizes", [(4, 1), (4, 3), (4, 5, 4, 3, 2)], ids=str)
def test_layers_of_any_shape(body, optimizer, fit_intercept, sizes):
    layers, theta, *data = problem(sizes, fit_intercept=fit_intercept)
    expected, _ = updated(layers, theta, *data, optimizer(), batches(7), 5)
    backprop, cut = body.Backprop(layers, ALPHA, float(data[-1].sum())), batches(7)
    state = optimizer()
    for _ in range(5):
        backprop.run_epoch(theta, *data, state, cut)
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-12)


@each_body
@each_optimizer
@pytest.mark.parametrize("layout", [np.asfortranarray, lambda X: np.repeat(X, 2, axis=1)[:, ::2]])
def test_float32_in_any_layout(body, optimizer, layout):
    layers, theta, *data = problem(dtype=np.float32)
    expected, _ = updated(layers, *problem()[1:], optimizer(), batches(7), 5)
    state, cut = optimizer(), batches(7)
    X, T, s = data
    for _ in range(5):
        body.Backprop(layers, ALPHA, float(s.sum())).run_epoch(
            theta, layout(X), np.asfortranarray(T), s, state, cut
        )
    assert theta.dtype == np.float32
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-4)
    assert {a.dtype for a in vars(state).values() if isinstance(a, np.ndarray)} == {theta.dtype}


@each_body
@each_optimizer
def test_epochs_and_single_updates_share_the_state_of_the_optimizer(body, optimizer):
    layers, theta, *data = problem()
    mixed, state = theta.copy(), optimizer()
    backprop = body.Backprop(layers, ALPHA, float(data[-1].sum()))
    backprop.run_epoch(mixed, *data, state, batches(7, shuffle=False))
    for batch in batches(7, shuffle=False):
        state.update(mixed, backprop.cost_and_gradient(mixed, *data, batch.rows)[1])
    backprop.run_epoch(mixed, *data, state, batches(7, shuffle=False))
    expected, _ = updated(layers, theta, *data, optimizer(), batches(7, shuffle=False), 3)
    np.testing.assert_allclose(mixed, expected, rtol=0, atol=1e-12)


@each_body
def test_an_optimizer_of_another_kind_updates_batch_by_batch(body):
    class Signs:
        def update(self, theta, grad):
            theta -= 0.01 * np.sign(grad)

    layers, theta, *data = problem()
    expected, _ = updated(layers, theta, *data, Signs(), batches(7), 3)
    cut = batches(7)
    for _ in range(3):
        body.Backprop(layers, ALPHA, float(data[-1].sum())).run_epoch(theta, *data, Signs(), cut)
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-12)


def many(n_rows, layers_and_theta_and_rows):
    layers, theta, *rows = layers_and_theta_and_rows
    return layers, theta, *(np.resize(array, (n_rows, *array.shape[1:])) for array in rows)


@needs_compiled
@pytest.mark.usefixtures("no_garbage_collection")
def test_an_interrupted_epoch_keeps_its_updates():
    """As many as the optimizer counts, of which each has been made wholly."""
    n_rows, size = 3_000_000, 10
    layers, theta, *rows = many(n_rows, problem((4, 50, 1)))
    replayed, interrupted, whole = theta.copy(), Adam(0.01), Adam(0.01)
    backprop = _compiled.Backprop(layers, ALPHA, 1.0)
    with pytest.raises(KeyboardInterrupt), interrupted_once(lambda: theta[0] != replayed[0]):
        backprop.run_epoch(theta, *rows, interrupted, batches(size, False, n_rows))
    n_done = size * interrupted.t
    assert 0 < n_done < n_rows
    first = (array[:n_done] for array in rows)
    backprop.run_epoch(replayed, *first, whole, batches(size, False, n_done))
    np.testing.assert_array_equal(theta, replayed)
    np.testing.assert_array_equal(interrupted.mean, whole.mean)


@needs_compiled
@pytest.mark.usefixtures("no_garbage_collection")
def test_an_interrupt_is_answered_within_a_batch_and_leaves_theta_whole():
    n_rows = 2_000_000
    layers, theta, *rows = many(n_rows, problem((4, 200, 1)))
    start = theta.copy()
    all_rows = batches(n_rows, n_rows=n_rows)
    for call in (
        lambda backprop: backprop.run_epoch(theta, *rows, Adam(0.1), all_rows),
        lambda backprop: backprop.cost_and_gradient(theta, *rows),
        lambda backprop: backprop.cost(theta, *rows),
        lambda backprop: backprop.predict(theta, rows[0]),
    ):
        backprop = _compiled.Backprop(layers, ALPHA)
        workspace = backprop._workspace
        with (
            pytest.raises(KeyboardInterrupt),
            # A call makes room before it computes.
            interrupted_once(lambda workspace=workspace: workspace.activations is not None),
        ):
            call(backprop)
    np.testing.assert_array_equal(theta, start)


@needs_compiled
def test_an_epoch_lets_other_threads_run():
    n_rows = 300_000
    layers, theta, *rows = many(n_rows, problem((4, 50, 1)))
    backprop, began = _compiled.Backprop(layers, ALPHA), threading.Event()

    def train():
        began.set()
        backprop.run_epoch(theta, *rows, GradientDescent(0.1), batches(10, n_rows=n_rows))

    thread, n_seen = threading.Thread(target=train), 0
    thread.start()
    began.wait()
    while thread.is_alive():
        n_seen += 1
        thread.join(0.001)
    assert n_seen > 1
