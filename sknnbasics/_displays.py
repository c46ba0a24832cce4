"""Pictures of fitted models, in scikit-learn's Display convention.

matplotlib is imported when a picture is drawn, not before.
"""

from dataclasses import dataclass
from itertools import islice, pairwise
from operator import index

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from . import functional
from ._mlp import SigmoidMLPRegressor
from ._output_range import OutputRange
from ._perceptron import PerceptronClassifier
from ._validation import checked_weights

_MODELS = (SigmoidMLPRegressor, PerceptronClassifier)

# A logarithmic axis with room for zero.
_SYMLOG = {"value": "symlog", "linthresh": 1, "linscale": 0.3}

# The drawing of a network, whose units stand 1 apart.
_RADIUS = 0.32
_ARROW = 0.5
_GAP = 0.12
_MOST_VALUES = 13  # edges that still leave room for their values
_CENTERED = {"ha": "center", "va": "center"}


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
        _pyplot(cls)
        models = [_fitted_model(estimator, cls, _MODELS)[0] for estimator in estimators]
        kinds = {type(model).__name__ for model in models}
        if len(kinds) != 1:
            raise ValueError(
                "One axis holds the curves of one model or more of the same kind, "
                f"got {', '.join(sorted(kinds)) or 'none'}."
            )
        if isinstance(models[0], PerceptronClassifier):
            curves, validation, quantity = [m.mistake_curve_ for m in models], None, "mistakes"
        else:
            curves, quantity = [np.array(m.loss_curve_) for m in models], "cost"
            validation = [_array_or_none(m.validation_loss_curve_) for m in models]
        if not all(len(curve) for curve in curves):
            raise ValueError("There is no curve to draw: not one epoch was completed.")
        return cls(curves=curves, validation_curves=validation, names=names, quantity=quantity)

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
        plt = _pyplot(type(self))
        if ax is None:
            _, ax = plt.subplots(layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        self._draw_curves(kwargs)
        self._set_axes(log_scale)
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

    def _draw(self, curve, label, style):
        epochs = np.arange(1, len(curve) + 1)
        if len(curve) <= 15:  # few enough to tell the epochs apart; one alone is no line
            style = {"marker": "o", "markersize": 4} | style
        (line,) = self.ax_.plot(epochs, curve, **{"label": label or "_training"} | style)
        return line

    def _set_axes(self, log_scale):
        from matplotlib.ticker import MaxNLocator

        counts = self.quantity == "mistakes"
        self.ax_.set(xlabel="Epoch", ylabel="Mistakes" if counts else "Cost $J$")
        whole = {"integer": True, "steps": [1, 2, 5, 10]}
        self.ax_.xaxis.set_major_locator(MaxNLocator(**whole))
        if log_scale:
            has_zero = any(np.min(curve) == 0 for curve in self.curves)
            self.ax_.set_yscale(**_SYMLOG if counts and has_zero else {"value": "log"})
        elif counts:
            self.ax_.yaxis.set_major_locator(MaxNLocator(**whole))
            self.ax_.update_datalim([(1, 0)])  # counts are seen against zero
            self.ax_.autoscale_view()


class NetworkDisplay:
    """Drawing of a model: its units, and its weights as coloured edges.

    Inputs stand on the left, outputs on the right. The curve in a unit is its
    activation function; a unit marked 1, dashed, is the constant input that
    the biases weigh. Edges are wide where the weight is large, blue where it
    is positive, orange where it is negative.

    Make it with `from_estimator`; the parameters are stored as attributes.

    Parameters
    ----------
    coefs : list of ndarrays
        ``coefs[l-1]`` is W⁽ˡ⁾, of shape (units of layer l, units of layer l + 1).
    intercepts : list of ndarrays or None
        ``intercepts[l-1]`` is b⁽ˡ⁾; None for units without bias.
    activation : {"sigmoid", "step"}
        Activation function of all units.
    feature_names : list of str or None, default=None
        Names of the inputs; None for x₁, x₂ and so on.
    output_names : list of str or None, default=None
        Names of the outputs; None for ŷ, or ŷ₁, ŷ₂ and so on.

    Attributes
    ----------
    edges_ : list of matplotlib LineCollection
        ``edges_[l-1]`` draws W⁽ˡ⁾, row by row, elided units left out.
    bias_edges_ : list of matplotlib LineCollection or None
        ``bias_edges_[l-1]`` draws b⁽ˡ⁾.
    units_ : list of lists of matplotlib Circle
        ``units_[l-1]`` are the units of layer l that are drawn.
    bias_units_ : list of matplotlib Circle or None
        The constant inputs, one a layer but the last.
    weight_texts_ : list of matplotlib Text
        The values on the edges.
    name_texts_ : list of matplotlib Text
        Names of the inputs, then of the outputs.
    colorbar_ : matplotlib Colorbar or None
        Colours of the weights.
    ax_ : matplotlib Axes
        Axes with the drawing.
    figure_ : matplotlib Figure
        Figure with the axes.

    See Also
    --------
    NetworkDisplay.from_estimator : Draw a fitted model.
    LossCurveDisplay : How the weights were reached.

    Examples
    --------
    The article's 2-3-1 network, with weights of zero and one:

    >>> import numpy as np
    >>> from sknnbasics import NetworkDisplay
    >>> display = NetworkDisplay(
    ...     coefs=[np.zeros((2, 3)), np.ones((3, 1))], intercepts=None, activation="sigmoid"
    ... ).plot()
    >>> [len(layer) for layer in display.units_]
    [2, 3, 1]
    >>> display.edges_[1].get_array().tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(self, *, coefs, intercepts, activation, feature_names=None, output_names=None):
        self.coefs = coefs
        self.intercepts = intercepts
        self.activation = activation
        self.feature_names = feature_names
        self.output_names = output_names

    @classmethod
    def from_estimator(
        cls,
        estimator,
        *,
        feature_names=None,
        output_names=None,
        max_units=10,
        show_values="auto",
        colorbar=True,
        ax=None,
        **kwargs,
    ):
        """Draw a fitted model.

        Parameters
        ----------
        estimator : SigmoidMLPRegressor or PerceptronClassifier
            The fitted model, or a fitted Pipeline or search that ends in one.
        feature_names : list of str, default=None
            Names of the inputs; None for the names seen in fit, or x₁, x₂, …
            In a Pipeline the inputs are what the transformers pass on.
        output_names : list of str, default=None
            Names of the outputs; None for the classes of a perceptron, or for
            ŷ, or ŷ₁, ŷ₂ and so on.
        max_units : int, default=10
            A layer of more units shows so many rows, one of them dots.
        show_values : bool or "auto", default="auto"
            Whether the weights are written on the edges; "auto": if they are
            few enough to be read.
        colorbar : bool, default=True
            Whether to draw the colours of the weights beside the network.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure of a fitting size.
        **kwargs : dict
            Passed to matplotlib's ``LineCollection`` for the edges, for
            example `cmap`, `norm`, `alpha`.

        Returns
        -------
        NetworkDisplay
            The picture and its data.

        Raises
        ------
        NotFittedError
            If the model is not fitted.
        TypeError
            If it is none of this package's.
        ValueError
            If the names are not as many as the inputs or outputs, or
            `max_units` is below 3.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sknnbasics import NetworkDisplay, PerceptronClassifier
        >>> X, y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]
        >>> gate = PerceptronClassifier(threshold=2, init="uniform", random_state=0).fit(X, y)
        >>> display = NetworkDisplay.from_estimator(gate)
        >>> display.edges_[0].get_array().shape, display.bias_edges_[0].get_array().shape
        ((3,), (1,))
        """
        _pyplot(cls)
        model, transformers = _fitted_model(estimator, cls, _MODELS)
        if feature_names is None:
            feature_names = _seen_names(model, transformers)
        parameters = _drawn_parameters(model)
        if output_names is not None:
            parameters["output_names"] = output_names
        return cls(**parameters, feature_names=feature_names).plot(
            ax, max_units=max_units, show_values=show_values, colorbar=colorbar, **kwargs
        )

    def plot(self, ax=None, *, max_units=10, show_values="auto", colorbar=True, **kwargs):
        """Draw the network.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure of a fitting size.
        max_units : int, default=10
            A layer of more units shows so many rows, one of them dots.
        show_values : bool or "auto", default="auto"
            Whether the weights are written on the edges; "auto": if they are
            few enough to be read.
        colorbar : bool, default=True
            Whether to draw the colours of the weights beside the network.
        **kwargs : dict
            Passed to matplotlib's ``LineCollection`` for the edges.

        Returns
        -------
        NetworkDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the names are not as many as the inputs or outputs, or
            `max_units` is below 3.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import NetworkDisplay
        >>> display = NetworkDisplay(
        ...     coefs=[np.ones((784, 1))], intercepts=None, activation="step"
        ... ).plot(max_units=5)
        >>> len(display.units_[0])
        4
        """
        plt = _pyplot(type(self))
        columns = self._columns(max_units)
        inputs, outputs = self._checked_names()
        if ax is None:
            _, ax = plt.subplots(
                figsize=_figure_size(columns, inputs, outputs), layout="constrained"
            )
        self.ax_, self.figure_ = ax, ax.figure
        ax.set_axis_off()
        ax.set_aspect("equal")
        self._draw_edges(columns, kwargs)
        self._draw_units(columns)
        self._draw_names(columns, inputs, outputs)
        self._draw_values(columns, show_values)
        self.colorbar_ = None
        if colorbar:
            self.colorbar_ = self.figure_.colorbar(
                self.edges_[0], ax=ax, label="weight", shrink=0.7, aspect=25
            )
        self._set_limits(columns)
        return self

    @property
    def _sizes(self):
        return [self.coefs[0].shape[0], *(W.shape[1] for W in self.coefs)]

    def _columns(self, max_units):
        if max_units < 3:
            raise ValueError(f"max_units must be 3 or more, got {max_units}.")
        last = len(self._sizes) - 1
        columns = [
            _Column.of(n, max_units, with_bias=self.intercepts is not None and layer < last)
            for layer, n in enumerate(self._sizes)
        ]
        spacing = max(3.2, 0.55 * max(column.n_rows for column in columns))
        for layer, column in enumerate(columns):
            column.x = spacing * layer
        return columns

    def _checked_names(self):
        defaults = (_numbered("x", self._sizes[0]), _numbered(r"\hat{y}", self._sizes[-1]))
        chosen = []
        for names, default, what in zip(
            (self.feature_names, self.output_names),
            defaults,
            ("feature_names", "output_names"),
            strict=True,
        ):
            names = default if names is None else [str(name) for name in names]
            if len(names) != len(default):
                raise ValueError(f"{what} must hold {len(default)} names, got {len(names)}.")
            chosen.append(names)
        return chosen

    def _draw_edges(self, columns, style):
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.collections import LineCollection
        from matplotlib.colors import Normalize

        largest = max(np.abs(values).max() for values in [*self.coefs, *(self.intercepts or [])])
        largest = float(largest) or 1.0
        shared = {"cmap": _weight_colors(), "norm": Normalize(-largest, largest), "zorder": 1}
        shared |= normalize_kwargs(style, LineCollection)  # lw becomes linewidth

        def drawn(segments, weights):
            widths = 0.6 + 3.4 * np.abs(weights) / largest
            edges = LineCollection(segments, **{"linewidth": widths} | shared)
            edges.set_array(weights)
            return self.ax_.add_collection(edges)

        self.edges_, self.bias_edges_ = [], None if self.intercepts is None else []
        for layer, (here, there) in enumerate(pairwise(columns)):
            shown = self.coefs[layer][np.ix_(here.units, there.units)]
            self.edges_.append(drawn(_segments(here, here.heights, there), shown.ravel()))
            if self.intercepts is not None:
                biases = self.intercepts[layer][there.units]
                self.bias_edges_.append(drawn(_segments(here, [here.bias], there), biases))

    def _draw_units(self, columns):
        ink, paper = _ink_and_paper(self.figure_)
        circle = {"facecolor": paper, "edgecolor": ink, "linewidth": 1.2, "zorder": 2}
        self.units_, self.bias_units_ = [], None if self.intercepts is None else []
        for layer, column in enumerate(columns):
            self.units_.append([self._circle(column.x, y, circle) for y in column.heights])
            if layer:
                self._draw_activations(column, ink)
            if column.gap is not None:
                heights = column.gap + np.array([0.22, 0.0, -0.22])
                self.ax_.plot([column.x] * 3, heights, ".", color=ink, zorder=2)
                self._draw_count(column, layer)
            if column.bias is not None:
                constant = self._circle(column.x, column.bias, circle | {"linestyle": "--"})
                self.bias_units_.append(constant)
                self.ax_.text(column.x, column.bias, "1", **_CENTERED, zorder=3)

    def _circle(self, x, y, style):
        from matplotlib.patches import Circle

        return self.ax_.add_patch(Circle((x, y), _RADIUS, **style))

    def _draw_activations(self, column, ink):
        z = np.linspace(-1, 1, 101)
        function = {"step": functional.step, "sigmoid": functional.sigmoid}[self.activation]
        a = function(6 * z)
        for y in column.heights:
            curve = column.x + 0.6 * _RADIUS * z, y + 0.9 * _RADIUS * (a - 0.5)
            self.ax_.plot(*curve, color=ink, linewidth=1.2, zorder=3)

    def _draw_count(self, column, layer):
        bottom = min(column.heights[-1], np.inf if column.bias is None else column.bias)
        self.ax_.text(
            column.x,
            bottom - _RADIUS - 0.15,
            f"{self._sizes[layer]} units" if layer else f"{self._sizes[layer]} inputs",
            ha="center",
            va="top",
            fontsize="small",
        )

    def _draw_names(self, columns, inputs, outputs):
        ink, _ = _ink_and_paper(self.figure_)
        first, last = columns[0], columns[-1]
        self.name_texts_ = [
            self.ax_.text(first.x - _RADIUS - _GAP, y, inputs[unit], ha="right", va="center")
            for unit, y in zip(first.units, first.heights, strict=True)
        ]
        for unit, y in zip(last.units, last.heights, strict=True):
            start, end = last.x + _RADIUS, last.x + _RADIUS + _ARROW
            arrow = {"arrowstyle": "->", "color": ink, "shrinkA": 0, "shrinkB": 0}
            self.ax_.annotate(
                "", xy=(end, y), xytext=(start, y), arrowprops=arrow, annotation_clip=False
            )
            name = self.ax_.text(end + _GAP, y, outputs[unit], ha="left", va="center")
            self.name_texts_.append(name)

    def _draw_values(self, columns, show_values):
        collections = [*self.edges_, *(self.bias_edges_ or [])]
        if show_values == "auto":
            show_values = sum(len(edges.get_array()) for edges in collections) <= _MOST_VALUES
        self.weight_texts_ = []
        if not show_values:
            return
        _, paper = _ink_and_paper(self.figure_)
        box = {"facecolor": paper, "edgecolor": "none", "pad": 0.8}
        taken = np.empty((0, 2))
        for edges in collections:
            for (start, end), weight in zip(edges.get_segments(), edges.get_array(), strict=True):
                spot = _clearest_spot(start, end, taken)
                taken = np.vstack([taken, spot])
                value = f"{weight:.2g}".replace("-", "−")
                self.weight_texts_.append(
                    self.ax_.text(*spot, value, **_CENTERED, fontsize="small", bbox=box)
                )

    def _set_limits(self, columns):
        """Leave room for the names beside the units: their size is not one of the data's."""
        for text in self.name_texts_:
            text.set_in_layout(False)
        self.figure_.figure.draw_without_rendering()  # places the axes and the color bar
        inputs, outputs = [
            max(text.get_window_extent().width for text in texts)
            for texts in np.split(self.name_texts_, [len(columns[0].units)])
        ]
        place = self.ax_.get_position(original=True).transformed(self.figure_.transSubfigure)
        left, right = -_RADIUS - 2 * _GAP, columns[-1].x + _RADIUS + _ARROW + 2 * _GAP
        tallest = max(columns, key=lambda column: column.n_rows)
        half = (tallest.n_rows - 1) / 2 + _RADIUS + _GAP
        below = 0.5 if any(column.gap is not None for column in columns) else 0.0
        pixels = min(
            max(place.width - inputs - outputs, place.width / 3) / (right - left),
            place.height / (2 * half + below),
        )
        self.ax_.set_xlim(left - inputs / pixels, right + outputs / pixels)
        self.ax_.set_ylim(-half - below, half)


class CostSurfaceDisplay:
    """The cost J as a function of two weights, the others held where training left them.

    A weight is addressed as the article writes it, counting from 1: (l, i, j) is
    wᵢⱼ⁽ˡ⁾, ``coefs_[l-1][i-1, j-1]``, which leads from unit i of layer l to unit
    j of layer l + 1. i = 0 is the bias bⱼ⁽ˡ⁾, ``intercepts_[l-1][j-1]``.

    Make it with `from_estimator`; the parameters are stored as attributes.

    Parameters
    ----------
    weights : pair of tuples (l, i, j)
        The two weights.
    xx0, xx1 : ndarray of shape (grid_resolution, grid_resolution)
        Values of the first weight, which vary along a row, and of the second.
    cost : ndarray of shape (grid_resolution, grid_resolution)
        J at these values, in squared units of the unit interval that the
        targets are carried into.
    point : ndarray of shape (2,)
        The fitted values of the two weights.
    point_cost : float
        J there.
    path : ndarray of shape (n_points, 2) or None, default=None
        Values that the two weights took in training.
    path_cost : ndarray of shape (n_points,) or None, default=None
        J at these values on the surface, that is with the other weights fitted.

    Attributes
    ----------
    surface_ : matplotlib QuadContourSet or Poly3DCollection
        The filled contours, or the surface in three dimensions.
    point_ : matplotlib Line2D
        Marker of the fitted weights.
    path_ : matplotlib Line2D or None
        The path.
    colorbar_ : matplotlib Colorbar
        Colours of the cost.
    ax_ : matplotlib Axes
        Axes with the picture.
    figure_ : matplotlib Figure
        Figure with the axes.

    See Also
    --------
    CostSurfaceDisplay.from_estimator : Compute and draw the surface.
    LossCurveDisplay : The cost in each epoch.
    sknnbasics.functional.half_mse : The cost, equation (5).

    Examples
    --------
    >>> import numpy as np
    >>> from sknnbasics import CostSurfaceDisplay, SigmoidMLPRegressor
    >>> X, y = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])
    >>> neuron = SigmoidMLPRegressor(
    ...     hidden_layer_sizes=(), y_range=(0, 1), solver="sgd", momentum=0, batch_size=None,
    ...     fit_intercept=False, random_state=0,
    ... )
    >>> path = [neuron.partial_fit(X, y).coefs_ for _ in range(100)]
    >>> display = CostSurfaceDisplay.from_estimator(neuron, X, y, path=path)
    >>> display.weights
    ((1, 1, 1), (1, 2, 1))
    >>> display.cost.shape, display.path.shape
    ((50, 50), (100, 2))
    """

    def __init__(self, *, weights, xx0, xx1, cost, point, point_cost, path=None, path_cost=None):
        self.weights = weights
        self.xx0 = xx0
        self.xx1 = xx1
        self.cost = cost
        self.point = point
        self.point_cost = point_cost
        self.path = path
        self.path_cost = path_cost

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        weights=None,
        path=None,
        span=None,
        grid_resolution=50,
        sample_weight=None,
        kind="contour",
        ax=None,
        **kwargs,
    ):
        """Compute the cost around the fitted weights, and draw it.

        Parameters
        ----------
        estimator : SigmoidMLPRegressor
            The fitted network, or a fitted Pipeline or search that ends in
            one. It is not changed.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Samples over which to take the cost; a Pipeline transforms them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        weights : pair of tuples (l, i, j), default=None
            The two weights, counted from 1 as in the article; i = 0 is a bias.
            None: the first two, W⁽¹⁾ in reading order before its biases.
        path : list of lists of ndarrays, or array-like of shape (n_points, 2), default=None
            What training passed through: a copy of `coefs_` for each step, or
            the values of the two weights (for biases, the only way). See Notes.
        span : float or pair of floats, default=None
            How far the grid extends to either side of the fitted values, for
            both weights or for each. None: at least 2, to zero, and over the
            whole path.
        grid_resolution : int, default=50
            Values of each weight; the cost is computed grid_resolution² times.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights s; None for ones.
        kind : {"contour", "surface"}, default="contour"
            Filled contours, or a surface in three dimensions.
        ax : matplotlib Axes, default=None
            Where to draw, with ``projection="3d"`` for a surface; None for a
            new figure.
        **kwargs : dict
            Passed to matplotlib's ``contourf`` or ``plot_surface``.

        Returns
        -------
        CostSurfaceDisplay
            The picture and its data.

        Raises
        ------
        NotFittedError
            If the network is not fitted.
        TypeError
            If it is no SigmoidMLPRegressor.
        ValueError
            If X or y is no valid input, a weight does not exist, `path` does
            not fit the network, or `kind` and `ax` do not go together.
        ImportError
            If matplotlib is not installed.

        See Also
        --------
        SigmoidMLPRegressor.cost : The cost at the fitted weights.

        Notes
        -----
        `partial_fit` trains for one epoch and leaves new arrays behind, so that
        it records a path in one line::

            path = [network.partial_fit(X, y).coefs_ for _ in range(1000)]

        and for the biases of a single neuron::

            path = [(n.coefs_[0][0, 0], n.intercepts_[0][0]) for n in
                    (network.partial_fit(X, y) for _ in range(1000))]

        With scikit-learn 1.9 a callback that appends
        ``fitted_estimator.coefs_`` in its ``on_fit_task_end`` records every
        solver during `fit`.

        Training moves all weights, the picture two: the path is drawn on the
        surface of the fitted network, below or above where training was.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import CostSurfaceDisplay, SigmoidMLPRegressor
        >>> X = np.linspace(-1, 1, 30)[:, None]
        >>> network = SigmoidMLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> network = network.fit(X, X[:, 0])
        >>> display = CostSurfaceDisplay.from_estimator(
        ...     network, X, X[:, 0], weights=((1, 0, 1), (1, 1, 1)), span=1, grid_resolution=10
        ... )
        >>> bool(display.point_cost < display.cost.min())
        True
        """
        _pyplot(cls)
        network, transformers = _fitted_model(estimator, cls, (SigmoidMLPRegressor,))
        X = X if transformers is None else transformers.transform(X)
        weights = _checked_addresses(network, weights)
        cost = _Slice(network, weights, X, y, sample_weight)
        point, path = cost.point, _checked_path(path, network, weights)
        xx0, xx1 = np.meshgrid(*_grids(point, path, span, grid_resolution))
        display = cls(
            weights=weights,
            xx0=xx0,
            xx1=xx1,
            cost=cost.at(xx0, xx1),
            point=point,
            point_cost=float(cost.at(*point)),
            path=path,
            path_cost=None if path is None else cost.at(*path.T),
        )
        return display.plot(ax, kind=kind, **kwargs)

    def plot(self, ax=None, *, kind="contour", **kwargs):
        """Draw the surface, the path and the fitted point.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw, with ``projection="3d"`` for a surface; None for a
            new figure.
        kind : {"contour", "surface"}, default="contour"
            Filled contours, or a surface in three dimensions.
        **kwargs : dict
            Passed to matplotlib's ``contourf`` or ``plot_surface``.

        Returns
        -------
        CostSurfaceDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `kind` is neither, or needs other axes than `ax`.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from sknnbasics import CostSurfaceDisplay
        >>> xx0, xx1 = np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 20))
        >>> display = CostSurfaceDisplay(
        ...     weights=((1, 1, 1), (1, 2, 1)), xx0=xx0, xx1=xx1, cost=xx0**2 + xx1**2,
        ...     point=np.zeros(2), point_cost=0.0,
        ... ).plot(kind="surface")
        >>> display.ax_.name
        '3d'
        """
        plt = _pyplot(type(self))
        if kind not in ("contour", "surface"):
            raise ValueError(f"kind must be 'contour' or 'surface', got {kind!r}.")
        in_space = kind == "surface"
        if ax is None:
            # Drawn in the order of zorder: the path must not vanish behind the surface.
            space = {"projection": "3d", "computed_zorder": False} if in_space else {}
            _, ax = plt.subplots(layout="constrained", subplot_kw=space)
        elif (ax.name == "3d") != in_space:
            raise ValueError(
                f"kind={kind!r} needs {'' if in_space else 'no '}axes with projection='3d'."
            )
        self.ax_, self.figure_ = ax, ax.figure
        if in_space:
            self._draw_surface(kwargs)
        else:
            self._draw_contours(kwargs)
        self._draw_points(in_space)
        ax.set_xlabel(_symbol(*self.weights[0]), labelpad=8 if in_space else None)
        ax.set_ylabel(_symbol(*self.weights[1]), labelpad=8 if in_space else None)
        return self

    def _draw_contours(self, style):
        from matplotlib.colors import PowerNorm
        from matplotlib.ticker import MaxNLocator

        low, high = self.cost.min(), self.cost.max()
        if "levels" not in style and high > low:  # closer together towards the minimum
            levels = low + (high - low) * np.linspace(0, 1, 21) ** 2
            style = {"levels": levels, "norm": PowerNorm(0.5, low, high)} | style
        style = {"cmap": "viridis"} | style
        self.surface_ = self.ax_.contourf(self.xx0, self.xx1, self.cost, **style)
        self.colorbar_ = self.figure_.colorbar(
            self.surface_, ax=self.ax_, label="Cost $J$", ticks=MaxNLocator(8)
        )
        self.ax_.set_xlim(self.xx0.min(), self.xx0.max())
        self.ax_.set_ylim(self.xx1.min(), self.xx1.max())

    def _draw_surface(self, style):
        style = {"cmap": "viridis", "linewidth": 0, "antialiased": False} | style
        self.surface_ = self.ax_.plot_surface(self.xx0, self.xx1, self.cost, **style)
        self.ax_.locator_params(nbins=5)
        self.colorbar_ = self.figure_.colorbar(
            self.surface_, ax=self.ax_, label="Cost $J$", shrink=0.6, pad=0.12
        )

    def _draw_points(self, in_space):
        from matplotlib.patheffects import withStroke

        self.path_ = None
        if self.path is not None:
            outline = withStroke(linewidth=3, foreground="black")  # seen on any color
            line = {"color": "white", "linewidth": 1.5, "zorder": 4, "path_effects": [outline]}
            path = [*self.path.T, self.path_cost] if in_space else self.path.T
            (self.path_,) = self.ax_.plot(*path, **line)
        point = [*self.point, self.point_cost] if in_space else self.point
        marker = {"marker": "*", "markersize": 14, "color": "tab:red", "zorder": 5}
        (self.point_,) = self.ax_.plot(*([v] for v in point), markeredgecolor="white", **marker)


# Models ------------------------------------------------------------------------------------


def _pyplot(display):
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{display.__name__} draws with matplotlib, which is not installed: "
            "pip install sknnbasics[plot]"
        ) from error
    return pyplot


def _fitted_model(estimator, display, kinds):
    """The fitted model, and out of a pipeline the transformers before it, else None."""
    check_is_fitted(estimator)
    estimator = getattr(estimator, "best_estimator_", estimator)
    transformers = None
    if isinstance(estimator, Pipeline):
        transformers = estimator[:-1] if len(estimator) > 1 else None
        estimator = estimator[-1]
    if not isinstance(estimator, kinds):
        raise TypeError(
            f"{display.__name__} draws a fitted {' or '.join(kind.__name__ for kind in kinds)}, "
            f"or a Pipeline or search that ends in one, got {type(estimator).__name__}."
        )
    check_is_fitted(estimator)
    return estimator, transformers


def _array_or_none(curve):
    return None if curve is None else np.array(curve)


def _seen_names(model, transformers):
    """Names of what enters the model, where X had names, else None."""
    if hasattr(model, "feature_names_in_"):
        return list(model.feature_names_in_)
    if transformers is None or not hasattr(transformers[0], "feature_names_in_"):
        return None
    try:
        return list(transformers.get_feature_names_out())
    except AttributeError:  # a transformer that does not name what it makes
        return None


def _drawn_parameters(model):
    """Weights, biases, activation function and output names of a model."""
    if isinstance(model, SigmoidMLPRegressor):
        coefs, intercepts, activation = model.coefs_, model.intercepts_, "sigmoid"
        output_names = None
    else:
        coefs, intercepts, activation = [model.coef_.T], [model.intercept_], "step"
        output_names = [str(label) for label in model.classes_]
        if len(output_names) == 2:
            output_names = [f"{output_names[1]} if z > 0\n{output_names[0]} otherwise"]
    has_bias = model.fit_intercept or any(b.any() for b in intercepts)
    return {
        "coefs": [W.copy() for W in coefs],
        "intercepts": [b.copy() for b in intercepts] if has_bias else None,
        "activation": activation,
        "output_names": output_names,
    }


# The drawing of a network ------------------------------------------------------------------


@dataclass
class _Column:
    """Where the units of a layer stand.

    `units` are the numbers of those that are drawn and `heights` where; `gap`
    is the height of the dots that stand for the others, `bias` that of the
    constant input, None where there is none.
    """

    units: np.ndarray
    heights: np.ndarray
    gap: float | None
    bias: float | None
    n_rows: int
    x: float = 0.0

    @classmethod
    def of(cls, n_units, max_units, with_bias):
        n_drawn = min(n_units, max_units)
        n_rows = n_drawn + with_bias
        rows = np.arange(n_rows - 1, -n_rows, -2) / 2  # a row apart, around zero
        heights, units, gap = rows[:n_drawn], np.arange(n_units), None
        if n_units > max_units:
            n_above = max_units // 2
            n_below = max_units - 1 - n_above
            units = np.concatenate([units[:n_above], units[-n_below:]])
            gap, heights = heights[n_above], np.delete(heights, n_above)
        return cls(units, heights, gap, rows[-1] if with_bias else None, n_rows)


def _figure_size(columns, inputs, outputs):
    """Inches that show the columns and the names at a readable size, within a screen."""
    letters = sum(max(map(_width, names)) for names in (inputs, outputs))
    width = columns[-1].x + 2
    height = max(column.n_rows for column in columns) + 0.6
    scale = min(0.65, 12 / width, 8 / height)
    return max(4.5, scale * width + 0.08 * letters + 1.2), max(2.5, scale * height)


def _width(name):
    """Letters of the longest line; a formula is short."""
    return 2 if name.startswith("$") else max(map(len, name.split("\n")))


def _segments(here, heights, there):
    return [[(here.x, y), (there.x, to)] for y in heights for to in there.heights]


def _numbered(symbol, n):
    return [f"${symbol}$"] if n == 1 else [f"${symbol}_{{{k}}}$" for k in range(1, n + 1)]


def _weight_colors():
    from matplotlib.colors import LinearSegmentedColormap

    # Grey in the middle shows on white and on black; the ends are safe for the colour-blind.
    return LinearSegmentedColormap.from_list("weights", ["#e66100", "#999999", "#1a7fd6"])


def _ink_and_paper(figure):
    from matplotlib import rcParams

    faces = [figure.get_facecolor(), figure.figure.get_facecolor()]  # a subfigure has none
    opaque = [face for face in faces if face[3] > 0]
    return rcParams["text.color"], opaque[0] if opaque else rcParams["figure.facecolor"]


def _clearest_spot(start, end, taken):
    """The point of an edge that is farthest from the labels that others have taken."""
    spots = start + np.linspace(0.2, 0.8, 25)[:, None] * (end - start)
    # Near its middle an edge is clear of its neighbours.
    off_middle = np.abs(np.linspace(-0.3, 0.3, 25))
    if not len(taken):
        return spots[off_middle.argmin()]
    apart = (spots[:, None] - taken) * [0.5, 1.0]  # labels are wider than high
    distances = np.linalg.norm(apart, axis=2).min(axis=1)
    return spots[np.argmax(np.minimum(distances, 0.35) - 0.1 * off_middle)]


# The cost surface --------------------------------------------------------------------------


class _Slice:
    """The cost as a function of two parameters, the others held; on copies of them all."""

    def __init__(self, network, weights, X, y, sample_weight):
        self._coefs = [W.copy() for W in network.coefs_]
        self._intercepts = [b.copy() for b in network.intercepts_]
        self._alpha = network._given_alpha()
        self._X, self._T, self._s = _rows(network, X, y, sample_weight)
        self._varied = [self._view(*address) for address in weights]
        self.point = np.array([float(view[0]) for view in self._varied])

    def _view(self, layer, i, j):
        if i == 0:
            return self._intercepts[layer - 1][j - 1 : j]
        return self._coefs[layer - 1][i - 1, j - 1 : j]

    def at(self, first, second):
        """J at pairs of values, in an array of their shape."""
        return np.vectorize(self._cost, otypes=[float])(first, second)

    def _cost(self, *values):
        for view, value in zip(self._varied, values, strict=True):
            view[:] = value
        a = functional.feedforward(self._X, self._coefs, self._intercepts)[-1]
        penalty = 0.5 * self._alpha * sum((W**2).sum() for W in self._coefs) / self._s.sum()
        return functional.half_mse(a, self._T, self._s) + penalty


def _rows(network, X, y, sample_weight):
    """Samples, targets carried into the unit interval, and weights."""
    dtype = network.coefs_[0].dtype
    X, y = validate_data(
        network,
        X,
        y,
        reset=False,
        accept_sparse="csr",
        multi_output=True,
        y_numeric=True,
        dtype=dtype,
    )
    Y = y.reshape(len(y), -1)
    if Y.shape[1] != network.n_outputs_:
        raise ValueError(f"y has {Y.shape[1]} outputs, the network {network.n_outputs_}.")
    s = checked_weights(sample_weight, X)
    s = np.ones(len(Y), dtype) if s is None else s.astype(dtype)
    return X, OutputRange(network.y_low_, network.y_high_).to_unit(Y), s


def _addresses(network):
    """All addresses: of each layer the weights in reading order, then the biases."""
    for layer, W in enumerate(network.coefs_, start=1):
        yield from ((layer, i + 1, j + 1) for i, j in np.ndindex(W.shape))
        if network.fit_intercept:
            yield from ((layer, 0, j + 1) for j in range(W.shape[1]))


def _checked_addresses(network, weights):
    """Two addresses (l, i, j), each of a parameter that the network has."""
    weights = list(islice(_addresses(network), 2)) if weights is None else weights
    try:
        first, second = (tuple(index(k) for k in address) for address in weights)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "weights must be two addresses (l, i, j), for example ((1, 1, 1), (1, 2, 1)), "
            f"got {weights!r}."
        ) from error
    for address in (first, second):
        _check_address(network, address)
    if first == second:
        raise ValueError(f"weights must be two different ones, got {first} twice.")
    return first, second


def _check_address(network, address):
    sizes = [network.coefs_[0].shape[0], *(W.shape[1] for W in network.coefs_)]
    if len(address) != 3 or not 1 <= address[0] < len(sizes):
        raise ValueError(
            f"The weight {address} must be (l, i, j) with l from 1 to {len(sizes) - 1}."
        )
    layer, i, j = address
    lowest = 0 if network.fit_intercept else 1
    if not (lowest <= i <= sizes[layer - 1] and 1 <= j <= sizes[layer]):
        raise ValueError(
            f"There is no weight {address}: in layer {layer} of this network i goes from "
            f"{lowest} to {sizes[layer - 1]} and j from 1 to {sizes[layer]}."
        )


def _checked_path(path, network, weights):
    """Values of the two weights along the path, of shape (n_points, 2), or None."""
    if path is None:
        return None
    path = list(path)
    if path and np.ndim(path[0][0]) == 2:
        path = [_two_weights(coefs, network, weights) for coefs in path]
    try:
        pairs = np.array(path, dtype=float)
    except (TypeError, ValueError):
        pairs = np.empty(0)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.isfinite(pairs).all():
        raise ValueError(
            "path must be a list of coefs_, or finite values of the two weights, of shape "
            "(n_points, 2)."
        )
    return pairs


def _two_weights(coefs, network, weights):
    shapes = [W.shape for W in network.coefs_]
    if [np.shape(W) for W in coefs] != shapes:
        raise ValueError(f"Each step of path must hold weights of shapes {shapes}.")
    if any(i == 0 for _, i, _ in weights):
        raise ValueError(
            "A path of coefs_ holds no biases: pass the values of the two weights, "
            "of shape (n_points, 2)."
        )
    return [coefs[layer - 1][i - 1, j - 1] for layer, i, j in weights]


def _grids(point, path, span, grid_resolution):
    """Values of the two weights, one array each."""
    if span is not None:
        span = np.broadcast_to(np.asarray(span, dtype=float), 2)
        if not (span > 0).all():
            raise ValueError(f"span must be positive, got {span}.")
        low, high = point - span, point + span
    else:
        seen = point[None] if path is None else np.vstack([point, path])
        half = np.maximum(2, np.abs(point))
        margin = 0.1 * np.ptp(seen, axis=0)
        low = np.minimum(point - half, seen.min(axis=0) - margin)
        high = np.maximum(point + half, seen.max(axis=0) + margin)
    return [np.linspace(*ends, grid_resolution) for ends in zip(low, high, strict=True)]


def _symbol(layer, i, j):
    """The weight as the article writes it, in TeX."""
    if i == 0:
        return f"$b_{{{j}}}^{{({layer})}}$"
    comma = "," if max(i, j) > 9 else ""
    return f"$w_{{{i}{comma}{j}}}^{{({layer})}}$"
