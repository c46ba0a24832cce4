"""The penalty that the data ask for, against a Gaussian process written out."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import multivariate_normal

from sknnbasics._network._penalty import CANDIDATES, LEAST_ALPHA, TYPICAL, estimated_alpha


def rows(noise, n=60, n_units=8, seed=0):
    rng = np.random.default_rng(seed)
    H = rng.normal(size=(n, n_units))
    t = H @ rng.normal(size=n_units) + noise * rng.normal(size=n)
    return H, 0.5 + 0.4 * (t / abs(t).max())[:, None], np.ones(n)


def naive_alpha(H, T):
    """The ratio of the variances whose Gaussian process makes the targets most probable."""
    best = []
    p = T.mean(axis=0)
    for alpha in CANDIDATES:
        log_evidence = 0
        for mean, t in zip(p, T.T, strict=True):
            features = mean * (1 - mean) * (H - H.mean(axis=0))
            shape = np.eye(len(t)) + features @ features.T / (alpha**2 / TYPICAL)
            residuals = t - mean
            variance = residuals @ np.linalg.solve(shape, residuals) / len(t)
            log_evidence += multivariate_normal.logpdf(residuals, cov=variance * shape)
        best.append(log_evidence)
    return CANDIDATES[np.argmax(best)]


@pytest.mark.parametrize("noise", [0.01, 0.3, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("n_units", [8, 90])  # either side of the decomposition
def test_it_maximises_the_evidence(noise, n_units):
    H, T, s = rows(noise, n_units=n_units)
    T = np.column_stack([T, rows(noise, n_units=n_units, seed=1)[1]])
    assert estimated_alpha(H, T, s) == pytest.approx(naive_alpha(H, T))


def test_more_noise_asks_for_more_penalty():
    alphas = [estimated_alpha(*rows(noise)) for noise in (0.01, 0.3, 1.0, 3.0, 10.0)]
    assert alphas == sorted(alphas)
    assert alphas[0] < 0.01 < 0.1 < alphas[-1]


@pytest.mark.parametrize("n_units", [3, 200])
@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_weights_equal_repetition(kind, n_units):
    H, T, _ = rows(1.0, n_units=n_units)
    counts = np.random.default_rng(1).integers(1, 4, len(H))
    repeated = estimated_alpha(
        np.repeat(H, counts, axis=0), np.repeat(T, counts, axis=0), np.ones(counts.sum())
    )
    assert estimated_alpha(kind(H), T, counts.astype(float)) == repeated


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_sparse_inputs_give_what_dense_ones_give(fit_intercept):
    H, T, s = rows(1.0)
    assert estimated_alpha(csr_array(H), T, s, fit_intercept) == estimated_alpha(
        H, T, s, fit_intercept
    )


def test_where_nothing_tells_the_noise_the_penalty_is_the_least():
    H, T, s = rows(1.0)
    assert estimated_alpha(H[:9], T[:9], s[:9]) == LEAST_ALPHA
    assert estimated_alpha(H, np.full_like(T, 0.3), s) == LEAST_ALPHA
    assert estimated_alpha(np.full_like(H, np.nan), T, s) == LEAST_ALPHA


def test_targets_whose_squares_vanish_tell_nothing():
    H, T, s = rows(noise=1.0)
    assert estimated_alpha(H, 1e-200 * T, s) == LEAST_ALPHA
