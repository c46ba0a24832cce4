"""Both estimators beside libraries that are used with scikit-learn's."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

# Before 1.9, scikit-learn reads the names of polars columns by a protocol that polars gives up,
# and joins frames by a default that polars will change.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Support for the dataframe interchange protocol"),
    pytest.mark.filterwarnings("ignore:the default behavior of .how='horizontal'"),
]

X = np.random.default_rng(0).standard_normal((200, 4))
y = X[:, 0] + X[:, 1] ** 2 / 2  # the other two columns are noise
labels = (X[:, 0] + X[:, 1] > 0).astype(int)

network = SigmoidMLPRegressor(hidden_layer_sizes=(8,), max_iter=200, tol=None, random_state=0)
perceptron = PerceptronClassifier(average=True, n_iter_no_change=5, random_state=0)
both = pytest.mark.parametrize(
    ("estimator", "target"), [(network, y), (perceptron, labels)], ids=["network", "perceptron"]
)


# Data frames from column to estimator


@pytest.mark.parametrize("library", ["pandas", "polars"])
@both
def test_frames_of_mixed_columns_through_a_pipeline(library, estimator, target):
    frames = pytest.importorskip(library)
    columns = {f"x{i}": X[:, i].tolist() for i in range(4)}
    frame = frames.DataFrame(columns | {"site": ["north", "south"] * 100})
    encode = make_column_transformer(
        (StandardScaler(), list(columns)),
        (OneHotEncoder(sparse_output=False), ["site"]),
        verbose_feature_names_out=False,
    )
    pipeline = make_pipeline(encode, clone(estimator)).set_output(transform=library)
    assert pipeline.fit(frame, target).score(frame, target) > 0.7
    assert pipeline[-1].feature_names_in_.tolist() == [*columns, "site_north", "site_south"]


@both
def test_sparse_columns_through_a_pipeline(estimator, target):
    words = np.array(["north", "south"] * 100)[:, None]
    table = np.column_stack([X.astype(object), words])
    encode = make_column_transformer(
        (StandardScaler(), slice(0, 4)), (OneHotEncoder(), [4]), sparse_threshold=1.0
    )
    assert make_pipeline(encode, clone(estimator)).fit(table, target).score(table, target) > 0.7


# Inspection


@both
def test_permutation_importance_finds_the_columns_that_matter(estimator, target):
    fitted = clone(estimator).fit(X, target)
    means = permutation_importance(fitted, X, target, random_state=0).importances_mean
    assert means[:2].sum() > 3 * np.abs(means[2:]).sum()


def test_partial_dependence_follows_the_function():
    fitted = clone(network).fit(X, y)
    line = partial_dependence(fitted, X, [0], kind="average", grid_resolution=10)["average"][0]
    assert (np.diff(line) > 0).all()


def test_partial_dependence_of_the_decision_function():
    fitted = clone(perceptron).fit(X, labels)
    lines = partial_dependence(fitted, X, [2], response_method="decision_function")["average"]
    assert lines.shape == (1, 100)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of libraries that shap imports
@pytest.mark.filterwarnings("ignore::FutureWarning")
@both
def test_shap_values_add_up_to_the_output(estimator, target):
    shap = pytest.importorskip("shap")
    fitted = clone(estimator).fit(X, target)
    output = getattr(fitted, "decision_function", fitted.predict)
    explained = shap.Explainer(output, X[:50], algorithm="exact")(X[:10])
    total = explained.base_values + explained.values.sum(axis=1)
    np.testing.assert_allclose(total, output(X[:10]), atol=1e-8)


# Searches


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the database library
@both
def test_a_study_of_optuna_finds_settings_and_repeats(estimator, target):
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial):
        if estimator is network:
            params = {"alpha": trial.suggest_float("alpha", 1e-4, 1.0, log=True)}
        else:
            params = {"n_iter_no_change": trial.suggest_int("n_iter_no_change", 1, 10)}
        return cross_val_score(clone(estimator).set_params(**params), X, target, cv=3).mean()

    studies = []
    for _ in range(2):
        study = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.TPESampler(seed=0)
        )
        study.optimize(objective, n_trials=4)
        studies.append(study)
    assert studies[0].best_value > 0.5
    assert studies[0].trials_dataframe()["value"].tolist() == [
        trial.value for trial in studies[1].trials
    ]


def test_a_study_of_optuna_cuts_trials_short():
    """`partial_fit` is what lets a trial report after each epoch."""
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def objective(trial):
        model = clone(network).set_params(
            learning_rate_init=trial.suggest_categorical("learning_rate_init", [1e-6, 1e-2]),
            y_range=(y.min(), y.max()),
            batch_size=10,
        )
        for epoch in range(30):
            model.partial_fit(X[:150], y[:150])
            trial.report(model.score(X[150:], y[150:]), epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return model.score(X[150:], y[150:])

    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.GridSampler({"learning_rate_init": [1e-2, 1e-6]}, seed=1),
        pruner=optuna.pruners.ThresholdPruner(lower=0.0, n_warmup_steps=25),
    )
    study.optimize(objective, n_trials=2)
    states = {trial.params["learning_rate_init"]: trial.state.name for trial in study.trials}
    assert states == {1e-2: "COMPLETE", 1e-6: "PRUNED"}


# Imbalanced classes


@pytest.fixture
def rare_class():
    return make_classification(
        400, 6, n_informative=4, weights=[0.95], class_sep=1.5, random_state=0
    )


def test_oversampling_in_a_pipeline_equals_oversampled_data(rare_class):
    over_sampling = pytest.importorskip("imblearn.over_sampling")
    make_imbalanced_pipeline = pytest.importorskip("imblearn.pipeline").make_pipeline
    A, b = rare_class
    sampler = over_sampling.RandomOverSampler(random_state=0)
    pipeline = make_imbalanced_pipeline(MinMaxScaler(), sampler, clone(perceptron)).fit(A, b)
    scaled = MinMaxScaler().fit(A)
    alone = clone(perceptron).fit(*clone(sampler).fit_resample(scaled.transform(A), b))
    np.testing.assert_array_equal(pipeline.predict(A), alone.predict(scaled.transform(A)))


def test_oversampling_in_a_search(rare_class):
    over_sampling = pytest.importorskip("imblearn.over_sampling")
    make_imbalanced_pipeline = pytest.importorskip("imblearn.pipeline").make_pipeline
    A, b = rare_class
    pipeline = make_imbalanced_pipeline(
        over_sampling.RandomOverSampler(random_state=0), clone(perceptron)
    )
    grid = {"randomoversampler": ["passthrough", over_sampling.RandomOverSampler(random_state=0)]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="balanced_accuracy", error_score="raise")
    search.fit(A, b)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
