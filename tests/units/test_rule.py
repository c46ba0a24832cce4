"""An epoch of the rule, in both bodies."""

import os
from copy import deepcopy

import numpy as np
import pytest
from both_estimators import interrupted_once
from rule_problems import (
    LAYOUTS,
    N_UNITS,
    _compiled,
    assert_same_units,
    integer_problem,
    naive_epochs,
    needs_compiled,
    problem,
    zero_units,
)
from scipy import sparse

from sknnbasics._units import Units, _reference, _rule


@pytest.mark.skipif(
    os.environ.get("SKNNBASICS_REQUIRE_COMPILED") != "1",
    reason="SKNNBASICS_REQUIRE_COMPILED=1 asks for the compiled body",
)
def test_compiled_body_is_in_use():
    # The build passes over a body that does not compile.
    assert _rule.BODY == "compiled"
    assert _rule.run_epoch is _compiled.run_epoch


def test_package_says_which_body_it_runs():
    body = {"reference": _reference, "compiled": _compiled}[_rule.BODY]
    assert _rule.run_epoch is body.run_epoch


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", N_UNITS)
def test_naive_loop(run_epoch, n_units, layout, fit_intercept):
    X, codes, steps, order = problem(n_units)
    units = zero_units(n_units, X, fit_intercept=fit_intercept)
    expected = naive_epochs(
        X, codes, steps, order, n_units=n_units, n_epochs=5, fit_intercept=fit_intercept
    )
    stored = LAYOUTS[layout](X)
    for coef, intercept, n_corrections, _, _ in expected:
        counted = run_epoch(units, stored, codes, steps, order)
        np.testing.assert_array_equal(counted, n_corrections)
        assert counted.sum() > 0
        np.testing.assert_allclose(units.coef, coef, rtol=0, atol=1e-12)
        np.testing.assert_allclose(units.intercept, intercept, rtol=0, atol=1e-12)
    assert units.coef.shape == (n_units, X.shape[1])
    assert units.intercept.any() == fit_intercept


@needs_compiled
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_units", [1, 3, 9])
def test_bodies_are_bit_equal_where_sums_are_exact(n_units, fit_intercept, average, dtype):
    X, codes, steps, order = integer_problem(n_units, dtype)
    params = {"fit_intercept": fit_intercept, "average": average}
    expected = zero_units(n_units, X, **params)
    in_layout = {layout: zero_units(n_units, X, **params) for layout in LAYOUTS}
    stored = {layout: LAYOUTS[layout](X) for layout in LAYOUTS}
    for _ in range(2000):
        n_corrections = _reference.run_epoch(expected, X, codes, steps, order)
        assert n_corrections.sum() > 0
        for layout, units in in_layout.items():
            counted = _compiled.run_epoch(units, stored[layout], codes, steps, order)
            np.testing.assert_array_equal(counted, n_corrections, strict=True)
    for units in in_layout.values():
        assert_same_units(units, expected)


@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("n_units", N_UNITS)
def test_sparse_equals_dense(run_epoch, n_units, average):
    X, codes, steps, order = integer_problem(n_units, np.float64)
    dense, from_csr = (zero_units(n_units, X, average=average) for _ in range(2))
    for _ in range(20):
        n_corrections = run_epoch(dense, X, codes, steps, order)
        counted = run_epoch(from_csr, sparse.csr_matrix(X), codes, steps, order)
        np.testing.assert_array_equal(counted, n_corrections, strict=True)
    assert_same_units(from_csr, dense)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_may_change_between_epochs(run_epoch, layout):
    X, codes, steps, order = integer_problem(3, np.float64)
    units, expected = (zero_units(3, X, average=True) for _ in range(2))
    for stored in (X, LAYOUTS[layout](X), X):
        run_epoch(units, stored, codes, steps, order)
        run_epoch(expected, X, codes, steps, order)
    assert_same_units(units, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", [1, 3])
def test_float32_is_kept(run_epoch, n_units, layout):
    X, codes, steps, order = integer_problem(n_units, np.float32)
    units = zero_units(n_units, X, average=True)
    run_epoch(units, LAYOUTS[layout](X), codes, steps, order)
    coef, intercept = units.averaged()
    assert units.coef.dtype == units.intercept.dtype == coef.dtype == intercept.dtype == np.float32
    assert units.coef_lag.dtype == units.intercept_lag.dtype == np.float64


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", [1, 3])
def test_input_is_not_written_to(run_epoch, n_units, layout):
    X, *rest = problem(n_units)
    given = [LAYOUTS[layout](X), *rest]
    before = deepcopy(given)
    run_epoch(zero_units(n_units, X), *given)
    for array, copy in zip(given, before, strict=True):
        assert np.array_equal(*(a.toarray() if sparse.issparse(a) else a for a in (array, copy)))


@pytest.mark.parametrize("n_units", [1, 3])
def test_read_only_memmap(run_epoch, n_units, tmp_path):
    X, *rest = problem(n_units)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    for array in rest:
        array.setflags(write=False)
    from_map, from_memory = zero_units(n_units, X), zero_units(n_units, X)
    np.testing.assert_array_equal(
        run_epoch(from_map, mapped, *rest), run_epoch(from_memory, X, *rest)
    )
    assert_same_units(from_map, from_memory)


def test_read_only_csr(run_epoch):
    X, *rest = problem(3)
    stored = sparse.csr_matrix(X)
    for array in (stored.data, stored.indices, stored.indptr):
        array.setflags(write=False)
    units, expected = zero_units(3, X), zero_units(3, X)
    np.testing.assert_array_equal(
        run_epoch(units, stored, *rest), run_epoch(expected, sparse.csr_matrix(X), *rest)
    )
    assert_same_units(units, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_coefficients_in_either_memory_order(run_epoch, layout):
    X, *rest = integer_problem(3, np.float64)
    units, expected = (zero_units(3, X, average=True) for _ in range(2))
    units.coef = np.asfortranarray(units.coef)
    run_epoch(units, LAYOUTS[layout](X), *rest)
    run_epoch(expected, X, *rest)
    assert_same_units(units, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", [1, 3])
def test_only_the_rows_in_order_are_visited(run_epoch, n_units, layout):
    X, codes, steps, _ = integer_problem(n_units, np.float64)
    rows = np.array([3, 0], np.intp)
    units, expected = (zero_units(n_units, X, average=True) for _ in range(2))
    n_corrections = run_epoch(units, LAYOUTS[layout](X), codes, steps, rows)
    order = np.arange(2, dtype=np.intp)
    np.testing.assert_array_equal(
        n_corrections, run_epoch(expected, X[rows], codes[rows], steps, order)
    )
    assert_same_units(units, expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", [1, 3])
def test_no_rows_in_order(run_epoch, n_units, layout):
    X, codes, steps, _ = problem(n_units)
    units = zero_units(n_units, X, average=True)
    no_rows = np.array([], dtype=np.intp)
    assert run_epoch(units, LAYOUTS[layout](X), codes, steps, no_rows).sum() == 0
    assert_same_units(units, zero_units(n_units, X, average=True))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("n_classes", "intercept", "n_corrections"), [(2, [0], [1, 1]), (3, [1, 0, 0], [2, 0, 1])]
)
def test_no_stored_values(run_epoch, n_classes, intercept, n_corrections, layout):
    """The last unit learns to fire on nothing, and not to; that of class 0, if any, to fire."""
    X = np.zeros((2, 4))
    units = zero_units(len(intercept), X)
    codes = np.array([n_classes - 1, 0], np.int32)
    order = np.arange(2, dtype=np.intp)
    steps = np.ones(n_classes)
    counted = run_epoch(units, LAYOUTS[layout](X), codes, steps, order)
    np.testing.assert_array_equal(counted, n_corrections)
    assert not units.coef.any()
    np.testing.assert_array_equal(units.intercept, intercept)


def test_tie_does_not_fire(run_epoch):
    X = np.array([[1.0]])
    units = Units(np.array([[1.0]]), np.array([-1.0]))
    order = np.array([0], np.intp)
    assert run_epoch(units, X, np.array([0], np.int32), np.ones(2), order).sum() == 0
    assert run_epoch(units, X, np.array([1], np.int32), np.ones(2), order).tolist() == [0, 1]


@needs_compiled
@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_interrupt_ends_a_long_epoch_between_two_visits(layout, average):
    """What Ctrl-C does; the visits that were made are counted."""
    X, codes, steps, _ = problem(3, n_features=1000)
    order = np.resize(np.arange(len(X), dtype=np.intp), 5_000_000)
    units, expected = zero_units(3, X, average=average), zero_units(3, X, average=average)
    with pytest.raises(KeyboardInterrupt), interrupted_once(lambda: units.coef.any()):
        _compiled.run_epoch(units, LAYOUTS[layout](X), codes, steps, order)
    assert 0 < units.n_visits < len(order)
    _compiled.run_epoch(expected, LAYOUTS[layout](X), codes, steps, order[: units.n_visits])
    assert_same_units(units, expected)
