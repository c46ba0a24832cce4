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
    BLAS             ...
    python           ...
    """
    rows = {"perceptron rule": _units.BODY, "backpropagation": _network.BODY, "BLAS": blas_in_use()}
    rows |= {"python": platform.python_version(), "platform": platform.platform()}
    rows |= {name: _version(name) for name in DEPENDENCIES}
    for name, value in rows.items():
        print(f"{name:<16} {value}")


def blas_in_use():
    """The libraries that multiply matrices, with the kernels that they took for this processor.

    Speed and the last digits depend on these, which may be chosen by variables of the
    environment such as ``OPENBLAS_CORETYPE``.
    """
    from threadpoolctl import threadpool_info  # a dependency of scikit-learn's

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return ", ".join(sorted({_description(library) for library in libraries})) or "unknown"


def _description(library):
    parts = map(library.get, ["internal_api", "version", "architecture"])
    return " ".join(part for part in parts if part)  # some libraries do not tell their kernels


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
