"""The range of the output: chosen, given, and of targets that are all the same."""

import numpy as np
import pytest
from naive_mlp import each_solver, samples, small
from numpy.testing import assert_allclose, assert_array_equal


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


def test_the_cost_of_another_constant_target_is_refused():
    X, _ = samples()
    model = small().fit(X, np.ones(50))
    with pytest.raises(ValueError, match=r"all targets of output 0 were 1\.0"):
        model.cost(X, np.full(50, 5.0))


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


@each_solver
@pytest.mark.parametrize("target", [1e100, 1e150])
def test_heavy_targets_far_outside_the_range_warn_of_the_range_alone(solver, target):
    """Weights times squared targets would overflow; filterwarnings makes that an error."""
    X, y = samples()
    model = small(solver=solver, warm_start=True).fit(X, y)
    with pytest.warns(UserWarning, match="lies outside the range") as caught:
        model.fit(X, target * y, np.full(50, 1e123))
    assert len(caught) == 1
    assert np.isfinite(model.loss_curve_).all()
    assert model.cost(X, target * y, np.full(50, 1e123)) > 1e190
