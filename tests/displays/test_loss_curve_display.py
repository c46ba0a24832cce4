"""Learning curves: what the lines hold, and what has no curve."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_models import GATE_X, GATE_Y, X, Y, article_network, gate, texts
from numpy.testing import assert_array_equal
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import LossCurveDisplay, PerceptronClassifier


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
        (
            lambda: gate(average=False),
            "symlog",
        ),  # it converged, so an epoch without mistakes must be on the axis
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


def test_names_that_are_no_formula_are_shown_as_they_are():
    model = article_network().fit(X, Y, X_val=X, y_val=Y)
    models = {"$x{$": model, r"$\alpha=0.1$": model}
    display = LossCurveDisplay.from_estimators(models)
    display.figure_.draw_without_rendering()
    shown = display.legend_.get_texts()
    assert texts(shown)[0] == "$x{$ training"
    assert [text.get_parse_math() for text in shown] == [False, False, True, True]


def test_a_subclass_is_of_the_kind_of_its_parent():
    class Own(type(article_network())):
        pass

    models = {"own": Own(**article_network().get_params()).fit(X, Y), "its parent's": None}
    models["its parent's"] = article_network().fit(X, Y)
    assert len(LossCurveDisplay.from_estimators(models).lines_) == 2
    with pytest.raises(ValueError, match="got PerceptronClassifier, SigmoidMLPRegressor"):
        LossCurveDisplay.from_estimators(models | {"gate": gate()})
