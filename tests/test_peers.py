"""The defects that shared/PEERS.md found in other packages: each row is a test of ours."""

import copy
import inspect
import pickle

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.base import clone
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.utils.estimator_checks import check_no_attributes_set_in_init

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor, functional

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4))
y = np.sin(X[:, 0]) + X[:, 1]
Y = np.column_stack([y, y**2, -y])

every_solver = pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
epoch_solver = pytest.mark.parametrize("solver", ["adam", "sgd"])


def network(**params):
    quick = {"hidden_layer_sizes": (5,), "solver": "adam", "max_iter": 10}
    quick |= {"tol": None, "random_state": 0}
    return SigmoidMLPRegressor(**quick | params)


# scikit-learn's Perceptron


def separable_set(seed):
    """200 × 10, separated by a hyperplane to which some samples come arbitrarily close."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 10))
    return X, (X @ rng.normal(size=10) > 0).astype(int)


@pytest.mark.parametrize("seed", range(3))
def test_separable_sets_are_separated(seed):
    X, labels = separable_set(seed)
    unit = PerceptronClassifier(tol=None, max_iter=5000, random_state=0).fit(X, labels)
    assert unit.converged_
    assert unit.score(X, labels) == 1


def test_classes_far_apart_are_separated_at_the_defaults():
    labels = np.arange(60) % 2
    apart = X + np.where(labels, 3.0, -3.0)[:, None]
    unit = PerceptronClassifier(random_state=0).fit(apart, labels)
    assert unit.converged_
    assert unit.score(apart, labels) == 1


@pytest.mark.parametrize("params", [{}, {"tol": None}], ids=str)
def test_the_first_epoch_without_a_mistake_is_the_last(params):
    X = np.array([[3.0, 0], [4, 1], [-3, 0], [-4, 1]])
    unit = PerceptronClassifier(average=False, random_state=0, **params).fit(X, [1, 1, 0, 0])
    assert unit.n_iter_ < 10
    assert unit.mistake_curve_[-1] == 0
    assert (unit.mistake_curve_[:-1] > 0).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_mistakes_of_each_epoch_are_recorded(n_classes):
    labels = np.random.default_rng(1).integers(n_classes, size=60)
    unit = PerceptronClassifier(max_iter=7, random_state=0).fit(X, labels)
    assert unit.mistake_curve_.shape == (7,)
    assert unit.mistake_curve_.dtype.kind == "i"
    assert (unit.mistake_curve_ > 0).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_float32_stays_float32_in_the_perceptron(average, n_classes):
    labels = np.arange(60) % n_classes
    unit = PerceptronClassifier(average=average, max_iter=5, random_state=0)
    unit.fit(X.astype(np.float32), labels)
    assert unit.coef_.dtype == unit.intercept_.dtype == np.float32
    assert unit.decision_function(X.astype(np.float32)).dtype == np.float32


# scikit-learn's MLPRegressor


@every_solver
@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_cost_and_gradient_agree_for_three_outputs(solver, alpha):
    fitted = network(solver=solver, alpha=alpha, hidden_layer_sizes=(3, 2)).fit(X, Y)
    weights = np.arange(60.0)
    analytic = fitted.cost_gradient(X, Y, weights)
    for parameters, gradients in zip([fitted.coefs_, fitted.intercepts_], analytic, strict=True):
        for parameter, gradient in zip(parameters, gradients, strict=True):

            def cost_at(values, parameter=parameter):
                kept = parameter.copy()
                parameter[...] = values.reshape(parameter.shape)
                cost = fitted.cost(X, Y, weights)
                parameter[...] = kept
                return cost

            numeric = approx_fprime(parameter.ravel(), cost_at, 1e-6)
            np.testing.assert_allclose(gradient.ravel(), numeric, rtol=1e-3, atol=1e-6)


@epoch_solver
def test_a_batch_of_zero_weights(solver):
    """The first two batches of ten would have no weight at all."""
    weights = np.repeat([0.0, 1.0], [20, 40])
    params = {"solver": solver, "batch_size": 10, "shuffle": False, "y_range": (-9, 9)}
    weighted = network(**params).fit(X, y, sample_weight=weights)
    kept = network(**params).fit(X[20:], y[20:])
    np.testing.assert_array_equal(weighted.predict(X), kept.predict(X))
    assert weighted.loss_curve_ == kept.loss_curve_


@epoch_solver
@pytest.mark.parametrize("shuffle", [False, True])
def test_the_loss_of_an_epoch_weighs_batches_by_their_weights(solver, shuffle):
    weights = np.random.default_rng(1).uniform(0.1, 10, size=60)
    # The weights of the network stay where they are, so that its cost is known.
    still = network(solver=solver, batch_size=7, shuffle=shuffle, learning_rate_init=1e-12, alpha=0)
    still.set_params(max_iter=1).fit(X, y, sample_weight=weights)
    assert still.loss_ == pytest.approx(still.cost(X, y, weights), rel=1e-6)
    assert still.loss_ != pytest.approx(still.cost(X, y), rel=1e-3)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@epoch_solver
@pytest.mark.parametrize("k", [1, 2, 5])
def test_training_stops_after_exactly_n_iter_no_change_bad_epochs(solver, k):
    # No epoch but the first, which has nothing to beat, lowers the cost by half. The ten updates
    # that each epoch of patience takes are ten batches, or ten epochs of one.
    for batch_size, epochs in [(6, k), (60, 10 * k)]:
        stopped = network(solver=solver, learning_rate_init=1e-9, tol=0.5, n_iter_no_change=k)
        stopped.set_params(max_iter=100, batch_size=batch_size).fit(X, y)
        assert stopped.n_iter_ == 1 + epochs


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@epoch_solver
def test_training_does_not_stop_where_the_mean_would_do_as_well(solver):
    lost = network(solver=solver, learning_rate_init=1e-9, tol=0.5, n_iter_no_change=1)
    lost.set_params(max_iter=100).fit(X, -y)
    assert lost.score(X, -y) < 0.01
    assert lost.n_iter_ == 100


def test_lbfgs_stops_after_exactly_n_iter_no_change_bad_iterations():
    # tol of almost 1: no iteration after the first is good enough.
    stopped = network(solver="lbfgs", tol=0.999999, n_iter_no_change=3, max_iter=100).fit(X, y)
    assert stopped.n_iter_ == 4


def test_lbfgs_prints_and_records(capsys):
    fitted = network(solver="lbfgs", verbose=1).fit(X, y)
    assert len(fitted.loss_curve_) == fitted.n_iter_ == 10
    assert (np.diff(fitted.loss_curve_) < 0).all()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    for line, loss in zip(printed, fitted.loss_curve_, strict=True):
        assert f"{loss:.8f}" in line


def test_the_loss_that_lbfgs_records_is_the_cost_of_the_weights():
    fitted = network(solver="lbfgs").fit(X, y)
    assert fitted.loss_ == fitted.loss_curve_[-1]
    assert fitted.loss_ == pytest.approx(fitted.cost(X, y), rel=1e-12)


@every_solver
def test_library_code_is_silent_without_verbose(solver, capsys):
    network(solver=solver).fit(X, y)
    assert capsys.readouterr() == ("", "")


@every_solver
def test_float32_stays_float32_in_the_network(solver):
    A = X.astype(np.float32)
    fitted = network(solver=solver).fit(A, y)
    gradients = [*fitted.cost_gradient(A, y)[0], *fitted.cost_gradient(A, y)[1]]
    arrays = [*fitted.coefs_, *fitted.intercepts_, *gradients, *fitted.feedforward(A)]
    arrays += [fitted.predict(A), fitted.y_low_, fitted.y_high_]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@epoch_solver
@pytest.mark.parametrize("batch_size", [None, 16])
def test_warm_start_keeps_the_state_of_the_optimizer(solver, batch_size):
    """Five epochs and five more are the ten epochs of one call; so the curve is one curve."""
    # Without shuffling: a random_state given as a number starts its draws anew in each fit.
    params = {"solver": solver, "batch_size": batch_size, "shuffle": False}
    whole = network(**params).fit(X, y)
    halves = network(**params, warm_start=True, max_iter=5).fit(X, y).fit(X, y)
    assert halves.loss_curve_ == whole.loss_curve_
    assert len(halves.loss_curve_) == halves.n_iter_ == 10
    assert halves.t_ == whole.t_
    np.testing.assert_array_equal(halves.predict(X), whole.predict(X))


def test_the_curve_of_a_warm_start_with_lbfgs_goes_on_falling():
    warm = network(solver="lbfgs", warm_start=True, max_iter=5).fit(X, y).fit(X, y)
    assert len(warm.loss_curve_) == warm.n_iter_ == 10
    assert (np.diff(warm.loss_curve_) < 0).all()


@epoch_solver
def test_partial_fit_keeps_the_state_of_the_optimizer_across_pickling(solver):
    steady = network(solver=solver, batch_size=16)
    travelling = clone(steady)
    for _ in range(4):
        steady.partial_fit(X, y)
        travelling = pickle.loads(pickle.dumps(travelling.partial_fit(X, y)))
    assert travelling.loss_curve_ == steady.loss_curve_
    np.testing.assert_array_equal(travelling.predict(X), steady.predict(X))


@pytest.mark.parametrize("estimator", [PerceptronClassifier, SigmoidMLPRegressor])
def test_constructors_are_keyword_only(estimator):
    kinds = {p.kind for p in inspect.signature(estimator).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


def test_the_gradient_of_a_bounded_output_has_the_slope_of_its_sigmoid():
    """One sigmoid unit, for which equations (7) to (10) fit on one line."""
    fitted = network(hidden_layer_sizes=(), y_range=(-9, 9), alpha=0).fit(X, y)
    a, t = fitted.feedforward(X)[-1][:, 0], (y + 9) / 18
    by_hand = X.T @ (-(t - a) * a * (1 - a)) / len(y)
    np.testing.assert_allclose(fitted.cost_gradient(X, y)[0][0][:, 0], by_hand, rtol=1e-10)


@every_solver
def test_bounds_hold_for_whatever_input(solver):
    fitted = network(solver=solver, y_range=[(-9, 9), (0, 99), (-50, 50)]).fit(X, Y)
    predictions = fitted.predict(1e6 * X)
    assert (predictions >= fitted.y_low_).all()
    assert (predictions <= fitted.y_high_).all()


SCALES = {
    "Friedman 1": lambda seed: make_friedman1(n_samples=300, random_state=seed),
    "diabetes": lambda seed: load_diabetes(return_X_y=True),
    "diabetes, unscaled": lambda seed: load_diabetes(return_X_y=True, scaled=False),
    "features around 50": lambda seed: features_around_50(seed),
}


def features_around_50(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(50, 20, size=(300, 5))
    return X, X[:, 0] + 2 * X[:, 1] + rng.normal(0, 10, size=300)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("data", SCALES)
def test_the_defaults_do_not_collapse_to_a_constant(data, seed):
    X, y = SCALES[data](seed)
    fitted = SigmoidMLPRegressor(random_state=seed).fit(X, y)
    assert fitted.score(X, y) > 0.2
    assert fitted.predict(X).std() > 0.2 * y.std()


# mlxtend, and users everywhere


def test_predictions_are_the_output_activations_stretched_once():
    fitted = network(y_range=(-9, 9)).fit(X, y)
    np.testing.assert_allclose(fitted.predict(X), 18 * fitted.feedforward(X)[-1][:, 0] - 9)


@every_solver
def test_the_penalty_reaches_the_gradient(solver):
    free, penalised = network(solver=solver, alpha=0), network(solver=solver, alpha=30.0)
    sizes = [sum((W**2).sum() for W in e.fit(X, y).coefs_) for e in (free, penalised)]
    assert sizes[1] < sizes[0]
    with_penalty, _ = copy.copy(free).set_params(alpha=30.0).cost_gradient(X, y)
    without, _ = free.cost_gradient(X, y)
    for W, a, b in zip(free.coefs_, with_penalty, without, strict=True):
        np.testing.assert_allclose(a, b + 30.0 * W / len(y), rtol=1e-9)


@pytest.mark.parametrize("schedule", ["constant", "invscaling", "adaptive"])
def test_a_schedule_does_not_compound(schedule):
    """The rate of an epoch follows from its number, however often fit is called."""
    params = {"solver": "sgd", "momentum": 0, "batch_size": None, "learning_rate": schedule}
    whole = network(**params).fit(X, y)
    parts = network(**params, warm_start=True, max_iter=2)
    for _ in range(5):
        parts.fit(X, y)
    assert parts.loss_curve_ == whole.loss_curve_


@pytest.mark.parametrize("nesterov", [False, True])
def test_a_warm_start_with_momentum(nesterov):
    params = {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": nesterov}
    warm = network(**params, warm_start=True).fit(X, y).fit(X, y)
    assert warm.n_iter_ == 20
    assert warm.loss_curve_[-1] < warm.loss_curve_[9] < warm.loss_curve_[0]


@pytest.mark.parametrize(
    "names",
    [(-1, 1), (3, 7), (False, True), ("no", "yes"), (0.0, 1.0), ("a", "b", "c"), (-5, 0, 5)],
    ids=str,
)
def test_labels_may_be_anything(names):
    codes = np.digitize(X[:, 0], [0.0, 0.7][: len(names) - 1])
    codes[:3] = codes[:3] % len(names)
    labels = np.array(names)[codes]
    unit = PerceptronClassifier(average=True, n_iter_no_change=5, random_state=0).fit(X, labels)
    assert unit.classes_.tolist() == sorted(names)
    assert unit.predict(X).dtype == labels.dtype
    by_codes = clone(unit).fit(X, codes)
    np.testing.assert_array_equal(unit.predict(X), np.array(names)[by_codes.predict(X)])


def test_labels_of_objects():
    labels = np.where(X[:, 0] > 0, "yes", "no").astype(object)
    unit = PerceptronClassifier(random_state=0).fit(X, labels)
    assert unit.score(X, labels) > 0.9


@pytest.mark.parametrize(
    ("estimator", "target"),
    [
        (network(solver="adam"), y),
        (network(solver="sgd", hidden_layer_sizes=[4, 3]), y),
        (network(solver="lbfgs", y_range=[-9, 9]), y),
        (PerceptronClassifier(average=True, class_weight={0: 1, 1: 2}), X[:, 0] > 0),
    ],
    ids=["adam", "sgd", "lbfgs", "perceptron"],
)
def test_fit_writes_to_no_parameter(estimator, target):
    fitted = clone(estimator)
    before = copy.deepcopy(fitted.get_params())
    objects = {name: id(value) for name, value in fitted.get_params().items()}
    fitted.fit(X, target)
    assert fitted.get_params() == before
    assert {name: id(value) for name, value in fitted.get_params().items()} == objects


@pytest.mark.parametrize("estimator", [PerceptronClassifier, SigmoidMLPRegressor])
def test_constructors_only_assign(estimator):
    nonsense = {name: object() for name in inspect.signature(estimator).parameters}
    assert vars(estimator(**nonsense)) == nonsense
    check_no_attributes_set_in_init(estimator.__name__, estimator())


@every_solver
@pytest.mark.parametrize(("factor", "shift"), [(1e6, 0), (1e-6, 0), (1, 1e6), (300, -1e4)])
def test_targets_of_any_scale(solver, factor, shift):
    """The range follows the targets, so that their scale and origin change nothing."""
    predictions = network(solver=solver).fit(X, y).predict(X)
    moved = network(solver=solver).fit(X, factor * y + shift).predict(X)
    np.testing.assert_allclose((moved - shift) / factor, predictions, rtol=1e-4, atol=1e-4)


def test_unscaled_targets_are_learned_at_the_defaults():
    X, y = load_diabetes(return_X_y=True)
    assert SigmoidMLPRegressor(random_state=0).fit(X, y).score(X, y) > 0.3


def test_the_public_functions_take_several_outputs_too():
    """Cost and gradient of the functions are those of the estimator."""
    fitted = network(y_range=(-99, 99), alpha=2.0).fit(X, Y)
    cost, coef_grads, intercept_grads = functional.cost_and_gradient(
        X, (Y + 99) / 198, fitted.coefs_, fitted.intercepts_, alpha=2.0
    )
    assert float(cost) == pytest.approx(fitted.cost(X, Y), rel=1e-12)
    expected = fitted.cost_gradient(X, Y)
    for mine, theirs in zip(
        [*coef_grads, *intercept_grads], [*expected[0], *expected[1]], strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-15)
