"""What is refused: one clear error, before any work, and what was learned stays as it was."""

import numpy as np
import pytest
from sklearn.base import clone

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
y = X[:, 0] - 2 * X[:, 1]
labels = (X[:, 0] > 0).astype(int)
SINGLE = X.astype(np.float32)

network = SigmoidMLPRegressor(
    hidden_layer_sizes=(4,), solver="adam", max_iter=3, tol=None, random_state=0
)
perceptron = PerceptronClassifier(random_state=0)


def frozen(value):
    """`value` in terms that compare by value, arrays and generators bit by bit."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, np.random.RandomState):
        return frozen(value.get_state())
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(item) for item in value]
    if hasattr(value, "__dict__"):  # what a file would hold: scratch is no state
        return type(value).__name__, frozen(value.__getstate__())
    return repr(value)


def assert_refused(call, estimator, error, message):
    """One exception of exactly this class, with this text; `estimator` as before, bit by bit."""
    before = frozen(vars(estimator))
    with pytest.raises(error, match=message) as info:
        call(estimator)
    assert info.type is error
    assert frozen(vars(estimator)) == before


def fitted(estimator, **params):
    """A fitted copy; `params` are set after the fit, as someone who goes on with it would."""
    target = labels if isinstance(estimator, PerceptronClassifier) else y
    return clone(estimator).fit(X, target).set_params(**params)


def warm_fit(estimator, *args, **kwargs):
    return estimator.set_params(warm_start=True).fit(*args, **kwargs)


def cold_fit(estimator, *args, **kwargs):
    return estimator.fit(*args, **kwargs)


def partial_fit(estimator, *args, **kwargs):
    return estimator.partial_fit(*args, **kwargs)


def cost(estimator, *args, **kwargs):
    return estimator.cost(*args, **kwargs)


def cost_gradient(estimator, *args, **kwargs):
    return estimator.cost_gradient(*args, **kwargs)


def with_value(A, value):
    A = np.array(A, dtype=float)
    A.flat[7] = value
    return A


def table(names, rows):
    """Parametrize over rows whose first cell is the id."""
    return pytest.mark.parametrize(names, [pytest.param(*row[1:], id=row[0]) for row in rows])


every_way_to_fit = pytest.mark.parametrize("method", [cold_fit, warm_fit, partial_fit])
