"""The fitted model that a display draws, also out of a pipeline or a search."""

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._mlp import SigmoidMLPRegressor
from .._perceptron import PerceptronClassifier

MODELS = (SigmoidMLPRegressor, PerceptronClassifier)


def fitted_model(estimator, display, kinds):
    """The fitted model, and out of a pipeline the transformers before it, else None."""
    check_is_fitted(estimator)
    estimator = getattr(estimator, "best_estimator_", estimator)
    transformers = None
    if isinstance(estimator, Pipeline):
        transformers = estimator[:-1] if len(estimator) > 1 else None
        estimator = estimator[-1]
    if not isinstance(estimator, kinds):
        raise TypeError(
            f"{display.__name__} draws a fitted {' or '.join(kind.__name__ for kind in kinds)}, "
            f"or a Pipeline or search that ends in one, got {type(estimator).__name__}."
        )
    check_is_fitted(estimator)
    return estimator, transformers
