"""When training ends: without a mistake, out of patience, or at max_iter."""

import warnings

import numpy as np
import pytest
from both_estimators import unconverged
from naive_perceptron import clusters, naive_patience, overlapping, separable, trained
from numpy.testing import assert_array_equal
from scipy.sparse import csr_array
from sklearn.datasets import load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from sknnbasics import PerceptronClassifier


def test_sets_with_a_margin_are_always_separated():
    for seed in range(100):
        X, y = separable(seed, margin=0.1)
        model = PerceptronClassifier(random_state=0).fit(X, y)
        assert model.converged_
        assert model.score(X, y) == 1


def test_most_sets_without_a_margin_are_separated_at_the_defaults():
    # scikit-learn's Perceptron fails on more than 90 of them.
    scores = [
        PerceptronClassifier(random_state=0).fit(X, y).score(X, y)
        for X, y in (separable(seed, margin=0) for seed in range(100))
    ]
    assert np.less(scores, 1).sum() <= 20


def test_without_tol_all_sets_without_a_margin_are_separated():
    for seed in range(100):
        X, y = separable(seed, margin=0)
        model = PerceptronClassifier(tol=None, max_iter=10_000, random_state=0).fit(X, y)
        assert model.converged_
        assert model.score(X, y) == 1


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("margin", [0.05, 0.2, 0.5])
def test_no_more_mistakes_than_novikoffs_bound(margin, fit_intercept):
    for seed in range(5):
        X, y = separable(seed, margin)
        model = PerceptronClassifier(
            tol=None, max_iter=10_000, fit_intercept=fit_intercept, random_state=seed
        ).fit(X, y)
        # A bias is the weight of a constant feature 1.
        radius_squared = (X**2).sum(axis=1).max() + fit_intercept
        assert 0 < model.mistake_curve_.sum() <= radius_squared / margin**2


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("samples", [clusters, lambda: separable(0, 0.05)])
def test_training_ends_at_the_first_epoch_without_a_mistake(samples, shuffle):
    X, y = samples()
    model = PerceptronClassifier(average=False, shuffle=shuffle, random_state=0).fit(X, y)
    assert model.converged_ is True
    assert model.n_iter_ == len(model.mistake_curve_) < model.max_iter
    assert (model.mistake_curve_[:-1] > 0).all()
    assert model.mistake_curve_[-1] == 0
    assert model.score(X, y) == 1


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("tol", [0.0, None])
def test_a_warning_names_max_iter_where_it_ends_the_training(n_classes, tol):
    X, y = overlapping(n_classes)
    model = PerceptronClassifier(max_iter=4, tol=tol, random_state=0)
    with pytest.warns(ConvergenceWarning, match="max_iter=4") as caught:
        model.fit(X, y)
    assert len(caught) == 1
    assert model.n_iter_ == 4


def test_at_the_limit_only_unscaled_samples_are_to_be_scaled():
    X, y = overlapping()
    for X_given, remedy in [
        (X, r"Raise max_iter\.$"),
        (X + 1e3, "Raise max_iter, or scale X"),
        (X * [1, 1, 1, 1, 1e3], "Raise max_iter, or scale X"),
    ]:
        with pytest.warns(ConvergenceWarning, match=remedy):
            PerceptronClassifier(max_iter=4, random_state=0).fit(X_given, y)


@unconverged
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(
    ("tol", "n_iter_no_change"), [(0.0, 1), (0.0, 2), (0.0, 7), (0.02, 5), (0.1, 3), (1.0, 4)]
)
@pytest.mark.parametrize("n_samples", [60, 600])
def test_training_ends_after_epochs_and_corrections_in_vain(
    n_samples, tol, n_iter_no_change, shuffle
):
    X, y = overlapping(n_samples=n_samples)
    full = trained(X, y, 200, shuffle=shuffle, random_state=0)
    model = PerceptronClassifier(
        average=False,
        eta0=0.1,
        tol=tol,
        n_iter_no_change=n_iter_no_change,
        shuffle=shuffle,
        random_state=0,
    ).fit(X, y)
    curve = full.mistake_curve_
    expected = naive_patience(curve / n_samples, curve, tol, n_iter_no_change, n_samples)
    assert model.n_iter_ == expected
    assert_array_equal(model.mistake_curve_, full.mistake_curve_[: model.n_iter_])
    assert model.converged_ is False


def test_a_tol_that_nothing_meets_stops_after_the_first_epoch_and_the_wait():
    X, y = overlapping(3)
    model = PerceptronClassifier(tol=1.0, n_iter_no_change=6, random_state=0).fit(X, y)
    assert model.n_iter_ == 1 + 6


def test_an_infinite_wait_ends_at_max_iter_or_without_a_mistake():
    X, y = overlapping()
    with pytest.warns(ConvergenceWarning):
        model = PerceptronClassifier(n_iter_no_change=np.inf, max_iter=120).fit(X, y)
    assert model.n_iter_ == 120
    X, y = separable(0, margin=0.05)
    assert PerceptronClassifier(n_iter_no_change=np.inf).fit(X, y).converged_


def test_without_tol_only_max_iter_stops():
    X, y = overlapping()
    model = PerceptronClassifier(tol=None, n_iter_no_change=1, max_iter=120, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y)
    assert model.n_iter_ == 120


def test_nothing_is_said_of_scaled_data_on_which_the_most_frequent_class_is_best():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 3)), np.arange(500) % 50 == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = PerceptronClassifier(random_state=0).fit(X, y)
    assert model.score(X, y) >= 0.98


@pytest.mark.parametrize("average", [False, True, "pocket"])
@pytest.mark.parametrize(
    ("as_frame", "large", "small"),
    [(False, "feature 12", "feature 7"), (True, "feature proline", "feature nonflavanoid_phenols")],
)
def test_features_far_apart_in_size_are_named(average, as_frame, large, small):
    X, y = load_wine(return_X_y=True, as_frame=as_frame)
    told = f"still made .* mistakes.*{large} reaches 1680, but {small} reaches 0.66.*Scale X"
    with pytest.warns(ConvergenceWarning, match=told) as caught:
        PerceptronClassifier(average=average, random_state=0).fit(X, y)
    assert len(caught) == 1


def test_nothing_is_said_of_sizes_that_do_not_hinder():
    X, y = overlapping()
    X = MaxAbsScaler().fit_transform(X)
    perceptron = PerceptronClassifier(random_state=0)
    rng = np.random.default_rng(0)
    with_a_rare_category = np.column_stack([rng.choice([-1, 1], 20_000), np.arange(20_000) == 7])
    labels_of_20000 = with_a_rare_category[:, 0] + rng.normal(size=20_000) > 0
    near, apart, zeros = (X * [1, 1, 1, 1, factor] for factor in (1 / 64, 1 / 128, 0))
    with pytest.warns(ConvergenceWarning, match=r"but feature 4 reaches 0\.007812"):
        assert not perceptron.fit(apart, y).converged_
    for X_that_does_not, labels in [
        (near, y),
        (zeros, y),
        (csr_array(apart), y),
        (apart, X[:, 0] > 0.05),  # without a mistake in the end
        (np.zeros_like(X), X[:, 0] > 0.05),
        (StandardScaler().fit_transform(with_a_rare_category), labels_of_20000),
    ]:
        perceptron.fit(X_that_does_not, labels)
