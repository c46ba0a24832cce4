"""SigmoidMLPRegressor against scikit-learn and PyTorch on the same work.

First the check: from the same weights, over the same batches, our cost and
that of a PyTorch loop agree. Then the times, in turn, so that whatever else
the machine does strikes all alike; what is printed is the median over rounds
of peer / ours. MLPRegressor does the same work but for its linear output. The
matrix products alone, forward and for the gradient of each layer over a whole
batch, are what an implementation that works batch by batch cannot undercut.

    python tests/benchmarks/bench_mlp.py [--quick] [--rounds 7] [--threads N] [--only NAME]
"""

import argparse
import os
import warnings
from dataclasses import dataclass, replace
from statistics import geometric_mean, median
from time import perf_counter, sleep

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from sknnbasics import SigmoidMLPRegressor
from sknnbasics._show_versions import blas_in_use

try:
    import torch
except ImportError:  # then its check and its column are left out
    torch = None


@dataclass(frozen=True)
class Case:
    """A network, its data, and how it is trained; batch_size None means all rows."""

    name: str
    n_rows: int
    sizes: tuple
    batch_size: int | None
    epochs: int
    solver: str = "sgd"
    dtype: str = "float64"
    shuffle: bool = True
    products: bool = False

    def __str__(self):
        return f"{self.name:<24} {self.solver:<4} {self.dtype}"

    @property
    def shared_params(self):
        """Arguments of MLPRegressor and of ours that have the same meaning."""
        return {
            "hidden_layer_sizes": self.sizes[1:-1],
            "solver": self.solver,
            "learning_rate_init": 0.001,
            "alpha": 0.0,
            "max_iter": self.epochs,
            "momentum": 0.9,
            "nesterovs_momentum": True,
            "epsilon": EPSILON,
            "shuffle": self.shuffle,
            "random_state": 0,
        }


# So small that it does not matter to which root of Adam's second moment it is added.
EPSILON = 1e-15

# Threads of BLAS that a fit has woken turn round for some hundredths of a second after it, and
# would take a processor from the next one.
PAUSE = 0.1

CASES = [
    Case("article 3 x 2-3-1", 3, (2, 3, 1), None, 1000),
    Case("batch 32 x 20-50-1", 3200, (20, 50, 1), 32, 20),
    Case("batch 200 x 10-100-1", 10000, (10, 100, 1), 200, 20),
    Case("batch 200 x 50-100-1", 10000, (50, 100, 1), 200, 20, products=True),
    Case("batch 200 x 30-100-50-1", 10000, (30, 100, 50, 1), 200, 20),
    Case("full 20000 x 100-256-1", 20000, (100, 256, 1), None, 10, products=True),
    Case("batch 1024 x 784-512-10", 8192, (784, 512, 10), 1024, 4, products=True),
]


def make_data(case):
    """X, targets inside the unit interval, and the weights that all start from."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((case.n_rows, case.sizes[0])).astype(case.dtype)
    T = rng.uniform(0.2, 0.8, (case.n_rows, case.sizes[-1])).astype(case.dtype)
    shapes = list(zip(case.sizes[:-1], case.sizes[1:], strict=True))
    coefs = [(rng.standard_normal(s) / s[0] ** 0.5).astype(case.dtype) for s in shapes]
    intercepts = [rng.standard_normal(s[1]).astype(case.dtype) for s in shapes]
    return X, T, coefs, intercepts


def fit_ours(case, X, T, coefs, intercepts):
    model = SigmoidMLPRegressor(
        **case.shared_params, batch_size=case.batch_size, tol=None, y_range=(0, 1)
    )
    y = T[:, 0] if T.shape[1] == 1 else T
    return model.fit(X, y, coefs_init=coefs, intercepts_init=intercepts)


def fit_sklearn(case, X, T, *_):
    model = MLPRegressor(
        **case.shared_params,
        activation="logistic",
        batch_size=case.batch_size or case.n_rows,
        tol=0.0,
        n_iter_no_change=case.epochs,
    )
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return model.fit(X, T[:, 0] if T.shape[1] == 1 else T)


def torch_network(case, coefs, intercepts):
    layers = []
    for W, b in zip(coefs, intercepts, strict=True):
        linear = torch.nn.Linear(*W.shape, dtype=getattr(torch, case.dtype))
        linear.weight.data.copy_(torch.from_numpy(W.T))
        linear.bias.data.copy_(torch.from_numpy(b))
        layers += [linear, torch.nn.Sigmoid()]
    return torch.nn.Sequential(*layers)


def torch_optimizer(case, parameters):
    rate = case.shared_params["learning_rate_init"]
    if case.solver == "adam":
        return torch.optim.Adam(parameters, rate, eps=EPSILON)
    return torch.optim.SGD(parameters, rate, momentum=0.9, nesterov=True)


def fit_torch(case, X, T, coefs, intercepts):
    X, T = torch.from_numpy(X), torch.from_numpy(T)
    network = torch_network(case, coefs, intercepts)
    optimizer = torch_optimizer(case, network.parameters())
    for _ in range(case.epochs):
        for x, t in torch_batches(case, X, T):
            optimizer.zero_grad()
            loss = 0.5 * ((network(x) - t) ** 2).sum(1).mean()
            loss.backward()
            loss.item()  # ours and MLPRegressor keep the curve of the cost, too
            optimizer.step()
    return network


def torch_batches(case, X, T):
    if case.batch_size is None:
        return [(X, T)]
    order = torch.randperm(len(X)) if case.shuffle else torch.arange(len(X))
    return ((X[rows], T[rows]) for rows in order.split(case.batch_size))


def multiply_only(case, X, T, coefs, _):
    """Only the matrix products of the work, each into an array that is kept."""
    size = case.batch_size or case.n_rows
    activations = [X[:size], *(np.zeros((size, W.shape[1]), case.dtype) for W in coefs)]
    grads = [np.empty_like(W) for W in coefs]
    for _ in range(case.epochs * (case.n_rows // size)):
        for a, W, z in zip(activations[:-1], coefs, activations[1:], strict=True):
            np.dot(a, W, out=z)
        for a, delta, grad in zip(activations[:-1], activations[1:], grads, strict=True):
            np.dot(a.T, delta, out=grad)


def check_agreement(case):
    """Compare the costs after the same updates from the same weights."""
    case = replace(case, dtype="float64", shuffle=False, epochs=min(case.epochs, 3))
    X, T, *weights = make_data(case)
    ours = fit_ours(case, X, T, *weights).predict(X).reshape(T.shape)
    theirs = fit_torch(case, X, T, *weights)(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(
        ((ours - T) ** 2).mean(), ((theirs - T) ** 2).mean(), rtol=1e-9, err_msg=str(case)
    )


def reduced(case):
    """Shrink a case to few rows and to batches of which the last is shorter."""
    size = case.batch_size and min(case.batch_size, 128)
    return replace(case, n_rows=min(case.n_rows, 500), batch_size=size)


def time_in_turn(case, rounds):
    """Medians over rounds: seconds of our fit, and peer / ours of every peer."""
    data = make_data(case)
    fits = {"ours": fit_ours, "sklearn": fit_sklearn}
    if torch:
        fits["torch"] = fit_torch
    if case.products:
        fits["products"] = multiply_only
    times = {name: [] for name in fits}
    for _ in range(rounds):
        for name, fit in fits.items():
            sleep(PAUSE)
            start = perf_counter()
            fit(case, *data)
            times[name].append(perf_counter() - start)
    ours = times.pop("ours")
    ratios = {
        name: median(t / o for t, o in zip(theirs, ours, strict=True))
        for name, theirs in times.items()
    }
    return median(ours), ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only check, on few rows")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of every peer alike")
    parser.add_argument("--only", default="", help="part of the name of a case")
    args = parser.parse_args()
    if torch:
        torch.set_num_threads(args.threads)
    threadpool_limits(args.threads, user_api="blas")
    cases = [
        replace(case, solver=solver)
        for case in CASES
        for solver in ("sgd", "adam")
        if args.only in case.name
    ]
    for case in cases if torch else ():
        check_agreement(reduced(case) if args.quick else case)
    agreed = f"agree with PyTorch's on {len(cases)} cases" if torch else "unchecked: no PyTorch"
    print(f"costs {agreed}")
    if not args.quick:
        print(f"products by {blas_in_use()}")
        print_times([replace(c, dtype=d) for c in cases for d in ("float64", "float32")], args)


def print_times(cases, args):
    columns = ["sklearn", "torch", "products"] if torch else ["sklearn", "products"]
    print(f"{'peer / ours':<37}{'ours, ms/epoch':>15}", *(f"{name:>9}" for name in columns))
    ratios = {name: [] for name in columns}
    for case in cases:
        seconds, row = time_in_turn(case, args.rounds)
        for name, ratio in row.items():
            ratios[name].append(ratio)
        cells = [f"{row[name]:9.2f}" if name in row else " " * 9 for name in columns]
        print(f"{case!s:<37}{1000 * seconds / case.epochs:>15.3f}", *cells, flush=True)
    for name, values in ratios.items():
        if values:  # of the products some cases have none
            print(f"{name}: geometric mean {geometric_mean(values):.2f}, least {min(values):.2f}")


if __name__ == "__main__":
    main()
