"""scikit-learn's own checks, those that `check_estimator` leaves out included."""

import inspect
import json
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import (
    check_class_weight_balanced_classifiers,
    check_class_weight_balanced_linear_classifier,
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    check_param_validation,
    parametrize_with_checks,
)
from threadpoolctl import threadpool_limits

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

ESTIMATORS = [
    PerceptronClassifier(),
    PerceptronClassifier(average=True),
    PerceptronClassifier(average=False),
    PerceptronClassifier(class_weight="balanced"),
    PerceptronClassifier(early_stopping=True),
    SigmoidMLPRegressor(),
    SigmoidMLPRegressor(solver="adam"),
    SigmoidMLPRegressor(solver="sgd"),
    SigmoidMLPRegressor(solver="lbfgs"),
    SigmoidMLPRegressor(early_stopping=True),
    SigmoidMLPRegressor(hidden_layer_sizes=(10, 5)),
]

# The checks fit a few rows for a few epochs; an unfinished fit is no finding here.
pytestmark = pytest.mark.filterwarnings(
    f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning"
)

every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)


@pytest.fixture(scope="module", autouse=True)
def one_blas_thread():
    """On matrices as small as those of the checks, threads cost more than they gain."""
    with threadpool_limits(1):
        yield


# Older versions of scikit-learn hand over a generator, which pytest warns of.
mark = parametrize_with_checks(ESTIMATORS)
names, checks = mark.args


@pytest.mark.parametrize(names, list(checks), **mark.kwargs)
def test_check(estimator, check):
    check(estimator)


CHECK_ALL = """
import json, sys
from sklearn.utils.estimator_checks import check_estimator
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

for estimator in eval(sys.argv[1]):
    results = check_estimator(estimator, on_skip=None, on_fail=None)
    print(json.dumps([(r["check_name"], r["status"], str(r["exception"])) for r in results]))
"""


@pytest.fixture(scope="module")
def array_api_results():
    """One list of (check, status, exception) an estimator, by plain `check_estimator`.

    The variable has to be set before Python starts: else scikit-learn leaves the
    array API checks out. The estimators travel as their reprs.
    """
    environment = os.environ | {"SCIPY_ARRAY_API": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHECK_ALL, repr(ESTIMATORS)],
        env=environment | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


ABSENT = (
    r"is not installed|not available|no XPU device is available|"
    r"PYTORCH_ENABLE_MPS_FALLBACK is not set"
)


@pytest.mark.parametrize("number", range(len(ESTIMATORS)), ids=lambda i: repr(ESTIMATORS[i]))
def test_plain_check_estimator_with_the_array_api(array_api_results, number):
    results = array_api_results[number]
    assert len(results) > 50
    assert [r for r in results if r[1] in ("failed", "xfail")] == []
    skipped = [r for r in results if r[1] == "skipped"]
    assert [r for r in skipped if not re.search(ABSENT, r[2])] == []


@every_estimator
def test_no_tag_excuses_from_checks(estimator):
    tags = get_tags(estimator)
    excuses = [tags.non_deterministic, tags.no_validation, tags._skip_test]
    excuses += [part.poor_score for part in (tags.classifier_tags, tags.regressor_tags) if part]
    assert not any(excuses)
    assert tags.input_tags.sparse
    assert tags.requires_fit


def predicting_in_fit(estimator):
    """As scikit-learn's test_common prepares those that predict while they fit."""
    return clone(estimator).set_params(early_stopping=True, n_iter_no_change=1)


@pytest.mark.parametrize("estimator", [*ESTIMATORS, *map(predicting_in_fit, ESTIMATORS)], ids=repr)
def test_column_names(estimator):
    with warnings.catch_warnings():
        # The check orders the columns wrongly on purpose; losing the names would be the finding.
        warnings.simplefilter("ignore", FutureWarning)
        check_dataframe_column_names_consistency(type(estimator).__name__, estimator)


@every_estimator
def test_parameters_are_validated(estimator):
    check_param_validation(type(estimator).__name__, estimator)


@every_estimator
def test_read_only_input_is_left_alone(estimator):
    check_inplace_ensure_writeable(type(estimator).__name__, estimator)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_weights_of_zero_are_refused(solver):
    # scikit-learn has this check from 1.9 on.
    X, y = make_classification(random_state=42)
    with pytest.raises(ValueError, match=r"(.*weight.*zero.*)|(.*zero.*weight.*)"):
        SigmoidMLPRegressor(solver=solver).fit(X, y, sample_weight=np.zeros(len(y)))
    check = getattr(estimator_checks, "check_all_zero_sample_weights_error", None)
    if check is not None:
        check("SigmoidMLPRegressor", SigmoidMLPRegressor(solver=solver))


def overlapping_classes(n_common, n_rare, seed):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(-1, 1.5, (n_common, 2)), rng.normal(1, 1.5, (n_rare, 2))])
    return X, np.repeat([0, 1], [n_common, n_rare])


def test_balanced_class_weight_helps_the_rare_class():
    # scikit-learn defines this check and calls it nowhere: the data is up to the caller. The
    # averaged weights, because the last ones of data that overlap are the luck of the last visits.
    check_class_weight_balanced_classifiers(
        "PerceptronClassifier",
        PerceptronClassifier(average=True),
        *overlapping_classes(190, 10, seed=0),
        *overlapping_classes(100, 100, seed=1),
        weights=None,
    )


@pytest.mark.parametrize("average", [False, True])
def test_balanced_is_the_inverse_of_the_class_frequencies(average):
    check_class_weight_balanced_linear_classifier(
        "PerceptronClassifier", PerceptronClassifier(average=average)
    )


REQUESTS = {
    "fit": {
        "sample_weight",
        "X_val",
        "y_val",
        "sample_weight_val",
        "coefs_init",
        "intercepts_init",
    },
    "partial_fit": {"sample_weight"},
    "score": {"sample_weight"},
}


@pytest.mark.parametrize("method", REQUESTS)
def test_every_keyword_can_be_routed(method):
    set_request = getattr(SigmoidMLPRegressor(), f"set_{method}_request", None)
    assert set_request is not None, "requests exist only for methods with metadata"
    assert set(inspect.signature(set_request).parameters) - {"self"} == REQUESTS[method]
