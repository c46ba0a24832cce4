"""Perceptrons and sigmoid networks for scikit-learn."""

from . import functional

__version__ = "0.1.0"

__all__ = ["PerceptronClassifier", "SigmoidMLPRegressor", "functional"]
