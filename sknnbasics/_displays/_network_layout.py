"""Where the units, the edges and their labels stand in the drawing of a network."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

# Of a drawing whose units stand 1 apart.
RADIUS = 0.32
ARROW = 0.5  # its length
GAP = 0.12  # between a unit or an arrow and a name


@dataclass
class Column:
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


def columns_of(sizes, max_units, with_bias):
    """The columns of layers of these sizes, of which all but the last may have a constant input."""
    if not isinstance(max_units, Integral) or max_units < 3:
        raise ValueError(f"max_units must be an integer of 3 or more, got {max_units!r}.")
    last = len(sizes) - 1
    columns = [
        Column.of(n, max_units, with_bias=with_bias and layer < last)
        for layer, n in enumerate(sizes)
    ]
    spacing = max(3.2, 0.55 * _most_rows(columns))
    for layer, column in enumerate(columns):
        column.x = spacing * layer
    return columns


def _most_rows(columns):
    return max(column.n_rows for column in columns)


def half_height(columns):
    """How far the highest column reaches from the middle of the drawing, which is at 0."""
    return (_most_rows(columns) - 1) / 2 + RADIUS + GAP


def figure_size(columns, inputs, outputs):
    """Inches that show the columns and the names at a readable size, within a screen."""
    letters = sum(max(map(_width, names)) for names in (inputs, outputs))
    width = columns[-1].x + 2
    height = _most_rows(columns) + 0.6
    scale = min(0.65, 12 / width, 8 / height)
    return max(4.5, scale * width + 0.08 * letters + 1.2), max(2.5, scale * height)


def _width(name):
    """Letters of the longest line; a formula is short."""
    return 2 if name.startswith("$") else max(map(len, name.split("\n")))


def segments(here, heights, there):
    """Lines from these heights of a column to every unit of the next one."""
    return [[(here.x, y), (there.x, to)] for y in heights for to in there.heights]


def clearest_spot(start, end, taken):
    """The point of an edge that is farthest from the labels that others have taken."""
    spots = start + np.linspace(0.2, 0.8, 25)[:, None] * (end - start)
    # Near its middle an edge is clear of its neighbours.
    off_middle = np.abs(np.linspace(-0.3, 0.3, 25))
    if not len(taken):
        return spots[off_middle.argmin()]
    apart = (spots[:, None] - taken) * [0.5, 1.0]  # labels are wider than high
    distances = np.linalg.norm(apart, axis=2).min(axis=1)
    return spots[np.argmax(np.minimum(distances, 0.35) - 0.1 * off_middle)]
