"""The estimators under the engines that people have: joblib on dask and ray, dask-ml's Incremental.

Nothing here schedules or moves data but the engines. Each result is held against the
same work in this process, and has to be equal to the last digit.

    python examples/distributed_search.py
"""

import argparse
import importlib.util
import os
import sys
import time

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_diabetes, make_classification
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

CHUNK_ROWS = 100


def searches():
    """A grid search of each estimator, with its data."""
    network = SigmoidMLPRegressor(
        hidden_layer_sizes=(8,), max_iter=30, tol=None, random_state=0
    )
    yield (
        GridSearchCV(
            make_pipeline(StandardScaler(), network),
            {"sigmoidmlpregressor__alpha": [0.001, 0.01, 0.1]},
            cv=3,
        ),
        load_diabetes(return_X_y=True),
    )
    perceptron = PerceptronClassifier(average=True, n_iter_no_change=5, random_state=0)
    yield (
        GridSearchCV(perceptron, {"class_weight": [None, "balanced"]}, cv=3),
        make_classification(300, random_state=0),
    )


def searched(engine=None):
    """The test score of each fit of both searches, by an engine of joblib or in this process."""
    if engine is None:
        fitted = [search.fit(*data) for search, data in searches()]
    else:
        with joblib.parallel_config(engine):
            fitted = [
                search.set_params(n_jobs=2).fit(*data) for search, data in searches()
            ]
    results = [search.cv_results_ for search in fitted]
    return np.concatenate(
        [r[f"split{fold}_test_score"] for r in results for fold in range(3)]
    )


def check(title, ours, seconds, local):
    equal = np.array_equal(ours, local)
    print(
        f"{title:<44} {'equal to the last digit' if equal else 'DIFFERENT'}, {seconds:.1f} s"
    )
    if not equal:
        raise SystemExit(f"{title}: {ours} instead of {local}")


def timed(function, *args, **kwargs):
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start


def chunked():
    """Each estimator, with data for `partial_fit` and what else that takes."""
    network = SigmoidMLPRegressor(
        hidden_layer_sizes=(8,), y_range=(0, 400), random_state=0
    )
    yield network, *load_diabetes(return_X_y=True), {}
    perceptron = PerceptronClassifier(random_state=0)
    yield perceptron, *make_classification(400, random_state=0), {"classes": [0, 1]}


def sequential(estimator, X, y, **kwargs):
    """One chunk after the other, in this process."""
    for start in range(0, len(X), CHUNK_ROWS):
        rows = slice(start, start + CHUNK_ROWS)
        estimator.partial_fit(X[rows], y[rows], **kwargs)
    return estimator


def incremental(estimator, X, y, **kwargs):
    """The same chunks as blocks of dask arrays, which dask-ml takes one after the other."""
    import dask.array as da
    from dask_ml.wrappers import Incremental

    model = Incremental(estimator, shuffle_blocks=False)
    model.fit(
        da.from_array(X, (CHUNK_ROWS, -1)), da.from_array(y, CHUNK_ROWS), **kwargs
    )
    return model.estimator_


def on_dask(local):
    """The searches and the chunks on two worker processes, closed at the end."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster),
    ):
        check("joblib on dask", *timed(searched, "dask"), local)
        if not importlib.util.find_spec("dask_ml"):
            print("dask-ml is not installed: no Incremental")
            return
        for estimator, X, y, kwargs in chunked():
            ours, seconds = timed(incremental, estimator, X, y, **kwargs)
            expected = sequential(clone(estimator), X, y, **kwargs)
            title = f"dask-ml Incremental, {type(estimator).__name__}"
            check(title, weights(ours), seconds, weights(expected))


def weights(fitted):
    arrays = [fitted.coef_] if hasattr(fitted, "coef_") else fitted.coefs_
    return np.concatenate([array.ravel() for array in arrays])


def on_ray(local):
    """The searches on two workers of ray, shut down at the end."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would report to its makers
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = (
        "0"  # the coming default; warned of else
    )
    import ray
    from ray.util.joblib import register_ray

    ray.init(
        num_cpus=2,
        include_dashboard=False,
        _node_ip_address="127.0.0.1",
        log_to_driver=False,
    )
    try:
        register_ray()
        check("joblib on ray", *timed(searched, "ray"), local)
    finally:
        ray.shutdown()


# What runs an engine, and what that imports.
ENGINES = {"dask": (on_dask, "distributed"), "ray": (on_ray, "ray")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--engine", choices=list(ENGINES), help="default: those installed"
    )
    args = parser.parse_args()
    installed = [
        name
        for name, (_, module) in ENGINES.items()
        if importlib.util.find_spec(module)
    ]
    engines = [args.engine] if args.engine else installed
    if not engines or engines[0] not in installed:
        sys.exit(
            f"Not installed: {args.engine or 'dask, ray'}. "
            'pip install ".[distributed]" has dask; pip install ray the other.'
        )
    local, seconds = timed(searched)
    print(f"{f'{len(local)} fits in this process':<44} {seconds:.1f} s")
    for engine in engines:
        run, _ = ENGINES[engine]
        run(local)


if __name__ == "__main__":  # the workers import this file
    main()
