"""What the moving pictures of the pages show: real fits of the package, frame by frame.

A recording is a dict that `moving.js` draws with plotly, and `stills.py` with matplotlib:

traces, layout
    of plotly, shared by all frames; the colours "@text", "@muted", "@grid" and "@back"
    are those of the page.
narrow
    what changes in the layout where the picture is narrower than 600 pixels.
height, narrow_height
    of the picture in pixels.
choice, variants
    the runs to choose between. A variant has a name, traces, layout and frames.
step
    what a frame is: a visit, a step, an epoch.
frames
    Each has a label and a text, the values that it changes in the traces, by their
    index, and in `upto` the number of points that a trace shows of those it has.
still
    the variant and the frame to show where nothing moves.
"""

import warnings
from functools import cache

import numpy as np
from sklearn.datasets import make_circles

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics.functional import sigmoid, step

BLUE, ORANGE, RED = "#1a7fd6", "#e66100", "#d02020"
PALE_BLUE, PALE_ORANGE = "rgba(26, 127, 214, 0.22)", "rgba(230, 97, 0, 0.16)"
# From where the output is 0, orange, to where it is 1, blue.
OUTPUT_SCALE = [[0, "#f08a3c"], [0.5, "#f4f1ee"], [1, "#4a9be0"]]
X_ARTICLE, Y_ARTICLE = np.array([[3.0, 5], [5, 1], [10, 2]]), np.array([0.75, 0.82, 0.93])


def rounded(values, digits=3):
    return np.round(np.asarray(values, dtype=float), digits).tolist()


def number(value, digits=2):
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def vector(values, digits=2):
    return "(" + ", ".join(number(value, digits) for value in values) + ")"


def axis(title, low, high, **others):
    return {"title": {"text": title}, "range": [low, high]} | others


def marks(name, x, y, **marker):
    return {"type": "scatter", "mode": "markers", "name": name, "x": x, "y": y, "marker": marker}


def line(name, x, y, **style):
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": style}


def two_panels(left, right, height, narrow_height):
    """A layout with a square picture beside a curve, or above it where there is no room."""
    layout = {
        "xaxis": left[0] | {"domain": [0, 0.54]},
        "yaxis": left[1] | {"domain": [0, 1]},
        "xaxis2": right[0] | {"domain": [0.66, 1], "anchor": "y2"},
        "yaxis2": right[1] | {"domain": [0, 1], "anchor": "x2"},
        "showlegend": False,
    }
    narrow = {
        "xaxis": {"domain": [0, 1]},
        "yaxis": {"domain": [0.46, 1]},
        "xaxis2": {"domain": [0, 1]},
        "yaxis2": {"domain": [0, 0.3]},
    }
    return {
        "layout": layout,
        "narrow": narrow,
        "height": height,
        "narrow_height": narrow_height,
    }


# A perceptron, visit by visit


def firing_side(w, b, low, high):
    """The corners of the part of the square where the unit fires."""
    square = [(low, low), (high, low), (high, high), (low, high)]
    inside = []
    for (p, q), (r, s) in zip(square, [*square[1:], square[0]], strict=True):
        here, there = w[0] * p + w[1] * q + b, w[0] * r + w[1] * s + b
        if here > 0:
            inside.append((p, q))
        if (here > 0) != (there > 0):
            share = here / (here - there)
            inside.append((p + share * (r - p), q + share * (s - q)))
    return inside


def cut(w, b, low, high):
    """Two points of the line w·x + b = 0, beyond the square, or none."""
    length = np.hypot(*w)
    if length == 0:
        return [None, None], [None, None]
    foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
    ends = np.array([foot - 30 * along, foot + 30 * along])
    return rounded(ends[:, 0]), rounded(ends[:, 1])


def visits(X, y, low, high, digits, **arguments):
    """Train a unit visit by visit until an epoch passes without a mistake."""
    gate = PerceptronClassifier(average=False, **arguments)
    frames, epoch, corrections = [], 0, 0
    while True:
        epoch, before = epoch + 1, corrections
        for i, (x, target) in enumerate(zip(X, y, strict=True)):
            first = not hasattr(gate, "coef_")
            w, b = (None, None) if first else (gate.coef_[0].copy(), gate.intercept_[0])
            gate.partial_fit(X[[i]], y[[i]], classes=[0, 1])
            after_w, after_b = gate.coef_[0], gate.intercept_[0]
            if first:  # the first sample is one that the start gets right
                w, b = after_w.copy(), after_b
            z = x @ w + b
            output = int(step(z))
            wrong = output != target
            corrections += wrong
            said = (
                f"Epoch {epoch}, x = {vector(x, digits)}, target t = {target}. "
                f"w·x + b = {number(z, 2)}, so the output is o = {output}: "
            )
            if wrong:
                sign, rate = "+" if target else "−", gate.eta0
                said += (
                    f"an error. w = {vector(w)} {sign} {rate:g} · {vector(x, digits)} = "
                    f"{vector(after_w)}, b = {number(b)} {sign} {rate:g} = {number(after_b)}."
                )
            else:
                said += f"right. w = {vector(w)} and b = {number(b)} stay."
            side = firing_side(after_w, after_b, low, high)
            old, new = cut(w, b, low, high), cut(after_w, after_b, low, high)
            color = RED if wrong else "@muted"
            frames.append(
                {
                    "label": f"{len(frames) + 1}",
                    "text": said,
                    "upto": {6: len(frames) + 1},
                    "traces": {
                        7: {"x": [len(frames) + 1], "y": [int(corrections)]},
                        0: {"x": rounded([p for p, _ in side]), "y": rounded([q for _, q in side])},
                        1: {"x": old[0], "y": old[1]},
                        2: {"x": new[0], "y": new[1]},
                        5: {
                            "x": [float(x[0])],
                            "y": [float(x[1])],
                            "marker": {"line": {"color": color}},
                        },
                    },
                }
            )
        if corrections == before:
            frames[-1]["text"] += f" No error in epoch {epoch}: the training ends."
            return frames


@cache
def perceptron():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    rng = np.random.RandomState(43)
    clouds = np.vstack([rng.normal([1, 0.8], 0.55, (10, 2)), rng.normal([2.6, 2.2], 0.55, (10, 2))])
    labels = np.repeat([0, 1], 10)
    order = np.concatenate([[0], 1 + rng.permutation(19)])
    clouds, labels = clouds[order].round(1), labels[order]
    and_gate = visits(
        corners, np.array([0, 0, 0, 1]), -0.6, 3.6, 0,
        threshold=2, init="uniform", eta0=0.1, shuffle=False, random_state=43,
    )  # fmt: skip
    two_clouds = visits(clouds, labels, -0.6, 3.6, 1, eta0=0.1, shuffle=False)

    variants = []
    for name, X, y, frames in [
        ("AND", corners, np.array([0, 0, 0, 1]), and_gate),
        ("two clouds", clouds, labels, two_clouds),
    ]:
        n, most = len(frames), frames[-1]["traces"][7]["y"][0]
        counts = [frame["traces"][7]["y"][0] for frame in frames]
        variants.append(
            {
                "name": name,
                "traces": {
                    3: {"x": rounded(X[y == 0, 0]), "y": rounded(X[y == 0, 1])},
                    4: {"x": rounded(X[y == 1, 0]), "y": rounded(X[y == 1, 1])},
                    6: {"x": list(range(1, n + 1)), "y": counts},
                },
                "layout": {
                    "xaxis2": {"range": [0, n + 1]},
                    "yaxis2": {"range": [-0.04 * most, 1.08 * most]},
                },
                "frames": frames,
            }
        )
    panels = two_panels(
        (axis("x₁", -0.6, 3.6), axis("x₂", -0.6, 3.6)),
        (axis("visit", 0, 1), axis("corrections so far", 0, 1)),
        440, 680,
    )  # fmt: skip
    panels["layout"] |= {
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    edge = {"width": 1, "color": "@text"}
    second = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    return {
        "step": "visit",
        "choice": "Samples",
        "interval": 600,
        "traces": [
            line("fires", [], [], width=0)
            | {"fill": "toself", "fillcolor": PALE_BLUE, "showlegend": False},
            line("line before", [], [], width=2, dash="dash", color="@muted"),
            line("line after", [], [], width=3, color="@text"),
            marks("t = 0", [], [], size=13, color=ORANGE, line=edge),
            marks("t = 1", [], [], size=13, color=BLUE, line=edge),
            marks("visited", [], [], size=24, color="rgba(0, 0, 0, 0)", line={"width": 3})
            | {"showlegend": False},
            line("corrections", [], [], width=3, color=RED, shape="hv") | second,
            marks("now", [], [], size=10, color=RED) | second,
        ],
        "variants": variants,
        "still": [0, -1],
        **panels,
    }


# One sigmoid neuron, with sliders for its weight and its bias


@cache
def neuron():
    x = np.linspace(-6, 6, 121)
    return {
        "sliders": [
            {"name": "w", "label": "weight w", "min": -10, "max": 10, "step": 0.5, "value": 2},
            {"name": "b", "label": "bias b", "min": -10, "max": 10, "step": 0.5, "value": -1},
        ],
        "formula": "neuron",
        "height": 360,
        "narrow_height": 320,
        "traces": [
            line("step", [-6, 0.5, 0.5, 6], [0, 0, 1, 1], width=2, dash="dash", color=ORANGE),
            line("σ(w x + b)", rounded(x), rounded(sigmoid(2 * x - 1), 4), width=3, color=BLUE),
            marks("output ½", [0.5], [0.5], size=10, color="@text"),
        ],
        "layout": {
            "xaxis": axis("x", -6, 6),
            "yaxis": axis("output", -0.06, 1.06),
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }


# Gradient descent on a surface that can be drawn in full: one neuron of two inputs


@cache
def descent():
    n_steps, start = 60, np.array([[-1.0], [0.0]])

    def neuron(rate):
        return SigmoidMLPRegressor(
            hidden_layer_sizes=(), solver="sgd", momentum=0, batch_size=None,
            learning_rate_init=rate, max_iter=1, tol=None, fit_intercept=False, alpha=0,
            y_range=(0, 1),
        )  # fmt: skip

    w1, w2 = np.linspace(-1.3, 1.9, 65), np.linspace(-0.7, 1.3, 41)
    grid = np.stack(np.meshgrid(w1, w2), axis=-1)
    outputs = sigmoid(grid @ X_ARTICLE.T)
    surface = ((outputs - Y_ARTICLE) ** 2).sum(axis=-1) / (2 * len(X_ARTICLE))

    variants = []
    for rate, verdict in [
        (0.03, "too small"), (0.3, "the article's"), (1, "right"), (10, "too large"),
    ]:  # fmt: skip
        model = neuron(rate).fit(X_ARTICLE, Y_ARTICLE, coefs_init=[start])
        path = [start[:, 0], model.coefs_[0][:, 0].copy()]
        for _ in range(n_steps - 1):
            path.append(model.partial_fit(X_ARTICLE, Y_ARTICLE).coefs_[0][:, 0].copy())
        costs = [*model.loss_curve_, model.cost(X_ARTICLE, Y_ARTICLE)]
        frames = []
        for k, (w, cost) in enumerate(zip(path, costs, strict=True)):
            said = f"After {k} steps: w = {vector(w, 3)}, J = {number(cost, 5)}."
            if k == 0:
                said = f"The start: w = {vector(w, 3)}, J = {number(cost, 5)}."
            if k < n_steps:
                slope = (w - path[k + 1]) / rate
                said += f" Gradient {vector(slope, 4)}; next step {vector(-rate * slope, 4)}."
            frames.append(
                {
                    "label": f"{k}",
                    "text": said,
                    "upto": {1: k + 1, 3: k + 1},
                    "traces": {
                        2: {"x": rounded(w[:1], 4), "y": rounded(w[1:], 4)},
                        4: {"x": [k], "y": rounded([cost], 5)},
                    },
                }
            )
        path = np.array(path)
        variants.append(
            {
                "name": f"{rate:g}, {verdict}",
                "traces": {
                    1: {"x": rounded(path[:, 0], 4), "y": rounded(path[:, 1], 4)},
                    3: {"x": list(range(n_steps + 1)), "y": rounded(costs, 5)},
                },
                "frames": frames,
            }
        )
    return {
        "step": "step",
        "interval": 200,
        "choice": "Learning rate η",
        "traces": [
            {
                "type": "contour", "x": rounded(w1), "y": rounded(w2),
                "z": rounded(np.sqrt(surface), 4), "colorscale": "Viridis",
                "ncontours": 30, "showscale": False, "hoverinfo": "skip",
            },
            {"type": "scatter", "mode": "lines+markers", "name": "path", "x": [], "y": [],
             "line": {"width": 2, "color": "#ff8c1a"}, "marker": {"size": 5, "color": "#ff8c1a"}},
            marks("now", [], [], size=14, color="white", line={"width": 3, "color": RED}),
            line("cost", [], [], width=3, color=BLUE) | {"xaxis": "x2", "yaxis": "y2"},
            marks("now", [], [], size=11, color=RED) | {"xaxis": "x2", "yaxis": "y2"},
        ],
        "variants": variants,
        "still": [2, -1],
        **two_panels(
            (axis("w₁", -1.3, 1.9), axis("w₂", -0.7, 1.3)),
            (axis("step", -2, n_steps + 2), axis("cost J", -0.02, 0.36)),
            400, 620,
        ),
    }  # fmt: skip


# A network that learns what one unit cannot


def network_frames(X, y, epochs, n_hidden, low, high):
    """The outputs over a square, and the cost, after chosen epochs of one training."""
    side = np.linspace(low, high, 41)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    network = SigmoidMLPRegressor(
        hidden_layer_sizes=(n_hidden,), solver="sgd", momentum=0.9, batch_size=None,
        learning_rate_init=2.0, max_iter=epochs[-1], tol=None, alpha=0, y_range=(0, 1),
        init="standard_normal", random_state=43,
    )  # fmt: skip
    frames = []
    for epoch in range(1, epochs[-1] + 1):
        network.partial_fit(X, y)
        if epoch in epochs:
            outputs = network.predict(points).reshape(41, 41)
            right = int(((network.predict(X) > 0.5) == y).sum())
            cost = network.cost(X, y)
            frames.append(
                {
                    "label": f"{epoch}",
                    "text": f"After {epoch} epochs: J = {number(cost, 4)}; on the right side "
                    f"of ½: {right} of {len(y)} samples.",
                    "upto": {3: epoch},
                    "traces": {
                        0: {"z": np.rint(100 * outputs).astype(int).tolist()},
                        4: {"x": [epoch], "y": rounded([cost], 4)},
                    },
                }
            )
    frames[0]["text"] = frames[0]["text"].replace("1 epochs", "1 epoch")
    traces = {
        0: {"x": rounded(side), "y": rounded(side)},
        1: {"x": rounded(X[y == 0, 0]), "y": rounded(X[y == 0, 1])},
        2: {"x": rounded(X[y == 1, 0]), "y": rounded(X[y == 1, 1])},
        3: {"x": list(range(1, epochs[-1] + 1)), "y": rounded(network.loss_curve_, 4)},
    }
    layout = {
        "xaxis": {"range": [low, high]},
        "yaxis": {"range": [low, high]},
        "xaxis2": {"range": [-0.03 * epochs[-1], 1.03 * epochs[-1]]},
        "yaxis2": {"range": [-0.01, 1.08 * max(network.loss_curve_)]},
    }
    return {"traces": traces, "layout": layout, "frames": frames}


@cache
def network():
    corners, xor = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    circles, ring = make_circles(200, noise=0.08, factor=0.45, random_state=43)
    epochs = [1, *range(5, 201, 5)]
    later = [1, *range(6, 301, 6)]
    return {
        "step": "epoch",
        "interval": 200,
        "choice": "Samples",
        "traces": [
            {"type": "heatmap", "x": [], "y": [], "z": [], "zmin": 0, "zmax": 100,
             "zsmooth": "best", "colorscale": OUTPUT_SCALE, "showscale": False,
             "hovertemplate": "output %{z} %<extra></extra>"},
            marks("y = 0", [], [], size=11, color=ORANGE, line={"width": 1.5, "color": "#222"}),
            marks("y = 1", [], [], size=11, color=BLUE, line={"width": 1.5, "color": "#222"}),
            line("cost", [], [], width=3, color=BLUE) | {"xaxis": "x2", "yaxis": "y2"},
            marks("now", [], [], size=11, color=RED) | {"xaxis": "x2", "yaxis": "y2"},
        ],
        "variants": [
            {"name": "XOR"} | network_frames(corners, xor, epochs, 4, -0.5, 1.5),
            {"name": "two circles"} | network_frames(circles, ring, later, 6, -1.5, 1.5),
        ],
        "still": [0, -1],
        **two_panels(
            (axis("x₁", 0, 1), axis("x₂", 0, 1)), (axis("epoch", 0, 1), axis("cost J", 0, 1)),
            400, 640,
        ),
    }  # fmt: skip


# A curve of one variable


@cache
def curve():
    rng = np.random.RandomState(43)
    x = np.sort(rng.uniform(-3, 3, 30))
    t = np.sin(2 * x) + x / 2 + rng.normal(0, 0.25, 30)
    grid = np.linspace(-3, 3, 181)
    truth = np.sin(2 * grid) + grid / 2
    variants = []
    for n_hidden in [1, 3, 10, 100]:
        frames = []
        for alpha in [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # too much of a penalty is part of the picture
                network = SigmoidMLPRegressor(
                    hidden_layer_sizes=(n_hidden,), solver="lbfgs", alpha=alpha,
                    y_range=(-3, 3), max_iter=2000, max_fun=100_000, tol=1e-6,
                    init="standard_normal", random_state=43,
                ).fit(x[:, None], t)  # fmt: skip
            fitted = network.predict(grid[:, None])
            error = np.sqrt(np.mean((network.predict(x[:, None]) - t) ** 2))
            gap = np.sqrt(np.mean((fitted - truth) ** 2))
            units = "1 unit" if n_hidden == 1 else f"{n_hidden} units"
            frames.append(
                {
                    "label": f"{alpha:g}",
                    "text": f"{units}, alpha = {alpha:g}: {number(error)} from the "
                    f"samples (root mean square), {number(gap)} from the true curve.",
                    "traces": {2: {"y": rounded(fitted)}},
                }
            )
        variants.append({"name": f"{n_hidden}", "frames": frames})
    return {
        "step": "alpha",
        "choice": "Hidden units",
        "interval": 900,
        "height": 400,
        "narrow_height": 340,
        "traces": [
            line("true curve", rounded(grid), rounded(truth), width=2, dash="dash", color="@muted"),
            marks("samples", rounded(x), rounded(t), size=8, color=ORANGE),
            line("network", rounded(grid), [], width=3, color=BLUE),
        ],
        "layout": {
            "xaxis": axis("x", -3.1, 3.1),
            "yaxis": axis("y", -3, 3),
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
        "variants": variants,
        "first": [2, 3],
        "still": [2, 3],
    }


RECORDINGS = {
    "perceptron": perceptron,
    "neuron": neuron,
    "descent": descent,
    "network": network,
    "curve": curve,
}
