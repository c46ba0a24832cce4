"""The comparison that the other files rest on."""

import numpy as np
from refusals import fitted, frozen, network


def test_the_helper_sees_changes():
    estimator = fitted(network)
    before = frozen(vars(estimator))
    estimator.coefs_[0][0, 0] = np.nextafter(estimator.coefs_[0][0, 0], 9)
    assert frozen(vars(estimator)) != before
    before = frozen(vars(estimator))
    estimator._state.rng.uniform()
    assert frozen(vars(estimator)) != before
