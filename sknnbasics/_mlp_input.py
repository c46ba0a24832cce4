"""What a user gives `SigmoidMLPRegressor`, checked: samples, layers, ranges, first weights.

Each function reads the parameters and the fitted attributes of the estimator and leaves
it as it is; `start_from` alone writes, into a fit that has not begun.
"""

import copy
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from scipy.sparse import issparse
from sklearn import get_config
from sklearn.exceptions import DataConversionWarning

from ._arrays import ArraySpace, as_floats, detached, namespace, to_numpy
from ._compat import check_same_namespace
from ._network import Layers, OutputRange, Samples, equal_rows
from ._validation import (
    FLOATS,
    checked_init,
    checked_weights,
    hold_out,
    later_data,
    numbers,
    private_generator,
    refuse_dates_and_complex,
    snapshot,
    training_data,
    within_float64,
)
from ._warnings import warn

MANY_ROWS = 10_000  # whose comparison would take longer than their training
MOST_REPEATED = 10  # rows of a kind, on average, that are held out together
CHECKS = {"accept_sparse": "csr", "multi_output": True}


@dataclass
class Given:
    """Validated samples, whether their targets came as a vector, and what describes X."""

    samples: Samples
    flat: bool
    seen: dict


def samples(estimator, X, y, sample_weight, reset, method="fit"):
    """The samples of positive weight.

    Parameters
    ----------
    estimator : SigmoidMLPRegressor
    X, y, sample_weight
        As given to the `method`: of shapes (n_samples, n_features), (n_samples,) or
        (n_samples, n_outputs), and (n_samples,) or None.
    reset : bool
        Whether X may have other features and another precision than before.
    method : str, default="fit"

    Returns
    -------
    Given

    Raises
    ------
    ValueError
        If X, y or sample_weight is not numeric, finite and of these shapes, or X of a
        library that the solver cannot train on.
    """
    X = detached(X)
    dtype = ArraySpace.of(X).floats if reset else fitted_weights(estimator)[0][0].dtype
    if not reset:
        check_same_namespace(X, estimator, attribute="y_low_", method=method)
    y = _targets(y, "y")
    X, y, seen = training_data(estimator, X, y, reset=reset, dtype=dtype, **CHECKS)
    if estimator.solver == "lbfgs" and ArraySpace.of(X).xp is not np:
        raise ValueError(
            f"solver='lbfgs' is SciPy's and needs NumPy input, got {type(X)}. "
            "Use solver='adam' or 'sgd', or convert X to NumPy."
        )
    if not ArraySpace.of(X).writes_in_place:
        raise ValueError(
            f"Training writes in place, which arrays like {type(X)} do not allow; "
            "convert X to NumPy."
        )
    weights = checked_weights(sample_weight, X)
    given = Given(_samples(X, y, weights, "y"), y.ndim == 1, seen)
    if method == "fit" and y.shape[1:] == (1,):
        warn(
            f"y is a column, of shape {y.shape}, and so will be what is predicted. Pass "
            "y.ravel() for predictions of shape (n_samples,).",
            DataConversionWarning,
        )
    return given


def fitted_rows(estimator, X, y, sample_weight, method):
    """Samples of a fitted network's own kind, with targets in its unit interval.

    Returns
    -------
    Rows
        X, targets of shape (n_samples, n_outputs), weights of shape (n_samples,).

    Raises
    ------
    ValueError
        As `samples`, and if y has other outputs than the network, or lies outside the one
        point that a constant target has left of the range.
    """
    given = samples(estimator, X, y, sample_weight, reset=False, method=method).samples
    if given.Y.shape[1] != estimator.n_outputs_:
        raise ValueError(f"y has {given.Y.shape[1]} outputs, the network {estimator.n_outputs_}.")
    output_range = fitted_range(estimator)
    output_range.check_points(given.Y)
    return given.rows(output_range)


def validation_set(estimator, given, X_val, y_val, sample_weight_val):
    """The validation set of the user's, or None.

    Returns
    -------
    Samples or None
        With as many outputs as those of `given`.

    Raises
    ------
    ValueError
        If X_val and y_val do not come together, or not as X and y would have to.
    """
    if X_val is None and y_val is None:
        if sample_weight_val is not None:
            raise ValueError("sample_weight_val was passed without X_val and y_val.")
        return None
    if X_val is None or y_val is None:
        name, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{name} was passed without {missing}: pass both or neither.")
    trained = given.samples
    if trained.space.xp is np:
        X_val = to_numpy(X_val)
    elif issparse(X_val):
        raise ValueError("X_val is sparse, but X is not: pass X_val as X_val.toarray().")
    else:
        X_val = trained.space.asarray(to_numpy(X_val))
    y_val, dtype = _targets(y_val, "y_val"), trained.X.dtype
    X, y = later_data(estimator, given.seen, X_val, y_val, dtype=dtype, **CHECKS)
    weights = checked_weights(sample_weight_val, X, "sample_weight_val")
    held_out = _samples(X, y, weights, "y_val")
    if held_out.Y.shape[1] != trained.Y.shape[1]:
        raise ValueError(
            f"y_val has {held_out.Y.shape[1]} outputs, but y has {trained.Y.shape[1]}."
        )
    return held_out


def _samples(X, y, weights, name):
    if issparse(y):
        raise ValueError(f"{name} is sparse; pass it dense, for example as {name}.toarray().")
    y = y if y.dtype in FLOATS else _numbers(y, name)
    s = np.ones(len(y)) if weights is None else weights
    samples = Samples(X, y.reshape(len(y), -1), s)
    samples.s = s.astype(samples.precision)
    return samples if samples.s.all() else samples.take(np.flatnonzero(samples.s))


def _targets(y, name):
    """Targets in NumPy, as far as they come as arrays, and none of a kind that no target is of."""
    y = to_numpy(y)
    refuse_dates_and_complex(y, name)
    return y


def _numbers(y, name):
    """Targets of any dtype as float64, if they are numbers."""
    if y.dtype.kind not in "biuf":
        values, kinds = y.ravel().tolist(), str | bytes if y.dtype.kind == "O" else object
        if (value := next((v for v in values if isinstance(v, kinds)), None)) is not None:
            raise ValueError(
                f"{name} holds {value!r}, which is not a number. Convert it, for example by "
                f"{name}.astype(float)."
            )
    with within_float64(name, TypeError, ValueError):
        y = y.astype(np.float64)
    if not np.isfinite(y).all():  # validated() sees neither None nor inf among objects
        raise ValueError(f"{name} contains NaN, None, infinity, or a value beyond float64.")
    return y


def parts(estimator, samples, held_out, output_range):
    """The samples to train on, and those to validate on or None.

    Raises
    ------
    ValueError
        If y_val lies outside of the range of the targets, or there are too few samples to
        hold some out.
    """
    if held_out is not None:
        if not isinstance(estimator.y_range, str):
            output_range.check(held_out.Y, "y_val")
        output_range.check_points(held_out.Y)
        return samples, held_out
    if not estimator.early_stopping:
        return samples, None
    # The same samples in each call, where random_state is an int.
    rng = private_generator(estimator.random_state)
    return [samples.take(rows) for rows in _held_out(samples, estimator.validation_fraction, rng)]


def _held_out(samples, fraction, rng):
    """Row numbers to train on and to validate on.

    Equal rows stay together, so that a row of weight 2 and a row given twice
    are the same here too, unless so few rows differ that a kind of them would
    be missing. Many rows are not compared.
    """
    if len(samples.Y) <= MANY_ROWS:
        # Ranks of the targets, so that their unit does not decide which are held out.
        ranks = [np.unique(y, return_inverse=True)[1].ravel() for y in samples.Y.T]
        X = samples.X if issparse(samples.X) else to_numpy(samples.X)
        first, group = equal_rows(X, np.column_stack(ranks))
        if len(samples.Y) <= MOST_REPEATED * len(first):
            with suppress(ValueError):
                chosen = hold_out(len(first), fraction, copy.deepcopy(rng))
                return [np.flatnonzero(np.isin(group, part)) for part in chosen]
    return hold_out(len(samples.Y), fraction, rng)


def layers(estimator, samples):
    """The layers that `hidden_layer_sizes` and the samples ask for.

    Raises
    ------
    ValueError
        If `hidden_layer_sizes` holds anything but positive integers.
    """
    hidden = estimator.hidden_layer_sizes
    hidden = [hidden] if isinstance(hidden, Integral) else np.asarray(hidden, object).tolist()
    if not isinstance(hidden, list):
        hidden = [hidden]
    if not all(isinstance(n, Integral) and n > 0 and n is not True for n in hidden):
        raise ValueError(
            f"hidden_layer_sizes must be positive integers, got {estimator.hidden_layer_sizes!r}."
        )
    sizes = (samples.X.shape[1], *map(int, hidden), samples.Y.shape[1])
    return Layers(sizes, bool(estimator.fit_intercept))


def output_range(estimator, samples):
    """The range of the user's, or that of the targets.

    Returns
    -------
    OutputRange
        Of n_outputs ends.

    Raises
    ------
    ValueError
        If `y_range` is no range for each output, or a target lies outside of it.
    """
    if isinstance(estimator.y_range, str):
        return OutputRange.around(samples.Y, samples.precision)
    given = OutputRange.given(estimator.y_range, samples.Y.shape[1], samples.precision)
    given.check(samples.Y, "y")
    return given


def kept_range(estimator, layers, samples):
    """The range that the first targets fixed, and whether a target was ever outside.

    Training goes on with the layers of before, or not at all.

    Raises
    ------
    ValueError
        If the samples or the parameters ask for other layers than those of before.
    """
    state = estimator._state
    if layers != state.layers:
        raise ValueError(
            f"Training continues a network with {state.layers}, but the data and the "
            f"parameters ask for one with {layers}. Keep them, or set warm_start=False and "
            "fit anew."
        )
    if not isinstance(estimator.y_range, str):
        return output_range(estimator, samples), False
    kept = fitted_range(estimator)
    kept.check_points(samples.Y)
    outside = kept.outside(samples.Y)
    if outside is not None and not state.warned:
        warn(
            f"The target {outside} in y lies outside the range {kept} that the first targets "
            "fixed; no prediction can reach it. Pass y_range=(low, high) to avoid this.",
        )
    return kept, state.warned or outside is not None


def fitted_weights(estimator):
    """The lists of weights and biases that were learned, which someone may have replaced.

    Returns
    -------
    list of two lists of arrays
        Of shapes (n_in, n_out) and (n_out,), a layer each, all of one dtype.

    Raises
    ------
    ValueError
        If they are not numbers of these shapes.
    """
    layers = estimator._state.layers
    shapes = {"coefs_": layers.coef_shapes, "intercepts_": [(n,) for n in layers.sizes[1:]]}
    lists = []
    for name, expected in shapes.items():
        given = getattr(estimator, name)
        given = given if isinstance(given, list | tuple) else [given]
        arrays = [_computable(values, f"{name}[{k}]") for k, values in enumerate(given)]
        if (found := [tuple(array.shape) for array in arrays]) != expected:
            raise ValueError(f"{name} must hold arrays of the shapes {expected}, got {found}.")
        lists.append(arrays)
    if any(array.dtype != lists[0][0].dtype for arrays in lists for array in arrays):
        space = ArraySpace.of(lists[0][0])
        lists = [[space.asarray(array, space.floats[0]) for array in arrays] for arrays in lists]
    return lists


def weights_to_go_on_from(estimator):
    """The weights and biases that were learned, to train on from.

    Returns
    -------
    array of shape (n_parameters,)
        A new one.

    Raises
    ------
    ValueError
        As `fitted_weights`, and if a number is NaN or infinite.
    """
    theta = estimator._state.layers.join(*fitted_weights(estimator))
    xp, theta = namespace(theta)
    if not bool(xp.all(xp.isfinite(theta))):
        raise ValueError("coefs_ or intercepts_ hold NaN or infinity: fit the network anew.")
    return theta


def fitted_bounds(estimator):
    """The ends of the range of the targets, which someone may have replaced.

    Returns
    -------
    list of two arrays of shape (n_outputs,)
        The lows and the highs.

    Raises
    ------
    ValueError
        If they are not numbers of this shape, or in NumPy not finite or in the wrong order.
    """
    shape = (estimator._state.layers.sizes[-1],)
    bounds = [_computable(getattr(estimator, name), name) for name in ("y_low_", "y_high_")]
    for name, array in zip(("y_low_", "y_high_"), bounds, strict=True):
        if tuple(array.shape) != shape:
            raise ValueError(f"{name} must have shape {shape}, got {tuple(array.shape)}.")
    if isinstance(bounds[0], np.ndarray):
        low, high = bounds
        if not (np.isfinite(low) & np.isfinite(high) & (low <= high)).all():
            raise ValueError(
                "y_low_ and y_high_ must be finite, and no low above its high, got "
                f"{low} and {high}."
            )
    return bounds


def fitted_range(estimator):
    """The range of the targets that the first ones fixed, or that of ends that were replaced."""
    kept, (low, high) = estimator._state.output_range, map(to_numpy, fitted_bounds(estimator))
    if np.array_equal((low, high), kept.bounds(low.dtype)):
        return kept
    return OutputRange(low.astype(np.float64), high.astype(np.float64))


def in_numpy(estimator):
    """A copy of the network whose weights and range live in NumPy, to be drawn or exported."""
    record = snapshot(estimator)
    for name in ("coefs_", "intercepts_", "y_low_", "y_high_"):
        given = getattr(record, name)
        is_list = isinstance(given, list | tuple)
        setattr(
            record, name, [_brought(values) for values in given] if is_list else _brought(given)
        )
    record.coefs_, record.intercepts_ = fitted_weights(record)
    record.y_low_, record.y_high_ = fitted_bounds(record)
    return record


def _brought(values):
    """A tensor in NumPy, if it can be brought there."""
    with suppress(TypeError, ValueError, RuntimeError):  # of a device, without dispatch
        return np.asarray(to_numpy(values)) if _is_tensor(values) else values
    return values


def _is_tensor(values):
    return hasattr(values, "__dlpack__") and not isinstance(values, np.ndarray | np.generic)


def _computable(values, name):
    """`values` themselves where a network can compute with them, else as NumPy's float64."""
    if isinstance(values, np.ndarray) and values.dtype in FLOATS:
        return np.asarray(values)  # of a masked array, whose products are others
    if not _is_tensor(values):
        return numbers(values, name)
    if not get_config()["array_api_dispatch"]:
        kind = f"{type(values).__module__}.{type(values).__name__}"
        raise ValueError(
            f"{name} is a {kind}, with which the network computes under array API dispatch alone: "
            "set SCIPY_ARRAY_API=1 before Python starts and "
            "sklearn.set_config(array_api_dispatch=True), or move the network to NumPy."
        )
    return as_floats(values)


def start_from(fit, samples, coefs_init, intercepts_init):
    """Write the weights of the user's into the theta that the fit begins with.

    Parameters
    ----------
    fit : Fit
    samples : Samples
    coefs_init, intercepts_init : sequences of array-likes or None
        One array a layer, of shapes (n_in, n_out) and (n_out,).

    Raises
    ------
    ValueError
        If one is no array of finite numbers of its shape.
    """
    layers = fit.layers
    coefs, intercepts = layers.split(fit.theta)
    for name, given, views in [
        ("coefs_init", coefs_init, coefs),
        ("intercepts_init", intercepts_init, intercepts),
    ]:
        if given is None:
            continue
        fit.begins_elsewhere = True
        n_given = len(given) if isinstance(given, Sequence | np.ndarray) else "no list"
        if n_given != len(views):
            raise ValueError(
                f"{name} must hold {len(views)} arrays for layers of {layers.sizes} units and "
                f"fit_intercept={layers.fit_intercept}, got {n_given}."
            )
        for number, (values, view) in enumerate(zip(given, views, strict=True)):
            shape = tuple(view.shape)
            values = checked_init(to_numpy(values), shape, samples.precision, f"{name}[{number}]")
            view[...] = samples.space.asarray(values)
