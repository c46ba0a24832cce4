"""Parameters, fitted attributes and names of features."""

import inspect

import numpy as np
import pandas as pd
import pytest
from both_estimators import snapshot, unconverged
from naive_perceptron import assert_same_model, overlapping, trained
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import AdaBoostClassifier, VotingClassifier
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.linear_model import Perceptron
from sklearn.utils.validation import has_fit_parameter

from sknnbasics import PerceptronClassifier


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


@unconverged
def test_a_sample_weight_is_refused_with_what_to_use_in_its_place():
    X, y = overlapping()
    model = trained(X, y, 3)
    before = snapshot(model)
    message = r"fit\(\) got an unexpected keyword argument 'sample_weight'.*Use class_weight"
    for call in (model.fit, model.partial_fit):
        with pytest.raises(TypeError, match=message):
            call(X, y, sample_weight=np.ones(len(y)))
    assert snapshot(model) == before
    voting = VotingClassifier([("perceptron", PerceptronClassifier())])
    with pytest.raises(TypeError, match="does not support sample weights") as error:
        voting.fit(X, y, sample_weight=np.ones(len(y)))
    assert "Use class_weight" in str(error.value.__cause__)
    with pytest.raises(ValueError, match="PerceptronClassifier doesn't support sample_weight"):
        AdaBoostClassifier(PerceptronClassifier()).fit(X, y)


@unconverged
def test_labels_in_a_column_warn_and_are_predicted_as_a_vector_as_in_scikit_learn():
    X, y = overlapping()
    for kind in (Perceptron, PerceptronClassifier):
        with pytest.warns(DataConversionWarning, match="column-vector y"):
            model = kind(random_state=0).fit(X, y[:, None])
        assert model.predict(X).shape == (len(y),)
    assert_same_model(model, PerceptronClassifier(random_state=0).fit(X, y))


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


@unconverged
def test_a_clone_is_unfitted_and_fits_the_same():
    X, y = overlapping()
    model = trained(X, y, 3, random_state=0, shuffle=True)
    copy = clone(model)
    assert not hasattr(copy, "coef_")
    assert_same_model(copy.fit(X, y), model)
