r"""
The cost surface, to be turned by hand
======================================

What does training descend?

The cost measures how wrong the predictions are, as half the mean squared error:

.. math::

    J = \frac{1}{2n} \sum_{i=1}^{n} (y_i - \hat y_i)^2 \qquad (5)

The data is given, so :math:`J` is a function of the weights alone: a landscape, whose height
training lowers step by step. With two weights it can be drawn in full. So the model here is one
sigmoid neuron of two inputs, without hidden layer and bias, on the article's three samples. In the
tutorial: :doc:`/tutorial/cost`, and the same neuron in motion in :doc:`/tutorial/gradient_descent`.
In the guide: :doc:`/guide/convergence`, on when training ends.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go

from sknnbasics import CostSurfaceDisplay, SigmoidMLPRegressor

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
y = np.array([0.75, 0.82, 0.93])
article = {
    "solver": "sgd",
    "momentum": 0,
    "batch_size": None,
    "learning_rate_init": 0.1 * len(X),
    "max_iter": 1000,
    "tol": None,
    "fit_intercept": False,
    "alpha": 0,
    "y_range": (0, 1),
    "init": "standard_normal",
}

# %%
# ``fit`` with one epoch starts where we want it to; ``partial_fit`` then goes on one step at a
# time, and the weights that each step leaves make the path.

neuron = SigmoidMLPRegressor(hidden_layer_sizes=(), **article | {"max_iter": 1})
start = [np.array([[-1.0], [0.0]])]
path = [start, neuron.fit(X, y, coefs_init=start).coefs_]
path += [neuron.partial_fit(X, y).coefs_ for _ in range(999)]
first, last = neuron.loss_curve_[0], neuron.cost(X, y)
print(f"cost: {first:.5f} at the start, {last:.5f} at the end")

landscape = CostSurfaceDisplay.from_estimator(neuron, X, y, path=path, span=1.5)
landscape.ax_.set_title("1000 steps of gradient descent, seen from above")
plt.show()

# %%
# The contours lie close where the ground is steep. Each step goes straight down the slope, across
# the contours: first over the shoulder on the left, then along the floor of a valley to the lowest
# point, marked by the star. The length of a step is proportional to the slope, so that progress on
# the floor is slow:

lengths = [np.linalg.norm(after[0] - before[0]) for before, after in pairwise(path)]
print(f"longest step {max(lengths):.3f}, last step {lengths[-1]:.1e}")

# %%
# The same surface in space: drag it, or move the slider, to turn it, and hover to read off the
# cost. It takes its numbers from the display. In a script, ``figure.show()`` opens it in the
# browser.

height = landscape.cost.max()
figure = go.Figure(
    [
        go.Surface(
            x=landscape.xx0,
            y=landscape.xx1,
            z=landscape.cost,
            colorscale="Viridis",
            showscale=False,
            contours_z={
                "show": True,
                "color": "white",
                "start": 0,
                "end": height,
                "size": height / 20,
            },
            hovertemplate="w₁ %{x:.2f}<br>w₂ %{y:.2f}<br>J %{z:.4f}<extra></extra>",
        ),
        go.Scatter3d(
            x=landscape.path[:, 0],
            y=landscape.path[:, 1],
            z=landscape.path_cost
            + height / 100,  # off the ground, which would swallow the line
            mode="lines",
            line={"color": "#ff7f0e", "width": 8},
            hoverinfo="skip",
        ),
    ]
)

# The surface is seen from a circle around it: a step of the slider is a place on it.
angles = np.radians(np.arange(-60, 301, 15))
views = [
    {
        "eye": {"x": 2.4 * np.cos(a), "y": 2.4 * np.sin(a), "z": 1.3},
        "center": {"z": -0.2},
    }
    for a in angles
]
figure.frames = [
    go.Frame(name=f"{np.degrees(a) + 60:.0f}°", layout={"scene": {"camera": view}})
    for a, view in zip(angles, views, strict=True)
]
figure.update_layout(
    template="none",
    height=520,
    margin={"l": 0, "r": 0, "t": 0, "b": 0},
    scene={
        "xaxis_title": "w₁",
        "yaxis_title": "w₂",
        "zaxis_title": "J",
        "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.8},
        "camera": views[0],
    },
    meta={
        "step": "seen from",
        "alt": "The cost over both weights as a surface in space: two plateaus, a "
        "steep slope between them, and a valley, with the path of training down the "
        "slope and along the valley. The contours above show the same.",
    },
)
figure

# %%
# With a hidden layer
# -------------------
# The 2-3-1 network has nine weights. A picture can vary two of them and must hold the others, here
# where training left them: a slice through the landscape. The path is the shadow that the real one
# casts on it.

network = SigmoidMLPRegressor(hidden_layer_sizes=(3,), random_state=43, **article)
path = [network.partial_fit(X, y).coefs_ for _ in range(1000)]
cut = CostSurfaceDisplay.from_estimator(
    network, X, y, weights=((1, 1, 1), (1, 1, 3)), path=path, span=1.5
)
cut.ax_.set_title("Two of the nine weights of the 2-3-1 network")
plt.show()

# %%
# In this slice training has arrived: to five decimals, no point of it lies lower than the star. The
# slopes along all nine weights are small there, but not zero, so that more steps would lower the
# cost a little.

slope = max(abs(grad).max() for grad in network.cost_gradient(X, y)[0])
print(f"cost after 1000 steps {cut.point_cost:.5f}", end=", ")
print(f"lowest of the slice {cut.cost.min():.5f}")
print(f"steepest of the nine slopes there: {slope:.1e}")

# %%
# Not convex
# ----------
# The article squares the errors in the hope of a convex cost. In the predictions it is one, but the
# sigmoid comes between them and the weights. A convex function never bends downwards along a
# straight line, so that no second difference of it is negative. Here many are, even for the single
# neuron, and where training ends may depend on where it starts.

for name, display in [("one neuron", landscape), ("2-3-1 network", cut)]:
    bends = np.diff(display.cost, n=2, axis=1)
    share = 100 * (bends < 0).mean()
    print(f"{name}: {share:.0f} % of the second differences are negative")
