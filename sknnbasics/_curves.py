"""What training records of each epoch, over all calls that the weights stem from."""

from array import array
from collections.abc import Sequence
from math import inf, nan

import numpy as np


class Curve(Sequence):
    """One number an epoch; to add one takes the same time, however many there are.

    A curve that goes on from another shares the memory of their beginning with
    it, and leaves it as it was.

    Parameters
    ----------
    values : sequence of numbers
    kind : {"d", "q"}, default="d"
        Floats or integers.

    Attributes
    ----------
    lowest : float
        The lowest value, NaN aside; infinity where there is none.
    """

    def __init__(self, values=(), kind="d"):
        values = np.asarray(values, kind)
        self._values = array(kind, values.tobytes())
        self._length = len(values)
        self.lowest = float(np.fmin.reduce(values, initial=inf, dtype=np.float64))

    def __getstate__(self):
        return vars(self) | {"_values": self._values[: self._length]}

    def __len__(self):
        return self._length

    def __getitem__(self, number):
        return self._values[range(self._length)[number]]

    def continued(self):
        """A curve that goes on from this one."""
        curve = object.__new__(Curve)
        vars(curve).update(vars(self))
        return curve

    def append(self, value):
        if len(self._values) > self._length:  # another has gone on from here
            self._values = self._values[: self._length]
        self._values.append(value)
        self._length += 1
        if value < self.lowest:
            self.lowest = value

    def put(self, epoch, value):
        """Add the value of this epoch, counted from 1, and NaN for those before without one."""
        self.pad(epoch - 1)
        self.append(value)

    def pad(self, n_epochs):
        for _ in range(n_epochs - self._length):
            self.append(nan)

    def to_list(self):
        return self._values[: self._length].tolist()

    def to_array(self):
        # NumPy has two integers of 64 bits, of which this array's is the other one.
        dtype = np.int64 if self._values.typecode == "q" else np.float64
        return np.array(self._values[: self._length], dtype=dtype)


def published(home, form, kind="d"):
    """A public attribute that is made of a curve when it is read, and makes one when it is set.

    Parameters
    ----------
    home : str
        The attribute that holds the curve: "_name" for the public "name_".
    form : callable
        From the curve to the value of the public attribute.
    kind : {"d", "q"}, default="d"
    """

    def read(estimator):
        try:
            return form(vars(estimator)[home])
        except KeyError:
            kind_of = type(estimator).__name__
            message = f"{kind_of!r} object has no attribute {_public(home)!r}"
            raise AttributeError(message) from None

    def write(estimator, values):
        vars(estimator)[home] = Curve(() if values is None else values, kind)

    return property(read, write)


def _public(home):
    return f"{home[1:]}_"


def without_curves(estimator, attributes):
    """The attributes as files hold them: the public ones for the curves that they are made of."""
    homes = [name for name, value in attributes.items() if isinstance(value, Curve)]
    others = {name: value for name, value in attributes.items() if name not in homes}
    return others | {_public(home): getattr(estimator, _public(home)) for home in homes}


def set_curves(estimator, attributes):
    """Set those attributes that are made of curves, and give back the others."""
    kind = type(estimator)
    made = {name for name in attributes if isinstance(getattr(kind, name, None), property)}
    for name in made:
        setattr(estimator, name, attributes[name])
    return {name: value for name, value in attributes.items() if name not in made}
