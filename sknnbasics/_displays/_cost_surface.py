"""The cost of a network as a function of two weights: contours, or a surface in space."""

import numpy as np

from .._arrays import to_numpy
from .._mlp import SigmoidMLPRegressor
from .._mlp_input import in_numpy
from ._cost_slice import CostSlice, checked_addresses, checked_path, grids
from ._matplotlib import give_axes, pyplot
from ._models import fitted_model


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
            If X or y is not valid, a weight does not exist, `path` does
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
        pyplot(cls)
        network, transformers = fitted_model(estimator, cls, (SigmoidMLPRegressor,))
        X = X if transformers is None else transformers.transform(X)
        network, X, y = in_numpy(network), to_numpy(X), to_numpy(y)
        weights = checked_addresses(network, weights)
        cost = CostSlice(network, weights, X, y, sample_weight)
        point, path = cost.point, checked_path(path, network, weights)
        xx0, xx1 = np.meshgrid(*grids(point, path, span, grid_resolution))
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
        in_space = _is_in_space(kind, ax)
        # Drawn in the order of zorder: the path must not vanish behind the surface.
        space = {"projection": "3d", "computed_zorder": False} if in_space else {}
        give_axes(self, ax, subplot_kw=space)
        if in_space:
            self._draw_surface(kwargs)
        else:
            self._draw_contours(kwargs)
        self._draw_path(in_space)
        self._draw_point(in_space)
        self._name_axes(labelpad=8 if in_space else None)
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

    def _draw_path(self, in_space):
        from matplotlib.patheffects import withStroke

        self.path_ = None
        if self.path is not None:
            outline = withStroke(linewidth=3, foreground="black")  # seen on any color
            line = {"color": "white", "linewidth": 1.5, "zorder": 4, "path_effects": [outline]}
            path = [*self.path.T, self.path_cost] if in_space else self.path.T
            (self.path_,) = self.ax_.plot(*path, **line)

    def _draw_point(self, in_space):
        point = [*self.point, self.point_cost] if in_space else self.point
        marker = {"marker": "*", "markersize": 14, "color": "tab:red", "zorder": 5}
        (self.point_,) = self.ax_.plot(*([v] for v in point), markeredgecolor="white", **marker)

    def _name_axes(self, labelpad):
        first, second = self.weights
        self.ax_.set_xlabel(_symbol(*first), labelpad=labelpad)
        self.ax_.set_ylabel(_symbol(*second), labelpad=labelpad)


def _is_in_space(kind, ax):
    """Whether to draw in three dimensions, for which the caller's axes must be made."""
    if kind not in ("contour", "surface"):
        raise ValueError(f"kind must be 'contour' or 'surface', got {kind!r}.")
    in_space = kind == "surface"
    if ax is not None and (ax.name == "3d") != in_space:
        raise ValueError(
            f"kind={kind!r} needs {'' if in_space else 'no '}axes with projection='3d'."
        )
    return in_space


def _symbol(layer, i, j):
    """The weight as the article writes it, in TeX."""
    if i == 0:
        return f"$b_{{{j}}}^{{({layer})}}$"
    comma = "," if max(i, j) > 9 else ""
    return f"$w_{{{i}{comma}{j}}}^{{({layer})}}$"
