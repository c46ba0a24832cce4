"""Drawings of models: units, edges, names and values."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from drawn_models import X, Y, article_network, gate, texts
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sknnbasics import NetworkDisplay, PerceptronClassifier


def three_classes():
    X = np.random.RandomState(0).uniform(size=(30, 4)) + np.repeat(np.eye(3, 4) * 5, 10, axis=0)
    return PerceptronClassifier(random_state=0).fit(X, np.repeat(["a", "b", "c"], 10))


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
    with pytest.raises(ValueError, match="max_units must be an integer of 3 or more, got 2"):
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


@pytest.mark.parametrize("max_units", [3.5, np.inf, "10", None])
def test_max_units_is_a_whole_number(max_units):
    with pytest.raises(ValueError, match="max_units must be an integer of 3 or more, got"):
        NetworkDisplay.from_estimator(article_network().fit(X, Y), max_units=max_units)


def test_names_that_are_no_formula_are_shown_as_they_are():
    names = ["$x{$", "5$ and 10$"]
    display = NetworkDisplay.from_estimator(
        article_network().fit(X, Y), feature_names=names, output_names=[r"$\hat{z}$"]
    )
    display.figure_.draw_without_rendering()
    assert texts(display.name_texts_) == [*names, r"$\hat{z}$"]
    assert [text.get_parse_math() for text in display.name_texts_] == [False, True, True]


def test_labels_that_are_no_formula_are_shown_as_they_are():
    labels = np.array(["$x{$", r"$\frac$", "c"])
    for n_classes in (2, 3):
        classes = np.arange(30) % n_classes
        model = PerceptronClassifier(max_iter=2, random_state=0)
        with pytest.warns(ConvergenceWarning):
            model.fit(np.random.RandomState(0).uniform(size=(30, 2)), labels[classes])
        display = NetworkDisplay.from_estimator(model)
        display.figure_.draw_without_rendering()
        shown = "".join(texts(display.name_texts_))
        assert all(label in shown for label in labels[:n_classes])


def test_a_pipeline_in_a_pipeline_is_drawn_with_the_names_that_both_pass_on():
    frame = pd.DataFrame(X, columns=["length", "width"])
    inner = make_pipeline(PolynomialFeatures(include_bias=False), article_network())
    model = make_pipeline(StandardScaler(), inner).fit(frame, Y)
    names = ["length", "width", "length^2", "length width", "width^2", r"$\hat{y}$"]
    assert texts(NetworkDisplay.from_estimator(model).name_texts_) == names


def test_a_search_in_a_pipeline_in_a_search_is_drawn():
    inner = GridSearchCV(make_pipeline(PCA(1), article_network()), {}, cv=[([0, 1], [1, 2])])
    model = GridSearchCV(make_pipeline(StandardScaler(), inner), {}, cv=[([0, 1, 2], [0, 1, 2])])
    frame = pd.DataFrame(np.tile(X, (2, 1)), columns=["length", "width"])
    model.fit(frame, np.tile(Y, 2))
    display = NetworkDisplay.from_estimator(model)
    assert texts(display.name_texts_) == ["pca0", r"$\hat{y}$"]
