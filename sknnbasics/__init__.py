"""Perceptrons and sigmoid networks for scikit-learn."""

from . import _onnx, functional
from ._displays import CostSurfaceDisplay, LossCurveDisplay, NetworkDisplay
from ._mlp import SigmoidMLPRegressor
from ._perceptron import PerceptronClassifier
from ._show_versions import show_versions

_onnx.add_export_methods()

__version__ = "0.1.0"

__all__ = [
    "CostSurfaceDisplay",
    "LossCurveDisplay",
    "NetworkDisplay",
    "PerceptronClassifier",
    "SigmoidMLPRegressor",
    "functional",
    "show_versions",
]
