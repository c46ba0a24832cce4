"""The pictures: what the artists hold, and what cannot be drawn."""

import copy
import subprocess
import sys
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import (
    CostSurfaceDisplay,
    LossCurveDisplay,
    NetworkDisplay,
    PerceptronClassifier,
    SigmoidMLPRegressor,
    functional,
)

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
Y = np.array([0.75, 0.82, 0.93])
GATE_X, GATE_Y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]


def article_network(**params):
    """The article's 2-3-1 network; 20 of its steps, not 1000."""
    settings = {
        "hidden_layer_sizes": (3,),
        "solver": "sgd",
        "momentum": 0,
        "batch_size": None,
        "learning_rate_init": 0.1 * 3,
        "max_iter": 20,
        "alpha": 0,
        "tol": None,
        "fit_intercept": False,
        "y_range": (0, 1),
        "init": "standard_normal",
        "random_state": 0,
    }
    return SigmoidMLPRegressor(**settings | params)


def gate(**params):
    return PerceptronClassifier(random_state=0, **params).fit(GATE_X, GATE_Y)


def three_classes():
    X = np.random.RandomState(0).uniform(size=(30, 4)) + np.repeat(np.eye(3, 4) * 5, 10, axis=0)
    return PerceptronClassifier(random_state=0).fit(X, np.repeat(["a", "b", "c"], 10))


def texts(artists):
    return [text.get_text() for text in artists]


# Learning curves ---------------------------------------------------------------------------


def test_the_curve_of_a_network_is_its_cost_in_each_epoch():
    network = article_network().fit(X, Y)
    display = LossCurveDisplay.from_estimator(network)
    (line,) = display.lines_
    assert_array_equal(line.get_xdata(), np.arange(1, 21))
    assert_array_equal(line.get_ydata(), network.loss_curve_)
    assert display.validation_lines_ == [None]
    assert display.legend_ is None
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("Epoch", "Cost $J$")
    assert display.ax_.get_yscale() == "linear"
    assert display.figure_ is display.ax_.figure


def test_the_validation_curve_is_dashed_in_the_same_colour():
    network = article_network().fit(X, Y, X_val=X[:1], y_val=Y[:1])
    display = LossCurveDisplay.from_estimator(network)
    (training,), (validation,) = display.lines_, display.validation_lines_
    assert_array_equal(validation.get_ydata(), network.validation_loss_curve_)
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert training.get_color() == validation.get_color()
    assert texts(display.legend_.get_texts()) == ["training", "validation"]


def test_the_curve_of_a_perceptron_is_its_mistakes():
    perceptron = gate()
    display = LossCurveDisplay.from_estimator(perceptron)
    assert_array_equal(display.lines_[0].get_ydata(), perceptron.mistake_curve_)
    assert display.ax_.get_ylabel() == "Mistakes"
    assert display.ax_.get_ylim()[0] <= 0


def test_several_models_on_one_axis():
    narrow, wide = article_network().fit(X, Y), article_network(hidden_layer_sizes=(9,))
    wide.fit(X, Y, X_val=X, y_val=Y)
    _, ax = plt.subplots()
    display = LossCurveDisplay.from_estimators({"narrow": narrow, "wide": wide}, ax=ax)
    assert display.ax_ is ax
    assert texts(display.legend_.get_texts()) == [
        "narrow training",
        "wide training",
        "wide validation",
    ]
    for line, model in zip(display.lines_, [narrow, wide], strict=True):
        assert_array_equal(line.get_ydata(), model.loss_curve_)
    assert display.validation_lines_[0] is None
    assert_array_equal(display.validation_lines_[1].get_ydata(), wide.validation_loss_curve_)


def test_a_list_of_models_is_numbered():
    display = LossCurveDisplay.from_estimators([gate(), gate(eta0=1)])
    assert texts(display.legend_.get_texts()) == [
        "PerceptronClassifier 1",
        "PerceptronClassifier 2",
    ]


def test_a_name_gives_a_single_curve_a_legend():
    display = LossCurveDisplay.from_estimator(gate(), name="AND")
    assert texts(display.legend_.get_texts()) == ["AND"]


@pytest.mark.parametrize(
    ("model", "scale"),
    [
        (lambda: article_network().fit(X, Y), "log"),
        (gate, "symlog"),  # it converged, so an epoch without mistakes must be on the axis
    ],
    ids=["network", "perceptron"],
)
def test_log_scale(model, scale):
    display = LossCurveDisplay.from_estimator(model(), log_scale=True)
    assert display.ax_.get_yscale() == scale
    display.figure_.draw_without_rendering()


def test_a_perceptron_that_never_converged_has_a_plain_log_scale():
    display = LossCurveDisplay(curves=[[9, 3, 4]], quantity="mistakes").plot(log_scale=True)
    assert display.ax_.get_yscale() == "log"


def test_a_single_epoch_can_be_seen():
    network = article_network(max_iter=1).fit(X, Y)
    assert LossCurveDisplay.from_estimator(network).lines_[0].get_marker() == "o"


def test_properties_of_the_lines_are_passed_on():
    network = article_network().fit(X, Y, X_val=X, y_val=Y)
    display = LossCurveDisplay.from_estimator(network, color="red", lw=3, ls=":")
    for line in [*display.lines_, *display.validation_lines_]:
        assert (line.get_color(), line.get_linewidth(), line.get_linestyle()) == ("red", 3, ":")


def test_pipelines_and_searches_are_drawn_by_their_last_step():
    pipeline = make_pipeline(StandardScaler(), article_network()).fit(X, Y)
    search = GridSearchCV(PerceptronClassifier(random_state=0), {"eta0": [0.1, 1.0]}, cv=2)
    search.fit(GATE_X * 2, GATE_Y * 2)
    for model, curve in [
        (pipeline, pipeline[-1].loss_curve_),
        (search, search.best_estimator_.mistake_curve_),
    ]:
        assert_array_equal(LossCurveDisplay.from_estimator(model).lines_[0].get_ydata(), curve)


def test_curves_need_epochs_of_models_of_one_kind():
    with pytest.raises(ValueError, match="got PerceptronClassifier, SigmoidMLPRegressor"):
        LossCurveDisplay.from_estimators([article_network().fit(X, Y), gate()])
    with pytest.raises(ValueError, match="got none"):
        LossCurveDisplay.from_estimators({})
    interrupted = article_network().fit(X, Y)
    interrupted.loss_curve_ = []
    with pytest.raises(ValueError, match="no curve to draw"):
        LossCurveDisplay.from_estimator(interrupted)


# Networks ----------------------------------------------------------------------------------


def test_every_unit_and_weight_of_the_articles_network_is_drawn():
    network = article_network().fit(X, Y)
    display = NetworkDisplay.from_estimator(network)
    assert [len(layer) for layer in display.units_] == [2, 3, 1]
    assert display.bias_units_ is None
    assert display.bias_edges_ is None
    for edges, W in zip(display.edges_, network.coefs_, strict=True):
        assert_array_equal(edges.get_array(), W.ravel())
    assert texts(display.name_texts_) == ["$x_{1}$", "$x_{2}$", r"$\hat{y}$"]
    assert display.colorbar_.ax.get_ylabel() == "weight"


def test_an_edge_leads_from_its_unit_to_its_unit():
    network = article_network().fit(X, Y)
    display = NetworkDisplay.from_estimator(network)
    for edges, (here, there) in zip(display.edges_, pairwise(display.units_), strict=True):
        ends = [[unit.center, other.center] for unit in here for other in there]
        assert_allclose(edges.get_segments(), ends)


def test_edges_are_wide_and_coloured_by_weight():
    network = article_network().fit(X, Y)
    display = NetworkDisplay.from_estimator(network)
    largest = max(np.abs(W).max() for W in network.coefs_)
    for edges in display.edges_:
        weights = edges.get_array()
        assert_array_equal(np.argsort(edges.get_linewidth()), np.argsort(np.abs(weights)))
        assert edges.get_clim() == (-largest, largest)
        edges.update_scalarmappable()
        red, blue = edges.get_edgecolor()[:, [0, 2]].T
        assert_array_equal(blue > red, weights > 0)


def test_biases_are_the_weights_of_a_constant_unit_in_every_layer_but_the_last():
    network = article_network(fit_intercept=True, hidden_layer_sizes=(3, 2)).fit(X, Y)
    display = NetworkDisplay.from_estimator(network)
    assert len(display.bias_units_) == 3
    for edges, unit, b in zip(
        display.bias_edges_, display.bias_units_, network.intercepts_, strict=True
    ):
        assert_array_equal(edges.get_array(), b)
        assert all(tuple(start) == unit.center for start, _ in edges.get_segments())


@pytest.mark.parametrize("threshold", [0, 2])
def test_a_fixed_threshold_is_a_bias_and_no_threshold_is_none(threshold):
    display = NetworkDisplay.from_estimator(gate(threshold=threshold, fit_intercept=False))
    if threshold:
        assert_array_equal(display.bias_edges_[0].get_array(), [-threshold])
    else:
        assert display.bias_edges_ is None


def test_a_perceptron_of_two_classes_is_one_unit():
    perceptron = gate(threshold=2, init="uniform")
    display = NetworkDisplay.from_estimator(perceptron)
    assert [len(layer) for layer in display.units_] == [3, 1]
    assert_array_equal(display.edges_[0].get_array(), perceptron.coef_[0])
    assert_array_equal(display.bias_edges_[0].get_array(), perceptron.intercept_)
    assert texts(display.name_texts_)[-1] == "1 if z > 0\n0 otherwise"


def test_a_perceptron_of_many_classes_has_a_unit_each():
    perceptron = three_classes()
    display = NetworkDisplay.from_estimator(perceptron)
    assert [len(layer) for layer in display.units_] == [4, 3]
    assert_array_equal(display.edges_[0].get_array(), perceptron.coef_.T.ravel())
    assert texts(display.name_texts_)[-3:] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("model", "rises"),
    [(gate, 1), (lambda: article_network().fit(X, Y), 100)],
    ids=["step", "sigmoid"],
)
def test_units_show_their_activation_function(model, rises):
    display = NetworkDisplay.from_estimator(model())
    n_units = sum(len(layer) for layer in display.units_[1:])
    symbols = display.ax_.lines
    assert len(symbols) == n_units
    assert all(np.count_nonzero(np.diff(line.get_ydata()) > 0) == rises for line in symbols)


def test_a_wide_layer_is_elided():
    network = article_network(hidden_layer_sizes=(50,), fit_intercept=True).fit(X, Y)
    display = NetworkDisplay.from_estimator(network, max_units=6)
    shown = [0, 1, 2, 48, 49]
    assert [len(layer) for layer in display.units_] == [2, 5, 1]
    assert_array_equal(display.edges_[0].get_array(), network.coefs_[0][:, shown].ravel())
    assert_array_equal(display.edges_[1].get_array(), network.coefs_[1][shown].ravel())
    assert_array_equal(display.bias_edges_[0].get_array(), network.intercepts_[0][shown])
    assert "50 units" in texts(display.ax_.texts)
    with pytest.raises(ValueError, match="max_units must be 3 or more, got 2"):
        display.plot(max_units=2)


def test_names_of_inputs_and_outputs():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["length", "width"])
    seen = make_pipeline(StandardScaler(), article_network()).fit(frame, np.c_[Y, Y])
    display = NetworkDisplay.from_estimator(seen)
    assert texts(display.name_texts_) == ["length", "width", r"$\hat{y}_{1}$", r"$\hat{y}_{2}$"]
    display = NetworkDisplay.from_estimator(seen, feature_names="lw", output_names=["p", "q"])
    assert texts(display.name_texts_) == ["l", "w", "p", "q"]
    display = NetworkDisplay.from_estimator(article_network().fit(frame, Y))
    assert texts(display.name_texts_)[:2] == ["length", "width"]
    with pytest.raises(ValueError, match="feature_names must hold 2 names, got 1"):
        NetworkDisplay.from_estimator(seen, feature_names=["length"])
    with pytest.raises(ValueError, match="output_names must hold 2 names, got 3"):
        NetworkDisplay.from_estimator(seen, output_names="pqr")


def test_a_name_lies_within_the_axes_however_long():
    network = article_network().fit(X, Y)
    names = ["x", "a name of a feature that is rather long"]
    display = NetworkDisplay.from_estimator(network, feature_names=names)
    display.figure_.draw_without_rendering()
    axes = display.ax_.get_window_extent()
    for text in display.name_texts_:
        assert axes.x0 <= text.get_window_extent().x0
        assert axes.x1 >= text.get_window_extent().x1


def test_values_are_written_where_they_can_be_read():
    small = article_network().fit(X, Y)
    written = texts(NetworkDisplay.from_estimator(small).weight_texts_)
    weights = np.concatenate([W.ravel() for W in small.coefs_])
    assert_allclose([float(text.replace("−", "-")) for text in written], weights, rtol=0.05)
    large = article_network(hidden_layer_sizes=(9,)).fit(X, Y)
    assert NetworkDisplay.from_estimator(large).weight_texts_ == []
    display = NetworkDisplay.from_estimator(large, show_values=True, colorbar=False)
    assert len(display.weight_texts_) == 27
    assert display.colorbar_ is None


def test_a_network_is_drawn_on_given_axes_in_the_colours_of_the_style():
    with plt.style.context("dark_background"):
        figure = plt.figure()
        ax = figure.subfigures(1, 2)[0].subplots()
        display = NetworkDisplay.from_estimator(gate(), ax=ax, cmap="coolwarm", lw=2)
        assert display.ax_ is ax
        assert display.units_[0][0].get_edgecolor() == to_rgba("white")
        assert display.units_[0][0].get_facecolor() == to_rgba("black")
    assert display.edges_[0].get_cmap().name == "coolwarm"
    assert_array_equal(display.edges_[0].get_linewidth(), [2])


def test_weights_of_zero_are_drawn_grey():
    display = NetworkDisplay(coefs=[np.zeros((2, 1))], intercepts=None, activation="step").plot()
    display.edges_[0].update_scalarmappable()
    assert_allclose(np.ptp(display.edges_[0].get_edgecolor()[:, :3], axis=1), 0, atol=0.02)


# The cost surface --------------------------------------------------------------------------


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


# All three ---------------------------------------------------------------------------------

DRAWN = {
    LossCurveDisplay: LossCurveDisplay.from_estimator,
    NetworkDisplay: NetworkDisplay.from_estimator,
    CostSurfaceDisplay: lambda model: CostSurfaceDisplay.from_estimator(model, X, Y),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=[kind.__name__ for kind in DRAWN])
def test_only_fitted_models_of_the_package_are_drawn(draw):
    with pytest.raises(NotFittedError):
        draw(SigmoidMLPRegressor())
    with pytest.raises(NotFittedError):
        draw(make_pipeline(StandardScaler(), SigmoidMLPRegressor()))
    with pytest.raises(TypeError, match=r"SigmoidMLPRegressor.*, got LinearRegression"):
        draw(LinearRegression().fit(X, Y))
    assert plt.get_fignums() == []


def test_a_perceptron_has_no_cost_surface():
    with pytest.raises(TypeError, match="got PerceptronClassifier"):
        CostSurfaceDisplay.from_estimator(gate(), GATE_X, GATE_Y)


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.__name__)
def test_without_matplotlib_the_error_says_what_to_install(kind, monkeypatch):
    model = article_network().fit(X, Y)
    display = DRAWN[kind](model)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = rf"{kind.__name__} .*pip install sknnbasics\[plot\]"
    with pytest.raises(ImportError, match=message):
        DRAWN[kind](model)
    with pytest.raises(ImportError, match=message):
        display.plot()


def test_the_package_does_not_import_matplotlib():
    names = ", ".join(kind.__name__ for kind in DRAWN)
    program = f"import sys; from sknnbasics import {names}; print('matplotlib' in sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "False"


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.__name__)
def test_a_display_can_be_drawn_again(kind):
    display = DRAWN[kind](article_network().fit(X, Y))
    first = display.ax_
    assert display.plot() is display
    assert display.ax_ is not first
