"""The same cost and gradient for NumPy and CSR input: row blocks in a kept workspace.

The equations are the reference's, and so are their numbers. Two things differ:

* The rows are taken in blocks whose activations fit the cache, and the sums
  over the rows add up block by block. Beyond the data and the parameters,
  memory is that of one block, whatever the number of rows.
* Results are written where the last call left room for them. A fresh array of
  more than 128 KiB goes back to the system when freed, and its pages cost more
  to fault in again than the arithmetic that fills them.
"""

import numpy as np

from ._by_batch import ByBatch

# The widest layer of a block takes about this many bytes, of the order of a
# second-level cache; with fewer than 1024 rows the matrix products lose speed.
_BLOCK_BYTES = 2**21
_MIN_BLOCK_ROWS = 1024


class Backprop(ByBatch):
    """Cost, gradient and predictions for parameters in one flat vector.

    It writes in a workspace of its own, so one object serves one thread.

    Parameters
    ----------
    layers : Layers
    alpha : float
        L2 penalty.
    total_weight : float, default=None
        Σs of all rows that training sees, so that the cost of a batch estimates
        theirs; None: that of the rows of the call.
    block_rows : int, default=None
        Most rows of a block; None chooses them by the widths of the layers.
    """

    def __init__(self, layers, alpha, total_weight=None, *, block_rows=None):
        self.layers = layers
        self.alpha = alpha
        self.total_weight = total_weight
        self.block_rows = block_rows
        self._parameters = self._room = self._block = None

    def __getstate__(self):
        return vars(self) | {"_parameters": None, "_room": None, "_block": None}

    def cost_and_gradient(self, theta, X, T, s, rows=None):
        """Cost and gradient of the batch `rows`, or of all rows, at `theta`.

        `rows` is a slice, or an array of indices, none of them negative. The
        gradient, shaped as theta, is overwritten by the next call.
        """
        if isinstance(rows, slice):
            X, T, s, rows = X[rows], T[rows], s[rows], None
        at = self._parameters_at(theta)
        total = _sum(s if rows is None else s[rows])
        cost, grads = 0.0, at.grads
        for where, block in self._blocks(X, len(T) if rows is None else len(rows)):
            x, t, weights = block.load(X, T, s, where, rows)
            _feedforward(x, block.activations, at)
            cost += _weighted_error(t, weights, total, block)
            _backpropagate(x, block, at.coefs, *grads)
            if grads is at.block_grads:
                at.grad += at.block_grad
            grads = at.block_grads
        if self.alpha:
            cost += at.penalise(self.alpha / (self.total_weight or total))
        return cost, at.grad

    def cost(self, theta, X, T, s):
        """Half the mean squared error of all rows at `theta`, without the penalty."""
        at = self._parameters_at(theta)
        cost, total = 0.0, _sum(s)
        for where, block in self._blocks(X, len(T)):
            _feedforward(X[where], block.activations, at)
            cost += _weighted_error(T[where], s[where], total, block)
        return cost

    def predict(self, theta, X):
        """Output activations, of shape (n_samples, n_outputs)."""
        at = self._parameters_at(theta)
        outputs = np.empty((X.shape[0], self.layers.sizes[-1]), theta.dtype)
        for where, block in self._blocks(X, X.shape[0]):
            outputs[where] = _feedforward(X[where], block.activations, at)
        return outputs

    def _parameters_at(self, theta):
        if self._parameters is None or self._parameters.grad.dtype != theta.dtype:
            self._parameters = _Parameters(self.layers, theta.dtype)
        self._parameters.move_to(theta)
        return self._parameters

    def _blocks(self, X, n_rows):
        """Slice of the rows, and room for them, of one block after another."""
        # Sparse rows are neither gathered nor held dense.
        widths = (self.layers.sizes[0] if isinstance(X, np.ndarray) else 0, *self.layers.sizes[1:])
        dtype = self._parameters.grad.dtype
        fitting = _BLOCK_BYTES // (dtype.itemsize * max(widths))
        step = max(1, min(n_rows, self.block_rows or max(fitting, _MIN_BLOCK_ROWS)))
        if self._room is None or not self._room.holds(step, widths, dtype):
            self._room = self._block = _Block.empty(step, widths, dtype)
        for start in range(0, n_rows, step):
            stop = min(start + step, n_rows)
            if len(self._block.ones) != stop - start:
                self._block = self._room.head(stop - start)
            yield slice(start, stop), self._block


class _Parameters:
    """theta and its gradient, layer by layer.

    The forward pass reads theta / 2, which makes the half of σ(z) = (1 + tanh(z / 2)) / 2
    a factor of the few parameters and not of the many z.
    """

    def __init__(self, layers, dtype):
        self.layers = layers
        self.theta = None
        self.half, self.grad, self.block_grad = np.empty((3, layers.n_parameters), dtype)
        self.half_coefs, self.half_intercepts = layers.split(self.half)
        self.grads = layers.split(self.grad)
        self.block_grads = layers.split(self.block_grad)

    def move_to(self, theta):
        if theta is not self.theta:
            self.theta, self.coefs = theta, self.layers.split(theta)[0]
        np.multiply(theta, 0.5, out=self.half)

    def penalise(self, decay):
        """Add decay W⁽ˡ⁾ to the gradient; return the penalty decay/2 Σ‖W⁽ˡ⁾‖²."""
        n = sum(W.size for W in self.coefs)
        decayed = np.multiply(self.theta[:n], decay, out=self.half[:n])
        self.grad[:n] += decayed
        decayed *= self.theta[:n]
        return 0.5 * _sum(decayed)


class _Block:
    """Room for some rows: for what is gathered of them, then two arrays a layer."""

    def __init__(self, arrays):
        self.arrays = arrays
        self.inputs, self.errors, self.weights, self.ones = arrays[:4]
        self.activations, self.deltas = arrays[4::2], arrays[5::2]

    @classmethod
    def empty(cls, n_rows, widths, dtype):
        layers = [np.empty((n_rows, n), dtype) for n in np.repeat(widths[1:], 2)]
        inputs, errors = np.empty((n_rows, widths[0]), dtype), np.empty_like(layers[-1])
        return cls([inputs, errors, np.empty(n_rows, dtype), np.ones(n_rows, dtype), *layers])

    def holds(self, n_rows, widths, dtype):
        fits = len(self.ones) >= n_rows and self.inputs.shape[1] == widths[0]
        return fits and self.ones.dtype == dtype

    def head(self, n_rows):
        return _Block([array[:n_rows] for array in self.arrays])

    def load(self, X, T, s, where, rows):
        """Fetch inputs, targets and weights of the rows `where`, or of rows[where]."""
        if rows is None:
            return X[where], T[where], s[where]
        rows = rows[where]
        return (
            _take(X, rows, self.inputs),
            _take(T, rows, self.errors),
            _take(s, rows, self.weights),
        )


def _take(source, rows, out):
    """source[rows], in `out` if that spares a copy."""
    if not isinstance(source, np.ndarray) or source.dtype != out.dtype:
        return source[rows]
    if source.flags.c_contiguous:
        return source.take(rows, axis=0, out=out, mode="clip")  # other modes buffer `out`
    if source.flags.f_contiguous:
        return source.T.take(rows, axis=1, out=out.reshape(out.shape[::-1]), mode="clip").T
    return source[rows]


def _product(a, b, out):
    """Write a @ b in `out`."""
    if isinstance(a, np.ndarray):
        np.dot(a, b, out=out)
    else:
        out[...] = a @ b


def _sum(array):
    return float(np.add.reduce(array, axis=None, dtype=np.float64))


def _feedforward(x, activations, at):
    """Fill in the activations of a block, equations (1) to (4); return the last."""
    for layer, a in enumerate(activations):
        _product(x, at.half_coefs[layer], out=a)
        if at.half_intercepts:
            a += at.half_intercepts[layer]
        np.tanh(a, out=a)
        a *= 0.5
        a += 0.5
        x = a
    return x


def _weighted_error(t, weights, total, block):
    """Cost of a block, its share of equation (5); its last delta, for now without f'."""
    error, delta = block.errors, block.deltas[-1]
    np.subtract(block.activations[-1], t, out=error)
    np.multiply(error, (weights / total)[:, None], out=delta)  # 1 / total may overflow
    error *= delta
    return 0.5 * _sum(error)


def _backpropagate(x, block, coefs, coef_grads, intercept_grads):
    """Fill in the deltas and the gradients of a block, equations (7) to (15)."""
    for layer in reversed(range(len(coefs))):
        a, delta = block.activations[layer], block.deltas[layer]
        delta *= a
        np.subtract(1, a, out=a)  # a has served its last
        delta *= a
        _product(block.activations[layer - 1].T if layer else x.T, delta, out=coef_grads[layer])
        if intercept_grads:
            np.dot(block.ones, delta, out=intercept_grads[layer])
        if layer:
            np.dot(delta, coefs[layer].T, out=block.deltas[layer - 1])
