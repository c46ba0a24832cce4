"""The average of the weights after each visit."""

import numpy as np
import pytest
from rule_problems import LAYOUTS, N_UNITS, naive_epochs, problem, zero_units

from sknnbasics._units import Units


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


def test_float32_lag_is_summed_in_double(run_epoch):
    # float32 has no odd number above 2**24, such as 465 * 466 * 467 / 6.
    X, codes = np.ones((2, 1), np.float32), np.array([1, 0], np.int32)
    units = zero_units(1, X, average=True)
    units.n_visits = 465
    run_epoch(units, X, codes, np.ones(2, np.float32), np.array([0], np.intp))
    assert units.coef_lag[0, 0] == units.intercept_lag[0] == 465 * 466 * 467 / 6 == 16_865_705


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
