"""Batches, schedules, the objective, progress and solvers, on plain arrays."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.metrics import r2_score

from sknnbasics._network import Layers
from sknnbasics._network._backprop._reference import Backprop
from sknnbasics._network._batches import Batches, equal_batch_size
from sknnbasics._network._objective import Objective, Rows
from sknnbasics._network._optimizers import GradientDescent
from sknnbasics._network._progress import Diverged, Progress
from sknnbasics._network._repeated import merge_repeated
from sknnbasics._network._schedule import LearningRate
from sknnbasics._network._solvers import descend, lbfgs
from sknnbasics._network._stopping import Patience


@pytest.fixture
def objective():
    rng = np.random.default_rng(0)
    rows = Rows(rng.normal(size=(20, 3)), rng.uniform(0.1, 0.9, (20, 1)), np.ones(20))
    return Objective(Backprop(Layers((3, 4, 1)), 0.0), rows)


def start():
    return np.random.default_rng(1).normal(size=Layers((3, 4, 1)).n_parameters)


def never():
    return Patience(None, 1)


def test_shuffled_batches_visit_every_row_once_in_a_new_order_each_epoch():
    batches = Batches(np.full(10, 0.1), 3, True, np.random.RandomState(0))
    epochs = [np.concatenate([batch.rows for batch in batches]) for _ in range(2)]
    assert [(len(batch.rows), batch.weight, batch.share) for batch in batches] == [
        (3, 3, 1),
        (3, 3, 1),
        (3, 3, 1),
        (1, 1, 1),
    ]
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch), np.arange(10))
    assert (epochs[0] != epochs[1]).any()


def test_unshuffled_batches_are_slices_and_a_full_batch_is_all_rows():
    in_order = [batch.rows for batch in Batches(np.ones(5), 2, False, None)]
    assert in_order == [slice(0, 2), slice(2, 4), slice(4, 5)]
    for weights in (np.ones(5), np.arange(1.0, 6.0)):
        assert list(Batches(weights, 5, True, None)) == [(None, 1, 1)]


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 7, 32])
@pytest.mark.parametrize("spread", [0.1, 1.0, 10.0, 300.0])
def test_batches_hold_equal_weight_and_an_epoch_all_of_it(shuffle, batch_size, spread):
    rng = np.random.default_rng(0)
    s = np.exp(rng.uniform(-spread, spread, 100))
    batches = Batches(s, batch_size, shuffle, np.random.RandomState(0))
    epoch = list(batches)
    assert len(epoch) == math.ceil(100 / batch_size)
    visits = np.concatenate([batch.rows for batch in epoch])
    assert len(visits) <= 200
    np.testing.assert_allclose(np.bincount(visits, batches.parts[visits], 100), s)
    mean = s.mean()
    assert batches.parts.max() <= mean * (1 + 1e-5)
    for start, batch in zip(range(0, 100, batch_size), epoch, strict=True):
        full = min(batch_size, 100 - start)
        weight = batches.parts[batch.rows].sum() / mean
        assert abs(weight - full) < 1 + 1e-5
        np.testing.assert_allclose([batch.weight, batch.share], [weight, weight / full])


def test_a_heavy_row_comes_at_even_distances_and_the_others_in_their_order():
    s = np.array([1.0, 1, 1, 5, 1, 1, 1, 1])
    batches = Batches(s, 1, False, None)
    line = np.concatenate([batch.rows for batch in batches])
    assert line[line != 3].tolist() == [0, 1, 2, 4, 5, 6, 7]
    (heavy,) = np.nonzero(line == 3)
    assert len(heavy) == 4  # of a mean of 1.5
    assert set(np.diff(heavy)) <= {2, 3, 4}


@pytest.mark.parametrize("batch_size", [1, 7, 20])
def test_the_gradients_of_an_epoch_add_up_to_that_of_all_rows(objective, batch_size):
    s = np.exp(np.random.default_rng(1).normal(0, 3, 20))
    batches = Batches(s, batch_size, True, np.random.RandomState(0))
    backprop = Backprop(objective.backprop.layers, 0.7, float(s.sum()))
    objective = Objective(backprop, objective.train._replace(s=s), batches.parts)
    theta, total = start(), 0.0
    sizes = [min(batch_size, 20 - first) for first in range(0, 20, batch_size)]
    for size, batch in zip(sizes, batches, strict=True):
        _, grad = backprop.cost_and_gradient(theta, *objective.in_batches, batch.rows)
        total += size * batch.share * grad
    np.testing.assert_allclose(total / 20, objective(theta)[1], rtol=1e-9, atol=1e-15)


def test_learning_rate_schedules():
    assert LearningRate(0.5).at(99) == 0.5
    assert LearningRate(0.5, "invscaling", 0.5).at(99) == pytest.approx(0.05)
    adaptive = LearningRate(0.5, "adaptive")
    assert adaptive.shrink()
    assert adaptive.at(99) == pytest.approx(0.1)
    assert not LearningRate(0.5).shrink()
    assert not LearningRate(1e-6, "adaptive").shrink()


def test_the_cost_of_an_epoch_weighs_batches_by_their_weights(objective):
    weighted = objective.train._replace(s=np.arange(1.0, 21.0))
    batches = Batches(weighted.s, 7, False, None)
    objective = Objective(objective.backprop, weighted, batches.parts)
    progress = Progress(never(), LearningRate(0.0))
    descend(start(), objective, GradientDescent(0.0), batches, progress, 1)
    full, _ = objective(start())
    assert progress.loss_curve[0] == pytest.approx(full, rel=1e-12)


def test_adaptive_rate_shrinks_when_patience_runs_out_and_then_stops(objective):
    progress = Progress(Patience(0.5, 2), LearningRate(1e-5, "adaptive"))
    stopped = descend(
        start(),
        objective,
        GradientDescent(1e-5),
        Batches(np.ones(20), 20, False, None),
        progress,
        100,
    )
    # 1e-5 and 2e-6 each wait two epochs (the first epoch has nothing to beat); 4e-7 is too small.
    assert stopped
    assert progress.learning_rate.at(0) == pytest.approx(4e-7)
    assert len(progress.loss_curve) == 1 + 2 + 2 + 2


def test_early_stopping_keeps_the_parameters_of_the_lowest_validation_cost(objective):
    costs = iter([3.0, 1.0, 2.0, 2.5])
    seen = []

    def validation_cost(theta):
        seen.append(theta.copy())
        return next(costs)

    progress = Progress(Patience(0.0, 2), LearningRate(0.1), validation_cost, early_stopping=True)
    stopped = descend(
        start(),
        objective,
        GradientDescent(0.1),
        Batches(np.ones(20), 20, False, None),
        progress,
        10,
    )
    assert stopped
    assert list(progress.validation_loss_curve) == [3.0, 1.0, 2.0, 2.5]
    np.testing.assert_array_equal(progress.best_theta, seen[1])


def test_a_hook_can_stop_training(objective):
    progress = Progress(never(), LearningRate(0.1), on_epoch_end=lambda: True)
    batches = Batches(np.ones(20), 20, False, None)
    assert descend(start(), objective, GradientDescent(0.1), batches, progress, 10)
    assert len(progress.loss_curve) == 1


def test_weights_that_diverge_are_refused_with_the_epoch(objective):
    progress = Progress(never(), LearningRate(1e200))
    batches = Batches(np.ones(20), 20, False, None)
    with pytest.raises(Diverged, match=r"^1$"):
        descend(start(), objective, GradientDescent(1e200), batches, progress, 10)


def test_lbfgs_records_the_cost_that_each_iteration_reached(objective):
    theta, progress = start(), Progress(never())
    stopped = lbfgs(theta, objective, progress, max_iter=30, max_fun=10_000)
    assert not stopped
    assert len(progress.loss_curve) == 30
    assert (np.diff(progress.loss_curve) <= 0).all()
    assert progress.loss_curve[-1] == pytest.approx(objective(theta)[0], rel=1e-12)


def test_lbfgs_stops_by_patience_by_a_hook_and_by_its_limits(objective):
    patient = Progress(Patience(0.5, 3))
    assert lbfgs(start(), objective, patient, 1000, 10_000)
    assert len(patient.loss_curve) < 1000
    hooked = Progress(never(), on_epoch_end=lambda: len(hooked.loss_curve) == 4)
    assert lbfgs(start(), objective, hooked, 1000, 10_000)
    assert len(hooked.loss_curve) == 4
    assert not lbfgs(start(), objective, Progress(never()), 1000, 5)


def test_lbfgs_at_a_minimum_still_records_an_epoch():
    rows = Rows(np.ones((2, 1)), np.full((2, 1), 0.5), np.ones(2))
    at_minimum = Objective(Backprop(Layers((1, 1)), 0.0), rows)
    for on_epoch_end in (lambda: False, lambda: True):
        theta, progress = np.zeros(2), Progress(never(), on_epoch_end=on_epoch_end)
        assert lbfgs(theta, at_minimum, progress, 10, 100)
        assert list(progress.loss_curve) == [0.0]
        assert math.isfinite(theta.sum())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lbfgs_evaluates_the_cost_in_the_precision_of_theta(objective, dtype):
    rows, backprop, seen = objective.train, objective.backprop, []

    class Watched:
        layers = backprop.layers

        def cost_and_gradient(self, theta, *rows):
            seen.append({array.dtype for array in (theta, *rows[:3])})
            return backprop.cost_and_gradient(theta, *rows)

    rows = Rows(*(array.astype(dtype) for array in rows))
    theta = start().astype(dtype)
    lbfgs(theta, Objective(Watched(), rows), Progress(never()), 5, 100)
    assert theta.dtype == dtype
    assert len(seen) >= 5
    assert all(dtypes == {np.dtype(dtype)} for dtypes in seen)


@pytest.mark.parametrize(
    ("n_samples", "size"), [(1, 1), (199, 199), (200, 200), (201, 101), (210, 105), (1000, 200)]
)
def test_equal_batches(n_samples, size):
    assert equal_batch_size(n_samples, at_most=200) == size


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_rows_are_merged_where_inputs_and_targets_are_equal(kind):
    X = np.array([[1.0, 0], [0, 1], [0, 0], [1, 0], [0, 2], [1, 0], [0, 1]])
    T = np.array([[0.5], [0.5], [0.5], [0.5], [0.5], [0.7], [0.5]])
    s = np.array([1.0, 2, 4, 8, 16, 32, 64])
    merged = merge_repeated(Rows(kind(X), T, s))
    x = merged.X if kind is np.asarray else merged.X.toarray()
    rows = {(*a, *t): w for a, t, w in zip(x.tolist(), merged.T.tolist(), merged.s, strict=True)}
    assert len(merged.s) == len(rows) == 5
    assert rows == {
        (1, 0, 0.5): 1 + 8,
        (0, 1, 0.5): 2 + 64,
        (0, 0, 0.5): 4,
        (0, 2, 0.5): 16,
        (1, 0, 0.7): 32,
    }


def test_r2_is_scikit_learns_over_the_outputs_that_vary():
    rng = np.random.default_rng(2)
    T, s = rng.uniform(0.1, 0.9, (20, 3)), rng.uniform(0.5, 2, 20)
    T[:, 1] = 0.3
    rows, backprop = Rows(rng.normal(size=(20, 3)), T, s), Backprop(Layers((3, 4, 3)), 0.0)
    theta = rng.normal(size=backprop.layers.n_parameters)
    a = backprop.predict(theta, rows.X)
    varied = [0, 2]
    expected = r2_score(T[:, varied], a[:, varied], sample_weight=s)
    assert Objective(backprop, rows).r2(theta) == pytest.approx(expected, rel=1e-12)
    constant = rows._replace(T=np.full((20, 3), 0.3))
    assert math.isnan(Objective(backprop, constant).r2(theta))


@pytest.mark.parametrize("total_weight", [None, 7.0])
def test_the_penalty_is_what_the_cost_has_beside_the_error(objective, total_weight):
    train = objective.train
    total_weight = total_weight or float(train.s.sum())
    train = train._replace(s=train.s * total_weight / train.s.sum())
    backprop = Backprop(Layers((3, 4, 1)), 0.7, total_weight)
    cost, _ = backprop.cost_and_gradient(start(), *train)
    penalty = Objective(backprop, train).penalty(start())
    assert penalty == pytest.approx(cost - backprop.cost(start(), *train), rel=1e-12)


def test_what_is_kept_is_the_better_of_the_best_epoch_and_the_last(objective):
    better, worse = start(), start() + 5
    assert objective(better)[0] < objective(worse)[0]
    # The epochs claim the opposite, as means over batches may.
    progress = Progress(Patience(0.1, 9), objective=objective)
    progress.end_epoch(worse, 0.1)
    progress.end_epoch(better, 0.2)
    np.testing.assert_array_equal(progress.kept(better), better)
    progress.end_epoch(better, 0.05)
    progress.end_epoch(worse, 0.2)
    np.testing.assert_array_equal(progress.kept(worse), better)
    # Where nothing can end the training, all of it is asked for.
    endless = Progress(never(), objective=objective)
    endless.end_epoch(better, 0.1)
    assert endless.kept(worse) is worse


def test_patience_does_not_end_what_is_no_better_than_the_mean(objective):
    flat = np.zeros(objective.backprop.layers.n_parameters)
    progress = Progress(Patience(0.1, 1), objective=objective)
    assert not any(progress.end_epoch(flat, 1.0) for _ in range(5))
    learned = start()
    lbfgs(learned, objective, Progress(never()), max_iter=100, max_fun=1000)
    assert objective.r2(learned) > 0.1
    assert progress.end_epoch(learned, 1.0)


def test_the_recent_gain_is_that_of_r2_in_the_last_twentieth(objective):
    progress = Progress(never(), objective=objective)
    r2 = np.concatenate([np.linspace(0, 0.5, 38), [0.6, 0.7]])
    constant = objective.share_of_constant(1.0)
    progress.error_curve = list((1 - r2) / constant)
    assert progress.recent_gain() == pytest.approx(0.7 - 0.5)
    progress.error_curve = [0.4 / constant]
    assert progress.recent_gain() == pytest.approx(0.6)
