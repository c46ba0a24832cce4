"""SigmoidMLPRegressor on a GPU, through the array API, against PyTorch's own loop there.

First the check: after the same updates, tensors and NumPy arrays give the same
weights. Then the times of a fit in turn: our estimator on tensors of the
device, a PyTorch loop of the same network on the same device, and scikit-learn's
MLPRegressor on the processor; and how much of the device's measured matrix
product our fit attains. Without a GPU it says so and uses the processor.

    SCIPY_ARRAY_API=1 python tests/benchmarks/bench_gpu.py [--quick]
"""

import argparse
import os
import sys
import warnings
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np
import torch
from sklearn import config_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from sknnbasics import SigmoidMLPRegressor


@dataclass(frozen=True)
class Case:
    """Sizes of a network, its data and its batches; batch_size None means all rows."""

    sizes: tuple
    n_rows: int
    batch_size: int | None
    epochs: int

    def __str__(self):
        return f"{'-'.join(map(str, self.sizes))}, {self.n_rows} rows, batch {self.batch_size}"

    @property
    def flop(self):
        """Of all matrix products of a fit: one forward and two backward for each weight."""
        pairs = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return 6 * self.epochs * self.n_rows * sum(a * b for a, b in pairs)


CASES = [
    Case((100, 256, 1), 20_000, None, 50),
    Case((784, 512, 10), 65_536, 1024, 5),
    Case((1024, 2048, 2048, 8), 65_536, 8192, 5),
]
QUICK = [Case((8, 16, 2), 500, 100, 3)]


def data(case):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((case.n_rows, case.sizes[0]), dtype=np.float32)
    return X, rng.uniform(0.2, 0.8, (case.n_rows, case.sizes[-1])).astype(np.float32)


def ours(case, solver):
    return SigmoidMLPRegressor(
        hidden_layer_sizes=case.sizes[1:-1], solver=solver, batch_size=case.batch_size,
        learning_rate_init=1e-3, alpha=0, max_iter=case.epochs, tol=None, y_range=(0, 1),
        random_state=0,
    )  # fmt: skip


def fit_torch(case, solver, X, T):
    """The same network, loss and optimizer as a user of PyTorch would write them."""
    layers = []
    for n_in, n_out in zip(case.sizes[:-1], case.sizes[1:], strict=True):
        layers += [torch.nn.Linear(n_in, n_out, device=X.device), torch.nn.Sigmoid()]
    network = torch.nn.Sequential(*layers)
    optimizer = {
        "adam": lambda: torch.optim.Adam(network.parameters(), 1e-3),
        "sgd": lambda: torch.optim.SGD(network.parameters(), 1e-3, momentum=0.9, nesterov=True),
    }[solver]()
    for _ in range(case.epochs):
        order = torch.randperm(len(X), device=X.device)
        total = 0.0
        for rows in order.split(case.batch_size or len(X)):
            optimizer.zero_grad()
            loss = 0.5 * ((network(X[rows]) - T[rows]) ** 2).sum(1).mean()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        float(total)  # the cost, read once an epoch as ours is


def fit_sklearn(case, solver, X, T):
    MLPRegressor(
        hidden_layer_sizes=case.sizes[1:-1], activation="logistic", solver=solver,
        batch_size=case.batch_size or case.n_rows, max_iter=case.epochs, tol=0.0, alpha=0,
        n_iter_no_change=case.epochs,
    ).fit(X, T)  # fmt: skip


def seconds(function, device, rounds=3):
    """Median time of a call, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        start = perf_counter()
        function()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(perf_counter() - start)
    return median(times[1:])


def attainable(device):
    """FLOP a second of a large float32 matrix product."""
    a = torch.rand((4096, 4096), device=device)
    return 2 * 4096**3 / seconds(lambda: a @ a, device)


def check_agreement(case, solver, device):
    X, T = (array[:2000] for array in data(case))
    expected = ours(case, solver).fit(X, T)
    with config_context(array_api_dispatch=True):
        fitted = ours(case, solver).fit(torch.asarray(X, device=device), torch.asarray(T))
    for W, reference in zip(fitted.coefs_, expected.coefs_, strict=True):
        np.testing.assert_allclose(W.cpu().numpy(), reference, rtol=0, atol=5e-3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only check, on a small network")
    arguments = parser.parse_args()
    if os.environ.get("SCIPY_ARRAY_API") != "1":
        sys.exit("Set SCIPY_ARRAY_API=1 before Python starts: SciPy reads it when imported.")
    warnings.simplefilter("ignore", ConvergenceWarning)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU here: the processor"
    cases = QUICK if arguments.quick else CASES
    for case in cases:
        for solver in ("sgd", "adam"):
            check_agreement(case, solver, device)
    print(f"{name}; tensors and NumPy agree on {2 * len(cases)} cases")
    if not arguments.quick:
        print_times(cases, device)


def print_times(cases, device):
    peak = attainable(device)
    print(f"float32 matrix product: {peak / 1e12:.2f} TFLOP/s")
    print(f"{'':<48}{'ours, s':>9}{'torch':>8}{'sklearn':>9}{'of peak':>9}  (peer / ours)")
    for case in cases:
        X, T = data(case)
        A, B = torch.asarray(X, device=device), torch.asarray(T, device=device)
        for solver in ("sgd", "adam"):
            with config_context(array_api_dispatch=True):
                time = seconds(lambda c=case, s=solver, a=A, b=B: ours(c, s).fit(a, b), device)
            theirs = seconds(lambda c=case, s=solver, a=A, b=B: fit_torch(c, s, a, b), device)
            sklearns = seconds(lambda c=case, s=solver, a=X, b=T: fit_sklearn(c, s, a, b), "cpu", 1)
            print(
                f"{case!s:<43}{solver:<5}{time:>9.3f}{theirs / time:>8.2f}{sklearns / time:>9.2f}"
                f"{case.flop / time / peak:>9.0%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
