"""Export to ONNX by skl2onnx, which asks an estimator that it does not know for three methods.

This file stands above the estimators and gives them the methods, so that they
need not know it. skl2onnx itself is imported when a model is exported.

The graph computes in the precision of the weights, as `predict` does.
"""

from functools import partial, singledispatch

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._mlp import SigmoidMLPRegressor
from ._mlp_input import in_numpy
from ._perceptron import PerceptronClassifier
from ._perceptron_input import fitted_classes, fitted_weights

TENSOR_TYPES = {
    "float32": "FloatTensorType",
    "float64": "DoubleTensorType",
    "int64": "Int64TensorType",
    "bool": "BooleanTensorType",
    "object": "StringTensorType",
}
# The methods that say what the outputs are.
COMPUTED_BY = {
    PerceptronClassifier: ("predict", "decision_function"),
    SigmoidMLPRegressor: ("predict",),
}


def add_export_methods():
    """Give the estimators what skl2onnx looks for."""
    for estimator in PerceptronClassifier, SigmoidMLPRegressor:
        for method in onnx_parser, onnx_shape_calculator, onnx_converter:
            setattr(estimator, method.__name__, method)


def onnx_parser(self):
    """Outputs of the exported model, for skl2onnx.

    `PerceptronClassifier` has two outputs. "label" has shape (n_samples,).
    "scores" has a column for each class, whose highest gives the label: the
    values z of `decision_function`, or −z and z in the binary case. They are
    no probabilities, and a tensor also without ``options={"zipmap": False}``.

    `SigmoidMLPRegressor` has one output, "variable", of shape (n_samples,
    n_outputs), also where `predict` returns a vector.

    Returns
    -------
    callable
        From a scope and the inputs to the output variables.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    ValueError
        If its class computes the outputs in a way of its own.

    Notes
    -----
    skl2onnx finds this method on a model alone, and in a Pipeline, a
    ColumnTransformer or a GridSearchCV. Its converters of other
    meta-estimators know only registered classes, which the first call of this
    method, on any fitted model of the class, makes this one.
    """
    from skl2onnx import update_registered_converter

    check_is_fitted(self)
    _check_methods(self)
    # Only for registered classes does skl2onnx take options, or look into a GridSearchCV;
    # "passthrough" leaves the options to us.
    alias = f"Sknnbasics{type(self).__name__}"
    update_registered_converter(
        type(self), alias, _set_output_types, _add_nodes, options="passthrough"
    )
    return partial(_declare_outputs, self)


def onnx_shape_calculator(self):
    """Types and shapes of the outputs, for skl2onnx.

    Returns
    -------
    callable
        Sets the types of the output variables of an operator.
    """
    return _set_output_types


def onnx_converter(self):
    """Conversion of the fitted model, for skl2onnx.

    Returns
    -------
    callable
        Adds the nodes that compute the outputs to a container.
    """
    return _add_nodes


def _check_methods(model):
    """Refuse a subclass whose predictions are not those of the class that the graph is made for."""
    kind = next(kind for kind in COMPUTED_BY if isinstance(model, kind))
    for name in COMPUTED_BY[kind]:
        if name in vars(model) or getattr(type(model), name) is not getattr(kind, name):
            raise ValueError(
                f"{type(model).__name__} has a {name} of its own, which the graph of a "
                f"{kind.__name__} would leave out. Export a {kind.__name__}, or register a "
                "converter of the class by skl2onnx.update_registered_converter."
            )


def _declare_outputs(model, scope, inputs):
    types = _output_types(model, inputs[0].type)
    return [scope.declare_local_variable(*output) for output in types.items()]


def _set_output_types(operator):
    from skl2onnx.common.utils import check_input_and_output_numbers

    check_input_and_output_numbers(operator, input_count_range=1)
    types = _output_types(operator.raw_operator, operator.inputs[0].type)
    for variable, output_type in zip(operator.outputs, types.values(), strict=True):
        variable.set_type(output_type)


def _output_types(model, input_type):
    n_rows = (input_type.shape or [None])[0]
    outputs = _outputs(model, _precision(model))
    return {name: _tensor_type(dtype)([n_rows, *row]) for name, (dtype, row) in outputs.items()}


def _tensor_type(dtype):
    from skl2onnx.common import data_types

    return getattr(data_types, TENSOR_TYPES[dtype])


def _add_nodes(scope, operator, container):
    from skl2onnx.algebra import onnx_ops
    from skl2onnx.common.data_types import guess_proto_type

    def node(name, *inputs, **attributes):
        create = getattr(onnx_ops, f"Onnx{name}")
        return create(*inputs, op_version=container.target_opset, **attributes)

    model, (X,) = operator.raw_operator, operator.inputs
    _check_options(model, container.get_options(model))
    precision = _precision(model)
    target = _tensor_type(precision)()
    if not isinstance(X.type, type(target)):
        X = node("Cast", X, to=guess_proto_type(target))
    for output in _graph(model, X, precision, node, operator.outputs):
        output.add_to(scope, container)


def _check_options(model, options):
    # A Pipeline asks for zipmap=True where its user asked for nothing.
    unknown = [name for name, value in options.items() if name != "zipmap" or value == "columns"]
    if unknown:
        raise ValueError(
            f"{type(model).__name__} has no export option {unknown[0]}={options[unknown[0]]!r}. "
            "Leave it out; zipmap=False is the one there is."
        )


def _precision(model):
    """The precision of the weights, in which `predict` takes any input."""
    if isinstance(model, PerceptronClassifier):
        return fitted_weights(model)[0].dtype.name
    return in_numpy(model).coefs_[0].dtype.name


@singledispatch
def _outputs(model, precision):
    """From the names of the outputs to their dtypes and the shapes of their rows."""


@singledispatch
def _graph(model, X, precision, node, outputs):
    """The last nodes of a graph that computes the outputs from X; `node` makes a node."""


@_outputs.register
def _(perceptron: PerceptronClassifier, precision):
    labels = _labels(fitted_classes(perceptron))
    return {"label": (labels.dtype.name, []), "scores": (precision, [len(labels)])}


@_graph.register
def _(perceptron: PerceptronClassifier, X, precision, node, outputs):
    w, b = fitted_weights(perceptron)
    if len(b) == 1:  # of two equal scores the first wins: as in `predict`, a tie does not fire
        w, b = np.vstack([-w, w]), np.concatenate([-b, b])
    scores = node("Add", node("MatMul", X, w.T), b, output_names=outputs[1:])
    position = node("Reshape", node("ArgMax", scores, axis=1), np.array([-1]))
    labels = _labels(fitted_classes(perceptron))
    labels = node("Gather", labels, position, output_names=outputs[:1])
    return labels, scores


def _labels(classes):
    """Labels as ONNX has them."""
    if classes.dtype == bool:
        return classes
    if np.issubdtype(classes.dtype, np.floating):
        return classes.astype(np.float64)
    if np.can_cast(classes.dtype, np.int64):
        return classes.astype(np.int64)
    if all(isinstance(label, str) for label in classes):
        return classes.astype(object)
    raise ValueError(
        f"ONNX has no labels of the type of {classes[0]!r}. Train on labels that are all "
        "strings, or integers that fit into int64, or booleans."
    )


@_outputs.register
def _(network: SigmoidMLPRegressor, precision):
    return {"variable": (precision, [network.n_outputs_])}


@_graph.register
def _(network: SigmoidMLPRegressor, X, precision, node, outputs):
    a, network = X, in_numpy(network)
    for W, b in zip(network.coefs_, network.intercepts_, strict=True):
        a = node("Sigmoid", node("Add", node("MatMul", a, W), b))
    low, high = network.y_low_.astype(precision), network.y_high_.astype(precision)
    stretched = node("Add", node("Mul", a, high - low), low)
    clipped = node("Min", node("Max", stretched, low), high, output_names=outputs)
    return (clipped,)
