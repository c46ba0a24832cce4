"""Pre-activations, and the mistakes that weights make."""

import numpy as np
import pytest
from rule_problems import LAYOUTS, problem, zero_units
from scipy import sparse
from threadpoolctl import threadpool_limits

from sknnbasics import _threads
from sknnbasics._units import Units, _scoring


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


def naive_weight(coef, intercept, X, codes, class_weights):
    weight = 0
    for x, code in zip(X, codes, strict=True):
        z = coef @ x + intercept
        decided = z.argmax() if len(z) > 1 else z[0] > 0
        weight += class_weights[code] * (decided != code)
    return weight


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("n_units", [1, 3])
@pytest.mark.parametrize("n_candidates", [1, 2, 3])
@pytest.mark.parametrize("block", [None, 50, 1])
def test_each_candidate_weighs_what_it_mistakes(monkeypatch, layout, n_units, n_candidates, block):
    """In blocks and on threads, too: 1 makes a block of each row, and is worth many threads."""
    if block is not None:
        monkeypatch.setattr(_scoring, "_BLOCK", block)
        monkeypatch.setattr(_threads, "WORK_OF_A_THREAD", block)
        monkeypatch.setattr(_threads, "FEWEST_ROWS", 1)
    X, codes, _, _ = problem(n_units)
    n_classes = codes.max() + 1
    rng = np.random.default_rng(2)
    class_weights = rng.uniform(0, 3, n_classes)
    candidates = [
        (rng.normal(size=(n_units, X.shape[1])), rng.normal(size=n_units))
        for _ in range(n_candidates)
    ]
    expected = [naive_weight(*weights, X, codes, class_weights) for weights in candidates]
    with threadpool_limits(2, user_api="blas"):
        weighed = _scoring.mistaken_weights(candidates, LAYOUTS[layout](X), codes, class_weights)
    assert weighed == pytest.approx(expected, rel=1e-12)
    assert len(set(expected)) == n_candidates


@pytest.mark.parametrize("layout", LAYOUTS)
def test_samples_without_weight_are_no_mistakes(layout):
    X, codes, _, _ = problem(3)
    candidates = [(np.ones((3, X.shape[1])), np.array([0.0, 1.0, 0.0]))] * 2  # all are of class 1
    class_weights = np.array([0.0, 0.3, 0.0])
    args = LAYOUTS[layout](X), codes, class_weights
    assert _scoring.mistaken_weights(candidates, *args) == [0, 0]
