"""What a fit tells scikit-learn's callbacks, epoch by epoch."""


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
