"""What every display does: with unfitted models, without matplotlib, drawn again."""

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_models import X, Y, article_network
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import CostSurfaceDisplay, LossCurveDisplay, NetworkDisplay, SigmoidMLPRegressor

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


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.__name__)
def test_without_matplotlib_the_error_says_what_to_install(kind, monkeypatch):
    model = article_network().fit(X, Y)
    display = DRAWN[kind](model)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    message = rf'{kind.__name__} .*pip install "sknnbasics\[plot\]"'
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


def test_replaced_weights_of_any_kind_are_drawn():
    model = article_network().fit(X, Y)
    expected = [draw(model) for draw in DRAWN.values()]
    model.coefs_ = [W[::-1].tolist()[::-1] for W in model.coefs_]
    model.intercepts_ = tuple(b.astype(object) for b in model.intercepts_)
    model.y_low_ = model.y_low_.tolist()
    for draw, one in zip(DRAWN.values(), expected, strict=True):
        for name in ("coefs", "cost", "curves"):
            arrays = getattr(draw(model), name, []), getattr(one, name, [])
            for array, other in zip(*arrays, strict=True):
                assert_array_equal(array, other)
    model.coefs_[0] = np.ones((3, 3))
    for kind in (NetworkDisplay, CostSurfaceDisplay):
        with pytest.raises(ValueError, match="coefs_ must hold arrays of the shapes"):
            DRAWN[kind](model)
