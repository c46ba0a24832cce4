"""Learning curves: the cost of a network, or the mistakes of a perceptron, in each epoch."""

import numpy as np

from .._perceptron import PerceptronClassifier
from ._matplotlib import give_axes, is_formula, pyplot
from ._models import MODELS, fitted_model, kind_of

# A logarithmic axis with room for zero.
_SYMLOG = {"value": "symlog", "linthresh": 1, "linscale": 0.3}


class LossCurveDisplay:
    """Learning curves: the cost of a network, or the mistakes of a perceptron, in each epoch.

    Make it with `from_estimator` or `from_estimators`; the parameters are
    stored as attributes.

    Parameters
    ----------
    curves : list of array-likes of shape (n_epochs,)
        Training cost or number of mistakes in each epoch, one array a model.
    validation_curves : list of array-likes or None, default=None
        Validation cost of each model after each epoch; None, for one model or
        for all of them, where there was no validation set.
    names : list of str or None, default=None
        Names of the models in the legend; None for a single one without name.
    quantity : {"cost", "mistakes"}, default="cost"
        What the curves hold.

    Attributes
    ----------
    lines_ : list of matplotlib Line2D
        Training curves, one a model.
    validation_lines_ : list of matplotlib Line2D or None
        Validation curves, one a model.
    legend_ : matplotlib Legend or None
        The legend; None where a single line needs none.
    ax_ : matplotlib Axes
        Axes with the curves.
    figure_ : matplotlib Figure
        Figure with the axes.

    See Also
    --------
    LossCurveDisplay.from_estimator : Draw the curves of one model.
    LossCurveDisplay.from_estimators : Draw the curves of several.
    CostSurfaceDisplay : The cost as a function of two weights.
    sklearn.model_selection.LearningCurveDisplay : Scores against the number of
        samples, not of epochs.

    Examples
    --------
    >>> from sknnbasics import LossCurveDisplay
    >>> display = LossCurveDisplay(curves=[[0.5, 0.2, 0.1]]).plot(log_scale=True)
    >>> display.lines_[0].get_xdata()
    array([1, 2, 3])
    """

    def __init__(self, *, curves, validation_curves=None, names=None, quantity="cost"):
        self.curves = curves
        self.validation_curves = validation_curves
        self.names = names
        self.quantity = quantity

    @classmethod
    def from_estimator(cls, estimator, *, name=None, log_scale=False, ax=None, **kwargs):
        """Draw the curves of one fitted model.

        Parameters
        ----------
        estimator : SigmoidMLPRegressor or PerceptronClassifier
            The fitted model, or a fitted Pipeline or search that ends in one.
        name : str, default=None
            Name in the legend.
        log_scale : bool, default=False
            Whether the vertical axis is logarithmic.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.
        **kwargs : dict
            Passed to matplotlib's ``plot`` for every curve.

        Returns
        -------
        LossCurveDisplay
            The picture and its data.

        Raises
        ------
        NotFittedError
            If the model is not fitted.
        TypeError
            If it is none of this package's.
        ValueError
            If not one epoch of it was completed.
        ImportError
            If matplotlib is not installed.

        See Also
        --------
        LossCurveDisplay.from_estimators : Several models on one axis.

        Examples
        --------
        >>> from sknnbasics import LossCurveDisplay, PerceptronClassifier
        >>> gate = PerceptronClassifier().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
        >>> display = LossCurveDisplay.from_estimator(gate)
        >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
        ('Epoch', 'Mistakes')
        """
        names = None if name is None else [name]
        return cls._of([estimator], names).plot(ax, log_scale=log_scale, **kwargs)

    @classmethod
    def from_estimators(cls, estimators, *, log_scale=False, ax=None, **kwargs):
        """Draw the curves of several fitted models on one axis.

        Costs are compared as they were trained: over the unit interval of each
        model's `y_range`, penalty included.

        Parameters
        ----------
        estimators : dict of {str: estimator}, or list of estimators
            Fitted models by the name that they have in the legend; those of a
            list are named by their class and numbered. All must be of one
            kind: networks, or perceptrons.
        log_scale : bool, default=False
            Whether the vertical axis is logarithmic.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.
        **kwargs : dict
            Passed to matplotlib's ``plot`` for every curve.

        Returns
        -------
        LossCurveDisplay
            The picture and its data.

        Raises
        ------
        NotFittedError
            If a model is not fitted.
        TypeError
            If one is none of this package's.
        ValueError
            If there is none, kinds are mixed, or one has no completed epoch.
        ImportError
            If matplotlib is not installed.

        See Also
        --------
        LossCurveDisplay.from_estimator : One model.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import LossCurveDisplay, SigmoidMLPRegressor
        >>> X = np.linspace(-1, 1, 50)[:, None]
        >>> models = {
        ...     solver: SigmoidMLPRegressor(solver=solver, max_iter=20, tol=None).fit(X, X[:, 0])
        ...     for solver in ["sgd", "adam"]
        ... }
        >>> display = LossCurveDisplay.from_estimators(models, log_scale=True)
        >>> [line.get_label() for line in display.lines_]
        ['sgd', 'adam']
        """
        if isinstance(estimators, dict):
            return cls._of(list(estimators.values()), list(estimators)).plot(
                ax, log_scale=log_scale, **kwargs
            )
        estimators = list(estimators)
        names = [f"{type(model).__name__} {k}" for k, model in enumerate(estimators, start=1)]
        return cls._of(estimators, names).plot(ax, log_scale=log_scale, **kwargs)

    @classmethod
    def _of(cls, estimators, names):
        pyplot(cls)
        models = [fitted_model(estimator, cls, MODELS)[0] for estimator in estimators]
        kinds = {kind_of(model).__name__ for model in models}
        if len(kinds) != 1:
            raise ValueError(
                "One axis holds the curves of one model or more of the same kind, "
                f"got {', '.join(sorted(kinds)) or 'none'}."
            )
        data = _curves_of(models)
        if not all(len(curve) for curve in data["curves"]):
            raise ValueError("There is no curve to draw: not one epoch was completed.")
        return cls(**data, names=names)

    def plot(self, ax=None, *, log_scale=False, **kwargs):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.
        log_scale : bool, default=False
            Whether the vertical axis is logarithmic; linear below one mistake
            where a perceptron converged, so that no mistakes lie on it too.
        **kwargs : dict
            Passed to matplotlib's ``plot`` for every curve.

        Returns
        -------
        LossCurveDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sknnbasics import LossCurveDisplay
        >>> display = LossCurveDisplay(curves=[[3, 1, 0]], quantity="mistakes").plot()
        >>> display.ax_.get_ylabel()
        'Mistakes'
        """
        give_axes(self, ax)
        self._draw_curves(kwargs)
        self._name_axes()
        self._set_scales(log_scale)
        return self

    def _draw_curves(self, style):
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.lines import Line2D

        given = normalize_kwargs(style, Line2D)  # lw becomes linewidth
        validation = self.validation_curves or [None] * len(self.curves)
        has_validation = any(curve is not None for curve in validation)
        names = self.names or [""] * len(self.curves)
        self.lines_, self.validation_lines_ = [], []
        for name, curve, held_out in zip(names, self.curves, validation, strict=True):
            label = f"{name} training".strip() if has_validation else name
            line, dashed = self._draw(curve, label, {"linestyle": "-"} | given), None
            if held_out is not None:
                style = {"linestyle": "--"} | given | {"color": line.get_color()}
                dashed = self._draw(held_out, f"{name} validation".strip(), style)
            self.lines_.append(line)
            self.validation_lines_.append(dashed)
        self.legend_ = self.ax_.legend() if has_validation or self.names else None
        for text in self.legend_.get_texts() if self.legend_ else []:
            text.set_parse_math(is_formula(text.get_text()))

    def _draw(self, curve, label, style):
        epochs = np.arange(1, len(curve) + 1)
        if len(curve) <= 15:  # few enough to tell the epochs apart; one alone is no line
            style = {"marker": "o", "markersize": 4} | style
        (line,) = self.ax_.plot(epochs, curve, **{"label": label or "_training"} | style)
        return line

    @property
    def _holds_counts(self):
        return self.quantity == "mistakes"

    def _name_axes(self):
        self.ax_.set(xlabel="Epoch", ylabel="Mistakes" if self._holds_counts else "Cost $J$")

    def _set_scales(self, log_scale):
        from matplotlib.ticker import MaxNLocator

        whole = {"integer": True, "steps": [1, 2, 5, 10]}
        self.ax_.xaxis.set_major_locator(MaxNLocator(**whole))
        if log_scale:
            has_zero = any(np.min(curve) == 0 for curve in self.curves)
            self.ax_.set_yscale(**_SYMLOG if self._holds_counts and has_zero else {"value": "log"})
        elif self._holds_counts:
            self.ax_.yaxis.set_major_locator(MaxNLocator(**whole))
            self.ax_.update_datalim([(1, 0)])  # counts are seen against zero
            self.ax_.autoscale_view()


def _curves_of(models):
    """What the display shows of models of one kind."""
    if isinstance(models[0], PerceptronClassifier):
        return {"curves": [model.mistake_curve_ for model in models], "quantity": "mistakes"}
    return {
        "curves": [np.array(model.loss_curve_) for model in models],
        "validation_curves": [_array_or_none(model.validation_loss_curve_) for model in models],
        "quantity": "cost",
    }


def _array_or_none(curve):
    return None if curve is None else np.array(curve)
