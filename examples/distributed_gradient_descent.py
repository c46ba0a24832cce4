"""Data-parallel gradient descent: dask holds the rows in parts, each epoch sums their gradients.

Equation (5) is a mean over the rows, so the gradient of all rows is the sum of the
gradients of the parts, each times its share of the rows. The parts are sent to the
workers once; an epoch sends the weights out and the gradients back. The network that
comes out is the one that a single process trains, up to the rounding of the sums.

    python examples/distributed_gradient_descent.py
    python examples/distributed_gradient_descent.py --rows 2000000 --workers 4
"""

import argparse
import time
from itertools import pairwise

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster

from sknnbasics import SigmoidMLPRegressor
from sknnbasics.functional import cost_and_gradient

# The article's gradient descent: all rows in one step, no biases, no momentum, no penalty. Its
# step of 0.1 on 3 samples is 0.3 on the mean of the squared errors, however many rows there are.
LEARNING_RATE = 0.3
ARTICLE = {
    "solver": "sgd",
    "momentum": 0,
    "batch_size": None,
    "learning_rate_init": LEARNING_RATE,
    "tol": None,
    "fit_intercept": False,
    "alpha": 0,
    "y_range": (0, 1),
    "init": "standard_normal",
}


# dask sets malloc so that arrays of more than 128 KiB give their pages back when freed, and the
# pages cost more to get again than the arithmetic in them: blocks of 2048 rows take 2.5 times as
# long.
BLOCK_ROWS = 256


def initial_weights(sizes):
    """The article's ``randn``, for layers of these sizes."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in pairwise(sizes)]


def one_process(X, y, coefs, epochs):
    """The final weights and the cost before each epoch, by the estimator on all rows."""
    hidden = tuple(W.shape[1] for W in coefs[:-1])
    network = SigmoidMLPRegressor(hidden_layer_sizes=hidden, max_iter=epochs, **ARTICLE)
    network.fit(X, y, coefs_init=coefs)
    return network.coefs_, network.loss_curve_


def scattered(client, X, y):
    """Send each pair of partitions to a worker, where it stays, and tell its share of the rows.

    ``hash=False``: to hash the rows, in case a worker has them already, would cost
    more than to send them.
    """
    pairs = [
        (
            X_part.compute(scheduler="synchronous"),
            y_part.compute(scheduler="synchronous"),
        )
        for X_part, y_part in zip(X.partitions, y.partitions, strict=True)
    ]
    parts = client.scatter(pairs, hash=False)
    return parts, np.array(X.chunks[0]) / len(X)


def weighted_sum(shares, results):
    """Cost and gradients of all rows from those of parts of the rows."""
    cost = sum(share * cost for share, (cost, _) in zip(shares, results, strict=True))
    grads = zip(
        *(grads for _, grads in results), strict=True
    )  # one tuple of parts a layer
    return cost, [
        sum(share * grad for share, grad in zip(shares, layer, strict=True))
        for layer in grads
    ]


def part_cost_and_gradient(part, coefs):
    """What a worker does in an epoch, on the rows it holds, in small blocks."""
    X, y = part
    blocks = [
        slice(start, start + BLOCK_ROWS) for start in range(0, len(X), BLOCK_ROWS)
    ]
    results = [cost_and_gradient(X[rows], y[rows], coefs)[:2] for rows in blocks]
    return weighted_sum([len(X[rows]) / len(X) for rows in blocks], results)


def many_processes(client, parts, shares, coefs, epochs):
    """The same descent, with the rows of each gradient spread over the workers.

    A penalty alpha does not belong in the parts, each of which would count it in
    full: add ``alpha / n_samples * W`` to the sum instead.
    """
    coefs, costs = [W.copy() for W in coefs], []
    for _ in range(epochs):
        # pure=False: the weights never come again, so nothing is gained by hashing them.
        futures = client.map(part_cost_and_gradient, parts, coefs=coefs, pure=False)
        cost, grads = weighted_sum(shares, client.gather(futures))
        costs.append(cost)
        for W, grad in zip(coefs, grads, strict=True):
            W -= LEARNING_RATE * grad
    return coefs, costs


def difference(ours, theirs):
    """The largest difference in any weight or cost."""
    (coefs, costs), (other_coefs, other_costs) = ours, theirs
    return max(
        np.abs(np.subtract(a, b)).max()
        for a, b in zip([*coefs, costs], [*other_coefs, other_costs], strict=True)
    )


def timed(train, *args):
    """The result, and the seconds of the best of three runs."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        result = train(*args)
        seconds.append(time.perf_counter() - start)
    return result, min(seconds)


def compare(client, n_rows, n_hidden, epochs, n_parts):
    """Train both ways, check that they agree, and print what an epoch costs in each."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((n_rows, 20))
    y = 1 / (1 + np.exp(-X[:, :2].sum(axis=1, keepdims=True)))
    coefs = initial_weights((X.shape[1], n_hidden, 1))
    chunks = (-(-n_rows // n_parts), -1)
    parts, shares = scattered(
        client, da.from_array(X, chunks), da.from_array(y, chunks)
    )

    single, single_seconds = timed(one_process, X, y, coefs, epochs)
    spread, spread_seconds = timed(many_processes, client, parts, shares, coefs, epochs)
    largest = difference(spread, single)
    print(
        f"{n_rows:>9} rows, {n_hidden} hidden units: an epoch takes "
        f"{1000 * single_seconds / epochs:7.1f} ms in one process, "
        f"{1000 * spread_seconds / epochs:7.1f} ms in {len(shares)} parts; "
        f"they differ by {largest:.0e}"
    )
    if largest > 1e-10:
        raise SystemExit("One process and many should agree to 1e-10.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 50_000, 500_000])
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    with (
        LocalCluster(
            n_workers=args.workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        for n_rows in args.rows:
            compare(client, n_rows, args.hidden, args.epochs, args.workers)


if __name__ == "__main__":  # the workers import this file
    main()
