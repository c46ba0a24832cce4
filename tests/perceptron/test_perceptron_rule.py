"""The online rule held against the loop."""

import numpy as np
import pytest
from naive_perceptron import assert_weights, clusters, naive, overlapping, trained
from numpy.testing import assert_allclose, assert_array_equal


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("epochs", [1, 2, 5, 20])
def test_the_rule_is_the_loop(n_classes, epochs, fit_intercept):
    X, y = overlapping(n_classes)
    loop = naive(X, y, epochs, fit_intercept=fit_intercept)
    model = trained(X, y, epochs, eta0=0.1, fit_intercept=fit_intercept)
    assert_weights(model, loop.W, loop.b)
    assert_array_equal(model.mistake_curve_, loop.mistakes)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_decisions_are_the_preactivations(n_classes):
    X, y = overlapping(n_classes)
    model = trained(X, y, 5)
    z = X @ model.coef_.T + model.intercept_
    if n_classes == 2:
        assert_allclose(model.decision_function(X), z[:, 0], rtol=1e-12, atol=1e-12)
        assert_array_equal(model.predict(X), z[:, 0] > 0)
    else:
        assert_allclose(model.decision_function(X), z, rtol=1e-12, atol=1e-12)
        assert_array_equal(model.predict(X), z.argmax(axis=1))
    assert model.score(X, y) == np.mean(model.predict(X) == y)


def test_a_tie_does_not_fire_and_so_teaches_the_firing_class_only():
    X = [[1.0], [1.0]]
    # Weights are zero at the first visit. Label 0 expects silence: no mistake.
    silent_first = trained(X, [0, 1], 1)
    assert_array_equal(silent_first.mistake_curve_, [1])
    assert_array_equal(silent_first.coef_, [[0.1]])
    # Label 1 expects the unit to fire; then label 0 expects it not to.
    firing_first = trained(X, [1, 0], 1)
    assert_array_equal(firing_first.mistake_curve_, [2])
    assert_array_equal(firing_first.coef_, [[0.0]])


def test_a_tie_is_predicted_as_the_silent_class_and_of_many_as_the_first():
    model = trained([[1.0], [-1.0]], ["no", "yes"], 5)
    assert_array_equal(model.decision_function([[0.0]]), model.intercept_)
    model.intercept_[:] = 0
    assert_array_equal(model.predict([[0.0]]), ["no"])
    X, y = clusters()
    model = trained(X, y, 5)
    model.coef_[:] = 0
    model.intercept_[:] = 1
    assert_array_equal(model.predict(X), np.zeros(len(X)))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("eta0", [0.1, 0.7, 1, 30])
def test_eta0_only_rescales_the_weights(n_classes, eta0):
    X, y = overlapping(n_classes)
    unit = trained(X, y, 8, eta0=1.0)
    model = trained(X, y, 8, eta0=eta0)
    assert_weights(model, eta0 * unit.coef_, eta0 * unit.intercept_)
    assert_array_equal(model.predict(X), unit.predict(X))
    assert_array_equal(model.mistake_curve_, unit.mistake_curve_)


def test_eta0_of_a_power_of_two_changes_no_prediction_on_whole_numbers():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        X, y = rng.integers(-2, 3, size=(12, 3)), rng.integers(2, size=12)
        y[:2] = 0, 1
        models = [
            trained(X, y, 30, average=False, eta0=eta0, shuffle=True, random_state=0)
            for eta0 in (1.0, 0.25, 8.0)
        ]
        for model, eta0 in zip(models, (1.0, 0.25, 8.0), strict=True):
            assert_array_equal(model.coef_, eta0 * models[0].coef_)
            assert_array_equal(model.predict(X), models[0].predict(X))
