"""Perceptrons and sigmoid networks for scikit-learn."""

from . import functional
from ._mlp import SigmoidMLPRegressor
from ._perceptron import PerceptronClassifier

__version__ = "0.1.0"

__all__ = ["PerceptronClassifier", "SigmoidMLPRegressor", "functional"]
