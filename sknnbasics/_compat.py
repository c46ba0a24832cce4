"""The only home of differences between versions and of scikit-learn's private helpers."""

import sys
from functools import wraps

from sklearn import get_config
from sklearn.base import _fit_context as fit_context
from sklearn.utils._array_api import _convert_to_numpy as convert_to_numpy
from sklearn.utils._array_api import get_namespace, get_namespace_and_device
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
    "CallbackSupportMixin",
    "Interval",
    "Options",
    "StrOptions",
    "check_same_namespace",
    "convert_to_numpy",
    "fit_context",
    "get_namespace",
    "get_namespace_and_device",
    "is_cross_validated",
    "partial_fit_context",
    "with_callbacks",
]


def partial_fit_context(method):
    """`fit_context` for partial_fit, with the parameters validated in later calls as well."""
    in_context = fit_context(prefer_skip_nested_validation=True)(method)

    @wraps(method)
    def partial_fit(estimator, *args, **kwargs):
        if not get_config()["skip_parameter_validation"]:
            estimator._validate_params()
        return in_context(estimator, *args, **kwargs)

    return partial_fit


def is_cross_validated():
    """Whether this call is one of scikit-learn's cross-validation, which scores what is fitted."""
    frame = sys._getframe(1)
    while frame and frame.f_globals.get("__name__") != "sklearn.model_selection._validation":
        frame = frame.f_back
    return frame is not None
