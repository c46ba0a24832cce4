# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: cdivision=True, freethreading_compatible=True
"""The same cost and gradient in Cython, and whole epochs; the mathematics stand in `_reference.py`.

Rows are taken in blocks whose activations fit the cache, and the sums over the
rows add up block by block. Each a⁽ˡ⁾ gives its place to delta⁽ˡ⁾, so memory is
that of one array a layer of a block, and of one more of the widest layer.

The products are those of SciPy's BLAS. All other sums are taken in one order,
whatever the processor.
"""

import re

from cpython.exc cimport PyErr_CheckSignals
from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer
from cython cimport floating
from libc.limits cimport INT_MAX
from libc.math cimport sqrt, sqrtf
from libc.stdint cimport int64_t
from libc.string cimport memcpy, memset

import numpy as np
from scipy.linalg import cython_blas

from .._optimizers import Adam, GradientDescent
from ._by_batch import ByBatch

cdef extern from "_sigmoid.h":
    # What a loop over elements returns, which nobody asks for: the place of an attribute.
    ctypedef int vectorised "FOR_EACH_VECTOR_WIDTH int"
    double sigmoid_of_double(double z) noexcept nogil
    float sigmoid_of_float(float z) noexcept nogil

cdef extern from "../../_prefetch.h":
    void fetch_ahead(const void* first, int64_t n_bytes) noexcept nogil

ctypedef void (*dgemm_t)(
    char*, char*, int*, int*, int*, double*, double*, int*, double*, int*, double*, double*, int*
) noexcept nogil
ctypedef void (*sgemm_t)(
    char*, char*, int*, int*, int*, float*, float*, int*, float*, int*, float*, float*, int*
) noexcept nogil

cdef enum:
    # Of more rows the activations of middling layers leave the nearer caches, and BLAS its
    # products for small matrices; of fewer the products of wide layers lose speed.
    MAX_BLOCK_ROWS = 200
    CACHE_LINE = 64
    ROWS_AHEAD = 8  # that are fetched while one is gathered
    # Multiplications after which signals are looked for: some hundredths of a second.
    MAX_UNINTERRUPTED = 1 << 27

cdef void* _blas(name, signature) except NULL:
    """A function that SciPy's BLAS has for Cython, which need not be there to compile this."""
    capsule = getattr(cython_blas, "__pyx_capi__", {}).get(name)
    if capsule is None:
        raise ImportError(f"SciPy's BLAS has no {name} for Cython.")
    found = PyCapsule_GetName(capsule)
    if re.sub(r"__pyx_t_\w+_[ds]\b", "real", found.decode()) != signature:
        raise ImportError(f"{name} of SciPy's BLAS is {found}, not {signature}")
    return PyCapsule_GetPointer(capsule, found)


cdef str GEMM = (
    "void (char *, char *, int *, int *, int *, real *, real *, int *, real *, int *, real *, "
    "real *, int *)"
)
cdef dgemm_t dgemm = <dgemm_t> _blas("dgemm", GEMM)
cdef sgemm_t sgemm = <sgemm_t> _blas("sgemm", GEMM)


cdef struct Net:
    # The layers, and where what belongs to each begins in theta and in a row of the workspace.
    Py_ssize_t n_layers  # of weights
    Py_ssize_t n_weights
    Py_ssize_t n_parameters
    bint fit_intercept
    const Py_ssize_t* sizes
    const Py_ssize_t* coefs
    const Py_ssize_t* intercepts
    const Py_ssize_t* activations  # one more than layers: the place of what is carried back
    Py_ssize_t block_rows


cdef struct Batch:
    # Rows that follow each other from the first, or whose numbers do in an order.
    const Py_ssize_t* order
    Py_ssize_t first
    Py_ssize_t n_rows


cdef struct Update:
    # The settings of an optimizer, and how many updates it has made.
    bint adam
    bint nesterov
    double learning_rate
    double momentum
    double beta_1
    double beta_2
    double epsilon
    Py_ssize_t t


class Backprop(ByBatch):
    """Cost, gradient, epochs and predictions for parameters in one flat vector.

    Parameters and results are those of `_blocked.Backprop`, for NumPy's arrays alone.
    What does not fit the layers in shape raises ValueError.
    """

    def __init__(self, layers, alpha, total_weight=None, *, block_rows=None):
        self.layers = layers
        self.alpha = alpha
        self.total_weight = total_weight
        self._workspace = Workspace(layers, block_rows or MAX_BLOCK_ROWS)

    def cost_and_gradient(self, theta, X, T, s, rows=None):
        """Cost and gradient of the batch `rows`, or of all rows, at `theta`.

        `rows` is a slice, or an array of indices, none of them negative. The
        gradient, shaped as theta, is overwritten by the next call.
        """
        cdef Workspace workspace = self._workspace
        order = None
        if isinstance(rows, slice):
            X, T, s = X[rows], T[rows], s[rows]
        elif rows is not None:
            order = np.ascontiguousarray(rows, np.intp)
        workspace.make_room(len(T) if order is None else len(order), theta.dtype)
        X, T, s = _typed(theta, X, T, s)
        cost = _cost_and_gradient[_kind(theta)](
            workspace, theta, X, T, s, order, self.alpha, self.total_weight or 0
        )
        return cost, workspace.gradient

    def run_epoch(self, theta, X, T, s, optimizer, batches):
        """Move theta, in place, by one update a batch; give the mean cost of the batches."""
        # Rows that come several times, and other optimizers, have no loop here.
        if not batches.visits_each_row_once or type(optimizer) not in (GradientDescent, Adam):
            return super().run_epoch(theta, X, T, s, optimizer, batches)
        cdef Workspace workspace = self._workspace
        workspace.make_room(min(len(T), batches.batch_size), theta.dtype)
        X, T, s = _typed(theta, X, T, s)
        first_moment, second_moment = _moments(optimizer, theta)
        return _run_epoch[_kind(theta)](
            workspace, theta, X, T, s, batches.order(), batches.batch_size,
            self.alpha, self.total_weight or 0, optimizer, first_moment, second_moment,
        )

    def update(self, theta, grad, optimizer):
        """Move theta, in place, against a gradient."""
        if type(optimizer) not in (GradientDescent, Adam):
            return super().update(theta, grad, optimizer)
        _update_once[_kind(theta)](theta, grad, optimizer, *_moments(optimizer, theta))

    def cost(self, theta, X, T, s):
        """Half the mean squared error of all rows at `theta`, without the penalty."""
        cdef Workspace workspace = self._workspace
        workspace.make_room(len(T), theta.dtype)
        return _cost[_kind(theta)](workspace, theta, *_typed(theta, X, T, s))

    def predict(self, theta, X):
        """Output activations, of shape (n_samples, n_outputs)."""
        cdef Workspace workspace = self._workspace
        outputs = np.empty((len(X), workspace.net.sizes[workspace.net.n_layers]), theta.dtype)
        workspace.make_room(len(X), theta.dtype)
        _predict[_kind(theta)](workspace, theta, np.asarray(X, theta.dtype), outputs)
        return outputs


cdef class Workspace:
    """The layers as the loops read them, and the memory that they write to.

    To find these in attributes of Python takes longer than a small net takes to compute.
    One call at a time may use it.

    Parameters
    ----------
    layers : Layers
    most_rows : int
        Of a block.
    """

    cdef Net net
    cdef void* room  # of a block of rows
    cdef void* grad
    cdef readonly object activations, gradient  # whose memory these are
    cdef object layers, places
    cdef Py_ssize_t most_rows, room_of_row

    def __cinit__(self, layers, most_rows):
        self.layers, self.most_rows = layers, most_rows
        self.places, self.room_of_row = _places(layers)
        cdef const Py_ssize_t[:, ::1] places = self.places
        cdef Net* net = &self.net
        net.n_layers = places.shape[1] - 2
        net.n_weights, net.n_parameters = layers.n_weights, layers.n_parameters
        net.fit_intercept = layers.fit_intercept
        net.sizes, net.coefs, net.intercepts = &places[0, 0], &places[1, 0], &places[2, 0]
        net.activations = &places[3, 0]

    def __reduce__(self):
        return Workspace, (self.layers, self.most_rows)

    cdef make_room(self, Py_ssize_t n_rows, dtype):
        """Make room for a block of some rows, and for a gradient."""
        n_blocks = max(1, _n_parts(n_rows, self.most_rows))
        self.net.block_rows = max(1, _n_parts(n_rows, n_blocks))  # blocks of about one size
        size = self.net.block_rows * self.room_of_row
        held = self.activations
        if held is None or held.dtype != dtype or len(held) < size:
            activations, gradient = _aligned(size, dtype), _aligned(self.net.n_parameters, dtype)
            self.room, self.grad = _memory_of(activations), _memory_of(gradient)
            self.activations, self.gradient = activations, gradient


def _aligned(size, dtype):
    """Memory that begins with a line of the cache: vectors that straddle two take longer."""
    n_bytes = size * dtype.itemsize
    memory = np.empty(n_bytes + CACHE_LINE, np.uint8)
    start = -memory.__array_interface__["data"][0] % CACHE_LINE
    return memory[start : start + n_bytes].view(dtype)


cdef void* _memory_of(array) except NULL:
    return <void*> <size_t> array.ctypes.data


def _kind(theta):
    return "double" if theta.dtype == np.float64 else "float"


def _typed(theta, X, T, s):
    """The rows as the loops read them; X in any layout, and what they are already is no copy."""
    dtype = theta.dtype
    return np.asarray(X, dtype), np.ascontiguousarray(T, dtype), np.ascontiguousarray(s, dtype)


def _moments(optimizer, theta):
    """The arrays that an optimizer keeps, shaped as theta; None for one that it has not."""
    optimizer.begin(theta)
    if type(optimizer) is Adam:
        return optimizer.mean, optimizer.square
    return optimizer.velocity, None


def _places(layers):
    """What `Net` points to, a row for each of its four tables; and the width of the workspace."""
    sizes = np.array(layers.sizes, np.intp)
    n_layers = len(sizes) - 1
    places = np.zeros((4, n_layers + 2), np.intp)
    places[0, : n_layers + 1] = sizes
    places[1, 1 : n_layers + 1] = np.cumsum([m * n for m, n in layers.coef_shapes])
    places[2, : n_layers + 1] = layers.n_weights + np.cumsum(sizes) - sizes[0]
    places[3, 1 : n_layers + 2] = np.cumsum(sizes)
    return places, int(sizes.sum() + sizes.max())


# Shapes that the loops would read beyond are refused; the row numbers of an order are trusted


cdef int _check_inputs(
    const Net* net, Py_ssize_t n_parameters, Py_ssize_t n_rows, Py_ssize_t n_features
) except -1:
    if n_parameters != net.n_parameters or n_features != net.sizes[0]:
        raise ValueError(
            f"X of shape {(n_rows, n_features)} and {n_parameters} parameters are not for "
            f"{net.sizes[0]} inputs and {net.n_parameters} parameters."
        )
    return 0


cdef int _check_moments(
    Py_ssize_t n_parameters, const floating[::1] first, const floating[::1] second
) except -1:
    if first.shape[0] != n_parameters or (second is not None and second.shape[0] != n_parameters):
        raise ValueError(f"The optimizer's moments are not for {n_parameters} parameters.")
    return 0


cdef int _check_targets(
    const Net* net, Py_ssize_t n_rows, Py_ssize_t n_targets, Py_ssize_t n_outputs, Py_ssize_t n_s
) except -1:
    if n_targets != n_rows or n_outputs != net.sizes[net.n_layers] or n_s != n_rows:
        raise ValueError(
            f"T of shape {(n_targets, n_outputs)} and s of {n_s} weights are not for {n_rows} "
            f"rows and {net.sizes[net.n_layers]} outputs."
        )
    return 0


cdef Batch _all_rows(const Py_ssize_t[::1] order, Py_ssize_t n_rows):
    cdef Batch batch
    batch.order = NULL if order is None or not len(order) else &order[0]
    batch.first = 0
    batch.n_rows = n_rows if order is None else len(order)
    return batch


cdef Update _settings(optimizer):
    cdef Update update
    memset(&update, 0, sizeof(Update))
    update.learning_rate = optimizer.learning_rate
    update.adam = isinstance(optimizer, Adam)
    if update.adam:
        update.beta_1, update.beta_2 = optimizer.beta_1, optimizer.beta_2
        update.epsilon, update.t = optimizer.epsilon, optimizer.t
    else:
        update.momentum, update.nesterov = optimizer.momentum, optimizer.nesterov
    return update


# What the methods run, without the GIL


def _cost_and_gradient(
    Workspace workspace, const floating[::1] theta,
    const floating[:, :] X, const floating[:, ::1] T, const floating[::1] s,
    const Py_ssize_t[::1] order, double alpha, double total_weight,
):
    cdef floating* room = <floating*> workspace.room
    cdef floating* grad = <floating*> workspace.grad
    cdef double cost, total
    cdef Net net = workspace.net
    cdef Batch batch = _all_rows(order, T.shape[0])
    cdef Py_ssize_t work = 0
    _check_inputs(&net, theta.shape[0], X.shape[0], X.shape[1])
    _check_targets(&net, X.shape[0], T.shape[0], T.shape[1], s.shape[0])
    with nogil:
        total = _weight(s, &batch)
        cost = _gradient(
            &net, &theta[0], grad, room, X, T, s, &batch, total,
            alpha / (total_weight or total), &work,
        )
    return cost


def _run_epoch(
    Workspace workspace, floating[::1] theta,
    const floating[:, :] X, const floating[:, ::1] T, const floating[::1] s,
    const Py_ssize_t[::1] order, Py_ssize_t batch_size, double alpha, double total_weight,
    optimizer, floating[::1] first_moment, floating[::1] second_moment,
):
    cdef floating* room = <floating*> workspace.room
    cdef floating* grad = <floating*> workspace.grad
    cdef double cost, weight, costs = 0
    cdef Net net = workspace.net
    cdef Batch rows = _all_rows(order, T.shape[0]), batch
    cdef Update update = _settings(optimizer)
    cdef floating* mean = &first_moment[0]
    cdef floating* square = NULL if second_moment is None else &second_moment[0]
    cdef Py_ssize_t number, work = 0
    _check_inputs(&net, theta.shape[0], X.shape[0], X.shape[1])
    _check_targets(&net, X.shape[0], T.shape[0], T.shape[1], s.shape[0])
    _check_moments(net.n_parameters, first_moment, second_moment)
    try:
        with nogil:
            for number in range(_n_parts(rows.n_rows, batch_size)):
                batch = _part(&rows, number, batch_size)
                weight = _weight(s, &batch)
                cost = _gradient(
                    &net, &theta[0], grad, room, X, T, s, &batch, weight,
                    alpha / (total_weight or weight), &work,
                )
                _move(&theta[0], grad, mean, square, net.n_parameters, &update)
                costs += cost * batch.n_rows
    finally:  # also of an epoch that is interrupted
        if update.adam:
            optimizer.t = update.t
    return costs / rows.n_rows


def _update_once(
    floating[::1] theta, const floating[::1] grad,
    optimizer, floating[::1] first_moment, floating[::1] second_moment,
):
    cdef Update update = _settings(optimizer)
    cdef floating* square = NULL if second_moment is None else &second_moment[0]
    _check_moments(theta.shape[0], first_moment, second_moment)
    if grad.shape[0] != theta.shape[0]:
        raise ValueError(f"{grad.shape[0]} derivatives are not for {theta.shape[0]} parameters.")
    with nogil:
        _move(&theta[0], &grad[0], &first_moment[0], square, theta.shape[0], &update)
    if update.adam:
        optimizer.t = update.t


def _cost(
    Workspace workspace, const floating[::1] theta,
    const floating[:, :] X, const floating[:, ::1] T, const floating[::1] s,
):
    cdef floating* room = <floating*> workspace.room
    cdef Net net = workspace.net
    cdef Batch batch = _all_rows(None, T.shape[0]), block
    cdef double total, cost = 0
    cdef Py_ssize_t number, stride, work = 0
    cdef const floating* x
    _check_inputs(&net, theta.shape[0], X.shape[0], X.shape[1])
    _check_targets(&net, X.shape[0], T.shape[0], T.shape[1], s.shape[0])
    with nogil:
        total = _weight(s, &batch)
        for number in range(_n_parts(batch.n_rows, net.block_rows)):
            block = _part(&batch, number, net.block_rows)
            x = _inputs(&net, room, X, &block, &stride)
            _feedforward(&net, &theta[0], room, x, stride, block.n_rows)
            cost += _half_mse(_outputs(&net, room), T, s, &block, total)
            _answer_signals(&work, block.n_rows * net.n_weights)
    return cost


def _predict(
    Workspace workspace, const floating[::1] theta, const floating[:, :] X, floating[:, ::1] outputs
):
    cdef floating* room = <floating*> workspace.room
    cdef Net net = workspace.net
    cdef Batch batch = _all_rows(None, X.shape[0]), block
    cdef Py_ssize_t number, stride, work = 0
    cdef const floating* x
    _check_inputs(&net, theta.shape[0], X.shape[0], X.shape[1])
    with nogil:
        for number in range(_n_parts(batch.n_rows, net.block_rows)):
            block = _part(&batch, number, net.block_rows)
            x = _inputs(&net, room, X, &block, &stride)
            _feedforward(&net, &theta[0], room, x, stride, block.n_rows)
            memcpy(
                &outputs[block.first, 0], _outputs(&net, room),
                block.n_rows * outputs.shape[1] * sizeof(floating),
            )
            _answer_signals(&work, block.n_rows * net.n_weights)


cdef int _answer_signals(Py_ssize_t* work, Py_ssize_t more) except -1 nogil:
    # Ctrl-C raises KeyboardInterrupt here, where theta is whole.
    work[0] += more
    if work[0] > MAX_UNINTERRUPTED:
        work[0] = 0
        with gil:
            PyErr_CheckSignals()
    return 0


# A batch


cdef double _gradient(
    const Net* net, const floating* theta, floating* grad, floating* room,
    const floating[:, :] X, const floating[:, ::1] T, const floating[::1] s,
    const Batch* batch, double total, double decay, Py_ssize_t* work,
) except? -1 nogil:
    """Cost of a batch, equation (6); its gradient, (7) to (15), is left in `grad`."""
    cdef Batch block
    cdef Py_ssize_t number, stride
    cdef const floating* x
    cdef double cost = _penalty(theta, decay, grad, net.n_weights, net.n_parameters)
    for number in range(_n_parts(batch.n_rows, net.block_rows)):
        block = _part(batch, number, net.block_rows)
        x = _inputs(net, room, X, &block, &stride)
        _feedforward(net, theta, room, x, stride, block.n_rows)
        cost += _half_mse(_outputs(net, room), T, s, &block, total)
        _output_deltas(_outputs(net, room), T, s, &block, total)
        _backpropagate(net, theta, grad, room, x, stride, block.n_rows)
        _answer_signals(work, 3 * block.n_rows * net.n_weights)
    return cost


cdef inline Py_ssize_t _n_parts(Py_ssize_t n_rows, Py_ssize_t most) noexcept nogil:
    return (n_rows + most - 1) // most


cdef inline Batch _part(const Batch* batch, Py_ssize_t number, Py_ssize_t most) noexcept nogil:
    cdef Batch part
    part.order = batch.order
    part.first = batch.first + number * most
    part.n_rows = min(most, batch.n_rows - number * most)
    return part


cdef inline Py_ssize_t _row(const Batch* batch, Py_ssize_t i) noexcept nogil:
    return batch.first + i if batch.order == NULL else batch.order[batch.first + i]


cdef double _weight(const floating[::1] s, const Batch* batch) noexcept nogil:
    """Σs of a batch."""
    cdef double total = 0
    cdef Py_ssize_t i
    for i in range(batch.n_rows):
        total += s[_row(batch, i)]
    return total


cdef double _penalty(
    const floating* theta, double decay, floating* grad, Py_ssize_t n_weights, Py_ssize_t n
) noexcept nogil:
    """The penalty decay/2 Σ‖W⁽ˡ⁾‖²; its gradient is what that of the error is added to."""
    cdef double sums[8]  # one would wait for each addition to end before the next
    cdef double penalty = 0
    cdef Py_ssize_t j, k, n_whole = n_weights - n_weights % 8
    memset(grad, 0, n * sizeof(floating))
    if decay == 0:
        return 0
    for j in range(n_weights):
        grad[j] = <floating> decay * theta[j]
    memset(sums, 0, sizeof(sums))
    for j in range(0, n_whole, 8):
        for k in range(8):
            sums[k] += <double> theta[j + k] * theta[j + k]
    for j in range(n_whole, n_weights):
        sums[0] += <double> theta[j] * theta[j]
    for k in range(8):
        penalty += sums[k]
    return 0.5 * decay * penalty


# A block, layer by layer


cdef inline floating* _place(const Net* net, floating* room, Py_ssize_t layer) noexcept nogil:
    return room + net.block_rows * net.activations[layer]


cdef inline floating* _outputs(const Net* net, floating* room) noexcept nogil:
    return _place(net, room, net.n_layers)


cdef const floating* _inputs(
    const Net* net, floating* room, const floating[:, :] X, const Batch* block, Py_ssize_t* stride
) noexcept nogil:
    """a⁽¹⁾ = x, where X has the rows, or gathered; the stride leads from row to row."""
    cdef Py_ssize_t n = net.sizes[0], i, j, row
    cdef Py_ssize_t size = sizeof(floating)
    if block.order == NULL and X.strides[1] == size and n * size <= X.strides[0] < size * INT_MAX:
        stride[0] = X.strides[0] // size
        return &X[block.first, 0]
    stride[0] = n
    for i in range(block.n_rows):
        row = _row(block, i)
        if X.strides[1] != size:
            for j in range(n):
                room[i * n + j] = X[row, j]
            continue
        if i + ROWS_AHEAD < block.n_rows:
            fetch_ahead(&X[_row(block, i + ROWS_AHEAD), 0], n * size)
        memcpy(&room[i * n], &X[row, 0], n * size)
    return room


cdef void _feedforward(
    const Net* net, const floating* theta, floating* room,
    const floating* x, Py_ssize_t stride, Py_ssize_t n_rows,
) noexcept nogil:
    cdef floating* a
    cdef Py_ssize_t layer, n_inputs, n_units
    for layer in range(net.n_layers):
        n_inputs, n_units = net.sizes[layer], net.sizes[layer + 1]
        a = _place(net, room, layer + 1)
        if net.fit_intercept:
            _fill(a, theta + net.intercepts[layer], n_rows, n_units)
        _add_product(  # (1), (3)
            x, stride, theta + net.coefs[layer], a, n_rows, n_inputs, n_units, net.fit_intercept
        )
        _sigmoid(a, n_rows * n_units)  # (2), (4)
        x, stride = a, n_units


cdef void _backpropagate(
    const Net* net, const floating* theta, floating* grad, floating* room,
    const floating* x, Py_ssize_t stride, Py_ssize_t n_rows,
) noexcept nogil:
    """Add the gradient of a block; each a⁽ˡ⁾ becomes delta⁽ˡ⁾, as the last one is already."""
    cdef floating* delta = _outputs(net, room)
    cdef floating* back = _place(net, room, net.n_layers + 1)
    cdef floating* a
    cdef Py_ssize_t layer, n_inputs, n_units
    for layer in range(net.n_layers - 1, -1, -1):
        n_inputs, n_units = net.sizes[layer], net.sizes[layer + 1]
        a = _place(net, room, layer)
        if net.fit_intercept:
            _add_rows(delta, back, grad + net.intercepts[layer], n_rows, n_units)
        if layer and n_units == 1:
            _backpropagate_one(
                a, delta, theta + net.coefs[layer], back, grad + net.coefs[layer], n_rows, n_inputs
            )
            delta = a
            continue
        _add_gradient(  # (10), (15)
            a if layer else x, n_inputs if layer else stride,
            delta, grad + net.coefs[layer], n_rows, n_inputs, n_units,
        )
        if layer:  # (11)-(14)
            _product_with_transposed(
                delta, theta + net.coefs[layer], back, n_rows, n_inputs, n_units
            )
            _hidden_deltas(a, back, n_rows * n_inputs)
            delta = a


cdef double _half_mse(
    const floating* a, const floating[:, ::1] T, const floating[::1] s,
    const Batch* block, double total,
) noexcept nogil:
    """The share of a block in equation (5)."""
    cdef Py_ssize_t i, k, row, n_outputs = T.shape[1]
    cdef double squares, cost = 0
    cdef floating error
    for i in range(block.n_rows):
        row = _row(block, i)
        squares = 0
        for k in range(n_outputs):
            error = a[i * n_outputs + k] - T[row, k]
            squares += <double> error * error
        cost += s[row] / total * squares  # weights times squares may overflow
    return 0.5 * cost


# Loops over elements


cdef inline vectorised _sigmoid(floating* z, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t j
    for j in range(n):
        z[j] = sigmoid_of_double(z[j]) if floating is double else sigmoid_of_float(z[j])


cdef vectorised _output_deltas(
    floating* a, const floating[:, ::1] T, const floating[::1] s,
    const Batch* block, double total,
) noexcept nogil:
    """delta⁽ᴸ⁾ in the place of a⁽ᴸ⁾: (7) to (10)."""
    cdef Py_ssize_t i, k, row, n_outputs = T.shape[1]
    cdef floating one = 1, weight  # one, that float is not raised to double
    for i in range(block.n_rows):
        row = _row(block, i)
        weight = <floating> (s[row] / total)
        for k in range(n_outputs):
            a[k] = (a[k] - T[row, k]) * weight * a[k] * (one - a[k])
        a += n_outputs


cdef vectorised _hidden_deltas(floating* a, const floating* back, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t j
    cdef floating one = 1
    for j in range(n):
        a[j] = back[j] * a[j] * (one - a[j])


cdef vectorised _backpropagate_one(
    floating* a, const floating* delta, const floating* w, floating* sums, floating* grad,
    Py_ssize_t n_rows, Py_ssize_t n,
) noexcept nogil:
    """Where there is one unit above, its gradient and the deltas below take one pass."""
    cdef Py_ssize_t i, j, n_even = n_rows - n_rows % 2
    cdef floating* below
    cdef floating one = 1, first, second
    for j in range(n):
        sums[j] = 0
    for i in range(0, n_even, 2):  # two rows for each time that the sums come and go
        first, second, below = delta[i], delta[i + 1], a + n
        for j in range(n):
            sums[j] = sums[j] + first * a[j] + second * below[j]
            a[j] = first * w[j] * a[j] * (one - a[j])
            below[j] = second * w[j] * below[j] * (one - below[j])
        a += 2 * n
    for i in range(n_even, n_rows):
        for j in range(n):
            sums[j] += delta[i] * a[j]
            a[j] = delta[i] * w[j] * a[j] * (one - a[j])
    for j in range(n):
        grad[j] += sums[j]


cdef vectorised _dots(
    const floating* x, Py_ssize_t stride, const floating* w, floating* z,
    Py_ssize_t n_rows, Py_ssize_t n, bint kept,
) noexcept nogil:
    cdef floating sums[16]  # one would wait for each addition to end before the next
    cdef floating rest[4]
    cdef Py_ssize_t i, j, k, n_sixteens = n - n % 16, n_fours = n - n % 4
    for i in range(n_rows):
        for k in range(16):
            sums[k] = 0
        for k in range(4):
            rest[k] = 0
        for j in range(0, n_sixteens, 16):
            for k in range(16):
                sums[k] += x[j + k] * w[j + k]
        for j in range(n_sixteens, n_fours, 4):
            for k in range(4):
                rest[k] += x[j + k] * w[j + k]
        for j in range(n_fours, n):
            rest[0] += x[j] * w[j]
        for k in range(8):
            sums[k] += sums[k + 8]
        for k in range(4):
            sums[k] += sums[k + 4] + rest[k]
        z[i] = (z[i] if kept else 0) + ((sums[0] + sums[2]) + (sums[1] + sums[3]))
        x += stride


cdef vectorised _fill(
    floating* rows, const floating* row, Py_ssize_t n_rows, Py_ssize_t n
) noexcept nogil:
    cdef Py_ssize_t i, j
    for i in range(n_rows):
        for j in range(n):
            rows[i * n + j] = row[j]


cdef vectorised _add_rows(
    const floating* rows, floating* sums, floating* total, Py_ssize_t n_rows, Py_ssize_t n
) noexcept nogil:
    # The sums of a block first: float loses digits where a million rows are added to one number.
    cdef Py_ssize_t i, j, n_even = n_rows - n_rows % 2
    for j in range(n):
        sums[j] = 0
    for i in range(0, n_even, 2):  # two for each time that the sums come and go
        for j in range(n):
            sums[j] = sums[j] + rows[j] + rows[n + j]
        rows += 2 * n
    for i in range(n_even, n_rows):
        for j in range(n):
            sums[j] += rows[j]
    for j in range(n):
        total[j] += sums[j]


# Optimizers, as in `_optimizers.py`


cdef void _move(
    floating* theta, const floating* grad, floating* first, floating* second,
    Py_ssize_t n, Update* update,
) noexcept nogil:
    cdef double rate = update.learning_rate
    if update.adam:
        update.t += 1
        rate *= (1 - update.beta_2 ** update.t) ** 0.5 / (1 - update.beta_1 ** update.t)
        _adam(
            theta, grad, first, second, n, <floating> rate,
            <floating> (1 - update.beta_1), <floating> (1 - update.beta_2),
            <floating> update.epsilon,
        )
    else:
        _gradient_descent(
            theta, grad, first, n, <floating> rate, <floating> update.momentum, update.nesterov
        )


cdef vectorised _gradient_descent(
    floating* theta, const floating* grad, floating* velocity, Py_ssize_t n,
    floating rate, floating momentum, bint nesterov,
) noexcept nogil:
    cdef Py_ssize_t j
    cdef floating step
    for j in range(n):
        step = grad[j] * rate
        velocity[j] = velocity[j] * momentum - step
        theta[j] += velocity[j] * momentum - step if nesterov else velocity[j]


cdef vectorised _adam(
    floating* theta, const floating* grad, floating* mean, floating* square, Py_ssize_t n,
    floating rate, floating new_in_mean, floating new_in_square, floating epsilon,
) noexcept nogil:
    cdef Py_ssize_t j
    cdef floating root
    for j in range(n):
        mean[j] += (grad[j] - mean[j]) * new_in_mean
        square[j] += (grad[j] * grad[j] - square[j]) * new_in_square
        root = sqrt(square[j]) if floating is double else sqrtf(square[j])
        theta[j] -= mean[j] / (root + epsilon) * rate


# Products of matrices in C order, which BLAS takes as transposed ones


cdef void _add_product(
    const floating* x, Py_ssize_t stride, const floating* W, floating* z,
    Py_ssize_t n_rows, Py_ssize_t n_inputs, Py_ssize_t n_units, bint kept,
) noexcept nogil:
    """z ← x W, or z + x W where z is kept"""
    if n_units == 1:
        _dots(x, stride, W, z, n_rows, n_inputs, kept)
        return
    _gemm(b"N", b"N", n_units, n_rows, n_inputs, W, n_units, x, stride, kept, z, n_units)


cdef void _add_gradient(
    const floating* a, Py_ssize_t stride, const floating* delta, floating* grad,
    Py_ssize_t n_rows, Py_ssize_t n_inputs, Py_ssize_t n_units,
) noexcept nogil:
    """grad ← grad + aᵀ delta"""
    _gemm(b"N", b"T", n_units, n_inputs, n_rows, delta, n_units, a, stride, True, grad, n_units)


cdef void _product_with_transposed(
    const floating* delta, const floating* W, floating* back,
    Py_ssize_t n_rows, Py_ssize_t n_inputs, Py_ssize_t n_units,
) noexcept nogil:
    """back ← delta Wᵀ"""
    _gemm(b"T", b"N", n_inputs, n_rows, n_units, W, n_units, delta, n_units, False, back, n_inputs)


cdef void _gemm(
    char* transposed_a, char* transposed_b, int m, int n, int k,
    const floating* a, int lda, const floating* b, int ldb, bint kept, floating* c, int ldc,
) noexcept nogil:
    """C ← A B, or C + A B, as BLAS has it, where a matrix lies column by column."""
    cdef floating one = 1, beta = kept
    if floating is double:
        dgemm(
            transposed_a, transposed_b, &m, &n, &k,
            &one, <double*> a, &lda, <double*> b, &ldb, &beta, c, &ldc,
        )
    else:
        sgemm(
            transposed_a, transposed_b, &m, &n, &k,
            &one, <float*> a, &lda, <float*> b, &ldb, &beta, c, &ldc,
        )
