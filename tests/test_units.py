"""One suite for both bodies of the perceptron rule."""

import os
from copy import deepcopy

import numpy as np
import pytest
from scipy import sparse

from sknnbasics._units import Units, _reference, _rule

try:
    from sknnbasics._units import _compiled
except ImportError:
    _compiled = None

needs_compiled = pytest.mark.skipif(_compiled is None, reason="the compiled body is not built")


@pytest.fixture(params=["reference", pytest.param("compiled", marks=needs_compiled)])
def module(request):
    return {"reference": _reference, "compiled": _compiled}[request.param]


@pytest.fixture
def run_epoch(module):
    return module.run_epoch


# One unit, and the unit numbers that fill blocks of 2, 4 and 8 wholly and in part.
N_UNITS = [1, 2, 3, 4, 7, 8, 11]


def problem(n_units, *, n_samples=40, n_features=19, dtype=np.float64, seed=0):
    """X with a third of zeros, classes that no weights tell apart, their steps, and an order."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_samples, n_features)) * (rng.random((n_samples, n_features)) > 1 / 3)
    n_classes = max(2, n_units)
    codes = rng.integers(n_classes, size=n_samples, dtype=np.int32)
    X[1], codes[0], codes[1] = X[0], 0, 1
    steps = rng.uniform(0.1, 2.0, size=n_classes)
    return X.astype(dtype), codes, steps.astype(dtype), rng.permutation(n_samples).astype(np.intp)


def integer_problem(n_units, dtype):
    X, codes, steps, order = problem(n_units, n_samples=5, n_features=11, dtype=dtype)
    return np.rint(2 * X), codes, np.ceil(steps), order


def zero_units(n_units, X, **params):
    return Units(np.zeros((n_units, X.shape[1]), X.dtype), np.zeros(n_units, X.dtype), **params)


def csr_with_int64_indices(X):
    X = sparse.csr_matrix(X)
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


LAYOUTS = {
    "dense": np.ascontiguousarray,
    "csr": sparse.csr_matrix,
    "csr_array": sparse.csr_array,
    "csr_int64": csr_with_int64_indices,
}


def naive_epochs(X, codes, steps, order, *, n_units, n_epochs, fit_intercept=True):
    """Yield each epoch's weights, corrections, and mean of the weights after every visit so far.

    The weights after visit number τ, from 1, weigh 1 + 2 + … + τ in the mean.
    """
    first_class = 1 if n_units == 1 else 0
    w = np.zeros((n_units, X.shape[1])).tolist()
    b = [0.0] * n_units
    sum_w, sum_b = np.zeros((n_units, X.shape[1])), np.zeros(n_units)
    n_visits = weight = total = 0
    for _ in range(n_epochs):
        n_corrections = np.zeros(len(steps), dtype=int)
        for i in order:
            for k in range(n_units):
                z = sum(w_j * x_j for w_j, x_j in zip(w[k], X[i], strict=True)) + b[k]
                output, target = int(z > 0), int(first_class + k == codes[i])
                if output == target:
                    continue
                n_corrections[codes[i]] += 1
                delta = steps[codes[i]] * (target - output)
                w[k] = [w_j + delta * x_j for w_j, x_j in zip(w[k], X[i], strict=True)]
                b[k] += delta * fit_intercept
            n_visits += 1
            weight += n_visits
            total += weight
            sum_w, sum_b = sum_w + weight * np.array(w), sum_b + weight * np.array(b)
        yield np.array(w), np.array(b), n_corrections, sum_w / total, sum_b / total


def assert_same_units(units, other):
    for name in ("coef", "intercept", "coef_lag", "intercept_lag"):
        np.testing.assert_array_equal(getattr(units, name), getattr(other, name), err_msg=name)
    assert units.n_visits == other.n_visits


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


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", N_UNITS)
def test_average_is_the_mean_of_the_weights_after_each_visit(
    run_epoch, n_units, layout, fit_intercept
):
    X, codes, steps, order = problem(n_units)
    units = zero_units(n_units, X, fit_intercept=fit_intercept, average=True)
    expected = naive_epochs(
        X, codes, steps, order, n_units=n_units, n_epochs=5, fit_intercept=fit_intercept
    )
    stored = LAYOUTS[layout](X)
    for _, _, _, mean_coef, mean_intercept in expected:
        run_epoch(units, stored, codes, steps, order)
        coef, intercept = units.averaged()
        np.testing.assert_allclose(coef, mean_coef, rtol=0, atol=1e-12)
        np.testing.assert_allclose(intercept, mean_intercept, rtol=0, atol=1e-12)
    assert coef.flags.c_contiguous
    assert units.n_visits == 5 * len(order)


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


def test_float32_lag_is_summed_in_double(run_epoch):
    # float32 has no odd number above 2**24, such as 465 * 466 * 467 / 6.
    X, codes = np.ones((2, 1), np.float32), np.array([1, 0], np.int32)
    units = zero_units(1, X, average=True)
    units.n_visits = 465
    run_epoch(units, X, codes, np.ones(2, np.float32), np.array([0], np.intp))
    assert units.coef_lag[0, 0] == units.intercept_lag[0] == 465 * 466 * 467 / 6 == 16_865_705


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


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_preactivations_are_those_that_training_saw(module, layout, dtype):
    """After an epoch without a mistake, every sample lies on its side of z = 0, ties and all."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X = rng.integers(-2, 3, (6, 5)).astype(dtype)
        codes = (X @ rng.integers(-2, 3, 5) > 0).astype(np.int32)
        units = Units(np.zeros((1, 5), dtype), np.zeros(1, dtype))
        steps, order = np.full(2, 0.1, dtype), np.arange(6, dtype=np.intp)
        for _ in range(100):
            if module.run_epoch(units, layout(X), codes, steps, order).sum() == 0:
                z = module.preactivations(units.coef, units.intercept, layout(X))
                np.testing.assert_array_equal(z > 0, codes == 1)
                break


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mistakes_are_weighed_by_class(module, layout, dtype):
    X, codes, _, _ = problem(1, dtype=dtype)
    units, class_weights = zero_units(1, X), np.array([0.5, 3.0])
    units.coef += np.random.default_rng(1).standard_normal(units.coef.shape)
    fires = (X @ units.coef[0] > 0).astype(int)
    assert 0 < (fires != codes).sum() < len(codes)
    expected = sum(class_weights[code] for code, o in zip(codes, fires, strict=True) if o != code)
    weight = module.weigh_mistakes(*units.last(), LAYOUTS[layout](X), codes, class_weights)
    assert weight == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_mistakes_of_sums_that_overflow_weigh_nan(module, layout):
    X, codes, _, _ = problem(1)
    coef = np.full((1, X.shape[1]), 1e308)
    weight = module.weigh_mistakes(coef, np.zeros(1), LAYOUTS[layout](10 * X), codes, np.ones(2))
    assert np.isnan(weight)


@pytest.mark.parametrize("n_rows", [0, 1, 7, 5000])
def test_deal_lays_pile_upon_pile(module, n_rows):
    rng = np.random.default_rng(0)
    rows, piles = (
        3 * np.arange(n_rows, dtype=np.intp) + 5,
        rng.integers(256, size=n_rows, dtype=np.uint8),
    )
    dealt = np.empty_like(rows)
    module.deal(rows, piles, dealt)
    on_piles = [row for pile in range(256) for row in rows[piles == pile]]
    np.testing.assert_array_equal(dealt, on_piles)


def test_visits_without_a_mistake_can_be_averaged_without_being_made(run_epoch):
    X, codes, steps, order = problem(1)
    units = zero_units(1, X, average=True)
    run_epoch(units, X, codes, steps, order)
    as_if = units.averaged(units.n_visits + 50)
    still = Units(*units.last(), average=True, n_visits=units.n_visits)
    still.coef_lag, still.intercept_lag = units.coef_lag, units.intercept_lag
    code = np.array([(X[0] @ units.coef[0] + units.intercept[0] > 0)], np.int32)
    assert run_epoch(still, X[:1], code, steps, np.zeros(50, np.intp)).sum() == 0
    for array, expected in zip(as_if, still.averaged(), strict=True):
        np.testing.assert_array_equal(array, expected)


def test_without_a_visit_the_average_is_the_start():
    units = Units(np.array([[1.0, 2.0]]), np.array([3.0]), average=True)
    coef, intercept = units.averaged()
    np.testing.assert_array_equal(coef, [[1.0, 2.0]])
    np.testing.assert_array_equal(intercept, [3.0])
    assert coef is not units.coef
