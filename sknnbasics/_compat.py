"""The only home of version differences and of scikit-learn's private helpers."""

import numpy as np
from sklearn.base import _fit_context as fit_context
from sklearn.utils._array_api import get_namespace
from sklearn.utils._param_validation import Interval, StrOptions

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9 has no callbacks

    class CallbackSupportMixin:
        """Stand-in without behaviour."""

    def with_callbacks(method):
        return method


__all__ = [
    "CallbackSupportMixin",
    "FitTasks",
    "Interval",
    "StrOptions",
    "fit_context",
    "namespace",
    "with_callbacks",
]


def namespace(array):
    """The library that computes with `array`, and `array` as that library has it.

    NumPy itself for ndarrays, which scikit-learn would wrap at a cost, and for
    whatever is no array yet.
    """
    if not isinstance(array, np.ndarray):
        xp, is_array_api = get_namespace(array)
        if is_array_api:
            return xp, array
    return np, np.asarray(array)


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
