"""Equal rows, found and merged."""

from hashlib import blake2b

import numpy as np
from scipy.sparse import issparse

from ._objective import Rows


def merge_repeated(rows):
    """Equal rows as one of summed weight, all in an order that is theirs alone.

    L-BFGS multiplies a difference in rounding by ten every few iterations. This
    way a row of weight 2 and a row given twice are the same computation, bit
    for bit, in whatever order the rows come.
    """
    first, group = equal_rows(rows.X, rows.T)
    s = np.bincount(group, rows.s).astype(rows.s.dtype)
    return Rows(rows.X[first], rows.T[first], s)


def equal_rows(X, T):
    """A row of each group of equal ones, and the number of the group of each row.

    The groups come in an order that does not depend on that of the rows. CSR rows are to be
    sorted by column, each place stored once.
    """
    keys = _sparse_keys(X, T) if issparse(X) else _dense_keys(X, T)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return first, group.ravel()


def _dense_keys(X, T):
    """Each row of X and T as one string of bytes."""
    joined = np.ascontiguousarray(np.column_stack([X, T]))
    joined += 0.0  # −0 becomes 0, which it equals
    return joined.view(f"V{joined.strides[0]}").ravel()


def _sparse_keys(X, T):
    """A digest of each row: what is stored of it, zeros aside, may be of any length."""
    keys = np.empty(len(T), "V16")
    for i in range(len(keys)):
        stored = slice(X.indptr[i], X.indptr[i + 1])
        columns, values = X.indices[stored], X.data[stored]
        some = values != 0
        row = blake2b(digest_size=16)
        for part in (columns[some].astype(np.int64), values[some], T[i] + 0.0):
            row.update(part.tobytes())
        keys[i] = row.digest()
    return keys
