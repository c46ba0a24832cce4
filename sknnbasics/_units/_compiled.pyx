# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
# cython: freethreading_compatible=True
"""The perceptron rule in Cython; the mathematics stand in `_reference.py`.

For each sample in turn, and each unit: o = step(w·x + b), then
w += eta (t − o) x and b += eta (t − o). The units do not know of each other,
so all of them see a sample while it is in the cache.

Sums are taken in another order than the reference's, so they round otherwise;
where every sum is exact, both bodies agree bit by bit.
"""

from cpython.exc cimport PyErr_CheckSignals
from cython cimport floating
from libc.math cimport NAN, isfinite
from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np
from scipy.sparse import issparse

cdef extern from *:
    """
    #include "../_prefetch.h"
    #include "../_target_clones.h"

    /* Vectors of 512 bits gain nothing more, and are slower where float32 do not fill them. */
    #define WITH_WIDER_VECTORS FOR_PROCESSORS("avx2")
    """
    # Types of results that carry the attribute, for which Cython has no other place.
    ctypedef int vectorised "WITH_WIDER_VECTORS int"
    ctypedef double vectorised_sum "WITH_WIDER_VECTORS double"
    void PREFETCH(const void* address) noexcept nogil
    void fetch_ahead(const void* first, int64_t n_bytes) noexcept nogil

ctypedef fused index:
    int32_t
    int64_t

# What a sample in `floating` moves: coefficients of its own type, or a lag in double.
ctypedef fused moved:
    float
    double

cdef enum:
    ROWS_AHEAD = 20  # that are fetched while one is visited
    SPARSE_ROWS_AHEAD = 6  # their visits wait for scattered weights as well
    MAX_BLOCK = 8
    MAX_VALUES = 1 << 24  # of the rows that are visited before signals are looked for

cdef struct Bookkeeping:
    # What a correction changes beside the coefficients.
    bint fit_intercept
    double* coef_lag  # NULL unless averaging
    double* intercept_lag
    double n_visits


def run_epoch(units, X, codes, steps, order):
    """Visit each sample once and correct the units that err on it.

    Parameters and result are those of `_reference.run_epoch`. Row and column
    numbers are trusted: one out of bounds is undefined behaviour.
    """
    epoch = _sparse_epoch if issparse(X) else _dense_epoch
    n_corrections = np.zeros(len(steps), dtype=np.int64)
    n_rows = _uninterrupted_rows(len(units.intercept), X, len(order))
    for start in range(0, len(order), n_rows):
        visited = order if n_rows == len(order) else order[start : start + n_rows]
        epoch(units, X, codes, steps, visited, n_corrections)
        units.n_visits += len(visited)
        PyErr_CheckSignals()  # Ctrl-C raises KeyboardInterrupt here, between two visits
    return n_corrections


cdef Py_ssize_t _uninterrupted_rows(Py_ssize_t n_units, X, Py_ssize_t n_rows):
    """Visits that take some tenths of a second at most: all of them, if so few."""
    cdef Py_ssize_t n_values = X.shape[1]
    if n_units * n_values * n_rows > MAX_VALUES and issparse(X):
        n_values = 1 + X.nnz // X.shape[0]
    return max(1, min(n_rows, MAX_VALUES // (n_units * n_values)))


def shuffle_into(Py_ssize_t[::1] order, const Py_ssize_t[::1] rows, uint64_t seed):
    """Lay `rows` into `order` at random; see `_reference.shuffle_into`.

    Both are trusted to be of one length.
    """
    cdef Py_ssize_t i, place
    cdef uint64_t bits
    with nogil:
        for i in range(rows.shape[0]):
            seed += <uint64_t> 0x9E3779B97F4A7C15
            bits = (seed ^ (seed >> 30)) * <uint64_t> 0xBF58476D1CE4E5B9
            bits = (bits ^ (bits >> 27)) * <uint64_t> 0x94D049BB133111EB
            bits = (bits ^ (bits >> 31)) >> 32
            place = (bits * <uint64_t> (i + 1)) >> 32
            order[i] = order[place]
            order[place] = rows[i]


def preactivations(coef, intercept, X):
    """z of one unit on each sample, summed as `run_epoch` sums it."""
    z = np.empty(X.shape[0], coef.dtype)
    if issparse(X):
        indptr = X.indptr.astype(np.intp, copy=False)
        _sparse_preactivations(z, coef[0], intercept, X.data, X.indices, indptr)
    else:
        _dense_preactivations(z, coef[0], intercept, X)
    return z


def weigh_mistakes(coef, intercept, X, codes, class_weights):
    """Weight of the samples that one unit gets wrong; see `_reference.weigh_mistakes`."""
    if issparse(X):
        indptr = X.indptr.astype(np.intp, copy=False)
        return _weigh_sparse(coef[0], intercept, X.data, X.indices, indptr, codes, class_weights)
    return _weigh_dense(coef[0], intercept, X, codes, class_weights)


def _weigh_dense(
    const floating[::1] w, const floating[::1] intercept, const floating[:, ::1] X,
    const int32_t[::1] codes, const double[::1] class_weights,
):
    cdef double total
    with nogil:
        total = _weigh_rows(w, intercept[0], X, codes, class_weights)
    return total


cdef vectorised_sum _weigh_rows(
    const floating[::1] w, floating intercept, const floating[:, ::1] X,
    const int32_t[::1] codes, const double[::1] class_weights,
) noexcept nogil:
    cdef Py_ssize_t i
    cdef double total = 0
    for i in range(codes.shape[0]):
        total += _weight_of_mistake(
            _dot(&w[0], &X[i, 0], w.shape[0]) + intercept, codes[i], &class_weights[0]
        )
    return total


def _weigh_sparse(
    const floating[::1] w, const floating[::1] intercept, const floating[::1] data,
    const index[::1] indices, const Py_ssize_t[::1] indptr,
    const int32_t[::1] codes, const double[::1] class_weights,
):
    cdef Py_ssize_t i, start
    cdef double total = 0
    with nogil:
        for i in range(codes.shape[0]):
            start = indptr[i]
            total += _weight_of_mistake(
                intercept[0] + _sparse_dot(
                    &w[0], &data[start], &indices[start], indptr[i + 1] - start
                ),
                codes[i],
                &class_weights[0],
            )
    return total


cdef inline double _weight_of_mistake(
    floating z, int32_t code, const double* class_weights
) noexcept nogil:
    if not isfinite(z):
        return NAN
    return class_weights[code] if (z > 0) != code else 0


def _dense_preactivations(
    floating[::1] z, const floating[::1] w, const floating[::1] intercept,
    const floating[:, ::1] X,
):
    with nogil:
        _dot_rows(z, w, intercept[0], X)


cdef vectorised _dot_rows(
    floating[::1] z, const floating[::1] w, floating intercept, const floating[:, ::1] X
) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(z.shape[0]):
        z[i] = _dot(&w[0], &X[i, 0], w.shape[0]) + intercept
    return 0


def _sparse_preactivations(
    floating[::1] z, const floating[::1] w, const floating[::1] intercept,
    const floating[::1] data, const index[::1] indices, const Py_ssize_t[::1] indptr,
):
    cdef Py_ssize_t i, start
    with nogil:
        for i in range(z.shape[0]):
            start = indptr[i]
            z[i] = intercept[0] + _sparse_dot(
                &w[0], &data[start], &indices[start], indptr[i + 1] - start
            )


def _dense_epoch(units, X, codes, steps, order, n_corrections):
    units.arrange("C")
    _visit_dense(units, units.coef, units.intercept, X, codes, steps, order, n_corrections)


def _sparse_epoch(units, X, codes, steps, order, n_corrections):
    # The weights of one feature lie side by side: a stored value meets all units at once.
    units.arrange("F")
    indptr = X.indptr.astype(np.intp, copy=False)
    _visit_sparse(
        units, units.coef.T, units.intercept, X.data, X.indices, indptr,
        codes, steps, order, n_corrections,
    )


def _visit_dense(
    units,
    floating[:, ::1] coef,
    floating[::1] intercept,
    const floating[:, ::1] X,
    const int32_t[::1] codes,
    const floating[::1] steps,
    const Py_ssize_t[::1] order,
    int64_t[::1] n_corrections,
):
    cdef Bookkeeping book = _bookkeeping(units)
    with nogil:
        _visit_rows(coef, intercept, X, codes, steps, order, n_corrections, &book)


cdef vectorised _visit_rows(
    floating[:, ::1] coef, floating[::1] intercept, const floating[:, ::1] X,
    const int32_t[::1] codes, const floating[::1] steps, const Py_ssize_t[::1] order,
    int64_t[::1] n_corrections, Bookkeeping* book,
) noexcept nogil:
    cdef Py_ssize_t n_units = coef.shape[0], n_features = coef.shape[1]
    cdef Py_ssize_t first_class = steps.shape[0] - n_units  # that of the first unit
    cdef Py_ssize_t visit, i, code
    for visit in range(order.shape[0]):
        if visit + ROWS_AHEAD < order.shape[0]:
            i = order[visit + ROWS_AHEAD]
            fetch_ahead(&X[i, 0], n_features * sizeof(floating))
            PREFETCH(&codes[i])
        i = order[visit]
        code = codes[i]
        n_corrections[code] += _visit(
            &coef[0, 0], &intercept[0], n_units, code - first_class, steps[code],
            &X[i, 0], n_features, book,
        )
        book.n_visits += 1
    return 0


cdef inline int _visit(
    floating* coef, floating* intercept, Py_ssize_t n_units, Py_ssize_t target, floating step,
    const floating* x, Py_ssize_t n, Bookkeeping* book,
) noexcept nogil:
    """Correct the units that err on a row; give their number."""
    if n > 7:
        return _visit_row(coef, intercept, n_units, target, step, x, n, book)
    # A number that is a literal lets the compiler unroll the loops.
    if n == 2:
        return _visit_row(coef, intercept, n_units, target, step, x, 2, book)
    if n == 3:
        return _visit_row(coef, intercept, n_units, target, step, x, 3, book)
    if n == 4:
        return _visit_row(coef, intercept, n_units, target, step, x, 4, book)
    if n == 5:
        return _visit_row(coef, intercept, n_units, target, step, x, 5, book)
    if n == 6:
        return _visit_row(coef, intercept, n_units, target, step, x, 6, book)
    if n == 7:
        return _visit_row(coef, intercept, n_units, target, step, x, 7, book)
    return _visit_row(coef, intercept, n_units, target, step, x, n, book)


cdef inline int _visit_row(
    floating* coef, floating* intercept, Py_ssize_t n_units, Py_ssize_t target, floating step,
    const floating* x, Py_ssize_t n, Bookkeeping* book,
) noexcept nogil:
    cdef Py_ssize_t k
    cdef int error, n_corrections = 0
    cdef floating z
    for k in range(n_units):
        z = _dot(coef + k * n, x, n) + intercept[k]
        error = (k == target) - (z > 0)
        if error:
            _correct(coef + k * n, k, error * step, x, n, book)
            _correct_intercept(&intercept[k], k, error * step, book)
            n_corrections += 1
    return n_corrections


def _visit_sparse(
    units,
    floating[:, ::1] coef,  # transposed: a row a feature, a column a unit
    floating[::1] intercept,
    const floating[::1] data,
    const index[::1] indices,
    const Py_ssize_t[::1] indptr,
    const int32_t[::1] codes,
    const floating[::1] steps,
    const Py_ssize_t[::1] order,
    int64_t[::1] n_corrections,
):
    cdef Bookkeeping book = _bookkeeping(units)
    cdef Py_ssize_t n_units = coef.shape[1], width = _block_width(n_units)
    cdef Py_ssize_t first_class = steps.shape[0] - n_units  # that of the first unit
    cdef Py_ssize_t visit, i, k, code, first, start, n_stored
    cdef int error
    cdef floating z[MAX_BLOCK]
    with nogil:
        for visit in range(order.shape[0]):
            if visit + SPARSE_ROWS_AHEAD < order.shape[0]:
                i = order[visit + SPARSE_ROWS_AHEAD]
                start, n_stored = indptr[i], indptr[i + 1] - indptr[i]
                fetch_ahead(&data[start], n_stored * sizeof(floating))
                fetch_ahead(&indices[start], n_stored * sizeof(index))
                PREFETCH(&codes[i])
            i = order[visit]
            code = codes[i]
            start = indptr[i]
            n_stored = indptr[i + 1] - start
            k = 0
            while k < n_units:
                # The last block is whole too: it starts early, on units that are done.
                first = min(k, n_units - width)
                if n_units == 1:
                    z[0] = _sparse_dot(&coef[0, 0], &data[start], &indices[start], n_stored)
                else:
                    _sparse_dots(
                        z, width, &coef[0, first], n_units, &data[start], &indices[start], n_stored
                    )
                while k < first + width:
                    error = (first_class + k == code) - (z[k - first] + intercept[k] > 0)
                    if error:
                        _correct_sparse(
                            &coef[0, k], k, n_units, error * steps[code],
                            &data[start], &indices[start], n_stored, &book,
                        )
                        _correct_intercept(&intercept[k], k, error * steps[code], &book)
                        n_corrections[code] += 1
                    k += 1
            book.n_visits += 1


cdef Bookkeeping _bookkeeping(units) except *:
    cdef Bookkeeping book
    cdef double[:, ::1] coef_lag
    cdef double[::1] intercept_lag
    book.fit_intercept = units.fit_intercept
    book.n_visits = units.n_visits
    book.coef_lag = book.intercept_lag = NULL
    if units.average:
        by_unit = units.coef_lag.flags.c_contiguous
        coef_lag = units.coef_lag if by_unit else units.coef_lag.T
        intercept_lag = units.intercept_lag
        book.coef_lag, book.intercept_lag = &coef_lag[0, 0], &intercept_lag[0]
    return book


cdef inline floating _dot(const floating* w, const floating* x, Py_ssize_t n) noexcept nogil:
    cdef floating sums[8]  # one would wait for each addition to end before the next
    cdef Py_ssize_t j = 0, k
    for k in range(8):
        sums[k] = 0
    while j + 8 <= n:
        for k in range(8):
            sums[k] += w[j + k] * x[j + k]
        j += 8
    if n & 4:
        for k in range(4):
            sums[k] += w[j + k] * x[j + k]
        j += 4
    if n & 2:
        for k in range(2):
            sums[4 + k] += w[j + k] * x[j + k]
        j += 2
    if n & 1:
        sums[6] += w[j] * x[j]
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + (
        (sums[2] + sums[6]) + (sums[3] + sums[7])
    )


cdef inline double _late(floating delta, const Bookkeeping* book) noexcept nogil:
    # A move is missing from the weights of all visits before; see `weight_of_visits`.
    cdef double n = book.n_visits
    return <double> delta * (n * (n + 1.0) * (n + 2.0) / 6.0)


cdef inline void _correct(
    floating* w, Py_ssize_t k, floating delta,
    const floating* x, Py_ssize_t n, const Bookkeeping* book,
) noexcept nogil:
    _add(w, delta, x, n)
    if book.coef_lag != NULL:
        _add(book.coef_lag + k * n, _late(delta, book), x, n)


cdef inline void _add(moved* w, moved delta, const floating* x, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t j
    for j in range(n):
        w[j] += delta * x[j]


cdef inline void _correct_intercept(
    floating* b, Py_ssize_t k, floating delta, const Bookkeeping* book
) noexcept nogil:
    if book.fit_intercept:
        b[0] += delta
        if book.intercept_lag != NULL:
            book.intercept_lag[k] += _late(delta, book)


cdef Py_ssize_t _block_width(Py_ssize_t n_units) noexcept nogil:
    cdef Py_ssize_t width = MAX_BLOCK
    while width > n_units:
        width //= 2
    return width


cdef vectorised _sparse_dots(
    floating* z, Py_ssize_t width, const floating* w, Py_ssize_t n_units,
    const floating* x, const index* columns, Py_ssize_t n_stored,
) noexcept nogil:
    # A width that is a literal lets the compiler keep the sums in registers.
    if width == 8:
        _block_dots(z, 8, w, n_units, x, columns, n_stored)
    elif width == 4:
        _block_dots(z, 4, w, n_units, x, columns, n_stored)
    else:
        _block_dots(z, 2, w, n_units, x, columns, n_stored)
    return 0


cdef inline void _block_dots(
    floating* z, Py_ssize_t width, const floating* w, Py_ssize_t n_units,
    const floating* x, const index* columns, Py_ssize_t n_stored,
) noexcept nogil:
    cdef floating sums[MAX_BLOCK]
    cdef Py_ssize_t j, k
    for k in range(width):
        sums[k] = 0
    for j in range(n_stored):
        for k in range(width):
            sums[k] += w[columns[j] * n_units + k] * x[j]
    for k in range(width):
        z[k] = sums[k]


cdef inline floating _sparse_dot(
    const floating* w, const floating* x, const index* columns, Py_ssize_t n_stored
) noexcept nogil:
    cdef floating s0 = 0, s1 = 0, s2 = 0, s3 = 0
    cdef Py_ssize_t j = 0
    while j + 4 <= n_stored:
        s0 += w[columns[j]] * x[j]
        s1 += w[columns[j + 1]] * x[j + 1]
        s2 += w[columns[j + 2]] * x[j + 2]
        s3 += w[columns[j + 3]] * x[j + 3]
        j += 4
    while j < n_stored:
        s0 += w[columns[j]] * x[j]
        j += 1
    return (s0 + s2) + (s1 + s3)


cdef inline void _correct_sparse(
    floating* w, Py_ssize_t k, Py_ssize_t n_units, floating delta,
    const floating* x, const index* columns, Py_ssize_t n_stored, const Bookkeeping* book,
) noexcept nogil:
    _sparse_add(w, n_units, delta, x, columns, n_stored)
    if book.coef_lag != NULL:
        _sparse_add(book.coef_lag + k, n_units, _late(delta, book), x, columns, n_stored)


cdef inline void _sparse_add(
    moved* w, Py_ssize_t n_units, moved delta,
    const floating* x, const index* columns, Py_ssize_t n_stored,
) noexcept nogil:
    cdef Py_ssize_t j
    if n_units == 1:  # no multiplication to wait for
        for j in range(n_stored):
            w[columns[j]] += delta * x[j]
    else:
        for j in range(n_stored):
            w[columns[j] * n_units] += delta * x[j]
