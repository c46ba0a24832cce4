"""Exported models, run by onnxruntime, agree with `predict` and `decision_function`."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

skl2onnx = pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from skl2onnx.common.data_types import DoubleTensorType  # noqa: E402  (where skl2onnx is)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

PRECISIONS = [("float32", 1e-6), ("float64", 1e-12)]


def exported(model, X, **arguments):
    """Outputs of the exported model on X, by name."""
    graph = skl2onnx.to_onnx(model, X[:1], **arguments)
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (given,) = session.get_inputs()
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {given.name: X}), strict=True))


def assert_close(values, expected, tolerance):
    """Agreement relative to the largest of the values, whose sums have cancelled."""
    assert values.dtype == expected.dtype
    assert values.shape == expected.shape
    np.testing.assert_allclose(values, expected, rtol=0, atol=tolerance * np.abs(expected).max())


def assert_same_classifier(model, X, tolerance, **arguments):
    outputs = exported(model, X, **arguments)
    z = model.decision_function(X)
    assert list(outputs) == ["label", "scores"]
    assert_array_equal(outputs["label"], model.predict(X))
    assert_close(outputs["scores"], np.column_stack([-z, z]) if z.ndim == 1 else z, tolerance)


def assert_same_regressor(model, X, tolerance, **arguments):
    outputs = exported(model, X, **arguments)
    predictions = model.predict(X)
    assert list(outputs) == ["variable"]
    assert_close(outputs["variable"], predictions.reshape(len(X), -1), tolerance)


def wrapped(estimator, grid):
    """The estimator alone, behind a scaler, in a search, and a search of both."""
    name = type(estimator).__name__.lower()
    pipeline = make_pipeline(StandardScaler(), estimator)
    inner = {f"{name}__{parameter}": values for parameter, values in grid.items()}
    searches = [GridSearchCV(estimator, grid, cv=2), GridSearchCV(pipeline, inner, cv=2)]
    return [estimator, pipeline, *searches]


LABELS = {
    "ten digits": lambda y: y,
    "int8": lambda y: y.astype(np.int8),
    "ten names": lambda y: np.char.add("digit ", y.astype(str)),
    "object names": lambda y: np.char.add("digit ", y.astype(str)).astype(object),
    "two digits": lambda y: np.where(y < 5, -3, 7),
    "two names": lambda y: np.where(y < 5, "low", "high"),
    "bool": lambda y: y < 5,
    "floats": lambda y: y.astype(float),
}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
def test_classifier_on_digits_with_labels_of_every_kind(labels, dtype, tolerance):
    X, y = load_digits(return_X_y=True)
    model = PerceptronClassifier(max_iter=5, random_state=0)
    model.fit(X.astype(dtype), LABELS[labels](y))
    assert_same_classifier(model, X.astype(dtype), tolerance)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
@pytest.mark.parametrize("options", [None, {"zipmap": False}])
def test_classifier_in_pipelines_and_searches(number, dtype, tolerance, options):
    X, y = load_digits(return_X_y=True)
    X = X.astype(dtype)
    estimator = PerceptronClassifier(max_iter=5, random_state=0)
    model = wrapped(estimator, {"average": [False, True]})[number].fit(X, y)
    assert_same_classifier(model, X, tolerance, options=options)


@pytest.mark.parametrize(
    "parameters",
    [
        {"average": True},
        # Whole pixels and a binary fraction: the sums that end at the threshold do so exactly.
        {"fit_intercept": False, "threshold": 2.0, "eta0": 0.125},
        {"init": "uniform"},
    ],
)
@pytest.mark.parametrize("n_classes", [2, 10])
def test_classifier_parameters(parameters, n_classes):
    X, y = load_digits(return_X_y=True)
    model = PerceptronClassifier(max_iter=5, random_state=0, **parameters).fit(X, y % n_classes)
    assert_same_classifier(model, X, 1e-12)


def test_a_tie_does_not_fire():
    X = np.array([[0.0], [1.0], [2.0]])
    unit = PerceptronClassifier(shuffle=False).fit(X, ["no", "no", "yes"])
    unit.coef_, unit.intercept_ = np.array([[1.0]]), np.array([-1.0])
    assert_array_equal(exported(unit, X)["label"], ["no", "no", "yes"])


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
@pytest.mark.parametrize("shape", [(-1,), (-1, 1), (-1, 2)])
def test_regressor_on_diabetes(number, dtype, tolerance, shape):
    X, y = load_diabetes(return_X_y=True)
    X = (20 * X).astype(dtype)
    y = np.column_stack([y, -y / 100]) if shape == (-1, 2) else y.reshape(shape)
    estimator = SigmoidMLPRegressor(max_iter=20, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataConversionWarning)  # of a column
        model = wrapped(estimator, {"alpha": [0.0, 1.0]})[number].fit(X, y)
    assert_same_regressor(model, X, tolerance)


@pytest.mark.parametrize(
    "parameters",
    [
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": (5, 4, 3)},
        {"fit_intercept": False},
        {"y_range": (25, 346)},
        {"solver": "lbfgs"},
    ],
)
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
def test_regressor_parameters(parameters, dtype, tolerance):
    X, y = load_diabetes(return_X_y=True)
    X = (20 * X).astype(dtype)
    model = SigmoidMLPRegressor(max_iter=20, random_state=0, **parameters).fit(X, y)
    assert_same_regressor(model, X, tolerance)


def test_no_prediction_leaves_the_range():
    low, high = np.float32(-1), np.float32(0.7)
    assert low + (high - low) > high  # by rounding
    X = np.array([[-1e3], [1e3]], dtype=np.float32)
    model = SigmoidMLPRegressor(hidden_layer_sizes=(), y_range=(low, high), max_iter=1, tol=None)
    model.fit(X, [low, high], coefs_init=[[[1.0]]])
    assert_array_equal(model.predict(X), [low, high])
    assert_array_equal(exported(model, X)["variable"], [[low], [high]])


def test_an_output_that_is_constant():
    X, y = load_diabetes(return_X_y=True)
    model = SigmoidMLPRegressor(max_iter=5, random_state=0).fit(X, np.full(len(y), 3.25))
    assert (exported(model, X)["variable"] == 3.25).all()


@pytest.mark.parametrize(
    ("trained", "given", "tolerance"),
    [("float64", "float32", 1e-12), ("float32", "float64", 1e-6), ("float32", "int64", 1e-6)],
)
def test_the_precision_is_that_of_predict(trained, given, tolerance):
    X, y = load_digits(return_X_y=True)
    network = SigmoidMLPRegressor(max_iter=5, random_state=0).fit((X / 16).astype(trained), y)
    assert_same_regressor(network, (X / 16).astype(given), tolerance)
    units = PerceptronClassifier(max_iter=5, random_state=0).fit(X.astype(trained), y)
    assert_same_classifier(units, X.astype(given), tolerance)


def test_classes_of_a_subclass_are_exported_too():
    class Unit(PerceptronClassifier):
        pass

    X, y = load_digits(return_X_y=True)
    assert_same_classifier(Unit(max_iter=5, random_state=0).fit(X, y), X, 1e-12)


@pytest.mark.parametrize(
    "kind", [list, lambda a: a.astype(np.float16), lambda a: np.round(a).astype(int)]
)
def test_replaced_weights_of_any_kind_are_exported(kind):
    X, y = load_digits(return_X_y=True)
    unit = PerceptronClassifier(max_iter=5, random_state=0).fit(X, y)
    unit.coef_, unit.classes_ = kind(unit.coef_), unit.classes_.tolist()
    assert_same_classifier(unit, X, 1e-12)
    net = SigmoidMLPRegressor(max_iter=5, random_state=0).fit(X / 16, y)
    net.coefs_, net.y_low_ = tuple(kind(W) for W in net.coefs_), kind(net.y_low_)
    assert_same_regressor(net, X / 16, 1e-12)


def overriding(kind, name):
    """A subclass with another `name`, which does the same and something beside it."""
    return type("Own", (kind,), {name: lambda self, X: getattr(super(type(self), self), name)(X)})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PerceptronClassifier, "predict"),
        (PerceptronClassifier, "decision_function"),
        (SigmoidMLPRegressor, "predict"),
    ],
)
def test_a_subclass_with_predictions_of_its_own_is_refused(kind, name):
    X = np.array([[0.0], [1.0]])
    message = f"Own has a {name} of its own, which the graph of a {kind.__name__} would leave out"
    model = overriding(kind, name)().fit(X, [0, 1])
    for exported_model in (model, make_pipeline(StandardScaler(), model).fit(X, [0, 1])):
        with pytest.raises(ValueError, match=message):
            skl2onnx.to_onnx(exported_model, X)
    skl2onnx.to_onnx(kind().fit(X, [0, 1]), X)


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
def test_predictions_small_against_the_range_agree_to_a_part_of_the_range(dtype, tolerance):
    """Not to a part of themselves: where they are next to zero, sums have cancelled."""
    X, y = load_diabetes(return_X_y=True)
    X = (20 * X).astype(dtype)
    model = SigmoidMLPRegressor(max_iter=20, random_state=0).fit(X, y - np.mean(y))
    small = X[np.argsort(abs(model.predict(X)))[:20]]
    outputs, predictions = exported(model, small)["variable"][:, 0], model.predict(small)
    width = float((model.y_high_ - model.y_low_)[0])
    assert abs(predictions).max() < 0.05 * width
    np.testing.assert_allclose(outputs, predictions, rtol=0, atol=tolerance * width)


def test_labels_that_onnx_does_not_have():
    X = np.array([[0.0], [1.0]])
    model = PerceptronClassifier().fit(X, np.array([1, 2], dtype=np.uint64))
    with pytest.raises(ValueError, match=r"no labels of the type of np\.uint64\(1\)\. Train on"):
        skl2onnx.to_onnx(model, X)


@pytest.mark.parametrize("options", [{"zipmap": "columns"}, {"nocl": True}])
def test_unknown_options(options):
    X = np.array([[0.0], [1.0]])
    model = PerceptronClassifier().fit(X, [0, 1])
    with pytest.raises(ValueError, match="PerceptronClassifier has no export option"):
        skl2onnx.to_onnx(model, X, options=options)


def test_one_input_alone():
    X = np.array([[0.0, 1.0], [1.0, 2.0]])
    model = PerceptronClassifier().fit(X, [0, 1])
    with pytest.raises(RuntimeError, match="at most 1 input"):
        skl2onnx.to_onnx(
            model, initial_types=[(name, DoubleTensorType([None, 1])) for name in "ab"]
        )


@pytest.mark.parametrize("estimator", [PerceptronClassifier(), SigmoidMLPRegressor()])
def test_a_model_must_be_fitted(estimator):
    with pytest.raises(NotFittedError):
        skl2onnx.to_onnx(estimator, np.zeros((1, 2)))
