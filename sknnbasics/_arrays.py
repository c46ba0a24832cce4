"""Arrays of any library: what computes with them, where they live, and how they become NumPy's."""

from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn import get_config

from ._compat import convert_to_numpy, get_namespace, get_namespace_and_device


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
    return convert_to_numpy(array, xp) if is_array_api else array
