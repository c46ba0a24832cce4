"""Large batches on several threads: each takes a part of the rows, with a body of its own."""

from itertools import pairwise
from threading import Event

import numpy as np

from ..._threads import Workers, threads_for
from ._by_batch import ByBatch

# Multiplications of a piece; between two of them an interrupt ends the work of all threads.
_PIECE = 2**29


class Backprop(ByBatch):
    """Cost and gradient by several objects of one body, of equal parts of the rows.

    Threads of BLAS meet at the end of each product of each block, these once a batch.
    The caller limits BLAS to one thread: to do it here would take time of each batch.

    Parameters
    ----------
    body : class
        Another `Backprop`, for NumPy's arrays.
    n_threads : int
    layers, alpha, total_weight
        As of that class.
    """

    def __init__(self, body, n_threads, layers, alpha, total_weight):
        self.layers, self.alpha = layers, alpha
        self._bodies = [body(layers, alpha, total_weight) for _ in range(n_threads)]
        self._workers = Workers(n_threads - 1)  # this thread takes a part, too

    def cost_and_gradient(self, theta, X, T, s, rows=None):
        """Cost and gradient of the batch `rows`, or of all rows, at `theta`."""
        rows = slice(0, len(T)) if rows is None else rows
        n_threads = min(len(self._bodies), threads_for_rows(_n_rows(rows), self.layers, X))
        if n_threads == 1:  # of rows that are fewer than in most batches, or were merged
            return self._bodies[0].cost_and_gradient(theta, X, T, s, rows)
        total, stopped = float(s[rows].sum(dtype=np.float64)), Event()
        parts = [
            (body, theta, (X, T, s), part, total, stopped)
            for body, part in zip(self._bodies, _cut(rows, n_threads), strict=False)
        ]
        others = []
        try:
            for part in parts[1:]:
                others.append(self._workers.submit(_in_silence, *part))
            cost, grad = _in_pieces(*parts[0])
            for other in others:
                more_cost, more_grad = other.result()
                cost += more_cost
                grad += more_grad
        finally:
            stopped.set()  # where one has failed, none goes on
            for other in others:
                other.wait()
        return cost, grad

    def cost(self, theta, X, T, s):
        """Half the mean squared error of all rows at `theta`, without the penalty."""
        return self._bodies[0].cost(theta, X, T, s)

    def predict(self, theta, X):
        """Output activations, of shape (n_samples, n_outputs)."""
        return self._bodies[0].predict(theta, X)

    def update(self, theta, grad, optimizer):
        self._bodies[0].update(theta, grad, optimizer)


def threads_for_rows(n_rows, layers, X):
    """As many as a batch of so many rows of X has work for: one product forward, two back."""
    return threads_for(3 * n_rows * layers.n_weights * X.itemsize, n_rows)


def _in_pieces(body, theta, data, rows, total, stopped):
    """What some rows add to the cost and the gradient of a batch of this Σs."""
    cost, gradient = 0.0, None
    n_pieces = -(-_n_rows(rows) * body.layers.n_weights // _PIECE)
    for piece in _cut(rows, n_pieces):
        if stopped.is_set():
            break
        # The penalty is divided by the weights of all rows, so shares of it make up a whole.
        share = float(data[-1][piece].sum(dtype=np.float64)) / total
        cost_of_piece, grad = body.cost_and_gradient(theta, *data, piece)
        cost += share * cost_of_piece
        grad *= share  # which belongs to the body, and is overwritten by its next piece
        if gradient is not None:
            gradient += grad
        else:
            gradient = grad.copy() if n_pieces > 1 else grad
    return cost, gradient


def _in_silence(*args):
    """The same on another thread, which does not know what the caller's ignores."""
    with np.errstate(over="ignore", invalid="ignore"):
        return _in_pieces(*args)


def _cut(rows, n_parts):
    """Slices or row numbers of that many parts, none of them empty."""
    n_rows = _n_rows(rows)
    n_parts = min(n_parts, n_rows)
    ends = [number * n_rows // n_parts for number in range(n_parts + 1)]
    for start, stop in pairwise(ends):
        if isinstance(rows, slice):
            yield slice(rows.start + start, rows.start + stop)
        else:
            yield rows[start:stop]


def _n_rows(rows):
    return rows.stop - rows.start if isinstance(rows, slice) else len(rows)
