"""What a user gives `PerceptronClassifier`, checked: samples, classes, weights of both.

Each function reads the parameters and the fitted attributes of the estimator and leaves
it as it is; `start_from` alone writes, into a fit that has not begun.
"""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from ._arrays import to_numpy
from ._units import Samples
from ._validation import (
    FLOATS,
    cast,
    checked_init,
    hold_out,
    private_generator,
    readable_init,
    training_data,
)


@dataclass
class Given:
    """Validated samples, their classes, how many there are of each, and what describes X."""

    samples: Samples
    classes: np.ndarray
    counts: np.ndarray
    seen: dict

    @property
    def shape_of_weights(self):
        return n_units(self.classes), self.samples.X.shape[1]


def n_units(classes):
    """One unit for two classes, or one a class."""
    return len(classes) if len(classes) > 2 else 1


def samples(estimator, X, y, classes, reset, in_parts=False):
    """The samples, with labels as positions in `classes`, or in those found in y if None.

    Parameters
    ----------
    estimator : PerceptronClassifier
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    classes : ndarray of shape (n_classes,) or None
    reset : bool
        Whether X may have other features and another precision than before.
    in_parts : bool, default=False
        Whether they are a chunk of more.

    Returns
    -------
    Given

    Raises
    ------
    ValueError
        If X is not numeric and finite, y holds no labels or others than `classes`, or
        `class_weight` or `eta0` does not suit them.
    """
    X, y, seen = training_data(
        estimator,
        to_numpy(X),
        to_numpy(y),
        reset=reset,
        accept_sparse="csr",
        order="C",
        dtype=FLOATS if reset else fitted_weights(estimator)[0].dtype,
    )
    classes, codes = _codes(y, classes)
    counts = np.bincount(codes, minlength=len(classes))
    if in_parts and not reset:
        counts = counts + estimator._state.class_counts
    class_weights = _class_weights(estimator, classes, counts, in_parts)
    steps = _steps(estimator, class_weights, X.dtype)
    return Given(Samples(X, codes, steps, class_weights), classes, counts, seen)


def _codes(y, classes):
    """The classes, and the position of each label among them."""
    if y.dtype.kind in "mM" and np.isnat(y).any():
        raise ValueError(
            "y contains NaT: give the samples without a date a label, or leave them out."
        )
    whole = y.dtype.kind in "biu"  # labels without a check that takes a tenth of a small fit
    if not whole:
        check_classification_targets(y)
    present, codes = np.unique(y, return_inverse=True)
    if whole and 2 * len(present) > len(y):  # it warns of those that hardly repeat
        check_classification_targets(y)
    classes = present if classes is None else classes
    if len(classes) < 2:
        raise ValueError(
            "PerceptronClassifier separates two classes or more, but the data has one "
            f"class only: {classes.tolist()[0]!r}."
        )
    if classes is present:
        return classes, codes.astype(np.int32)
    # Python's equality: NumPy's would take the word "2" for the number 2, in another order.
    places = {label: place for place, label in enumerate(classes.tolist())}
    found = np.array([places.get(label, -1) for label in present.tolist()], dtype=np.int32)
    if found.min() < 0:
        raise ValueError(
            f"y has labels that are not among the classes {classes}: {present[found < 0]}. "
            "All classes must be known when training starts."
        )
    return classes, found[codes]


def declared_classes(estimator, classes, first):
    """The classes that partial_fit was told in this or in the first call."""
    if classes is None:
        if first:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return fitted_classes(estimator)
    classes = check_array(column_or_1d(classes), ensure_2d=False, dtype=None, input_name="classes")
    classes = np.unique(classes)
    if first:
        return classes
    known = fitted_classes(estimator)
    if not np.array_equal(classes, np.sort(known)):
        raise ValueError(
            f"classes={classes} is not the same as on the first call to partial_fit, {known}."
        )
    return known


def _class_weights(estimator, classes, counts, in_parts):
    """Weight of each class, of which `counts` samples were seen."""
    given = estimator.class_weight
    if given is None:
        return np.ones(len(classes))
    if given == "balanced":
        if not (in_parts or counts.all()):
            raise ValueError(
                f"class_weight='balanced' needs samples of all classes {classes} in y; "
                "pass the weights as a dict."
            )
        return counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
    try:
        class_weights = compute_class_weight(given, classes=classes, y=classes)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"class_weight={given!r}: {error}") from error
    if not (np.isfinite(class_weights).all() and (class_weights >= 0).all()):
        raise ValueError(f"class_weight must be finite and not negative, got {given!r}.")
    with np.errstate(over="ignore"):
        most = len(classes) * (counts @ class_weights)  # that mistakes of an epoch can weigh
    if not np.isfinite(most):
        raise ValueError(
            f"class_weight={given!r} adds up beyond float64 over the samples; lower the weights."
        )
    return class_weights


def _steps(estimator, class_weights, dtype):
    """How far a mistake on a sample of each class moves the weights."""
    eta0 = estimator.eta0
    with np.errstate(over="ignore"):
        steps = cast(eta0 * class_weights, dtype, "eta0 times class_weight")
    if (steps[class_weights > 0] == 0).any():
        raise ValueError(
            f"eta0={eta0} times class_weight is zero in {dtype}, the precision of X; raise eta0."
        )
    return steps


def parts(estimator, samples):
    """The samples to train on, and those held out or None.

    Raises
    ------
    ValueError
        If there are too few samples to hold some out, or `class_weight` leaves none of
        either part.
    """
    held_out = None
    if estimator.early_stopping:
        # The same samples in each call, where random_state is an int.
        rng, codes = private_generator(estimator.random_state), samples.codes
        rows = hold_out(len(codes), estimator.validation_fraction, rng, stratify=codes)
        held_out = samples.take(rows[1])
        samples = replace(samples, rows=np.intersect1d(rows[0], samples.rows))
    if not len(samples.rows):
        raise ValueError(
            f"class_weight={estimator.class_weight!r} leaves no sample to learn from; at least "
            "one class of y must have a positive weight."
        )
    if held_out is not None and not held_out.weight:
        raise ValueError(
            f"The {len(held_out.codes)} samples that early_stopping=True held out are of classes "
            f"to which class_weight={estimator.class_weight!r} gives no weight, so that no "
            "accuracy can be told. Raise validation_fraction, or give these classes a weight."
        )
    return samples, held_out


def first_weights(estimator, given, rng):
    """Coefficients and intercepts that `init` and `threshold` ask for.

    Returns
    -------
    coef : ndarray of shape (n_units, n_features)
    intercept : ndarray of shape (n_units,)

    Raises
    ------
    ValueError
        If `threshold` is beyond the precision of X.
    """
    shape, dtype = given.shape_of_weights, given.samples.X.dtype
    coef = np.zeros(shape) if estimator.init == "zeros" else rng.uniform(size=shape)
    intercept = np.full(shape[0], -float(estimator.threshold))
    return coef.astype(dtype), cast(intercept, dtype, "threshold")


def fitted_classes(estimator):
    """The labels, which someone may have replaced by others."""
    classes = np.asarray(estimator.classes_)
    if classes.ndim != 1 or len(classes) < 2:
        raise ValueError(
            f"classes_ must hold a label for each of two classes or more, got {classes}."
        )
    return classes


def fitted_weights(estimator):
    """Those that were learned, which someone may have replaced, as compiled loops read them.

    Returns
    -------
    coef : ndarray of shape (n_units, n_features)
    intercept : ndarray of shape (n_units,)
        Both aligned, in C order and of one dtype.

    Raises
    ------
    ValueError
        If they are not numbers of these shapes.
    """
    dtype = getattr(estimator.coef_, "dtype", None)
    dtype = dtype if dtype in FLOATS else np.dtype(np.float64)
    shape = n_units(fitted_classes(estimator)), estimator.n_features_in_
    return (
        readable_init(estimator.coef_, shape, dtype, "coef_"),
        readable_init(estimator.intercept_, shape[:1], dtype, "intercept_"),
    )


def weights_to_go_on_from(estimator):
    """Finite copies of them."""
    coef, intercept = fitted_weights(estimator)
    return (
        checked_init(coef, coef.shape, coef.dtype, "coef_"),
        checked_init(intercept, intercept.shape, coef.dtype, "intercept_"),
    )


def start_from(fit, coef_init, intercept_init):
    """Put the weights of the user's in the place of those that the fit would begin with.

    Parameters
    ----------
    fit : Fit
    coef_init : array-like of shape (n_units, n_features) or None
    intercept_init : array-like of shape (n_units,) or None
        A single unit may leave out the axis of units.

    Raises
    ------
    ValueError
        If one holds no finite numbers of its shape.
    """
    units, dtype = fit.units, fit.units.coef.dtype
    if coef_init is not None:
        units.coef = checked_init(coef_init, units.coef.shape, dtype, "coef_init")
    if intercept_init is not None:
        shape = units.intercept.shape
        units.intercept = checked_init(intercept_init, shape, dtype, "intercept_init")
    if coef_init is not None or intercept_init is not None:
        units.restart_average()  # what was averaged led elsewhere
        fit.earlier = None
