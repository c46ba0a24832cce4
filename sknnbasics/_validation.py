"""From what a user passes to the arrays that training takes, or to one clear error."""

import math
from contextlib import contextmanager
from functools import wraps
from numbers import Number
from operator import is_

import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split
from sklearn.utils import (
    assert_all_finite,
    check_array,
    check_consistent_length,
    check_random_state,
)
from sklearn.utils.validation import validate_data

from ._arrays import ArraySpace, namespace, to_numpy

FLOATS = [np.float64, np.float32]
MOST_APART = 100  # times, of the sizes of features on which a perceptron learns well


def training_data(estimator, X, y, *, reset, **check_params):
    """X and y as arrays, and the attributes that describe X, leaving `estimator` as it is.

    `validate_data` writes n_features_in_ and feature_names_in_; it writes them
    to a copy here, so that a fit that fails later loses nothing.
    """
    record = snapshot(estimator)
    X, y = validated(record, X, y, reset=reset, **check_params)
    names = ("n_features_in_", "feature_names_in_")
    return (
        X,
        y,
        {name: getattr(record, name) for name in names if hasattr(record, name)},
    )


def validated(estimator, X, *y, **check_params):
    """What `validate_data` gives, fit for compiled loops.

    It refuses the infinity that a cast overflows to, sparse matrices that point
    outside of themselves, before anything converts them, dates and complex numbers.
    """
    if issparse(X):
        check_indices(X)
    refuse_dates_and_complex(X, "X")
    with within_float64("The input"):
        try:
            arrays = validate_data(estimator, X, *y, **check_params)
        except TypeError as error:
            if not str(error).startswith("float() argument"):
                raise
            raise TypeError(f"X must hold numbers: {error}.") from error
    return (readable(arrays[0]), *arrays[1:]) if y else readable(arrays)


def refuse_dates_and_complex(values, name):
    """Refuse what a cast makes numbers of: counts, also of a missing date, and real parts.

    `values` are an array, a frame, or lists, of which the first value is looked at.
    """
    while isinstance(values, list | tuple) and values:
        values = values[0]
    dtypes = [values.dtype] if hasattr(values, "dtype") else getattr(values, "dtypes", [])
    for dtype in dtypes:
        kind = getattr(dtype, "kind", None)
        if kind in ("f", "i", "u", "b"):  # the name of a dtype takes longer
            continue
        if str(dtype).rpartition(".")[2].startswith("complex"):  # of any library
            raise ValueError(f"Complex data not supported: {name} holds {dtype}.")
        if kind in ("m", "M") or _is_temporal(dtype):
            raise ValueError(
                f"{name} holds dates or durations ({dtype}), which are not numbers. Convert "
                "them, for example to days since the first."
            )


def _is_temporal(dtype):
    return hasattr(dtype, "is_temporal") and dtype.is_temporal()  # of polars


@contextmanager
def within_float64(name, *errors):
    """Say what it is whose numbers do not convert: large integers do not become infinite.

    Beside that overflow, `errors` are taken for a failed conversion. NumPy warns of
    nothing that is refused, or becomes infinite and then is.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except (OverflowError, *errors) as error:
        raise ValueError(f"{name} must hold numbers within float64: {error}.") from error


def later_data(estimator, seen, X, y, **check_params):
    """X_val and y_val as arrays, held against the attributes of the data `seen` in this fit."""
    record = snapshot(estimator)
    publish(record, seen)
    try:
        return validated(record, X, y, reset=False, **check_params)
    except ValueError as error:
        raise ValueError(f"In X_val and y_val: {error}") from error


def check_indices(X):
    """Refuse a sparse matrix whose stored row and column numbers lie outside of it.

    SciPy does not look at them, and nor do compiled loops: memory would be at stake.
    """
    if X.format in {"csr", "csc", "bsr"}:
        # Slots are rows or columns, or blocks of them, and so is what lies in them.
        blocks = X.blocksize if X.format == "bsr" else (1, 1)
        n_rows, n_columns = (n // size for n, size in zip(X.shape, blocks, strict=True))
        n_slots, n_inside = (n_columns, n_rows) if X.format == "csc" else (n_rows, n_columns)
        starts, inside = X.indptr, X.indices
        sound = len(starts) == n_slots + 1 and starts[0] == 0 and (np.diff(starts) >= 0).all()
        sound = sound and starts[-1] <= min(len(inside), len(X.data))
        sound = sound and _lie_within(inside[: starts[-1]], n_inside)
    elif X.format == "coo":
        sound = len(X.row) == len(X.col) == len(X.data)
        sound = sound and _lie_within(X.row, X.shape[0]) and _lie_within(X.col, X.shape[1])
    else:
        sound = True
    if not sound:
        raise ValueError(
            "X is a broken sparse matrix: its stored indices point outside of it. "
            "X.check_format(full_check=True) tells where."
        )


def _lie_within(numbers, n):
    return not len(numbers) or 0 <= numbers.min() <= numbers.max() < n


def readable(X):
    """X, in memory as compiled loops read it: aligned, and CSR without gaps or repetitions.

    Values that are stored for one place are added here, once for training and prediction: added
    among all others, large ones that cancel could leave other sums there than here.
    """
    if not issparse(X):
        aligned = not isinstance(X, np.ndarray) or X.flags.aligned
        return X if aligned else np.require(X, requirements="A")
    parts = [np.require(part, requirements=["C", "A"]) for part in (X.data, X.indices, X.indptr)]
    if not all(map(is_, parts, (X.data, X.indices, X.indptr))):
        X = type(X)(tuple(parts), shape=X.shape, copy=False)
    return X if X.has_canonical_format else _canonical(X)


def _canonical(X):
    """A copy in which each place is stored once, in the order of the columns."""
    X = X.copy()
    X.sum_duplicates()
    if not np.isfinite(X.data).all():
        raise ValueError(f"Values that X stores for one place add up to more than {X.dtype} holds.")
    return X


def snapshot(estimator):
    """A copy that shares the attributes of `estimator`, all of which are read in one step.

    Unlike copy.copy it does not turn the private state into that of a file and back.
    """
    record = object.__new__(type(estimator))
    vars(record).update(vars(estimator))
    return record


def of_one_fit(method):
    """Let `method` see one fit, even where another thread publishes the next meanwhile."""

    @wraps(method)
    def on_a_snapshot(estimator, *args, **kwargs):
        return method(snapshot(estimator), *args, **kwargs)

    return on_a_snapshot


def publish(estimator, attributes):
    """Set the fitted attributes of `estimator`, at the end of a fit.

    One assignment, so that an interrupt comes before it or after it, also where
    names of features have to go.
    """
    kept = vars(estimator).copy()
    kept.pop("feature_names_in_", None)
    estimator.__dict__ = kept | attributes


def private_generator(random_state):
    """A random generator of the estimator's own, which can be copied and pickled.

    An int seeds the same stream as ``numpy.random.seed``; None and a shared
    generator give up one draw as the seed.
    """
    generator = check_random_state(random_state)
    if isinstance(random_state, Number):
        return generator
    return np.random.RandomState(generator.randint(np.iinfo(np.int32).max))


def hold_out(n_samples, fraction, rng, stratify=None):
    """Row numbers for training and for validation, drawn at random.

    Where they are drawn in the proportions of the classes in `stratify`, at
    least as many are held out as there are classes.
    """
    n_held_out = math.ceil(fraction * n_samples)
    if stratify is not None:
        n_held_out = max(n_held_out, len(np.unique(stratify)))
    try:
        rows = train_test_split(
            np.arange(n_samples, dtype=np.intp),
            test_size=n_held_out,
            random_state=rng,
            stratify=stratify,
        )
    except ValueError as error:
        raise ValueError(
            f"early_stopping=True cannot hold out validation_fraction={fraction} of "
            f"{n_samples} samples: {str(error).rstrip('.')}. Pass more samples, another "
            "validation_fraction, or early_stopping=False."
        ) from error
    return np.sort(rows[0]), np.sort(rows[1])


def checked_weights(sample_weight, X, name="sample_weight"):
    """Sample weights as a float array of shape (n_samples,), or None."""
    sample_weight = to_numpy(sample_weight)
    if sample_weight is None:
        return None
    refuse_dates_and_complex(sample_weight, name)
    if isinstance(sample_weight, Number):
        sample_weight = np.full(X.shape[0], sample_weight)
    with within_float64(name):
        weights = check_array(
            sample_weight, ensure_2d=False, dtype=np.float64, input_name=name, order="C"
        )
    if weights.ndim != 1:
        raise ValueError(f"{name} must be a number or of shape (n_samples,), got {weights.shape}.")
    if len(weights) != X.shape[0]:
        check_consistent_length(X, weights)
    if weights.min() < 0:
        raise ValueError(
            f"{name} must not be negative, got {weights.min()}; 0 leaves a sample out."
        )
    if not weights.any():
        raise ValueError(f"{name} is zero for every sample; at least one must be positive.")
    with np.errstate(over="ignore"):
        precision = np.dtype(ArraySpace.of(X).precision(X))
        total = weights.astype(precision).sum()
    # The sum divides costs and gradients, so its inverse must be far from overflow too.
    if not np.finfo(precision).tiny ** 0.5 < total < np.inf:
        raise ValueError(
            f"{name} adds up to {total} in {precision}, the precision of X; rescale the weights."
        )
    return weights


def numbers(values, name):
    """Weights of any kind that NumPy knows, as finite numbers of float64 with an axis or more."""
    if issparse(values):
        raise ValueError(f"{name} is sparse; pass it dense, for example as {name}.toarray().")
    refuse_dates_and_complex(values, name)
    with within_float64(name, TypeError, ValueError):
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    with within_float64(name):
        assert_all_finite(array, input_name=name)
    return array


def checked_init(values, shape, dtype, name):
    """Initial weights given by the user, as a fresh array of `shape`.

    A single unit may leave out the axis of units.
    """
    array = numbers(values, name)
    if array.shape != shape and (1, *array.shape) != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}.")
    return cast(array.reshape(shape), dtype, name)


def readable_init(values, shape, dtype, name):
    """`values` themselves where compiled loops can read them, else as `checked_init` has them."""
    if isinstance(values, np.ndarray) and (values.shape, values.dtype) == (shape, dtype):
        # np.asarray takes a mask away, which would spoil products.
        return np.require(np.asarray(values), requirements=["C", "A"])
    return checked_init(values, shape, dtype, name)


def refuse_nan(results, X, weights):
    """Sums of weights times X can overflow to inf − inf, of which nothing follows."""
    xp, results = namespace(results)
    if bool(xp.any(xp.isnan(results))):
        if not bool(xp.all(xp.isfinite(weights))):
            raise ValueError("The weights of the network hold NaN or infinity: fit it anew.")
        raise ValueError(f"X is too large for the weights in {X.dtype}; scale X.")


def far_from_zero(X):
    """Whether a feature lies further from zero than it varies: scaling would bring it near."""
    return not issparse(X) and _far_from_zero(*_moments(X))


def sizes_apart(X):
    """The features of the largest and the smallest values, where these are far apart.

    On such data a perceptron learns better once it is scaled; where they are
    less apart it is now better, now worse (tests/benchmarks/bench_unscaled.py).

    Parameters
    ----------
    X : {ndarray, sparse matrix} of shape (n_samples, n_features)

    Returns
    -------
    list of two (column, largest absolute value in it), or None
        None where no two are far apart, features of zeros aside; where the two spread
        alike, as a rare category and another feature do once they are standardised; and
        for sparse X, whose counts of rare words and frequent ones are not scaled for that.
    """
    if issparse(X):
        return None
    sizes = np.maximum(X.max(axis=0), -X.min(axis=0))
    largest, smallest = sizes.argmax(), np.where(sizes > 0, sizes, np.inf).argmin()
    if sizes[largest] / MOST_APART <= sizes[smallest]:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        deviations = X[:, [largest, smallest]].std(axis=0)
    if deviations[0] <= 2 * deviations[1]:
        return None
    return [(column, sizes[column]) for column in (largest, smallest)]


def off_scale(X):
    """Whether X is far from zero, or its largest standard deviation below 0.01 or above 100."""
    if issparse(X):
        return False
    xp, mean, deviation = _moments(X)
    most = float(xp.max(deviation))
    return _far_from_zero(xp, mean, deviation) or 0 < most < 0.01 or most > 100


def _moments(X):
    """Mean and standard deviation of each feature, and the library that computes with them."""
    xp, X = namespace(X)
    with np.errstate(over="ignore", invalid="ignore"):
        return xp, xp.mean(X, axis=0), xp.std(X, axis=0)


def _far_from_zero(xp, mean, deviation):
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(xp.any((deviation > 0) & (abs(mean) > 10 * deviation)))


def holds_nothing_out(estimator):
    """True, or an AttributeError for `available_if` where `early_stopping` wants rows held out."""
    if isinstance(estimator.early_stopping, bool | np.bool_) and estimator.early_stopping:
        raise AttributeError(
            "partial_fit runs one epoch and holds nothing out: set early_stopping=False."
        )
    return True


def cast(array, dtype, name):
    """A copy of `array` in the precision of X, which must be able to hold it."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} is beyond {np.dtype(dtype)}, the precision of X; scale both.")
    return array
