"""What a user gives `SigmoidMLPRegressor`, checked: samples, layers, ranges, first weights.

Each function takes the estimator, for its parameters and its fitted attributes,
and leaves it as it is.
"""

import copy
from collections.abc import Sized
from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from scipy.sparse import issparse

from ._arrays import ArraySpace, as_floats, detached, to_numpy
from ._compat import check_same_namespace
from ._network import Layers, OutputRange, Samples, equal_rows
from ._validation import (
    FLOATS,
    checked_init,
    checked_weights,
    hold_out,
    later_data,
    private_generator,
    training_data,
    within_float64,
)
from ._warnings import warn

MANY_ROWS = 10_000  # whose comparison would take longer than their training
MOST_REPEATED = 10  # rows of a kind, on average, that are held out together
CHECKS = {"accept_sparse": "csr", "multi_output": True, "y_numeric": True}


@dataclass
class Given:
    """Validated samples, whether their targets came as a vector, and what describes X."""

    samples: Samples
    flat: bool
    seen: dict


def samples(estimator, X, y, sample_weight, reset, method="fit"):
    """The samples of positive weight."""
    X = detached(X)
    dtype = ArraySpace.of(X).floats if reset else fitted_weights(estimator)[0][0].dtype
    if not reset:
        check_same_namespace(X, estimator, attribute="y_low_", method=method)
    X, y, seen = training_data(estimator, X, to_numpy(y), reset=reset, dtype=dtype, **CHECKS)
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
    return Given(_samples(X, y, weights, "y"), y.ndim == 1, seen)


def fitted_rows(estimator, X, y, sample_weight, method):
    """Samples of a fitted network's own kind, with targets in its unit interval."""
    given = samples(estimator, X, y, sample_weight, reset=False, method=method).samples
    if given.Y.shape[1] != estimator.n_outputs_:
        raise ValueError(f"y has {given.Y.shape[1]} outputs, the network {estimator.n_outputs_}.")
    output_range = estimator._state.output_range
    output_range.check_points(given.Y)
    return given.rows(output_range)


def validation_set(estimator, given, X_val, y_val, sample_weight_val):
    """The validation set of the user's, or None."""
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
    y_val, dtype = to_numpy(y_val), trained.X.dtype
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
    if y.dtype not in FLOATS:
        with np.errstate(over="ignore"), within_float64(name, TypeError, ValueError):
            y = y.astype(np.float64)
    if not np.isfinite(y).all():  # validated() sees neither None nor inf among objects
        raise ValueError(f"{name} contains NaN, None, infinity, or a value beyond float64.")
    s = np.ones(len(y)) if weights is None else weights
    samples = Samples(X, y.reshape(len(y), -1), s)
    samples.s = s.astype(samples.precision)
    return samples if samples.s.all() else samples.take(np.flatnonzero(samples.s))


def parts(estimator, samples, held_out, output_range):
    """The samples to train on, and those to validate on or None."""
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
    """The layers that `hidden_layer_sizes` and the samples ask for."""
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
    """The range of the user's, or that of the targets."""
    if isinstance(estimator.y_range, str):
        return OutputRange.around(samples.Y, samples.precision)
    given = OutputRange.given(estimator.y_range, samples.Y.shape[1], samples.precision)
    given.check(samples.Y, "y")
    return given


def kept_range(estimator, layers, samples):
    """The range that the first targets fixed, and whether a target was ever outside.

    Training goes on with the layers of before, or not at all.
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
    kept = state.output_range
    kept.check_points(samples.Y)
    outside = kept.outside(samples.Y)
    if outside is not None and not state.warned:
        warn(
            f"The target {outside} in y lies outside the range {kept} that the first targets "
            "fixed; no prediction can reach it. Pass y_range=(low, high) to avoid this.",
        )
    return kept, state.warned or outside is not None


def fitted_weights(estimator):
    """The lists of weights and biases that were learned, which someone may have replaced."""
    layers = estimator._state.layers
    shapes = {"coefs_": layers.coef_shapes, "intercepts_": [(n,) for n in layers.sizes[1:]]}
    for name, expected in shapes.items():
        given = [tuple(np.shape(array)) for array in getattr(estimator, name)]
        if given != expected:
            raise ValueError(f"{name} must hold arrays of the shapes {expected}, got {given}.")
    return [[as_floats(a) for a in getattr(estimator, name)] for name in shapes]


def weights(fit, samples, coefs_init, intercepts_init):
    """Write the weights of the user's into theta."""
    layers = fit.layers
    coefs, intercepts = layers.split(fit.theta)
    for name, given, views in [
        ("coefs_init", coefs_init, coefs),
        ("intercepts_init", intercepts_init, intercepts),
    ]:
        if given is None:
            continue
        fit.begins_elsewhere = True
        n_given = len(given) if isinstance(given, Sized) else "no list"
        if n_given != len(views):
            raise ValueError(
                f"{name} must hold {len(views)} arrays for layers of {layers.sizes} units and "
                f"fit_intercept={layers.fit_intercept}, got {n_given}."
            )
        for number, (values, view) in enumerate(zip(given, views, strict=True)):
            shape = tuple(view.shape)
            values = checked_init(to_numpy(values), shape, samples.precision, f"{name}[{number}]")
            view[...] = samples.space.asarray(values)
