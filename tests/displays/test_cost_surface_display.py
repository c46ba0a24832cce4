"""Cost surfaces: their values, the path on them, and weights that do not exist."""

import copy

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_models import GATE_X, GATE_Y, X, Y, article_network, gate
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from sknnbasics import CostSurfaceDisplay, functional


def assert_on_the_surface(display, network, weights, **cost_params):
    """Every value of the grid is the cost of a network that has these two weights."""
    moved = copy.deepcopy(network)
    views = [
        moved.intercepts_[l - 1][j - 1 : j] if i == 0 else moved.coefs_[l - 1][i - 1, j - 1 : j]
        for l, i, j in weights  # noqa: E741 (the letter of the layer)
    ]
    assert_array_equal(display.point, [view[0] for view in views])
    for row, column in np.ndindex(display.cost.shape):
        views[0][0], views[1][0] = display.xx0[row, column], display.xx1[row, column]
        assert_allclose(display.cost[row, column], moved.cost(X, Y, **cost_params), rtol=1e-10)


@pytest.mark.parametrize(
    "weights", [((1, 1, 2), (2, 3, 1)), ((1, 2, 3), (1, 1, 1)), ((1, 0, 2), (2, 0, 1))]
)
def test_the_surface_is_the_cost(weights):
    network = article_network(fit_intercept=True, alpha=0.3, y_range=(0, 2)).fit(X, Y)
    s = np.array([1.0, 2.0, 0.5])
    display = CostSurfaceDisplay.from_estimator(
        network, X, Y, weights=weights, grid_resolution=4, sample_weight=s
    )
    assert_on_the_surface(display, network, weights, sample_weight=s)
    assert_allclose(display.point_cost, network.cost(X, Y, s))


def test_rows_of_weight_0_are_left_out():
    network = article_network(y_range=(0, 2)).fit(X, Y)
    y, s = np.array([1e200, *Y[1:]]), np.array([0.0, 1, 2])
    display = CostSurfaceDisplay.from_estimator(
        network, X, y, grid_resolution=3, sample_weight=s, span=1
    )
    kept = CostSurfaceDisplay.from_estimator(
        network, X[1:], Y[1:], grid_resolution=3, sample_weight=s[1:], span=1
    )
    assert_array_equal(display.cost, kept.cost)
    assert_allclose(display.point_cost, network.cost(X, y, s))


def test_a_penalty_that_was_changed_is_that_of_the_cost():
    network = article_network(alpha=0.3).fit(X, Y).set_params(alpha=7.0)
    display = CostSurfaceDisplay.from_estimator(network, X, Y, grid_resolution=3)
    assert_allclose(display.point_cost, network.cost(X, Y))


def test_a_network_that_has_seen_one_target_draws_no_other():
    network = article_network(y_range="auto", fit_intercept=True).fit(X, np.full(3, 5.0))
    CostSurfaceDisplay.from_estimator(network, X, np.full(3, 5.0), grid_resolution=3)
    for compute in (network.cost, lambda *data: CostSurfaceDisplay.from_estimator(network, *data)):
        with pytest.raises(ValueError, match=r"So far all targets of output 0 were 5\.0"):
            compute(X, Y)


def test_the_cost_is_equation_5_of_the_outputs():
    network = article_network().fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(network, X, Y, grid_resolution=3)
    assert_allclose(display.point_cost, functional.half_mse(network.feedforward(X)[-1], Y[:, None]))


def test_the_estimator_and_the_data_stay_as_they_were():
    network = article_network().fit(X, Y)
    before = copy.deepcopy(vars(network))
    CostSurfaceDisplay.from_estimator(network, X, Y, grid_resolution=3)
    assert vars(network).keys() == before.keys()
    for name in ("coefs_", "intercepts_"):
        for now, then in zip(getattr(network, name), before[name], strict=True):
            assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("params", "columns", "weights"),
    [
        ({}, 2, ((1, 1, 1), (1, 1, 2))),
        ({"hidden_layer_sizes": ()}, 2, ((1, 1, 1), (1, 2, 1))),
        ({"hidden_layer_sizes": (), "fit_intercept": True}, 1, ((1, 1, 1), (1, 0, 1))),
        ({"hidden_layer_sizes": (1,)}, 1, ((1, 1, 1), (2, 1, 1))),
    ],
)
def test_without_weights_the_first_two_are_drawn(params, columns, weights):
    network = article_network(**params).fit(X[:, :columns], Y)
    display = CostSurfaceDisplay.from_estimator(network, X[:, :columns], Y, grid_resolution=3)
    assert display.weights == weights


def test_contours_hold_the_fitted_point_and_the_weights_as_the_article_writes_them():
    network = article_network().fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(network, X, Y, weights=((1, 2, 3), (2, 3, 1)))
    assert display.ax_.get_xlabel() == "$w_{23}^{(1)}$"
    assert display.ax_.get_ylabel() == "$w_{31}^{(2)}$"
    assert_array_equal(display.point_.get_xydata()[0], display.point)
    assert_array_equal(display.point, [network.coefs_[0][1, 2], network.coefs_[1][2, 0]])
    assert display.path_ is None
    assert display.surface_.levels[[0, -1]] == pytest.approx(
        [display.cost.min(), display.cost.max()]
    )
    assert display.colorbar_.ax.get_ylabel() == "Cost $J$"


def test_labels_of_biases_and_of_units_past_nine():
    network = article_network(hidden_layer_sizes=(12,), fit_intercept=True).fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(
        network, X, Y, weights=((1, 0, 12), (1, 2, 12)), grid_resolution=3
    )
    assert display.ax_.get_xlabel() == "$b_{12}^{(1)}$"
    assert display.ax_.get_ylabel() == "$w_{2,12}^{(1)}$"


def test_the_surface_in_space():
    network = article_network().fit(X, Y)
    path = [network.coefs_] * 2
    display = CostSurfaceDisplay.from_estimator(
        network, X, Y, path=path, kind="surface", grid_resolution=5, cmap="magma"
    )
    assert display.ax_.name == "3d"
    assert display.surface_.get_cmap().name == "magma"
    assert_allclose(np.ravel(display.point_.get_data_3d()), [*display.point, display.point_cost])
    assert_allclose(display.path_.get_data_3d()[2], display.point_cost)


def test_partial_fit_records_the_path_of_fit():
    weights = ((1, 1, 2), (2, 3, 1))
    network = article_network()
    path = [network.partial_fit(X, Y).coefs_ for _ in range(20)]
    display = CostSurfaceDisplay.from_estimator(network, X, Y, weights=weights, path=path)
    assert_array_equal(display.path, [[W1[0, 1], W2[2, 0]] for W1, W2 in path])
    assert_array_equal(display.path_.get_xydata(), display.path)
    assert_array_equal(display.path[-1], display.point)
    assert_allclose(display.path_cost[-1], display.point_cost)
    fitted = article_network().fit(X, Y)
    assert_allclose(network.coefs_[0], fitted.coefs_[0], rtol=1e-12)


def test_a_path_of_values_serves_for_biases():
    neuron = article_network(hidden_layer_sizes=(), fit_intercept=True)
    path = [
        (n.coefs_[0][0, 0], n.intercepts_[0][0])
        for n in (neuron.partial_fit(X, Y) for _ in range(5))
    ]
    display = CostSurfaceDisplay.from_estimator(
        neuron, X, Y, weights=((1, 1, 1), (1, 0, 1)), path=path
    )
    assert_array_equal(display.path, path)
    assert_array_equal(display.path[-1], display.point)


def test_a_callback_records_the_path_of_any_solver():
    pytest.importorskip("sklearn.callback")

    class Recorder:
        def __init__(self):
            self.path = []

        def setup(self, estimator, context): ...

        def teardown(self, estimator, context): ...

        def on_fit_task_begin(self, estimator, context): ...

        def on_fit_task_end(self, estimator, context, *, fitted_estimator):
            self.path.append(fitted_estimator.coefs_)

    recorder = Recorder()
    network = article_network(solver="lbfgs", max_iter=5).set_callbacks(recorder)
    network.fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(network, X, Y, path=recorder.path)
    assert len(display.path) >= 5
    assert_array_equal(display.path[-1], display.point)


def test_the_grid_covers_the_path_or_the_span():
    network = article_network().fit(X, Y)
    far = [network.coefs_, [W + 30 for W in network.coefs_]]
    display = CostSurfaceDisplay.from_estimator(network, X, Y, path=far, grid_resolution=3)
    assert (display.xx0.min() < display.path.min(axis=0)[0]).all()
    assert (display.xx0.max() > display.path.max(axis=0)[0]).all()
    assert display.xx0.min() <= 0 <= display.xx0.max()
    display = CostSurfaceDisplay.from_estimator(network, X, Y, span=(1, 2), grid_resolution=3)
    assert_allclose(display.xx0[0] - display.point[0], [-1, 0, 1], atol=1e-12)
    assert_allclose(display.xx1[:, 0] - display.point[1], [-2, 0, 2], atol=1e-12)
    assert_allclose(display.ax_.get_xlim(), display.point[0] + np.array([-1, 1]))


def test_a_pipeline_transforms_its_samples():
    pipeline = make_pipeline(StandardScaler(), article_network()).fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(pipeline, X, Y, grid_resolution=3)
    assert_allclose(display.point_cost, pipeline[-1].cost(pipeline[0].transform(X), Y))


def test_a_network_of_single_precision_and_several_outputs():
    Y2 = np.c_[Y, Y[::-1]]
    network = article_network().fit(X.astype(np.float32), Y2)
    display = CostSurfaceDisplay.from_estimator(network, X, Y2, grid_resolution=3)
    assert_allclose(display.point_cost, network.cost(X, Y2), rtol=1e-6)
    with pytest.raises(ValueError, match="y has 1 outputs, the network 2"):
        CostSurfaceDisplay.from_estimator(network, X, Y)


def test_a_flat_cost_is_drawn():
    network = article_network().fit(0 * X, Y)
    display = CostSurfaceDisplay.from_estimator(network, 0 * X, Y, grid_resolution=3)
    assert np.ptp(display.cost) == 0
    display.figure_.draw_without_rendering()


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (((0, 1, 1), (1, 1, 1)), "l from 1 to 2"),
        (((3, 1, 1), (1, 1, 1)), "l from 1 to 2"),
        (((1, 1), (1, 1, 1)), "l from 1 to 2"),
        (((1, 3, 1), (1, 1, 1)), r"no weight \(1, 3, 1\).* 1 to 2 and j from 1 to 3"),
        (((1, 1, 1), (2, 1, 2)), r"no weight \(2, 1, 2\).* 1 to 3 and j from 1 to 1"),
        (((1, 1, 1), (1, 0, 1)), r"no weight \(1, 0, 1\)"),  # without biases
        (((1, 1, 1), (1, 1, 1)), "two different ones"),
        (((1, 1, 1),), "two addresses"),
        (((1, 1, 1.5), (1, 1, 1)), "two addresses"),
        ("w1", "two addresses"),
    ],
)
def test_weights_that_do_not_exist(weights, message):
    network = article_network().fit(X, Y)
    with pytest.raises(ValueError, match=message):
        CostSurfaceDisplay.from_estimator(network, X, Y, weights=weights)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ([[np.ones((2, 3))]], "weights of shapes"),
        ([[1, 2, 3]], "path must be"),
        ([[1, np.nan]], "path must be"),
        ([], "path must be"),
        ([["a", "b"]], "path must be"),
    ],
)
def test_paths_that_do_not_fit(path, message):
    network = article_network().fit(X, Y)
    with pytest.raises(ValueError, match=message):
        CostSurfaceDisplay.from_estimator(network, X, Y, path=path)


def test_a_path_of_coefs_has_no_biases():
    network = article_network(fit_intercept=True).fit(X, Y)
    with pytest.raises(ValueError, match="holds no biases"):
        CostSurfaceDisplay.from_estimator(
            network, X, Y, weights=((1, 0, 1), (1, 1, 1)), path=[network.coefs_]
        )


def test_kinds_and_axes_go_together():
    network = article_network().fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(network, X, Y, grid_resolution=3)
    with pytest.raises(ValueError, match="'contour' or 'surface', got 'wire'"):
        display.plot(kind="wire")
    with pytest.raises(ValueError, match="needs axes with projection='3d'"):
        display.plot(display.ax_, kind="surface")
    space = plt.figure().add_subplot(projection="3d")
    assert display.plot(space, kind="surface").ax_ is space
    with pytest.raises(ValueError, match="needs no axes with projection='3d'"):
        display.plot(space)
    with pytest.raises(ValueError, match="span must be positive"):
        CostSurfaceDisplay.from_estimator(network, X, Y, span=0)


def test_a_perceptron_has_no_cost_surface():
    with pytest.raises(TypeError, match="got PerceptronClassifier"):
        CostSurfaceDisplay.from_estimator(gate(), GATE_X, GATE_Y)


@pytest.mark.parametrize(
    ("argument", "values", "message"),
    [
        ("grid_resolution", [0, 1, -3, 2.5, "50", None], "must be an integer of 2 or more, got"),
        (
            "span",
            [np.inf, np.nan, 0, -1, (1, 2, 3), (1, np.inf), (1, 0), "wide", (), [[1, 2], [3, 4]]],
            "must be positive and finite, one number or one for each weight, got",
        ),
        (
            "path",
            [[1, 2], [], 5, "ab", [(1, 2, 3)], [(1, np.nan)], [[1], [2]], [None, None]],
            r"must be a list of coefs_, or finite values of the two weights, of shape",
        ),
    ],
)
def test_arguments_that_make_no_picture_are_refused(argument, values, message):
    model = article_network().fit(X, Y)
    for value in values:
        with pytest.raises(ValueError, match=f"{argument} {message}"):
            CostSurfaceDisplay.from_estimator(model, X, Y, **{argument: value})
    assert plt.get_fignums() == []


def test_the_smallest_grid_and_a_span_for_each_weight():
    model = article_network().fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(
        model, X, Y, grid_resolution=2, span=(1, np.int64(2))
    )
    assert display.cost.shape == (2, 2)
    assert_allclose(np.ptp(display.xx0), 2)
    assert_allclose(np.ptp(display.xx1), 4)


def test_a_pipeline_in_a_pipeline_transforms_by_both():
    inner = make_pipeline(MinMaxScaler(), article_network())
    model = make_pipeline(StandardScaler(), inner).fit(X, Y)
    display = CostSurfaceDisplay.from_estimator(model, X, Y, grid_resolution=3)
    Z = inner[0].transform(model[0].transform(X))
    assert_allclose(display.point_cost, inner[-1].cost(Z, Y), rtol=1e-12)
