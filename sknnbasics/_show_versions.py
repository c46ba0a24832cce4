"""What a bug report should say about the installation."""

import platform
from importlib.metadata import PackageNotFoundError, version

from ._units import BODY

DEPENDENCIES = ["sknnbasics", "numpy", "scipy", "scikit-learn", "joblib", "matplotlib", "torch"]


def show_versions():
    """Print which body of the perceptron rule is in use, and the versions of the dependencies.

    Examples
    --------
    >>> import sknnbasics
    >>> sknnbasics.show_versions()  # doctest: +ELLIPSIS
    perceptron rule  ...
    python           ...
    """
    rows = {"perceptron rule": BODY, "python": platform.python_version()}
    rows |= {"platform": platform.platform()} | {name: _version(name) for name in DEPENDENCIES}
    for name, value in rows.items():
        print(f"{name:<16} {value}")


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
