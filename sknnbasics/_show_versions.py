"""What a bug report should say about the installation."""

import platform
from importlib.metadata import PackageNotFoundError, version

from . import _network, _units

DEPENDENCIES = ["sknnbasics", "numpy", "scipy", "scikit-learn", "joblib", "matplotlib", "torch"]


def show_versions():
    """Print which bodies are in use, and the versions of the dependencies.

    Examples
    --------
    >>> import sknnbasics
    >>> sknnbasics.show_versions()  # doctest: +ELLIPSIS
    perceptron rule  ...
    backpropagation  ...
    python           ...
    """
    rows = {"perceptron rule": _units.BODY, "backpropagation": _network.BODY}
    rows |= {"python": platform.python_version(), "platform": platform.platform()}
    rows |= {name: _version(name) for name in DEPENDENCIES}
    for name, value in rows.items():
        print(f"{name:<16} {value}")


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
