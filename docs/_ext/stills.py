"""The still of a moving picture: one frame of a recording, drawn with matplotlib."""

import re

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

PAGE = {"@text": "#222832", "@muted": "#707782", "@grid": "#dddddd", "@back": "white"}


def merged(base, *changes):
    """A dict with the changes put in, dicts within it alike."""
    result = dict(base)
    for change in changes:
        for key, value in change.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result


def frame_of(recording, variant, frame):
    """The traces and the layout of one frame, as `moving.js` puts them together."""
    traces, layout = recording["traces"], recording["layout"]
    if "variants" not in recording:
        return traces, layout
    variant = recording["variants"][variant]
    frame = variant["frames"][frame]
    together = []
    for k, trace in enumerate(traces):
        trace = merged(trace, variant.get("traces", {}).get(k, {}), frame["traces"].get(k, {}))
        if k in frame.get("upto", {}):
            trace |= {axis: trace[axis][: frame["upto"][k]] for axis in "xy"}
        together.append(trace)
    return together, merged(layout, variant.get("layout", {}))


def color(name):
    if not (name and name.startswith("rgba")):
        return PAGE.get(name, name)
    red, green, blue, alpha = map(float, re.findall(r"[\d.]+", name))
    return red / 255, green / 255, blue / 255, alpha


def draw(ax, trace):
    if trace["type"] in ("contour", "heatmap"):
        scale = trace["colorscale"]
        if not isinstance(scale, str):
            scale = LinearSegmentedColormap.from_list("output", scale)
            scaled = {"cmap": scale, "vmin": trace["zmin"], "vmax": trace["zmax"]}
            ax.pcolormesh(trace["x"], trace["y"], trace["z"], shading="gouraud", **scaled)
        else:
            levels = trace["ncontours"]
            ax.contourf(trace["x"], trace["y"], trace["z"], levels=levels, cmap=scale.lower())
        return
    x, y = (np.array(trace[axis], dtype=float) for axis in "xy")
    if trace.get("fill"):
        ax.fill(x, y, color=color(trace["fillcolor"]), linewidth=0)
        return
    label = trace["name"] if trace.get("showlegend", True) else None
    if "lines" in trace["mode"]:
        style = trace["line"]
        dash = "--" if style.get("dash") else "-"
        width = style["width"] * 0.8
        ax.plot(x, y, dash, color=color(style["color"]), lw=width, label=label)
        label = None
    if "markers" in trace["mode"]:
        marker = trace["marker"]
        edge = marker.get("line", {})
        ax.scatter(
            x, y, s=(0.75 * marker["size"]) ** 2, color=color(marker["color"]), label=label,
            edgecolors=color(edge.get("color")) or "none", lw=edge.get("width", 0), zorder=3,
        )  # fmt: skip


def still(recording, path):
    """Draw the frame that `recording["still"]` names."""
    traces, layout = frame_of(recording, *recording.get("still", (0, -1)))
    two = "xaxis2" in layout
    figure = Figure(figsize=(8.4, 4.2) if two else (6.4, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = dict(zip(["x", "x2"], np.atleast_1d(figure.subplots(1, 1 + two)), strict=False))
    for trace in traces:
        draw(axes[trace.get("xaxis", "x")], trace)
    for name, ax in axes.items():
        for letter in "xy":
            described = layout[letter + "axis" + name[1:]]
            ax.set(
                **{f"{letter}lim": described["range"], f"{letter}label": described["title"]["text"]}
            )
    if layout["yaxis"].get("scaleanchor"):
        axes["x"].set_aspect("equal")
    if layout.get("showlegend", True):
        figure.legend(loc="outside upper center", ncols=4)
    figure.savefig(path, dpi=160)
