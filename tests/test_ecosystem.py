"""What scikit-learn's users do with an estimator, done with ours."""

import copy
import pickle

import joblib
import matplotlib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import BaggingClassifier, BaggingRegressor, VotingClassifier
from sklearn.inspection import DecisionBoundaryDisplay, permutation_importance
from sklearn.linear_model import Perceptron
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score, learning_curve
from sklearn.multiclass import OneVsOneClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

matplotlib.use("agg")

X, labels = make_classification(n_samples=60, n_features=4, class_sep=2.0, random_state=0)
y = make_regression(n_samples=60, n_features=4, random_state=0)[1] / 100 + X[:, 0]
three_labels = np.digitize(X[:, 1], [-0.5, 0.5])

# Without tol, max_iter ends the training as asked and nobody has to be warned.
QUICK = {"hidden_layer_sizes": (4,), "max_iter": 20, "tol": None, "random_state": 0}


def network(**params):
    return SigmoidMLPRegressor(**QUICK | params)


def perceptron(**params):
    """Averaged and with patience, so that overlapping classes end it without a warning."""
    return PerceptronClassifier(
        **{"average": True, "n_iter_no_change": 5, "random_state": 0} | params
    )


both = pytest.mark.parametrize(
    ("estimator", "target"),
    [
        pytest.param(network(), y, id="adam"),
        pytest.param(network(solver="sgd"), y, id="sgd"),
        pytest.param(network(solver="lbfgs"), y, id="lbfgs"),
        pytest.param(network(early_stopping=True), np.column_stack([y, -y]), id="two outputs"),
        pytest.param(perceptron(), labels, id="two classes"),
        pytest.param(
            perceptron(early_stopping=True, validation_fraction=0.3),
            three_labels,
            id="three classes",
        ),
    ],
)


def assert_same_fit(a, b):
    np.testing.assert_array_equal(a.predict(X), b.predict(X))
    assert a.n_iter_ == b.n_iter_


# Before 1.9, scikit-learn reads the names of polars columns by a protocol that polars gives up.
pytestmark = pytest.mark.filterwarnings("ignore:Support for the dataframe interchange protocol")


# Model selection


# scikit-learn 1.6 hands L-BFGS an option that SciPy gives up.
@pytest.mark.filterwarnings("ignore:scipy.optimize. The `disp`:DeprecationWarning")
@pytest.mark.parametrize("peer", [MLPRegressor, SigmoidMLPRegressor])
def test_a_grid_for_mlpregressor_serves_with_only_the_class_changed(peer):
    grid = {
        "hidden_layer_sizes": [(3,), (3, 2)],
        "alpha": [0.0001, 0.1],
        "solver": ["adam", "sgd", "lbfgs"],
        "learning_rate_init": [0.01],
        "batch_size": ["auto", 16],
        "early_stopping": [False, True],
    }
    search = GridSearchCV(peer(max_iter=3, random_state=0), grid, cv=2, error_score="raise")
    with pytest.warns(sklearn.exceptions.ConvergenceWarning):
        search.fit(X, y)
    assert len(search.cv_results_["params"]) == 48
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize("peer", [Perceptron, PerceptronClassifier])
def test_a_grid_for_perceptron_serves_with_only_the_class_changed(peer):
    grid = {
        "eta0": [0.1, 1.0],
        "max_iter": [100, 200],
        "shuffle": [True, False],
        "class_weight": [None, "balanced", {0: 1, 1: 2}],
        "early_stopping": [False, True],
    }
    search = GridSearchCV(peer(random_state=0), grid, cv=2, error_score="raise").fit(X, labels)
    assert len(search.cv_results_["params"]) == 48
    assert search.best_score_ > 0.8


@both
def test_cross_validation_in_two_processes(estimator, target):
    one = cross_val_score(estimator, X, target, cv=3, n_jobs=1)
    two = cross_val_score(estimator, X, target, cv=3, n_jobs=2)
    np.testing.assert_allclose(one, two, rtol=1e-9)


@both
def test_learning_curve(estimator, target):
    sizes, train_scores, test_scores = learning_curve(
        estimator, X, target, train_sizes=[0.5, 1.0], cv=3
    )
    assert sizes.tolist() == [20, 40]
    assert train_scores.shape == test_scores.shape == (2, 3)
    assert np.isfinite(train_scores).all()


@both
def test_permutation_importance(estimator, target):
    fitted = clone(estimator).fit(X, target)
    result = permutation_importance(fitted, X, target, n_repeats=2, random_state=0)
    assert result.importances_mean.shape == (4,)


# Copies


@both
def test_clone_forgets_what_was_learned(estimator, target):
    fitted = clone(estimator).fit(X, target)
    again = clone(fitted)
    assert again.get_params() == estimator.get_params()
    assert not [name for name in vars(again) if name.endswith("_")]
    assert_same_fit(again.fit(X, target), fitted)


def joblib_round_trip(estimator, folder):
    joblib.dump(estimator, folder / "estimator.joblib")
    return joblib.load(folder / "estimator.joblib")


@pytest.mark.parametrize(
    "copied",
    [
        lambda estimator, _: copy.deepcopy(estimator),
        lambda estimator, _: pickle.loads(pickle.dumps(estimator)),
        joblib_round_trip,
    ],
    ids=["deepcopy", "pickle", "joblib"],
)
@both
def test_copies_predict_and_learn_on_alike(estimator, target, copied, tmp_path):
    fitted = clone(estimator).set_params(early_stopping=False).fit(X, target)
    twin = copied(fitted, tmp_path)
    assert_same_fit(twin, fitted)
    if hasattr(fitted, "partial_fit"):
        assert_same_fit(twin.partial_fit(X, target), fitted.partial_fit(X, target))
        before = fitted.predict(X)
        for _ in range(5):
            twin.partial_fit(X[::-1], target)
        np.testing.assert_array_equal(fitted.predict(X), before)


# Parameters


@both
def test_parameters_make_the_round_trip(estimator, target):
    params = estimator.get_params()
    assert clone(estimator).set_params(**params).get_params() == params
    assert type(estimator)(**params).get_params() == params
    fitted = clone(estimator).fit(X, target)
    assert fitted.get_params() == params, "fit must not write to its parameters"


@pytest.mark.parametrize(
    "change",
    [{"fit_intercept": False}, {"hidden_layer_sizes": (7, 7)}, {"alpha": 3.0}, {"y_range": (0, 1)}],
    ids=str,
)
def test_parameters_changed_after_fit_change_no_prediction_of_the_network(change):
    fitted = network().fit(X, y)
    predictions, activations = fitted.predict(X), fitted.feedforward(X)
    fitted.set_params(**change)
    np.testing.assert_array_equal(fitted.predict(X), predictions)
    for a, before in zip(fitted.feedforward(X), activations, strict=True):
        np.testing.assert_array_equal(a, before)


@pytest.mark.parametrize(
    "change", [{"fit_intercept": False}, {"threshold": 9.0}, {"average": False}], ids=str
)
def test_parameters_changed_after_fit_change_no_decision_of_the_perceptron(change):
    fitted = perceptron().fit(X, labels)
    decisions = fitted.decision_function(X)
    fitted.set_params(**change)
    np.testing.assert_array_equal(fitted.decision_function(X), decisions)


@pytest.mark.parametrize("estimator", [SigmoidMLPRegressor, PerceptronClassifier])
def test_arguments_are_keyword_only(estimator):
    with pytest.raises(TypeError, match="positional argument"):
        estimator(0.5)


@both
def test_unknown_parameters_are_refused(estimator, target):
    with pytest.raises(ValueError, match="Invalid parameter 'penalty'"):
        clone(estimator).set_params(penalty="l2")


# Meta-estimators


def test_calibrated_classifier():
    model = CalibratedClassifierCV(perceptron(), cv=3).fit(X, labels)
    assert model.score(X, labels) > 0.8
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)


@pytest.mark.parametrize("target", [labels, three_labels], ids=["two classes", "three classes"])
def test_bagging_classifier(target):
    model = BaggingClassifier(perceptron(), n_estimators=5, random_state=0).fit(X, target)
    assert model.score(X, target) > 0.6


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_bagging_regressor_hands_on_weights(solver):
    model = BaggingRegressor(network(solver=solver), n_estimators=3, random_state=0)
    assert np.isfinite(model.fit(X, y).score(X, y))
    assert np.isfinite(model.fit(X, y, sample_weight=np.arange(60.0)).score(X, y))


def test_voting_classifier():
    members = [("perceptron", perceptron()), ("bayes", GaussianNB())]
    model = VotingClassifier(members).fit(X, np.where(labels, "yes", "no"))
    assert model.score(X, np.where(labels, "yes", "no")) > 0.8


def test_one_versus_one():
    model = OneVsOneClassifier(perceptron()).fit(X, three_labels)
    assert len(model.estimators_) == 3
    assert model.score(X, three_labels) > 0.6


def test_multi_output_regressor_equals_single_networks():
    Y = np.column_stack([y, -2 * y])
    model = MultiOutputRegressor(network()).fit(X, Y)
    assert model.predict(X).shape == (60, 2)
    np.testing.assert_array_equal(model.predict(X)[:, 1], network().fit(X, -2 * y).predict(X))


def test_transformed_target_regressor():
    model = TransformedTargetRegressor(network(solver="lbfgs"), func=np.log, inverse_func=np.exp)
    positive = np.exp(y / 2)
    assert model.fit(X, positive).score(X, positive) > 0.5
    assert (model.predict(X) > 0).all()


@both
def test_pipeline_with_a_scaler(estimator, target):
    pipeline = make_pipeline(StandardScaler(), clone(estimator))
    alone = clone(estimator).fit(StandardScaler().fit_transform(X), target)
    predictions = pipeline.fit(X, target).predict(X)
    np.testing.assert_array_equal(predictions, alone.predict(StandardScaler().fit_transform(X)))


@pytest.mark.parametrize("target", [labels, three_labels], ids=["two classes", "three classes"])
def test_decision_boundary_display_of_the_perceptron(target):
    classifier = perceptron().fit(X[:, :2], target)
    display = DecisionBoundaryDisplay.from_estimator(
        classifier, X[:, :2], grid_resolution=5, response_method="predict"
    )
    assert set(np.unique(display.response)) <= set(target)
    matplotlib.pyplot.close("all")


def test_decision_boundary_display_of_the_decision_function():
    classifier = perceptron().fit(X[:, :2], labels)
    display = DecisionBoundaryDisplay.from_estimator(
        classifier, X[:, :2], grid_resolution=5, response_method="decision_function"
    )
    assert display.response.shape == (5, 5)
    matplotlib.pyplot.close("all")


def test_decision_boundary_display_of_the_network():
    regressor = network().fit(X[:, :2], y)
    display = DecisionBoundaryDisplay.from_estimator(regressor, X[:, :2], grid_resolution=5)
    assert display.response.shape == (5, 5)
    matplotlib.pyplot.close("all")


# Data frames

NAMES = ["age", "bmi", "bp", "s1"]

frames = pytest.mark.parametrize(
    ("frame", "series"),
    [
        (lambda A, names: pd.DataFrame(A, columns=names), pd.Series),
        (lambda A, names: pl.DataFrame(A, schema=names), lambda values: pl.Series(values.tolist())),
    ],
    ids=["pandas", "polars"],
)
single_target = pytest.mark.parametrize(
    ("estimator", "target"), [(network(), y), (perceptron(), labels)], ids=["network", "perceptron"]
)


@frames
@single_target
def test_frames_keep_their_names(estimator, target, frame, series):
    fitted = clone(estimator).fit(frame(X, NAMES), series(target))
    assert fitted.feature_names_in_.tolist() == NAMES
    assert fitted.n_features_in_ == 4
    predictions = fitted.predict(frame(X, NAMES))
    assert type(predictions) is np.ndarray
    # A frame may hand over its columns in another memory order, in which sums round otherwise.
    expected = clone(estimator).fit(X, target).predict(X)
    np.testing.assert_allclose(predictions, expected, rtol=1e-9)


@frames
@single_target
@pytest.mark.parametrize("names", [NAMES[::-1], ["age", "bmi", "bp", "s2"]], ids=["order", "other"])
def test_frames_of_other_names_are_refused(estimator, target, names, frame, series):
    fitted = clone(estimator).fit(frame(X, NAMES), series(target))
    for call in (fitted.predict, lambda A: fitted.partial_fit(A, series(target))):
        with pytest.raises(ValueError, match="feature names should match"):
            call(frame(X, names))


@single_target
def test_arrays_after_frames_are_warned_of(estimator, target):
    fitted = clone(estimator).fit(pd.DataFrame(X, columns=NAMES), target)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        fitted.predict(X)


@frames
def test_validation_frames_have_the_names_of_the_training_frame(frame, series):
    given = {"X_val": frame(X, NAMES), "y_val": series(y)}
    fitted = network(early_stopping=True).fit(frame(X, NAMES), series(y), **given)
    assert len(fitted.validation_loss_curve_) == fitted.n_iter_
    with pytest.raises(ValueError, match="feature names should match"):
        network().fit(frame(X, NAMES), series(y), **given | {"X_val": frame(X, NAMES[::-1])})


@single_target
def test_names_come_and_go_with_the_data(estimator, target):
    fitted = clone(estimator).fit(pd.DataFrame(X, columns=NAMES), target).fit(X, target)
    assert not hasattr(fitted, "feature_names_in_")


@pytest.mark.parametrize("output", ["pandas", "polars"])
@single_target
def test_frames_from_upstream(estimator, target, output):
    pipeline = make_pipeline(StandardScaler(), clone(estimator)).set_output(transform=output)
    pipeline.fit(pd.DataFrame(X, columns=NAMES), target)
    assert pipeline[-1].feature_names_in_.tolist() == NAMES
    plain = make_pipeline(StandardScaler(), clone(estimator)).fit(X, target)
    predictions = pipeline.predict(pd.DataFrame(X, columns=NAMES))
    np.testing.assert_allclose(predictions, plain.predict(X), rtol=1e-9)


def test_frames_of_targets():
    Y = pd.DataFrame({"first": y, "second": -y})
    expected = network().fit(X, Y.to_numpy()).predict(X)
    np.testing.assert_allclose(network().fit(X, Y).predict(X), expected, rtol=1e-9)


def test_categories_of_pandas_as_labels():
    words = pd.Series(np.where(labels, "yes", "no"), dtype="category")
    assert set(perceptron().fit(X, words).predict(X)) <= {"yes", "no"}


# Metadata routing


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def pipeline_that_weighs_the_network():
    step = network().set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    return make_pipeline(StandardScaler().set_fit_request(sample_weight=False), step)


def test_weights_are_routed_through_a_pipeline(routing):
    weights = np.arange(60.0)
    pipeline = pipeline_that_weighs_the_network().fit(X, y, sample_weight=weights)
    scaled = StandardScaler().fit_transform(X)
    alone = network().fit(scaled, y, sample_weight=weights)
    np.testing.assert_array_equal(pipeline.predict(X), alone.predict(scaled))
    assert pipeline.score(X, y, sample_weight=weights) == alone.score(scaled, y, weights)


def test_weights_are_routed_through_a_search(routing):
    grid = {"sigmoidmlpregressor__alpha": [0.0, 1.0]}
    r2 = get_scorer("r2").set_score_request(sample_weight=True)
    search = GridSearchCV(pipeline_that_weighs_the_network(), grid, cv=2, scoring=r2)
    unequal = np.where(np.arange(60) % 30 < 15, 1e-6, 1.0)  # in either fold
    routed = search.fit(X, y, sample_weight=unequal).cv_results_["mean_test_score"]
    plain = search.fit(X, y).cv_results_["mean_test_score"]
    assert (routed != plain).all()


def test_a_validation_set_is_routed_through_a_pipeline(routing):
    step = network(early_stopping=True).set_fit_request(X_val=True, y_val=True)
    pipeline = make_pipeline(StandardScaler(), step).fit(X, y, X_val=X, y_val=y)
    assert len(pipeline[-1].validation_loss_curve_) == pipeline[-1].n_iter_


def test_weights_that_nobody_requested_are_refused(routing):
    with pytest.raises(
        sklearn.exceptions.UnsetMetadataPassedError, match=r"sample_weight.*not explicitly set"
    ):
        make_pipeline(network()).fit(X, y, sample_weight=np.ones(60))


# Representation


@both
def test_representations(estimator, target):
    unfitted = clone(estimator)
    assert eval(repr(unfitted)).get_params() == unfitted.get_params()
    page = unfitted._repr_html_()
    assert "Not fitted" in page
    fitted_page = unfitted.fit(X, target)._repr_html_()
    assert "Not fitted" not in fitted_page
    assert type(estimator).__name__ in fitted_page


@both
def test_representations_inside_a_pipeline(estimator, target):
    page = make_pipeline(StandardScaler(), clone(estimator)).fit(X, target)._repr_html_()
    assert type(estimator).__name__ in page
