"""The fitted model that a display draws, also out of a pipeline or a search."""

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._mlp import SigmoidMLPRegressor
from .._perceptron import PerceptronClassifier

MODELS = (SigmoidMLPRegressor, PerceptronClassifier)


def fitted_model(estimator, display, kinds):
    """The fitted model, and out of pipelines the transformers before it as one, else None."""
    check_is_fitted(estimator)
    steps = []
    while True:
        estimator = getattr(estimator, "best_estimator_", estimator)
        if not isinstance(estimator, Pipeline):
            break
        *before, (_, estimator) = estimator.steps
        steps += before
    if not isinstance(estimator, kinds):
        raise TypeError(
            f"{display.__name__} draws a fitted {' or '.join(kind.__name__ for kind in kinds)}, "
            f"or a Pipeline or search that ends in one, got {type(estimator).__name__}."
        )
    check_is_fitted(estimator)
    numbered = [(str(number), step) for number, (_, step) in enumerate(steps)]
    return estimator, Pipeline(numbered) if steps else None


def kind_of(model):
    """The class of the package that the model is of, by itself or as a subclass."""
    return next(kind for kind in MODELS if isinstance(model, kind))
