"""Failure, interruption, printing."""

import numpy as np
import pandas as pd
import pytest
from both_estimators import interrupted_once, snapshot
from naive_mlp import (
    assert_parameters,
    assert_same_model,
    each_optimizer,
    each_solver,
    overfitting,
    parameters,
    random_start,
    samples,
    small,
)
from numpy.testing import assert_allclose, assert_array_equal

from sknnbasics import SigmoidMLPRegressor

# Failure -----------------------------------------------------------------------------------


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


# Interruption ------------------------------------------------------------------------------


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
@pytest.mark.usefixtures("backprop_batch_by_batch")
def test_an_interrupt_warns_and_keeps_the_weights_reached(monkeypatch, solver):
    from sknnbasics._network._optimizers import Adam, GradientDescent

    X, y = samples()
    expected = small(solver=solver, max_iter=3).fit(X, y)
    owner = {"adam": Adam, "sgd": GradientDescent}[solver]
    interrupt_call(monkeypatch, owner, "update", 4)
    model = small(solver=solver)
    with pytest.warns(UserWarning, match="interrupted in epoch 4"):
        model.fit(X, y)
    assert_same_model(model, expected)
    assert_array_equal(model.predict(X), expected.predict(X))


@pytest.mark.usefixtures("backprop_batch_by_batch")
def test_an_interrupt_keeps_the_batches_of_an_unfinished_epoch(monkeypatch):
    from sknnbasics._network._optimizers import GradientDescent

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
    from sknnbasics._network._progress import Progress

    X, y = samples()
    expected = small(solver="lbfgs", max_iter=5).fit(X, y)
    interrupt_call(monkeypatch, Progress, "end_epoch", 6)
    model = small(solver="lbfgs")
    with pytest.warns(UserWarning, match="interrupted in epoch 6"):
        model.fit(X, y)
    assert model.loss_curve_ == expected.loss_curve_
    assert np.isfinite(model.predict(X)).all()


@each_solver
def test_an_interrupt_in_the_first_epoch_keeps_the_starting_weights(
    monkeypatch, backprop_batch_by_batch, solver
):
    X, y = samples()
    coefs, intercepts = random_start([4, 5, 1])
    interrupt_call(monkeypatch, backprop_batch_by_batch, "cost_and_gradient", 1)
    model = small(solver=solver)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        model.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)
    assert_parameters(model, coefs, intercepts, atol=0)
    assert model.n_iter_ == 0
    assert model.loss_curve_ == []
    assert np.isfinite(model.predict(X)).all()


def test_an_interrupt_with_early_stopping_keeps_the_best_weights(
    monkeypatch, backprop_batch_by_batch
):
    params, (X, y), held_out = overfitting("adam")
    curve = SigmoidMLPRegressor(**params, tol=None).fit(X, y, **held_out).validation_loss_curve_
    interrupt_call(monkeypatch, backprop_batch_by_batch, "cost_and_gradient", 3 * 150 + 1)
    model = SigmoidMLPRegressor(**params, tol=None)
    with pytest.warns(UserWarning, match="interrupted in epoch 151"):
        model.fit(X, y, **held_out)
    assert model.validation_loss_curve_ == curve[:150]
    assert_allclose(model.cost(held_out["X_val"], held_out["y_val"]), min(curve[:150]), rtol=1e-12)


@pytest.mark.usefixtures("no_garbage_collection")
@each_optimizer
def test_an_interrupt_is_answered_within_a_long_epoch(monkeypatch, solver):
    """In whatever body is in use."""
    from sknnbasics._network import _fit

    X, y = (np.repeat(array, 20_000, axis=0) for array in samples())
    model = small(solver=solver, hidden_layer_sizes=(400,), batch_size=20, shuffle=False)
    descend, moved = _fit.descend, []

    def watched(theta, *args):
        moved.append((theta, theta.copy()))
        return descend(theta, *args)

    def has_begun():
        return any((theta != start).any() for theta, start in moved)

    monkeypatch.setattr(_fit, "descend", watched)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"), interrupted_once(has_begun):
        model.fit(X, y)
    assert model.n_iter_ == 0
    assert (parameters(model) != moved[0][1]).all()
    assert np.isfinite(model.predict(X)).all()


# Printing ----------------------------------------------------------------------------------


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
