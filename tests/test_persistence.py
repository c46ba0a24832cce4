"""Models survive copies and files, go on learning as if nothing had happened, and need no trust."""

import copy
import json
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest
from both_estimators import fitted_attributes
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

DATA = Path(__file__).parent / "data"

# The last one shrinks its learning rate whenever two epochs have not halved the cost.
MODELS = {
    "perceptron": PerceptronClassifier(random_state=0),
    "averaged perceptron": PerceptronClassifier(average=True, random_state=0),
    "auto": SigmoidMLPRegressor(hidden_layer_sizes=(4,), batch_size=20, random_state=0),
    "adam": SigmoidMLPRegressor(
        hidden_layer_sizes=(4,), solver="adam", alpha=0.02, batch_size=20, random_state=0
    ),
    "sgd": SigmoidMLPRegressor(
        hidden_layer_sizes=(4, 3),
        batch_size=20,
        solver="sgd",
        learning_rate="adaptive",
        tol=0.5,
        n_iter_no_change=2,
        random_state=0,
    ),
}


def partial_fit(model, epochs=3):
    """Train on the iris flowers: their species, or their petals from their sepals."""
    X, species = load_iris(return_X_y=True)
    for _ in range(epochs):
        if isinstance(model, PerceptronClassifier):
            model.partial_fit(X, species, classes=[0, 1, 2])
        else:
            model.partial_fit(X[:, :2], X[:, 2:])
    return model


def assert_same_model(model, expected):
    """Equal in the last bit, in all that is public, now and after learning more."""
    assert_same_attributes(model, expected)
    assert_same_attributes(partial_fit(model), partial_fit(expected))


def assert_same_attributes(model, expected):
    assert public(model).keys() == public(expected).keys()
    for name, value in public(expected).items():
        assert_equal(getattr(model, name), value)


def public(model):
    return model.get_params() | fitted_attributes(model)


def assert_equal(value, expected):
    if isinstance(expected, list) and expected and isinstance(expected[0], np.ndarray):
        for array, expected_array in zip(value, expected, strict=True):
            assert_array_equal(array, expected_array, strict=True)
    elif isinstance(expected, np.ndarray):
        assert_array_equal(value, expected, strict=True)
    else:
        assert value == expected


def by_joblib(model, folder, **arguments):
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib", **arguments)


WAYS = {
    "copy": lambda model, folder: copy.copy(model),
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
    "oldest pickle": lambda model, folder: pickle.loads(pickle.dumps(model, protocol=0)),
    "joblib": by_joblib,
    "joblib, mapped": lambda model, folder: by_joblib(model, folder, mmap_mode="r"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
def test_a_half_trained_model_goes_on_as_if_nothing_had_happened(name, way, tmp_path):
    model = partial_fit(clone(MODELS[name]))
    assert_same_model(WAYS[way](model, tmp_path), model)


@pytest.mark.parametrize("name", MODELS)
def test_a_copy_learns_alone(name):
    model = partial_fit(clone(MODELS[name]))
    before = pickle.dumps(model)
    partial_fit(copy.copy(model))
    partial_fit(copy.deepcopy(model))
    assert pickle.dumps(model) == before


@pytest.mark.parametrize("name", MODELS)
def test_a_warm_start_goes_on_from_a_file(name, tmp_path):
    X, y = load_iris(return_X_y=True)
    model = clone(MODELS[name]).set_params(warm_start=True, max_iter=5).fit(X, y)
    loaded = by_joblib(model, tmp_path, mmap_mode="r").fit(X, y)
    assert_array_equal(loaded.predict(X), model.fit(X, y).predict(X))
    assert loaded.n_iter_ == model.n_iter_ > 5


@pytest.mark.parametrize("estimator", [PerceptronClassifier(), SigmoidMLPRegressor()])
def test_an_unfitted_estimator_survives(estimator):
    loaded = pickle.loads(pickle.dumps(estimator))
    assert public(loaded) == estimator.get_params()
    assert vars(clone(loaded)).keys() == vars(estimator).keys()


# skops -----------------------------------------------------------------------------------------

TYPES = {
    PerceptronClassifier: "sknnbasics._perceptron.PerceptronClassifier",
    SigmoidMLPRegressor: "sknnbasics._mlp.SigmoidMLPRegressor",
}


@pytest.fixture
def by_skops():
    """From a model to what skops loads with the estimator as the one trusted type."""
    skops = pytest.importorskip("skops.io")

    def load(model, estimator_class):
        content = skops.dumps(model)
        trusted = [TYPES[estimator_class]]
        assert skops.get_untrusted_types(data=content) == trusted
        return skops.loads(content, trusted=trusted)

    return load


@pytest.mark.parametrize("name", MODELS)
def test_skops_trusts_one_type(name, by_skops):
    model = partial_fit(clone(MODELS[name]))
    assert_same_model(by_skops(model, type(model)), model)


@pytest.mark.parametrize(
    ("estimator", "labels"),
    [
        (PerceptronClassifier(class_weight={"a": 1, "b": 2, "c": 2}), np.array(["a", "b", "c"])),
        (PerceptronClassifier(early_stopping=True), np.array(["a", "b", "c"], dtype=object)),
        (
            PerceptronClassifier(random_state=np.random.RandomState(0)),
            np.array([True, False, True]),
        ),
        (SigmoidMLPRegressor(early_stopping=True, max_iter=5), np.arange(3.0)),
        (SigmoidMLPRegressor(solver="lbfgs", hidden_layer_sizes=[3]), np.arange(3.0)),
        (SigmoidMLPRegressor(y_range=(0, 2), max_iter=5), np.arange(3.0)),
        (SigmoidMLPRegressor(y_range=np.array([[0, 2]]), max_iter=5), np.arange(3.0)),
    ],
)
def test_skops_and_a_pipeline_fitted_on_a_frame(estimator, labels, by_skops):
    flowers, species = load_iris(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler().set_output(transform="pandas"), estimator)
    model.fit(flowers, labels[species])
    loaded = by_skops(model, type(estimator))
    assert_array_equal(loaded.predict(flowers), model.predict(flowers))
    assert_array_equal(loaded[-1].feature_names_in_, flowers.columns)


@pytest.mark.parametrize("estimator", [PerceptronClassifier(), SigmoidMLPRegressor()])
def test_skops_and_an_unfitted_estimator(estimator, by_skops):
    assert by_skops(estimator, type(estimator)).get_params() == estimator.get_params()


# Files of earlier versions, kept by tests/data/write_models.py ---------------------------------


VERSIONS = sorted(table.parent.name for table in DATA.glob("*/expected.json"))


def assert_loads_as_it_was_written(load, version, suffix):
    expected = json.loads((DATA / version / "expected.json").read_text())
    X = np.array(expected["X"])
    assert len(expected["predictions"]) >= 4
    for name, predictions in expected["predictions"].items():
        model = load(DATA / version / f"{name}{suffix}")
        if isinstance(model, PerceptronClassifier):
            assert_array_equal(model.predict(X), predictions)
        else:
            assert_allclose(model.predict(X), predictions, rtol=1e-9)
        if model.get_params().get("solver") != "lbfgs":
            n_epochs = model.n_iter_
            assert model.partial_fit(X, predictions).n_iter_ == n_epochs + 1


def test_there_are_kept_files():
    assert "0.1.0" in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mmap_mode", [None, "r"])
def test_joblib_files_of_earlier_versions(version, mmap_mode):
    def load(path):
        return joblib.load(path, mmap_mode=mmap_mode)

    assert_loads_as_it_was_written(load, version, ".joblib")


@pytest.mark.parametrize("version", VERSIONS)
def test_skops_files_of_earlier_versions(version):
    skops = pytest.importorskip("skops.io")

    def load(path):
        (trusted,) = skops.get_untrusted_types(file=path)
        assert trusted in TYPES.values()
        return skops.load(path, trusted=[trusted])

    assert_loads_as_it_was_written(load, version, ".skops")


# Files that cannot be read ---------------------------------------------------------------------


def damaged(name, change):
    """The model of this name, loaded from what a file holds after the change."""
    model = partial_fit(clone(MODELS[name]))
    content = copy.deepcopy(model.__getstate__())
    change(content)
    loaded = clone(model)
    loaded.__setstate__(content)
    return loaded


def refusal(cause):
    return pytest.raises(
        ValueError,
        match=r"was written by a later version of sknnbasics, or its file is damaged "
        rf"\(.*{cause}.*\)\. Load it with the version that wrote it, or fit it anew",
    )


OF_UNITS = ["_state", "classes_", "coef_", "intercept_", "mistake_curve_", "validation_scores_"]
OF_A_NETWORK = ["_state", "coefs_", "intercepts_", "loss_curve_", "validation_loss_curve_", "t_"]
OF_A_NETWORK += ["y_low_", "y_high_", "n_features_in_", "n_outputs_"]
LACKING = [
    *[("perceptron", key) for key in [*OF_UNITS, "n_features_in_"]],
    *[("perceptron", f"_state {key}") for key in ("rng", "class_counts", "units", "rng state")],
    *[("averaged perceptron", f"_state units {key}") for key in ("coef", "intercept")],
    *[("adam", key) for key in OF_A_NETWORK],
    *[("adam", f"_state {key}") for key in ("layers", "output_range", "optimizer", "rng", "flat")],
    *[("sgd", f"_state {key}") for key in ("patience", "initial_rate", "shrinkage", "warned")],
    *[("sgd", f"_state {key}") for key in ("layers sizes", "output_range low", "optimizer kind")],
    ("sgd", "_state patience tol"),
]


@pytest.mark.parametrize(("name", "path"), LACKING)
def test_a_key_that_is_missing_is_named(name, path):
    *folders, key = path.split()

    def change(content):
        for folder in folders:
            content = content[folder]
        del content[key]

    with refusal(key):
        damaged(name, change)


@pytest.mark.parametrize("name", MODELS)
def test_a_key_of_a_later_version_is_named(name):
    with refusal("novelty"):
        damaged(name, lambda content: content["_state"].update(novelty=1))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("value", [None, 5, "state", [], {}])
def test_a_state_of_another_kind_is_refused(name, value):
    with refusal(""):
        damaged(name, lambda content: content.update(_state=value))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("position", [-5, 625, 10**6, 2**40, "a"])
def test_a_random_generator_does_not_read_beyond_its_state(name, position):
    """NumPy takes the position as it is, and crashes."""

    def change(content):
        content["_state"]["rng"]["state"]["pos"] = position

    with refusal(""):
        damaged(name, change)


@pytest.mark.parametrize(
    ("name", "place", "value", "cause"),
    [
        ("adam", ("optimizer", "mean"), np.zeros(3), "mean has the shape"),
        ("adam", ("optimizer", "square"), np.zeros((2, 2)), "square has the shape"),
        ("sgd", ("optimizer", "velocity"), np.zeros(0), "velocity has the shape"),
        ("sgd", ("output_range", "low"), np.zeros(5), "low has the shape"),
        ("adam", ("optimizer", "kind"), "Newton", "Newton"),
    ],
)
def test_a_state_that_does_not_fit_the_layers_is_refused(name, place, value, cause):
    folder, key = place
    with refusal(cause):
        damaged(name, lambda content: content["_state"][folder].update({key: value}))
