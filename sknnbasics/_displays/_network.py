"""Drawing of a model: its units, and its weights as coloured edges."""

from itertools import pairwise

import numpy as np

from .. import functional
from .._mlp import SigmoidMLPRegressor
from .._mlp_input import in_numpy
from .._perceptron_input import fitted_classes, fitted_weights
from ._matplotlib import give_axes, is_formula, pyplot
from ._models import MODELS, fitted_model
from ._network_layout import (
    ARROW,
    GAP,
    RADIUS,
    clearest_spot,
    columns_of,
    figure_size,
    half_height,
    segments,
)

_MOST_VALUES = 13  # edges that still leave room for their values
_CENTERED = {"ha": "center", "va": "center"}


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
        pyplot(cls)
        model, transformers = fitted_model(estimator, cls, MODELS)
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
        columns = columns_of(self._sizes, max_units, with_bias=self.intercepts is not None)
        inputs, outputs = self._checked_names()
        give_axes(self, ax, figsize=figure_size(columns, inputs, outputs))
        self.ax_.set_axis_off()
        self.ax_.set_aspect("equal")
        self._draw_edges(columns, kwargs)
        self._draw_units(columns)
        self._draw_names(columns, inputs, outputs)
        self._draw_values(show_values)
        self._draw_colorbar(colorbar)
        self._set_limits(columns)
        return self

    @property
    def _sizes(self):
        return [self.coefs[0].shape[0], *(W.shape[1] for W in self.coefs)]

    def _checked_names(self):
        inputs, outputs = _numbered("x", self._sizes[0]), _numbered(r"\hat{y}", self._sizes[-1])
        return (
            _names_or_default(self.feature_names, inputs, "feature_names"),
            _names_or_default(self.output_names, outputs, "output_names"),
        )

    def _draw_edges(self, columns, style):
        largest = max(np.abs(values).max() for values in [*self.coefs, *(self.intercepts or [])])
        largest = float(largest) or 1.0
        style = _edge_style(largest, style)
        self.edges_, self.bias_edges_ = [], None if self.intercepts is None else []
        for layer, (here, there) in enumerate(pairwise(columns)):
            lines = segments(here, here.heights, there)
            weights = self.coefs[layer][np.ix_(here.units, there.units)].ravel()
            self.edges_.append(self._draw_lines(lines, weights, largest, style))
            if self.intercepts is not None:
                lines = segments(here, [here.bias], there)
                biases = self.intercepts[layer][there.units]
                self.bias_edges_.append(self._draw_lines(lines, biases, largest, style))

    def _draw_lines(self, lines, weights, largest, style):
        from matplotlib.collections import LineCollection

        widths = 0.6 + 3.4 * np.abs(weights) / largest
        edges = LineCollection(lines, **{"linewidth": widths} | style)
        edges.set_array(weights)
        return self.ax_.add_collection(edges)

    def _draw_units(self, columns):
        ink, paper = _ink_and_paper(self.figure_)
        circle = {"facecolor": paper, "edgecolor": ink, "linewidth": 1.2, "zorder": 2}
        self.units_, self.bias_units_ = [], None if self.intercepts is None else []
        for layer, column in enumerate(columns):
            self.units_.append([self._circle(column.x, y, circle) for y in column.heights])
            if layer:
                self._draw_activations(column, ink)
            if column.gap is not None:
                self._draw_dots(column, ink)
                self._draw_count(column, f"{self._sizes[layer]} {'units' if layer else 'inputs'}")
            if column.bias is not None:
                constant = self._circle(column.x, column.bias, circle | {"linestyle": "--"})
                self.bias_units_.append(constant)
                self.ax_.text(column.x, column.bias, "1", **_CENTERED, zorder=3)

    def _circle(self, x, y, style):
        from matplotlib.patches import Circle

        return self.ax_.add_patch(Circle((x, y), RADIUS, **style))

    def _draw_activations(self, column, ink):
        z = np.linspace(-1, 1, 101)
        function = {"step": functional.step, "sigmoid": functional.sigmoid}[self.activation]
        a = function(6 * z)
        for y in column.heights:
            curve = column.x + 0.6 * RADIUS * z, y + 0.9 * RADIUS * (a - 0.5)
            self.ax_.plot(*curve, color=ink, linewidth=1.2, zorder=3)

    def _draw_dots(self, column, ink):
        heights = column.gap + np.array([0.22, 0.0, -0.22])
        self.ax_.plot([column.x] * 3, heights, ".", color=ink, zorder=2)

    def _draw_count(self, column, count):
        bottom = min(column.heights[-1], np.inf if column.bias is None else column.bias)
        below = {"ha": "center", "va": "top", "fontsize": "small"}
        self.ax_.text(column.x, bottom - RADIUS - 0.15, count, **below)

    def _draw_names(self, columns, inputs, outputs):
        first, last = columns[0], columns[-1]
        self.name_texts_ = [
            self._name(first.x - RADIUS - GAP, y, inputs[unit], "right")
            for unit, y in zip(first.units, first.heights, strict=True)
        ]
        end = last.x + RADIUS + ARROW
        for unit, y in zip(last.units, last.heights, strict=True):
            self._draw_arrow(end - ARROW, end, y)
            self.name_texts_.append(self._name(end + GAP, y, outputs[unit], "left"))

    def _name(self, x, y, name, side):
        style = {"ha": side, "va": "center", "parse_math": is_formula(name)}
        return self.ax_.text(x, y, name, **style)

    def _draw_arrow(self, start, end, y):
        ink, _ = _ink_and_paper(self.figure_)
        arrow = {"arrowstyle": "->", "color": ink, "shrinkA": 0, "shrinkB": 0}
        self.ax_.annotate(
            "", xy=(end, y), xytext=(start, y), arrowprops=arrow, annotation_clip=False
        )

    def _draw_values(self, show_values):
        collections = [*self.edges_, *(self.bias_edges_ or [])]
        if show_values == "auto":
            show_values = sum(len(edges.get_array()) for edges in collections) <= _MOST_VALUES
        self.weight_texts_ = []
        taken = np.empty((0, 2))
        for edges in collections if show_values else []:
            for (start, end), weight in zip(edges.get_segments(), edges.get_array(), strict=True):
                spot = clearest_spot(start, end, taken)
                taken = np.vstack([taken, spot])
                self.weight_texts_.append(self._draw_value(spot, weight))

    def _draw_value(self, spot, weight):
        _, paper = _ink_and_paper(self.figure_)
        box = {"facecolor": paper, "edgecolor": "none", "pad": 0.8}
        value = f"{weight:.2g}".replace("-", "−")
        return self.ax_.text(*spot, value, **_CENTERED, fontsize="small", bbox=box)

    def _draw_colorbar(self, wanted):
        self.colorbar_ = None
        if wanted:
            self.colorbar_ = self.figure_.colorbar(
                self.edges_[0], ax=self.ax_, label="weight", shrink=0.7, aspect=25
            )

    def _set_limits(self, columns):
        """Leave room for the names beside the units: their size is not one of the data's."""
        inputs, outputs = self._widths_of_names(len(columns[0].units))
        place = self.ax_.get_position(original=True).transformed(self.figure_.transSubfigure)
        left, right = -RADIUS - 2 * GAP, columns[-1].x + RADIUS + ARROW + 2 * GAP
        half = half_height(columns)
        below = 0.5 if any(column.gap is not None for column in columns) else 0.0
        pixels = min(
            max(place.width - inputs - outputs, place.width / 3) / (right - left),
            place.height / (2 * half + below),
        )
        self.ax_.set_xlim(left - inputs / pixels, right + outputs / pixels)
        self.ax_.set_ylim(-half - below, half)

    def _widths_of_names(self, n_inputs):
        """Pixels that the widest name of an input, and of an output, takes."""
        for text in self.name_texts_:
            text.set_in_layout(False)
        self.figure_.figure.draw_without_rendering()  # places the axes and the color bar
        return [
            max(text.get_window_extent().width for text in texts)
            for texts in np.split(self.name_texts_, [n_inputs])
        ]


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
        model = in_numpy(model)
        coefs, intercepts, activation = model.coefs_, model.intercepts_, "sigmoid"
        output_names = None
    else:
        coef, intercept = fitted_weights(model)
        coefs, intercepts, activation = [coef.T], [intercept], "step"
        output_names = [str(label) for label in fitted_classes(model)]
        if len(output_names) == 2:
            output_names = [f"{output_names[1]} if z > 0\n{output_names[0]} otherwise"]
    has_bias = model.fit_intercept or any(b.any() for b in intercepts)
    return {
        "coefs": [W.copy() for W in coefs],
        "intercepts": [b.copy() for b in intercepts] if has_bias else None,
        "activation": activation,
        "output_names": output_names,
    }


def _numbered(symbol, n):
    return [f"${symbol}$"] if n == 1 else [f"${symbol}_{{{k}}}$" for k in range(1, n + 1)]


def _names_or_default(names, default, parameter):
    names = default if names is None else [str(name) for name in names]
    if len(names) != len(default):
        raise ValueError(f"{parameter} must hold {len(default)} names, got {len(names)}.")
    return names


def _edge_style(largest, style):
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    shared = {"cmap": _weight_colors(), "norm": Normalize(-largest, largest), "zorder": 1}
    return shared | normalize_kwargs(style, LineCollection)  # lw becomes linewidth


def _weight_colors():
    from matplotlib.colors import LinearSegmentedColormap

    # Grey in the middle shows on white and on black; the ends are safe for the colour-blind.
    return LinearSegmentedColormap.from_list("weights", ["#e66100", "#999999", "#1a7fd6"])


def _ink_and_paper(figure):
    from matplotlib import rcParams

    faces = [figure.get_facecolor(), figure.figure.get_facecolor()]  # a subfigure has none
    opaque = [face for face in faces if face[3] > 0]
    return rcParams["text.color"], opaque[0] if opaque else rcParams["figure.facecolor"]
