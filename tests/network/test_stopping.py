"""The patience of a network."""

import pytest

from sknnbasics._network._stopping import Patience


def epochs_until_exhausted(patience, values):
    for epoch, value in enumerate(values, start=1):
        patience.observe(value)
        if patience.exhausted:
            return epoch
    return None


@pytest.mark.parametrize("n_iter_no_change", [1, 2, 5])
def test_stops_after_exactly_that_many_epochs_that_are_no_better(n_iter_no_change):
    patience = Patience(0.0, n_iter_no_change)
    assert epochs_until_exhausted(patience, [1.0] * 20) == 1 + n_iter_no_change


def test_an_improvement_starts_the_count_anew():
    assert epochs_until_exhausted(Patience(0.0, 2), [5, 5, 4, 4, 4]) == 5


def test_relative_tolerance():
    assert epochs_until_exhausted(Patience(0.1, 1), [1e-6, 0.95e-6]) == 2
    assert epochs_until_exhausted(Patience(0.1, 1), [1e-6, 0.89e-6]) is None


def test_small_gains_lower_the_bar_all_the_same():
    # 0.96 is no improvement on 1.0 by 10 %, yet the next value must beat 0.96.
    assert epochs_until_exhausted(Patience(0.1, 2), [1.0, 0.96, 0.88]) == 3


def test_a_cost_that_is_nothing_cannot_get_better():
    assert epochs_until_exhausted(Patience(0.1, 2), [1e-31, 1e-33, 1e-35]) == 3


def test_without_tolerance_patience_never_ends():
    assert epochs_until_exhausted(Patience(None, 1), [1.0] * 100) is None


def test_restart_waits_the_full_time_against_the_same_best_value():
    patience = Patience(0.0, 2)
    assert epochs_until_exhausted(patience, [1.0, 2.0, 2.0]) == 3
    patience.restart()
    assert epochs_until_exhausted(patience, [1.5, 1.5]) == 2


def test_epochs_of_few_updates_wait_for_enough_of_them():
    patience = Patience(0.0, 2, min_updates=7)
    for _ in range(4):
        patience.observe(1.0, n_updates=2)
    assert not patience.exhausted  # three epochs in a row, six updates
    patience.observe(1.0, n_updates=2)
    assert patience.exhausted
    patience.restart()
    assert not patience.exhausted


def test_infinite_patience_never_ends():
    assert epochs_until_exhausted(Patience(0.0, float("inf")), [1.0] * 1000) is None
