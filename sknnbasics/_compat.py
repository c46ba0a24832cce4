"""The only home of version differences and of scikit-learn's private helpers."""

import sys
import warnings
from dataclasses import dataclass
from functools import wraps
from numbers import Number
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn import get_config
from sklearn.base import _fit_context as fit_context
from sklearn.utils._array_api import _convert_to_numpy, get_namespace, get_namespace_and_device
from sklearn.utils._param_validation import Interval, Options, StrOptions

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9 has no callbacks

    class CallbackSupportMixin:
        """Stand-in without behaviour."""

    def with_callbacks(method):
        return method


try:
    from sklearn.utils._array_api import check_same_namespace
except ImportError:  # before 1.9 each estimator fails as it may

    def check_same_namespace(X, estimator, *, attribute, method):
        pass


__all__ = [
    "ArraySpace",
    "CallbackSupportMixin",
    "FitTasks",
    "Interval",
    "Options",
    "StrOptions",
    "as_floats",
    "check_same_namespace",
    "copied",
    "detached",
    "fit_context",
    "namespace",
    "partial_fit_context",
    "to_numpy",
    "warn",
    "with_callbacks",
]


def namespace(array):
    """The library that computes with `array`, and `array` as that library has it.

    NumPy itself for ndarrays, which scikit-learn would wrap at a cost, and for
    whatever is no array yet.
    """
    if not isinstance(array, np.ndarray | Number) and get_config()["array_api_dispatch"]:
        xp, is_array_api = _namespace_of(type(array), array)
        if is_array_api:
            return xp, array
    return np, np.asarray(array)


_NAMESPACES = {}


def _namespace_of(kind, array):
    """What `get_namespace` says under dispatch, asked once a type: it takes 16 µs a call."""
    if kind not in _NAMESPACES:
        _NAMESPACES[kind] = get_namespace(array)
    return _NAMESPACES[kind]


def copied(array):
    """A copy of `array`, where it lives."""
    xp, array = namespace(array)
    return array.copy() if xp is np else xp.asarray(array, copy=True)


@dataclass(frozen=True)
class ArraySpace:
    """A library of arrays and a device of it, where all arrays of a fit live.

    Attributes
    ----------
    xp : module
        NumPy, also for sparse input, or a namespace of the array API.
    device : object or None
    """

    xp: Any
    device: Any = None

    @classmethod
    def of(cls, array):
        if isinstance(array, np.ndarray) or issparse(array):
            return cls(np)
        xp, is_array_api, device = get_namespace_and_device(array)
        is_numpy = not is_array_api or isinstance(xp.asarray(0), np.ndarray)
        return cls(np) if is_numpy else cls(xp, device)

    @property
    def writes_in_place(self):
        """Whether a slice is a view to write in, as the optimizers do: dask's is not."""
        if self.xp is np:
            return True
        whole = self.xp.zeros(2, device=self.device)
        part = whole[:1]
        part += 1
        return bool(whole[0] == 1)

    @property
    def floats(self):
        return [self.xp.float64, self.xp.float32]

    def precision(self, array):
        """NumPy's name for the dtype of a float array."""
        return np.float32 if array.dtype == self.xp.float32 else np.float64

    def asarray(self, values, dtype=None):
        """NumPy's `values`, moved here."""
        if self.xp is np:
            return np.asarray(values, dtype=dtype)
        return self.xp.asarray(values, dtype=dtype, device=self.device)

    def take(self, array, rows):
        """Rows of a 2-dimensional array or matrix by number."""
        if self.xp is np:
            return array[rows]
        return self.xp.take(array, self.asarray(rows), axis=0)


def detached(array):
    """`array` without the record of operations that PyTorch keeps where a gradient is asked for."""
    return array.detach() if getattr(array, "requires_grad", False) else array


def as_floats(array, dtype=None):
    """`array`, of which integers and truth values become `dtype`, float64 by default."""
    xp, array = namespace(array)
    dtype = xp.float64 if dtype is None else dtype
    if xp is np:
        return array.astype(dtype) if array.dtype.kind in "biu" else array
    whole = xp.isdtype(array.dtype, ("bool", "integral"))
    return xp.astype(array, dtype) if whole else array


def to_numpy(array):
    """What the caller passed, brought to NumPy if it lives elsewhere."""
    if array is None or isinstance(array, np.ndarray) or not hasattr(array, "shape"):
        return array
    array = detached(array)
    xp, is_array_api = get_namespace(array)
    return _convert_to_numpy(array, xp) if is_array_api else array


def partial_fit_context(method):
    """`fit_context` for partial_fit, with the parameters validated in later calls as well."""
    in_context = fit_context(prefer_skip_nested_validation=True)(method)

    @wraps(method)
    def partial_fit(estimator, *args, **kwargs):
        if not get_config()["skip_parameter_validation"]:
            estimator._validate_params()
        return in_context(estimator, *args, **kwargs)

    return partial_fit


def warn(message, category=UserWarning):
    """Warn at the line of the user's that led here, past our frames and scikit-learn's.

    ``skip_file_prefixes`` does this from Python 3.12 on.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in {
        "sknnbasics",
        "sklearn",
    }:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


class FitTasks:
    """The callback tasks of one fit: a root and, below it, one an epoch.

    Without callbacks, or before scikit-learn 1.9, every method does nothing.

    Parameters
    ----------
    estimator : estimator
    max_epochs : int
    X, y : what the caller gave to fit
    sample_weight : array-like or None
    """

    def __init__(self, estimator, max_epochs, X, y, sample_weight=None):
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        self._arguments = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        self._root = self._epoch = None
        # Unguarded, a task would cost 2 µs and 350 bytes an epoch for nothing.
        if getattr(estimator, "_skl_callbacks", None) or hasattr(estimator, "_parent_callback_ctx"):
            self._root = estimator._init_callback_context(max_subtasks=max_epochs)
            self._root.call_on_fit_task_begin(**self._arguments)

    def begin_epoch(self):
        if self._root is not None:
            self._epoch = self._root.subcontext(task_name="epoch")
            self._epoch.call_on_fit_task_begin(**self._arguments)

    def end_epoch(self, fitted_attributes):
        """Close the task of this epoch; True where a callback asks to stop.

        `fitted_attributes`, called if a callback wants it, returns all that a
        copy of the estimator needs in order to predict.
        """
        return self._root is not None and self._epoch.call_on_fit_task_end(
            **self._arguments, reconstruction_attributes=fitted_attributes
        )

    def end(self, fitted_attributes):
        if self._root is not None:
            self._root.call_on_fit_task_end(
                **self._arguments, reconstruction_attributes=fitted_attributes
            )
