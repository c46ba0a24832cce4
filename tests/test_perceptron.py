"""PerceptronClassifier: the online rule, and everything around it."""

import inspect
import pickle
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_blobs, make_classification
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import Perceptron
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import has_fit_parameter

from sknnbasics import PerceptronClassifier
from sknnbasics._units import _fit, _orders

unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


# Samples, and the rule as a loop -----------------------------------------------------------


def overlapping(n_classes=2, n_samples=60):
    """Classes that no hyperplane separates: every epoch makes mistakes."""
    return make_classification(
        n_samples,
        n_features=5,
        n_informative=4,
        n_redundant=0,
        n_classes=n_classes,
        n_clusters_per_class=1,
        class_sep=0.5,
        flip_y=0.1,
        weights=[0.6] + [0.4 / (n_classes - 1)] * (n_classes - 1),
        random_state=3,
    )


def separable(seed, margin, n_samples=200, n_features=10):
    """Standard normal rows further than `margin` from a hyperplane through the origin."""
    rng = np.random.default_rng(seed)
    w = rng.standard_normal(n_features)
    w /= np.linalg.norm(w)
    X = rng.standard_normal((5 * n_samples, n_features))
    X = X[abs(X @ w) > margin][:n_samples]
    assert len(X) == n_samples
    return X, (X @ w > 0).astype(int)


def clusters():
    """Three classes, each separable from the two others."""
    return make_blobs(90, centers=[(0, 5), (5, -5), (-5, -5)], random_state=0)


class NaivePerceptron:
    """The rule, one unit a class; the average weighs those after visit number τ by 1 + … + τ."""

    def __init__(self, n_units, n_features, eta, coef=None, intercept=None, fit_intercept=True):
        self.W = np.zeros((n_units, n_features)) if coef is None else np.array(coef, float)
        self.b = np.zeros(n_units) if intercept is None else np.array(intercept, float)
        self.eta = eta
        self.fit_intercept = fit_intercept
        self.mistakes = []
        self.visited = []

    def epoch(self, X, targets, steps=None, order=None):
        """`targets` of shape (n_samples, n_units), of 0 and 1; `steps` scale eta."""
        self.mistakes.append(0)
        for i in range(len(X)) if order is None else order:
            eta = self.eta if steps is None else self.eta * steps[i]
            for k in range(len(self.W)):
                o = 1 if self.W[k] @ X[i] + self.b[k] > 0 else 0
                error = targets[i, k] - o
                if error != 0:
                    self.mistakes[-1] += 1
                    self.W[k] += eta * error * X[i]
                    self.b[k] += eta * error * self.fit_intercept
            self.visited.append((self.W.copy(), self.b.copy()))
        return self

    def average(self):
        W, b = zip(*self.visited, strict=True)
        weights = np.cumsum(np.arange(1, len(W) + 1))
        return np.average(W, axis=0, weights=weights), np.average(b, axis=0, weights=weights)


def one_hot(y):
    """A column a class, or one column in the binary case."""
    targets = (y[:, None] == np.unique(y)).astype(int)
    return targets[:, 1:] if targets.shape[1] == 2 else targets


def naive(X, y, epochs, eta=0.1, steps=None, **start):
    targets = one_hot(y)
    loop = NaivePerceptron(targets.shape[1], X.shape[1], eta, **start)
    for _ in range(epochs):
        loop.epoch(X, targets, steps)
    return loop


def trained(X, y, epochs, *, coef_init=None, intercept_init=None, **params):
    """The plain rule in the given order, for that many epochs unless one makes no mistake."""
    settings = {"average": False, "eta0": 0.1, "shuffle": False, "tol": None, "max_iter": epochs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return PerceptronClassifier(**settings | params).fit(
            X, y, coef_init=coef_init, intercept_init=intercept_init
        )


def assert_weights(model, coef, intercept):
    assert_allclose(model.coef_, coef, rtol=1e-12, atol=1e-12)
    assert_allclose(model.intercept_, intercept, rtol=1e-12, atol=1e-12)


def assert_same_model(model, other):
    """To the last bit."""
    assert_array_equal(model.coef_, other.coef_, strict=True)
    assert_array_equal(model.intercept_, other.intercept_, strict=True)
    assert_array_equal(model.mistake_curve_, other.mistake_curve_, strict=True)
    assert_array_equal(model.classes_, other.classes_)
    assert model.n_iter_ == other.n_iter_
    assert model.converged_ == other.converged_


def snapshot(model):
    """All that a fit has set, to the last bit."""
    fitted = {name: value for name, value in vars(model).items() if name not in model.get_params()}
    return pickle.dumps(fitted)


@pytest.fixture(params=["permuted", "dealt"])
def both_shuffles(request, monkeypatch):
    """Few rows are permuted by NumPy, many are dealt: here, the same rows either way."""
    if request.param == "dealt":
        monkeypatch.setattr(_orders, "MANY_ROWS", 1)


def recorded_epochs(monkeypatch):
    """What each later epoch visited, and the weights that it left behind."""
    run_epoch, orders, weights = _fit.run_epoch, [], []

    def spy(units, X, codes, steps, order):
        orders.append(np.array(order))
        n_corrections = run_epoch(units, X, codes, steps, order)
        weights.append((units.coef.copy(), units.intercept.copy()))
        return n_corrections

    monkeypatch.setattr(_fit, "run_epoch", spy)
    return orders, weights


# The interface -----------------------------------------------------------------------------


def test_the_parameters_are_those_of_the_design_and_keyword_only():
    parameters = inspect.signature(PerceptronClassifier).parameters
    assert set(parameters) == {
        "threshold",
        "fit_intercept",
        "init",
        "eta0",
        "max_iter",
        "tol",
        "n_iter_no_change",
        "shuffle",
        "random_state",
        "average",
        "class_weight",
        "early_stopping",
        "validation_fraction",
        "warm_start",
        "verbose",
    }
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_fit_takes_no_sample_weight():
    assert list(inspect.signature(PerceptronClassifier.fit).parameters)[1:] == [
        "X",
        "y",
        "coef_init",
        "intercept_init",
    ]
    assert not has_fit_parameter(PerceptronClassifier(), "sample_weight")


@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_fitted_attributes(n_classes):
    X, y = overlapping(n_classes)
    model = trained(X, y, 7)
    n_units = 1 if n_classes == 2 else n_classes
    assert_array_equal(model.classes_, np.arange(n_classes))
    assert model.coef_.shape == (n_units, 5)
    assert model.intercept_.shape == (n_units,)
    assert model.n_iter_ == 7
    assert model.converged_ is False
    assert model.mistake_curve_.shape == (7,)
    assert np.issubdtype(model.mistake_curve_.dtype, np.integer)
    assert model.validation_scores_ is None
    assert model.n_features_in_ == 5
    assert not hasattr(model, "feature_names_in_")


@unconverged
def test_feature_names_are_kept():
    X, y = overlapping()
    frame = pd.DataFrame(X, columns=list("abcde"))
    model = trained(frame, y, 3)
    assert_array_equal(model.feature_names_in_, list("abcde"))
    assert_same_model(model, trained(X, y, 3))
    with pytest.raises(ValueError, match="feature names"):
        model.predict(frame[list("bacde")])
    assert not hasattr(clone(model).fit(frame, y).fit(X, y), "feature_names_in_")


@pytest.mark.parametrize(
    "params",
    [
        {"threshold": np.inf},
        {"threshold": "2"},
        {"fit_intercept": "yes"},
        {"init": "ones"},
        {"eta0": 0},
        {"eta0": -0.1},
        {"max_iter": 0},
        {"max_iter": 1.5},
        {"tol": -1e-3},
        {"n_iter_no_change": 0},
        {"shuffle": "no"},
        {"random_state": "seed"},
        {"average": "yes"},
        {"class_weight": "even"},
        {"early_stopping": "yes"},
        {"validation_fraction": 0.0},
        {"validation_fraction": 1.0},
        {"warm_start": "yes"},
        {"verbose": "loud"},
    ],
    ids=str,
)
def test_invalid_parameters_are_refused(params):
    X, y = overlapping()
    (name,) = params
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        PerceptronClassifier(**params).fit(X, y)


@pytest.mark.parametrize("method", ["predict", "decision_function"])
def test_nothing_is_predicted_before_fit(method):
    with pytest.raises(NotFittedError):
        getattr(PerceptronClassifier(), method)([[0.0]])


# The rule ----------------------------------------------------------------------------------


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
@pytest.mark.parametrize("threshold", [2, -0.5])
def test_the_threshold_is_the_bias_to_start_from(n_classes, threshold):
    X, y = overlapping(n_classes)
    start = np.full(1 if n_classes == 2 else n_classes, -float(threshold))
    loop = naive(X, y, 4, intercept=start)
    assert_weights(trained(X, y, 4, threshold=threshold), loop.W, loop.b)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("threshold", [0.0, 0.3])
def test_without_fit_intercept_the_bias_stays_at_the_threshold(n_classes, threshold):
    X, y = overlapping(n_classes)
    model = trained(X, y, 6, threshold=threshold, fit_intercept=False)
    assert_array_equal(model.intercept_, np.full_like(model.intercept_, -threshold))
    loop = naive(X, y, 6, intercept=model.intercept_, fit_intercept=False)
    assert_weights(model, loop.W, loop.b)
    model.partial_fit(X, y)
    assert_array_equal(model.intercept_, np.full_like(model.intercept_, -threshold))


def test_a_given_intercept_stays_without_fit_intercept():
    X, y = overlapping()
    model = trained(X, y, 6, fit_intercept=False, intercept_init=[0.25])
    assert_array_equal(model.intercept_, [0.25])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("eta0", [0.1, 0.7, 1, 30])
def test_eta0_only_rescales_the_weights(n_classes, eta0):
    X, y = overlapping(n_classes)
    unit = trained(X, y, 8, eta0=1.0)
    model = trained(X, y, 8, eta0=eta0)
    assert_weights(model, eta0 * unit.coef_, eta0 * unit.intercept_)
    assert_array_equal(model.predict(X), unit.predict(X))
    assert_array_equal(model.mistake_curve_, unit.mistake_curve_)


def test_uniform_weights_are_drawn_from_0_to_1_and_zeros_are_zero():
    X, y = np.zeros((3, 2000)), [0, 1, 2]  # no sample that could move a weight
    drawn = trained(X, y, 1, init="uniform", random_state=0).coef_
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert_allclose(np.quantile(drawn, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)
    again = trained(X, y, 1, init="uniform", random_state=0).coef_
    assert_array_equal(again, drawn)
    assert (trained(X, y, 1, init="uniform", random_state=1).coef_ != drawn).any()
    assert_array_equal(trained(X, y, 1).coef_, np.zeros((3, 2000)))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_initial_weights_can_be_passed(n_classes):
    X, y = overlapping(n_classes)
    rng = np.random.default_rng(0)
    n_units = 1 if n_classes == 2 else n_classes
    coef, intercept = rng.standard_normal((n_units, 5)), rng.standard_normal(n_units)
    loop = naive(X, y, 3, coef=coef, intercept=intercept)
    start = {"coef_init": coef, "intercept_init": intercept}
    assert_weights(trained(X, y, 3, **start), loop.W, loop.b)
    assert_weights(trained(X, y, 3, threshold=2, init="uniform", **start), loop.W, loop.b)
    loop = naive(X, y, 3, coef=coef, intercept=[-0.5] * n_units)
    assert_weights(trained(X, y, 3, threshold=0.5, coef_init=coef), loop.W, loop.b)


def test_one_unit_takes_initial_weights_without_the_axis_of_units():
    X, y = overlapping()
    flat = trained(X, y, 3, coef_init=[1, 0, 0, 0, 0], intercept_init=2)
    nested = trained(X, y, 3, coef_init=[[1, 0, 0, 0, 0]], intercept_init=[2])
    assert_same_model(flat, nested)


def test_initial_weights_are_not_written_to():
    X, y = overlapping()
    coef, intercept = np.ones((1, 5)), np.ones(1)
    trained(X, y, 3, coef_init=coef, intercept_init=intercept)
    assert_array_equal(coef, np.ones((1, 5)))
    assert_array_equal(intercept, np.ones(1))


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"coef_init": np.zeros((1, 4))}, r"coef_init must have shape \(1, 5\), got \(1, 4\)"),
        ({"coef_init": np.zeros((2, 5))}, r"coef_init must have shape \(1, 5\), got \(2, 5\)"),
        ({"intercept_init": [0, 0]}, r"intercept_init must have shape \(1,\), got \(2,\)"),
        ({"coef_init": np.full(5, np.nan)}, "coef_init contains NaN"),
    ],
)
def test_initial_weights_of_a_wrong_shape_are_refused(start, message):
    X, y = overlapping()
    with pytest.raises(ValueError, match=message):
        PerceptronClassifier().fit(X, y, **start)


# Held against scikit-learn -----------------------------------------------------------------


def both_start_from(n_classes, n_features=5):
    """Weights that tie with no sample; scikit-learn calls a tie a mistake of either class."""
    rng = np.random.default_rng(1)
    n_units = 1 if n_classes == 2 else n_classes
    return {
        "coef_init": rng.standard_normal((n_units, n_features)),
        "intercept_init": rng.standard_normal(n_units),
    }


def peer(X, y, epochs, *, coef_init, intercept_init, **params):
    """scikit-learn's Perceptron, which trains in the initial arrays themselves: pass copies."""
    settings = {"shuffle": False, "tol": None, "max_iter": epochs} | params
    start = {"coef_init": coef_init.copy(), "intercept_init": intercept_init.copy()}
    return Perceptron(**settings).fit(X, y, **start)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize(("eta0", "epochs"), [(1.0, 1), (0.1, 2), (0.1, 10), (0.37, 30)])
def test_the_weights_are_scikit_learns(n_classes, eta0, epochs, fit_intercept):
    X, y = overlapping(n_classes)
    start = both_start_from(n_classes)
    settings = {"eta0": eta0, "fit_intercept": fit_intercept} | start
    theirs, ours = peer(X, y, epochs, **settings), trained(X, y, epochs, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), rtol=1e-10, atol=1e-10)


def test_from_zero_weights_the_first_sample_of_the_firing_class_breaks_the_tie_alike():
    X, y = overlapping()
    order = np.argsort(-y, kind="stable")
    theirs = Perceptron(shuffle=False, tol=None, eta0=0.1, max_iter=10).fit(X[order], y[order])
    ours = trained(X[order], y[order], 10, eta0=0.1)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("class_weight", [{0: 0.5, 1: 2.0}, "balanced"])
def test_class_weights_are_scikit_learns_for_two_classes(class_weight):
    X, y = overlapping()
    settings = {"class_weight": class_weight, "eta0": 0.1} | both_start_from(2)
    theirs, ours = peer(X, y, 10, **settings), trained(X, y, 10, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_bias_sparse_weights_are_scikit_learns(n_classes):
    X, y = overlapping(n_classes)
    X[X < 0.3] = 0
    settings = both_start_from(n_classes) | {"eta0": 0.1, "fit_intercept": False}
    settings["intercept_init"] = np.zeros_like(settings["intercept_init"])
    theirs = peer(sparse.csr_matrix(X), y, 10, **settings)
    ours = trained(sparse.csr_matrix(X), y, 10, **settings)
    assert_weights(ours, theirs.coef_, theirs.intercept_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_on_sparse_input_the_bias_learns_as_on_dense(n_classes):
    X, y = overlapping(n_classes)
    X[X < 0.3] = 0
    settings = both_start_from(n_classes) | {"eta0": 0.1}
    ours = trained(sparse.csr_matrix(X), y, 10, **settings)
    dense_theirs = peer(X, y, 10, **settings)
    assert_weights(ours, dense_theirs.coef_, dense_theirs.intercept_)
    # scikit-learn takes a hundredth of the step on sparse input, as a feature of 0.1 would.
    sparse_theirs = peer(sparse.csr_matrix(X), y, 10, **settings)
    constant = np.full((len(X), 1), 0.1)
    ours = trained(
        sparse.csr_matrix(np.hstack([X, constant])),
        y,
        10,
        eta0=0.1,
        fit_intercept=False,
        coef_init=np.hstack([settings["coef_init"], 10 * settings["intercept_init"][:, None]]),
    )
    assert_weights(ours, np.hstack([sparse_theirs.coef_, ours.coef_[:, -1:]]), ours.intercept_)
    assert_allclose(0.1 * ours.coef_[:, -1], sparse_theirs.intercept_, rtol=1e-12, atol=1e-12)


# Convergence -------------------------------------------------------------------------------


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


def test_partial_fit_warns_of_nothing():
    X, y = overlapping()
    PerceptronClassifier().partial_fit(X, y, classes=[0, 1]).partial_fit(X, y)


def naive_patience(values, corrections, tol, n_iter_no_change, n_samples):
    """The epoch at which enough epochs and corrections in a row were no better by `tol`."""
    best, waited = np.inf, []
    for epoch, (value, n_corrections) in enumerate(zip(values, corrections, strict=True), start=1):
        waited = [] if value < best - tol else [*waited, n_corrections]
        best = min(best, value)
        if len(waited) >= n_iter_no_change and sum(waited) >= 15 * n_samples**0.5:
            return epoch
    return None


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


# Shuffling, class weights, averaging -------------------------------------------------------


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("shuffle", [False, True])
def test_each_epoch_visits_every_sample_once_in_an_order_of_its_own(monkeypatch, shuffle):
    orders, _ = recorded_epochs(monkeypatch)
    X, y = overlapping()
    trained(X, y, 6, shuffle=shuffle, random_state=0)
    assert len(orders) == 6
    for order in orders:
        assert_array_equal(np.sort(order), np.arange(len(X)))
    assert len({tuple(order) for order in orders}) == (6 if shuffle else 1)
    if not shuffle:
        assert_array_equal(orders[0], np.arange(len(X)))


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_shuffled_epochs_run_the_rule_in_the_order_drawn(monkeypatch, n_classes):
    orders, _ = recorded_epochs(monkeypatch)
    X, y = overlapping(n_classes)
    model = trained(X, y, 5, shuffle=True, random_state=0)
    targets = one_hot(y)
    loop = NaivePerceptron(targets.shape[1], X.shape[1], eta=0.1)
    for order in orders:
        loop.epoch(X, targets, order=order)
    assert_weights(model, loop.W, loop.b)


@unconverged
def test_the_random_state_determines_the_run():
    X, y = overlapping()
    params = {"init": "uniform", "max_iter": 5, "tol": None}
    first, again, other = (
        PerceptronClassifier(**params, random_state=seed).fit(X, y) for seed in (0, 0, 1)
    )
    assert_same_model(first, again)
    assert (first.coef_ != other.coef_).any()


@unconverged
def test_a_generator_passed_as_random_state_moves_on():
    X, y = overlapping()
    params = {"max_iter": 5, "tol": None}
    generator = np.random.RandomState(0)
    first, second = (
        PerceptronClassifier(**params, random_state=generator).fit(X, y) for _ in range(2)
    )
    assert (first.coef_ != second.coef_).any()
    again = PerceptronClassifier(**params, random_state=np.random.RandomState(0)).fit(X, y)
    assert_same_model(first, again)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weights", ["dict", "balanced"])
def test_class_weights_scale_the_step(n_classes, weights):
    X, y = overlapping(n_classes)
    classes = np.arange(n_classes)
    if weights == "balanced":
        class_weight = "balanced"
        scale = compute_class_weight("balanced", classes=classes, y=y)
        assert_allclose(scale, len(y) / (n_classes * np.bincount(y)))
    else:
        class_weight, scale = {0: 0.3, n_classes - 1: 4.0}, np.ones(n_classes)
        scale[[0, -1]] = 0.3, 4.0
    loop = naive(X, y, 6, steps=scale[y])
    model = trained(X, y, 6, class_weight=class_weight)
    assert_weights(model, loop.W, loop.b)
    assert_array_equal(model.mistake_curve_, loop.mistakes)


def test_a_class_of_weight_0_teaches_nothing():
    X, y = overlapping()
    model = trained(X, y, 3, class_weight={0: 0.0})
    loop = naive(X, y, 3, steps=(y == 1).astype(float))
    assert_weights(model, loop.W, loop.b)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5, 8, 9, 13])
def test_average_is_the_mean_of_the_weights_after_each_visit(n_classes, epochs, fit_intercept):
    X, y = overlapping(n_classes)
    coef, intercept = naive(X, y, epochs, fit_intercept=fit_intercept).average()
    model = trained(X, y, epochs, average=True, fit_intercept=fit_intercept)
    assert_weights(model, coef, intercept)


def test_average_covers_class_weights_initial_weights_and_sparse_input():
    X, y = overlapping(3)
    X[X < 0.3] = 0
    scale = np.array([0.5, 1.0, 3.0])
    start = both_start_from(3)
    coef, intercept = naive(
        X, y, 6, steps=scale[y], coef=start["coef_init"], intercept=start["intercept_init"]
    ).average()
    params = {"average": True, "class_weight": dict(enumerate(scale))} | start
    for samples in (X, sparse.csr_matrix(X)):
        assert_weights(trained(samples, y, 6, **params), coef, intercept)


def test_averaging_changes_no_visit():
    X, y = overlapping(3)
    plain, averaged = (trained(X, y, 9, average=average) for average in (False, True))
    assert_array_equal(averaged.mistake_curve_, plain.mistake_curve_)
    assert (averaged.coef_ != plain.coef_).any()


def test_average_goes_on_through_partial_fit_and_warm_start():
    X, y = overlapping()
    coef, intercept = naive(X, y, 6).average()
    stepwise = PerceptronClassifier(average=True, eta0=0.1, shuffle=False)
    for _ in range(6):
        stepwise.partial_fit(X, y, classes=[0, 1])
    assert_weights(stepwise, coef, intercept)
    warm = trained(X, y, 3, average=True, warm_start=True)
    with pytest.warns(ConvergenceWarning):
        warm.fit(X, y)
    assert_weights(warm, coef, intercept)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("class_weight", [None, {0: 1, 1: 3}])
@pytest.mark.parametrize("epochs", [1, 2, 7, 20])
def test_the_pocket_holds_the_best_of_the_last_and_the_averaged_weights(
    n_classes, class_weight, epochs
):
    X, y = overlapping(n_classes)
    weights = np.array([(class_weight or {}).get(label, 1) for label in y], float)
    loop, best, fewest = NaivePerceptron(len(one_hot(y)[0]), 5, 1.0), None, np.inf
    for _ in range(epochs):
        loop.epoch(X, one_hot(y), weights)
        for coef, intercept in [loop.average(), (loop.W.copy(), loop.b.copy())]:
            z = X @ coef.T + intercept
            predicted = z[:, 0] > 0 if n_classes == 2 else z.argmax(axis=1)
            mistaken = weights[predicted != y].sum()
            if mistaken <= fewest:
                best, fewest = (coef, intercept), mistaken
    settings = {"average": "pocket", "eta0": 1.0, "class_weight": class_weight}
    assert_weights(trained(X, y, epochs, **settings), *best)


def test_the_pocket_is_no_worse_on_the_training_samples_than_the_last_and_the_averaged_weights():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(80, 4))
        y = (X[:, 0] + rng.normal(size=80) > 1).astype(int)
        scores = {
            average: trained(X, y, 15, average=average, eta0=1.0).score(X, y)
            for average in ("pocket", True, False)
        }
        assert scores["pocket"] >= max(scores[True], scores[False])


@pytest.mark.parametrize("average", [False, True, "pocket"])
def test_separated_samples_are_predicted_without_a_mistake_whatever_the_averaging(average):
    for seed in range(30):
        X, y = separable(seed, margin=0.02)
        model = PerceptronClassifier(average=average, tol=None, random_state=seed).fit(X, y)
        assert model.converged_
        assert model.score(X, y) == 1
    X, y = clusters()
    model = PerceptronClassifier(average=average, tol=None, random_state=0).fit(X, y)
    assert model.converged_
    assert model.score(X, y) == 1


def test_the_separating_average_is_that_of_more_epochs_without_a_mistake():
    X, y = separable(3, margin=0.02)
    model = PerceptronClassifier(average=True, tol=None, shuffle=False).fit(X, y)
    loop = NaivePerceptron(1, 10, 1.0)
    for _ in range(model.n_iter_):
        loop.epoch(X, one_hot(y))
    assert loop.mistakes[-1] == 0
    for n_epochs in (model.n_iter_ * 2**k for k in range(10)):
        while len(loop.mistakes) < n_epochs:
            loop.epoch(X, one_hot(y))
        coef, intercept = loop.average()
        if ((X @ coef[0] + intercept > 0) == y).all():
            break
    assert_weights(model, coef, intercept)


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


@unconverged
@pytest.mark.parametrize("average", [True, "pocket"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_replaced_weights_are_gone_on_from_whatever_the_averaging(average, method):
    X, y = overlapping()
    settings = {"average": average, "shuffle": False, "warm_start": True}
    model = PerceptronClassifier(max_iter=3, **settings).fit(X, y)
    model.coef_, model.intercept_ = np.full((1, 5), 7.0), np.array([-2.0])
    fresh = PerceptronClassifier(max_iter=3, **settings)
    fresh.fit(X, y, coef_init=model.coef_, intercept_init=model.intercept_)
    if method == "partial_fit":
        start = PerceptronClassifier(max_iter=1, **settings)
        start.partial_fit(X, y, classes=[0, 1])
        start.coef_, start.intercept_ = model.coef_, model.intercept_
        fresh = start.partial_fit(X, y)
        model.partial_fit(X, y)
    else:
        model.fit(X, y)
    assert_array_equal(model.coef_, fresh.coef_)


@unconverged
@pytest.mark.parametrize("early_stopping", [False, True])
def test_the_best_weights_of_an_earlier_call_stay_the_best(early_stopping):
    X, y = overlapping(n_samples=200)
    held_out = {"early_stopping": early_stopping, "validation_fraction": 0.3}
    for seed in range(20):
        model = PerceptronClassifier(
            max_iter=20, tol=None, warm_start=True, random_state=seed, **held_out
        ).fit(X, y)
        if early_stopping:
            before = model.validation_scores_.max()
            model.set_params(max_iter=1).fit(X, y)
            split = PerceptronClassifier(max_iter=1, random_state=seed, **held_out)
            samples, held = split._split(split._validate(X, y, None, reset=True))
            mistaken = held.mistaken_weight((model.coef_, model.intercept_))
            assert (held.weight - mistaken) / held.weight >= before
            assert len(samples.rows) == 140
        else:
            before = model.score(X, y)
            assert model.set_params(max_iter=1).fit(X, y).score(X, y) >= before


# Early stopping ----------------------------------------------------------------------------


@unconverged
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_early_stopping_keeps_the_weights_that_did_best_on_the_held_out(
    monkeypatch, n_classes, average
):
    orders, weights = recorded_epochs(monkeypatch)
    X, y = overlapping(n_classes)
    model = PerceptronClassifier(
        early_stopping=True,
        validation_fraction=0.25,
        tol=None,
        max_iter=30,
        average=average,
        random_state=0,
    ).fit(X, y)
    held_out = np.setdiff1d(np.arange(len(X)), orders[0])
    assert len(held_out) == len(X) // 4
    for order in orders:
        assert_array_equal(np.sort(order), np.setdiff1d(np.arange(len(X)), held_out))
    assert model.validation_scores_.shape == (model.n_iter_,)
    assert model.score(X[held_out], y[held_out]) == model.validation_scores_.max()
    if not average:
        scores = model.validation_scores_
        latest_best = np.flatnonzero(scores == scores.max())[-1]
        assert_array_equal(model.coef_, weights[latest_best][0])
        assert_array_equal(model.intercept_, weights[latest_best][1])
        for score, (model.coef_, model.intercept_) in zip(scores, weights, strict=True):
            assert model.score(X[held_out], y[held_out]) == score


@unconverged
def test_the_hold_out_is_stratified(monkeypatch):
    orders, _ = recorded_epochs(monkeypatch)
    X, _ = overlapping(n_samples=100)
    y = np.repeat(["common", "rare"], [90, 10])
    PerceptronClassifier(early_stopping=True, validation_fraction=0.2, max_iter=1).fit(X, y)
    held_out = np.setdiff1d(np.arange(100), orders[0])
    assert sorted(y[held_out]) == ["common"] * 18 + ["rare"] * 2


@unconverged
def test_a_tie_among_the_held_out_does_not_fire_either():
    X, y = np.zeros((20, 1)), np.repeat([0, 1], [15, 5])
    model = PerceptronClassifier(
        early_stopping=True, validation_fraction=0.2, fit_intercept=False, n_iter_no_change=3
    ).fit(X, y)
    # Four of the sixteen samples err in each epoch; fifteen times the root of sixteen is sixty.
    assert_array_equal(model.validation_scores_, np.full(1 + 60 // 4, 0.75))


@pytest.mark.parametrize(("tol", "n_iter_no_change"), [(0.0, 1), (0.0, 4), (0.1, 6)])
def test_early_stopping_watches_the_validation_accuracy(tol, n_iter_no_change):
    X, y = overlapping(3)
    model = PerceptronClassifier(
        early_stopping=True,
        validation_fraction=0.3,
        tol=tol,
        n_iter_no_change=n_iter_no_change,
        random_state=0,
    ).fit(X, y)
    errors, n_trained = 1 - model.validation_scores_, len(X) - len(X) * 3 // 10
    expected = naive_patience(errors, model.mistake_curve_, tol, n_iter_no_change, n_trained)
    assert model.n_iter_ == expected


def test_an_impossible_hold_out_names_its_remedy():
    X, y = [[0.0], [1.0], [2.0]], [0, 1, 1]
    with pytest.raises(ValueError, match=r"validation_fraction=0.1 of 3 samples.*Pass more"):
        PerceptronClassifier(early_stopping=True).fit(X, y)


# Going on ----------------------------------------------------------------------------------


@unconverged
@pytest.mark.parametrize("n_classes", [2, 3])
def test_warm_start_goes_on_where_fit_ended(n_classes):
    X, y = overlapping(n_classes)
    warm = trained(X, y, 4, warm_start=True)
    warm.fit(X, y)
    assert_same_model(warm, trained(X, y, 8))
    warm.set_params(max_iter=3).fit(X, y)
    assert_same_model(warm, trained(X, y, 11))


@unconverged
def test_without_warm_start_fit_begins_anew():
    X, y = overlapping()
    model = trained(X, y, 4)
    once = pickle.loads(pickle.dumps(model))
    assert_same_model(model.fit(X, y), once)
    X3, y3 = overlapping(3)
    assert model.fit(X3[:, :4], y3).coef_.shape == (3, 4)


@unconverged
def test_warm_start_takes_todays_parameters():
    X, y = overlapping()
    warm = trained(X, y, 4, warm_start=True)
    warm.set_params(eta0=0.5, fit_intercept=False, class_weight={0: 2.0}).fit(X, y)
    first = naive(X, y, 4)
    loop = naive(
        X,
        y,
        4,
        eta=0.5,
        steps=np.where(y == 0, 2.0, 1.0),
        coef=first.W,
        intercept=first.b,
        fit_intercept=False,
    )
    assert_weights(warm, loop.W, loop.b)


@unconverged
def test_warm_start_takes_initial_weights_too():
    X, y = overlapping()
    warm = trained(X, y, 4, warm_start=True)
    start = both_start_from(2)
    warm.fit(X, y, **start)
    other = trained(X, y, 4, **start)
    assert_array_equal(warm.coef_, other.coef_)
    assert_array_equal(warm.intercept_, other.intercept_)


@unconverged
def test_warm_start_gathers_validation_scores():
    X, y = overlapping()
    model = trained(X, y, 4, warm_start=True, early_stopping=True, random_state=0)
    first = model.validation_scores_
    model.fit(X, y)
    assert model.validation_scores_.shape == (8,)
    assert_array_equal(model.validation_scores_[:4], first)


@pytest.mark.usefixtures("both_shuffles")
@unconverged
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("init", ["zeros", "uniform"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_epochs_of_partial_fit_are_epochs_of_fit(n_classes, init, shuffle, average):
    X, y = overlapping(n_classes)
    params = {"shuffle": shuffle, "init": init, "average": average, "random_state": 5}
    stepwise = PerceptronClassifier(**params)
    for _ in range(6):
        stepwise.partial_fit(X, y, classes=range(n_classes))
    whole = PerceptronClassifier(**params, tol=None, max_iter=6).fit(X, y)
    assert_same_model(stepwise, whole)


def test_partial_fit_takes_chunks():
    X, y = overlapping()
    model = PerceptronClassifier(average=False, eta0=0.1, shuffle=False)
    for rows in (slice(0, 20), slice(20, 21), slice(21, 60)):
        model.partial_fit(X[rows], y[rows], classes=[0, 1])
    loop = naive(X, y, 1)
    assert_weights(model, loop.W, loop.b)
    assert model.n_iter_ == 3
    assert model.mistake_curve_.sum() == sum(loop.mistakes)


def test_partial_fit_goes_on_from_fit():
    X, y = overlapping()
    model = trained(X, y, 4).partial_fit(X, y)
    assert_same_model(model, trained(X, y, 5))


@pytest.mark.usefixtures("both_shuffles")
@pytest.mark.parametrize("average", [False, True])
def test_half_way_partial_fit_survives_pickling_to_the_last_bit(average):
    X, y = overlapping(3)
    model = PerceptronClassifier(average=average, random_state=0)
    for _ in range(3):
        model.partial_fit(X, y, classes=[0, 1, 2])
    restored = pickle.loads(pickle.dumps(model))
    for _ in range(3):
        model.partial_fit(X, y)
        restored.partial_fit(X, y)
        assert_same_model(model, restored)


# Labels ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "labels",
    [
        ["ham", "spam"],
        np.array(["ham", "spam"], dtype=object),
        [False, True],
        [-1, 1],
        [-7, -3],
        [2.0, 3.0],
        ["a", "b", "c"],
        [-1, 0, 1],
        [10, 20, 40],
    ],
    ids=str,
)
def test_labels_of_any_kind(labels):
    labels = np.asarray(labels)
    X, codes = overlapping(len(labels))
    y = labels[codes]
    model, plain = trained(X, y, 5), trained(X, codes, 5)
    assert_array_equal(model.classes_, labels)
    assert model.classes_.dtype == labels.dtype
    assert_array_equal(model.coef_, plain.coef_)
    assert_array_equal(model.predict(X), labels[plain.predict(X)])
    assert model.predict(X).dtype == labels.dtype
    assert model.score(X, y) == plain.score(X, codes)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match=r"one class only: .*'yes'"):
        PerceptronClassifier().fit([[0.0], [1.0]], ["yes", "yes"])
    with pytest.raises(ValueError, match="one class"):
        PerceptronClassifier().partial_fit([[0.0], [1.0]], [1, 1], classes=[1])


def test_partial_fit_must_know_the_classes_first():
    X, y = overlapping(3)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        PerceptronClassifier().partial_fit(X, y)


def test_partial_fit_sorts_the_classes_and_keeps_those_not_yet_seen():
    X, y = overlapping()
    model = PerceptronClassifier().partial_fit(X, y, classes=[2, 0, 1])
    assert_array_equal(model.classes_, [0, 1, 2])
    assert model.coef_.shape == (3, 5)
    model.partial_fit(X, y).partial_fit(X, y, classes=[1, 2, 0])
    assert model.n_iter_ == 3


def test_partial_fit_refuses_other_classes_and_unknown_labels():
    X, y = overlapping()
    model = PerceptronClassifier().partial_fit(X, y, classes=[0, 1])
    before = snapshot(model)
    with pytest.raises(ValueError, match="not the same as on the first call"):
        model.partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"not among the classes \[0 1\]: \[5\]"):
        model.partial_fit(X, np.where(y == 1, 5, y))
    with pytest.raises(ValueError, match=r"not among the classes \[0 2\]: \[1\]"):
        PerceptronClassifier().partial_fit(X, y, classes=[0, 2])
    assert snapshot(model) == before


@unconverged
def test_warm_start_keeps_the_classes():
    X, y = overlapping(3)
    model = trained(X, y, 3, warm_start=True)
    model.fit(X[y != 2], y[y != 2])
    assert_array_equal(model.classes_, [0, 1, 2])
    with pytest.raises(ValueError, match="not among the classes"):
        model.fit(X, y + 1)


def test_partial_fit_is_not_there_with_early_stopping():
    model = PerceptronClassifier(early_stopping=True)
    assert not hasattr(model, "partial_fit")
    with pytest.raises(AttributeError) as caught:
        _ = model.partial_fit
    assert "set early_stopping=False" in str(caught.value.__cause__)


def test_partial_fit_balances_the_classes_seen_so_far():
    X, y = overlapping(3)
    chunks = [slice(0, 10), slice(10, 35), slice(35, 60)]
    model = PerceptronClassifier(class_weight="balanced", average=False, shuffle=False)
    loop, seen = NaivePerceptron(3, 5, 1.0), []
    for rows in chunks:
        model.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
        seen = [*seen, *y[rows]]
        counts = np.array([seen.count(label) for label in (0, 1, 2)])
        weights = len(seen) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        loop.epoch(X[rows], np.eye(3, dtype=int)[y[rows]], weights[y[rows]])
        assert_weights(model, loop.W, loop.b)


def test_balanced_weights_go_on_from_fit_and_from_a_file():
    X, y = overlapping(3)
    model = PerceptronClassifier(class_weight="balanced", shuffle=False, random_state=0).fit(X, y)
    loaded = pickle.loads(pickle.dumps(model))
    rows = y != 0  # by itself, a chunk of two classes in other proportions
    assert_same_model(loaded.partial_fit(X[rows], y[rows]), model.partial_fit(X[rows], y[rows]))


def test_continuous_targets_are_refused():
    X, _ = overlapping()
    with pytest.raises(ValueError, match="Unknown label type"):
        PerceptronClassifier().fit(X, X[:, 0])


# Input -------------------------------------------------------------------------------------


def sparse_samples(n_classes=3):
    X, y = overlapping(n_classes)
    X[np.random.default_rng(0).uniform(size=X.shape) < 0.6] = 0
    return X, y


def with_duplicates(X):
    """Each stored value split into two entries, in descending column order."""
    rows, columns = np.nonzero(X)
    order = np.lexsort([-columns, rows])
    rows, columns = rows[order], columns[order]
    data = np.repeat(X[rows, columns], 2)
    data[::2] *= 0.25
    data[1::2] *= 0.75
    indptr = np.concatenate([[0], 2 * np.cumsum(np.bincount(rows, minlength=len(X)))])
    return sparse.csr_matrix((data, np.repeat(columns, 2), indptr), shape=X.shape)


def with_int64_indices(X):
    matrix = sparse.csr_matrix(X)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)
    return matrix


def with_explicit_zeros(X):
    matrix = sparse.csr_matrix(np.ones_like(X))
    matrix.data[:] = X.ravel()
    return matrix


SPARSE_KINDS = [
    sparse.csr_matrix,
    sparse.csc_matrix,
    sparse.coo_matrix,
    sparse.lil_matrix,
    sparse.csr_array,
    sparse.csc_array,
    sparse.coo_array,
    with_int64_indices,
    with_duplicates,
    with_explicit_zeros,
]


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("kind", SPARSE_KINDS)
def test_sparse_input_of_any_kind_equals_dense(kind, n_classes, average):
    X, y = sparse_samples(n_classes)
    dense = trained(X, y, 8, average=average)
    model = trained(kind(X), y, 8, average=average)
    assert_weights(model, dense.coef_, dense.intercept_)
    assert_array_equal(model.mistake_curve_, dense.mistake_curve_)
    assert_allclose(model.decision_function(kind(X)), dense.decision_function(X), atol=1e-12)
    assert_array_equal(model.predict(kind(X)), dense.predict(X))
    stepwise = PerceptronClassifier(eta0=0.1, shuffle=False, average=average)
    for _ in range(8):
        stepwise.partial_fit(kind(X), y, classes=range(n_classes))
    assert_same_model(stepwise, model)


@unconverged
@pytest.mark.parametrize("params", [{}, {"average": False}, {"early_stopping": True}], ids=str)
def test_sparse_input_is_never_made_dense(params):
    X = sparse.random(400, 10_000, density=1e-3, format="csr", random_state=0)
    y = np.arange(400) % 2
    dense_bytes = 8 * 400 * 10_000
    tracemalloc.start()
    PerceptronClassifier(max_iter=2, **params).fit(X, y).predict(X)
    if "early_stopping" not in params:
        PerceptronClassifier(**params).partial_fit(X, y, classes=[0, 1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < dense_bytes / 4


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("average", [False, True])
def test_float32_is_kept(kind, average):
    X, y = sparse_samples()
    X32 = kind(X.astype(np.float32))
    for params in ({}, {"init": "uniform"}, {"threshold": 0.3}, {"class_weight": "balanced"}):
        model = trained(X32, y, 5, average=average, **params)
        assert model.coef_.dtype == model.intercept_.dtype == np.float32
        assert model.decision_function(X32).dtype == np.float32
    model = PerceptronClassifier(average=average).partial_fit(X32, y, classes=[0, 1, 2])
    assert model.partial_fit(kind(X), y).coef_.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.uint8, bool])
def test_other_numbers_become_float64(dtype):
    X, y = overlapping()
    X = (10 * abs(X)).astype(dtype)
    model = trained(X, y, 3)
    assert model.coef_.dtype == model.decision_function(X).dtype == np.float64
    assert_same_model(model, trained(X.astype(float), y, 3))


def as_memmap(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def read_only(X, folder):
    X.flags.writeable = False
    return X


def strided(X, folder):
    return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]


@pytest.mark.parametrize(
    "layout",
    [
        lambda X, folder: np.asfortranarray(X),
        lambda X, folder: X.tolist(),
        lambda X, folder: pd.DataFrame(X),
        as_memmap,
        read_only,
        strided,
    ],
    ids=["F-order", "lists", "DataFrame", "memmap", "read-only", "strided"],
)
@pytest.mark.parametrize("average", [False, True])
def test_any_layout_gives_the_same_and_is_left_as_it_was(layout, average, tmp_path):
    X, y = overlapping(3)
    X_given, y_given = layout(X.copy(), tmp_path), read_only(y.copy(), None)
    model = trained(X_given, y_given, 5, average=average)
    assert_same_model(model, trained(X, y, 5, average=average))
    assert_allclose(model.decision_function(X_given), model.decision_function(X), atol=1e-12)
    assert_array_equal(np.asarray(X_given), X)
    assert_array_equal(y_given, y)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, with_duplicates])
def test_sparse_input_is_not_written_to(kind):
    X, y = sparse_samples()
    X = kind(X)
    before = X.copy()
    for array in (X.data, X.indices, X.indptr):
        array.flags.writeable = False
    trained(X, y, 3).predict(X)
    PerceptronClassifier().partial_fit(X, y, classes=[0, 1, 2])
    for name in ("data", "indices", "indptr"):
        assert_array_equal(getattr(X, name), getattr(before, name))


# Failure, interruption, printing -----------------------------------------------------------


@unconverged
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize(
    "fail",
    [
        lambda model, X, y: model.fit(X[:, :2], np.zeros(len(y))),
        lambda model, X, y: model.fit(np.full_like(X, np.nan), y),
        lambda model, X, y: model.fit(X[:, :2], y, coef_init=np.zeros(5)),
        lambda model, X, y: model.set_params(eta0=1e308).fit(100 * X[:, :2], y),
        lambda model, X, y: model.set_params(eta0=1e308).partial_fit(100 * X, y),
        lambda model, X, y: model.set_params(early_stopping=True).fit(X[:3, :2], y[:3]),
        lambda model, X, y: model.set_params(class_weight={9: 1.0}).fit(X[:, :2], y),
        lambda model, X, y: model.partial_fit(X[:, :2], y),
    ],
)
def test_a_failed_fit_leaves_the_earlier_one_untouched(fail):
    X, y = overlapping()
    y[:2] = 0, 1
    model = trained(pd.DataFrame(X, columns=list("abcde")), y, 3, shuffle=True)
    before = snapshot(model)
    with pytest.raises(ValueError):
        fail(model, X, y)
    assert snapshot(model) == before


def test_overflow_names_the_epoch_and_the_remedy():
    X, y = overlapping()
    with pytest.raises(ValueError, match=r"epoch 1\. Scale X, or lower eta0=1e\+308"):
        PerceptronClassifier(eta0=1e308).fit(100 * X, y)


@unconverged
@pytest.mark.parametrize("average", [False, True, "pocket"])
def test_an_interrupt_warns_and_keeps_the_weights_reached(monkeypatch, average):
    X, y = overlapping()
    run_epoch, calls = _fit.run_epoch, []

    def interrupted_in_epoch_4(*args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return run_epoch(*args)

    monkeypatch.setattr(_fit, "run_epoch", interrupted_in_epoch_4)
    model = PerceptronClassifier(eta0=0.1, shuffle=False, tol=None, average=average)
    with pytest.warns(UserWarning, match="interrupted in epoch 4"):
        model.fit(X, y)
    assert_same_model(model, trained(X, y, 3, average=average))


def test_an_interrupt_in_the_first_epoch_keeps_the_starting_weights(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    X, y = overlapping()
    monkeypatch.setattr(_fit, "run_epoch", interrupted)
    model = PerceptronClassifier(threshold=1)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        model.fit(X, y)
    assert_array_equal(model.intercept_, [-1.0])
    assert model.n_iter_ == len(model.mistake_curve_) == 0
    assert model.converged_ is False
    assert_array_equal(model.predict(X), np.zeros(len(X)))


@unconverged
@pytest.mark.parametrize("early_stopping", [False, True])
def test_verbose_prints_a_line_an_epoch(capsys, early_stopping):
    X, y = overlapping()
    params = {"max_iter": 5, "early_stopping": early_stopping, "random_state": 0}
    model = PerceptronClassifier(**params, verbose=1).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == model.n_iter_ == 5
    for epoch, (line, n_mistakes) in enumerate(zip(lines, model.mistake_curve_, strict=True), 1):
        assert line.startswith(f"Epoch {epoch}: {n_mistakes} mistakes")
        assert ("validation accuracy" in line) == early_stopping


def test_partial_fit_is_verbose_too(capsys):
    X, y = overlapping()
    PerceptronClassifier(verbose=1).partial_fit(X, y, classes=[0, 1]).partial_fit(X, y)
    assert len(capsys.readouterr().out.splitlines()) == 2


@unconverged
def test_nothing_is_printed_otherwise(capsys):
    X, y = overlapping()
    model = PerceptronClassifier(max_iter=3).fit(X, y).partial_fit(X, y)
    model.predict(X)
    assert capsys.readouterr() == ("", "")


@unconverged
def test_a_clone_is_unfitted_and_fits_the_same():
    X, y = overlapping()
    model = trained(X, y, 3, random_state=0, shuffle=True)
    copy = clone(model)
    assert not hasattr(copy, "coef_")
    assert_same_model(copy.fit(X, y), model)


@pytest.mark.usefixtures("both_shuffles")
def test_a_warm_start_draws_new_orders():
    X, y = overlapping()
    params = {"tol": None, "random_state": 0}
    with pytest.warns(ConvergenceWarning):
        at_once = PerceptronClassifier(max_iter=6, **params).fit(X, y)
    in_steps = PerceptronClassifier(max_iter=1, warm_start=True, **params)
    for _ in range(6):
        with pytest.warns(ConvergenceWarning):
            in_steps.fit(X, y)
    np.testing.assert_array_equal(in_steps.mistake_curve_, at_once.mistake_curve_)
    np.testing.assert_array_equal(in_steps.coef_, at_once.coef_)


def test_weights_given_by_the_user_start_the_average_anew():
    X, y = overlapping()
    params = {"average": True, "tol": None, "random_state": 0, "warm_start": True}
    with pytest.warns(ConvergenceWarning):
        model = PerceptronClassifier(max_iter=5, eta0=1000.0, **params).fit(X, y)
    start = np.ones((1, X.shape[1]))
    with pytest.warns(ConvergenceWarning):
        model.set_params(max_iter=1, eta0=1e-9).fit(X, y, coef_init=start, intercept_init=[0.0])
    np.testing.assert_allclose(model.coef_, start, atol=1e-5)


def test_samples_of_weight_zero_are_not_visited():
    X, y = overlapping()
    model = PerceptronClassifier(class_weight={0: 0, 1: 1}, random_state=0).fit(X, y)
    assert model.converged_
    assert (model.predict(X[y == 1]) == 1).all()


@pytest.mark.parametrize("n", [999, 4096, 20_000])  # permuted; most and fewest ties when dealt
def test_rows_are_shuffled_uniformly(n):
    """Each position of a row is as likely as another, and neighbours part."""
    shuffles = _orders.visiting_orders(np.arange(n, dtype=np.intp), True, np.random.RandomState(0))
    orders = np.array([next(shuffles).copy() for _ in range(200)])
    for order in orders[:3]:
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
    # Means of 200 draws from 0 … n − 1: 5.5 standard errors are out of the reach of chance.
    error = n / np.sqrt(12 * len(orders))
    assert abs(orders.mean(axis=0) - (n - 1) / 2).max() < 5.5 * error
    in_order = (np.diff(orders) > 0).mean()
    assert in_order == pytest.approx(0.5, abs=0.003)
    # From epoch to epoch, too.
    follow = np.corrcoef(orders[:-1].ravel(), orders[1:].ravel())[0, 1]
    assert abs(follow) < 0.015
