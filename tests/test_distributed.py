"""Engines that spread work over processes, each held against the same work in this one."""

import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics.functional import cost_and_gradient

EXAMPLES = Path(__file__).parents[1] / "examples"

X, labels = make_classification(120, 6, random_state=0)
y = 1 / (1 + np.exp(-X[:, 0]))

network = SigmoidMLPRegressor(
    hidden_layer_sizes=(4,), y_range=(0, 1), max_iter=10, tol=None, random_state=0
)
perceptron = PerceptronClassifier(average=True, n_iter_no_change=5, random_state=0)
both = pytest.mark.parametrize(
    ("estimator", "target", "grid"),
    [
        pytest.param(network, y, {"alpha": [0.01, 1.0], "solver": ["adam", "lbfgs"]}, id="network"),
        pytest.param(perceptron, labels, {"class_weight": [None, "balanced"]}, id="perceptron"),
    ],
)


def children():
    """Process ids below this process that still run."""
    parent_of = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # ended while it was read
            continue
        if state != "Z":
            parent_of[int(stat.parent.name)] = int(parent)
    below = {os.getpid()}
    while more := {pid for pid, parent in parent_of.items() if parent in below} - below:
        below |= more
    return below - {os.getpid()}


def left(pids):
    """Command lines of the processes of `pids()` that do not end by themselves."""
    for _ in range(100):  # an engine is closed when it has told its processes to end
        lines = []
        for pid in pids():
            with suppress(OSError):  # ended meanwhile
                lines.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        # This one is Python's own and ends with the interpreter.
        lines = [line for line in lines if line and "resource_tracker" not in line]
        if not lines:
            break
        time.sleep(0.1)
    return lines


@pytest.fixture
def no_process_left():
    """No process that a test starts outlives it."""
    before = children()
    yield
    assert left(lambda: children() - before) == []


@pytest.fixture
def dask_client(no_process_left):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray_engine():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    ray = pytest.importorskip("ray")
    from ray.util.joblib import register_ray

    before = children()
    ray.init(num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False)
    register_ray()
    yield "ray"
    ray.shutdown()
    assert left(lambda: children() - before) == []


# The examples


def run_example(name, *args):
    """The output of an example, which must leave no process.

    What it starts and abandons is no child of ours any more, but inherits the mark.
    """
    mark = f"SKNNBASICS_EXAMPLE={uuid.uuid4()}"
    command = [sys.executable, EXAMPLES / name, *args]
    environment = os.environ | dict([mark.split("=")])
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert left(lambda: marked(mark)) == []
    return done.stdout


def marked(mark):
    """Process ids whose environment has `mark`."""
    pids = set()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # ended, or another user's
            if mark.encode() in environ.read_bytes().split(b"\0"):
                pids.add(int(environ.parent.name))
    return pids


def test_gradient_descent_example():
    pytest.importorskip("distributed")
    pytest.importorskip("dask.array")
    out = run_example("distributed_gradient_descent.py", "--rows", "500", "1001", "--epochs", "3")
    assert out.count("an epoch takes") == 2


def test_search_example_on_dask():
    pytest.importorskip("distributed")
    pytest.importorskip("dask_ml.wrappers")
    out = run_example("distributed_search.py", "--engine", "dask")
    assert out.count("equal to the last digit") == 3


def test_search_example_on_ray():
    pytest.importorskip("ray")
    out = run_example("distributed_search.py", "--engine", "ray")
    assert out.count("equal to the last digit") == 1


# Gradient descent in parts


def test_parts_on_workers_descend_as_one_process(dask_client):
    """The article's descent, with a penalty: parts of uneven size on two workers."""
    alpha, rate, epochs = 0.5, 0.3, 20
    rng = np.random.default_rng(0)
    start = [rng.standard_normal(shape) for shape in [(6, 3), (3, 1)]]
    descent = {"solver": "sgd", "momentum": 0, "batch_size": None, "fit_intercept": False}
    single = clone(network).set_params(
        **descent, hidden_layer_sizes=(3,), learning_rate_init=rate, alpha=alpha, max_iter=epochs
    )
    single.fit(X, y, coefs_init=start)

    rows = [slice(0, 30), slice(30, 100), slice(100, 120)]
    parts = dask_client.scatter([(X[r], y[r, None]) for r in rows], hash=False)
    shares = [30 / 120, 70 / 120, 20 / 120]
    coefs, costs = [W.copy() for W in start], []
    for _ in range(epochs):
        futures = dask_client.map(
            lambda part, W: cost_and_gradient(*part, W), parts, W=coefs, pure=False
        )
        results = dask_client.gather(futures)
        penalty = alpha / (2 * len(X)) * sum((W**2).sum() for W in coefs)
        costs.append(penalty + sum(s * cost for s, (cost, *_) in zip(shares, results, strict=True)))
        grads = [
            alpha / len(X) * W + sum(s * g[i] for s, (_, g, _) in zip(shares, results, strict=True))
            for i, W in enumerate(coefs)
        ]
        coefs = [W - rate * grad for W, grad in zip(coefs, grads, strict=True)]

    np.testing.assert_allclose(costs, single.loss_curve_, rtol=0, atol=1e-10)
    for ours, theirs in zip(coefs, single.coefs_, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


# Searches


def scores(estimator, target, grid, n_jobs=None):
    search = GridSearchCV(estimator, grid, cv=3, n_jobs=n_jobs, error_score="raise")
    results = search.fit(X, target).cv_results_
    return [results[f"split{fold}_test_score"] for fold in range(3)]


@both
def test_a_search_on_dask_scores_as_here(estimator, target, grid, dask_client):
    with joblib.parallel_config("dask"):
        spread = scores(estimator, target, grid, n_jobs=2)
    np.testing.assert_array_equal(spread, scores(estimator, target, grid))


# ray takes the settings of joblib's backends, but not this one.
@pytest.mark.filterwarnings("ignore:.*'context' argument is not supported")
# What ray itself leaves open or gives up inside a call of ours is not ours to close.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@both
def test_a_search_on_ray_scores_as_here(estimator, target, grid, ray_engine):
    with joblib.parallel_config(ray_engine):
        spread = scores(estimator, target, grid, n_jobs=2)
    np.testing.assert_array_equal(spread, scores(estimator, target, grid))


# dask arrays


@pytest.mark.parametrize(
    ("estimator", "target", "kwargs"),
    [
        pytest.param(network, y, {}, id="network"),
        pytest.param(perceptron, labels, {"classes": [0, 1]}, id="perceptron"),
    ],
)
def test_incremental_equals_the_chunks_in_order(estimator, target, kwargs, dask_client):
    da = pytest.importorskip("dask.array")
    wrappers = pytest.importorskip("dask_ml.wrappers")
    blocks = da.from_array(X, (40, -1)), da.from_array(target, 40)
    model = wrappers.Incremental(clone(estimator), shuffle_blocks=False).fit(*blocks, **kwargs)
    expected = clone(estimator)
    for start in (0, 40, 80):
        rows = slice(start, start + 40)
        expected.partial_fit(X[rows], target[rows], **kwargs)
    np.testing.assert_array_equal(model.estimator_.predict(X), expected.predict(X))
    np.testing.assert_array_equal(model.predict(blocks[0]).compute(), expected.predict(X))
    for ours, theirs in zip(weights(model.estimator_), weights(expected), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def weights(fitted):
    return [fitted.coef_, fitted.intercept_] if hasattr(fitted, "coef_") else fitted.coefs_


@both
def test_parallel_post_fit_predicts_block_by_block(estimator, target, grid, dask_client):
    da = pytest.importorskip("dask.array")
    wrappers = pytest.importorskip("dask_ml.wrappers")
    fitted = clone(estimator).fit(X, target)
    predictions = wrappers.ParallelPostFit(fitted).predict(da.from_array(X, (40, -1)))
    np.testing.assert_allclose(predictions.compute(), fitted.predict(X), rtol=1e-12)
