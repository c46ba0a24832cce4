"""SigmoidMLPRegressor on a GPU, through the array API, beside PyTorch's own loop there.

First the checks: from the same weights, over the same batches, tensors and
NumPy arrays move the weights alike, and on a GPU no batch waits for the device.
Then the times, in turn, so that whatever else the machine does strikes all
alike: medians over rounds of a fit on tensors of the device and of peer / ours,
for a PyTorch loop of the same network on the same device. scikit-learn's
MLPRegressor, whose output is linear, is timed once, on the processor. Of the
matrix products of a fit the table says how many TFLOP/s they attain, and which
share that is of the device's own product of large matrices. Without a GPU it
says so and does the checks and the first case on the processor.

    SCIPY_ARRAY_API=1 python tests/benchmarks/bench_gpu.py [--quick] [--rounds 5]
"""

import argparse
import os
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from unittest.mock import patch

import numpy as np
import sklearn
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_info

from sknnbasics import SigmoidMLPRegressor
from sknnbasics._network._batches import Batches

GPU = torch.cuda.is_available()
DEVICE = "cuda" if GPU else "cpu"
SECONDS = 1.2  # of a fit that is timed


@dataclass(frozen=True)
class Case:
    """Sizes of a network, its data and its training; batch_size None means all rows."""

    sizes: tuple
    n_rows: int
    batch_size: int | None
    solver: str = "sgd"
    dtype: str = "float32"
    epochs: int = 2

    def __str__(self):
        sizes = "-".join(map(str, self.sizes))
        return f"{sizes}, {self.n_rows} / {self.batch_size or 'all'}, {self.solver} {self.dtype}"

    @property
    def pairs(self):
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def learning_rate(self):
        """Slower for wider networks, so that none diverges and multiplies its rounding."""
        return {"sgd": 50, "adam": 2}[self.solver] / self.sizes[-2]

    @property
    def flop(self):
        """Of the matrix products of an epoch: three for each W, but two for the first.

        Forward, for the gradient of W, and for the delta of the layer before, which
        the inputs do not need.
        """
        weights = [n_in * n_out for n_in, n_out in self.pairs]
        return 2 * self.n_rows * (3 * sum(weights) - weights[0])

    def data(self):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((self.n_rows, self.sizes[0]), dtype=self.dtype)
        return X, rng.uniform(0.2, 0.8, (self.n_rows, self.sizes[-1])).astype(self.dtype)


CASES = [
    Case((100, 256, 1), 20_000, None),
    Case((784, 512, 10), 65_536, 1024),
    Case((1024, 2048, 2048, 8), 65_536, 8192),
]


def variants(case):
    return [
        replace(case, solver=s, dtype=d) for d in ("float32", "float64") for s in ("sgd", "adam")
    ]


def on_device(arrays):
    return [torch.asarray(array, device=DEVICE) for array in arrays]


def ours(case):
    return SigmoidMLPRegressor(
        hidden_layer_sizes=case.sizes[1:-1], solver=case.solver, batch_size=case.batch_size,
        learning_rate_init=case.learning_rate, alpha=0, max_iter=case.epochs, tol=None,
        y_range=(0, 1), random_state=0,
    )  # fmt: skip


def fit_ours(case, X, T):
    ours(case).fit(X, T)


def fit_torch(case, X, T):
    """The same network, loss and optimizer as a user of PyTorch would write them."""
    layers = []
    for n_in, n_out in case.pairs:
        layers += [torch.nn.Linear(n_in, n_out, device=X.device, dtype=X.dtype), torch.nn.Sigmoid()]
    network = torch.nn.Sequential(*layers)
    rate = case.learning_rate
    if case.solver == "adam":
        optimizer = torch.optim.Adam(network.parameters(), rate, fused=GPU)
    else:
        optimizer = torch.optim.SGD(
            network.parameters(), rate, momentum=0.9, nesterov=True, fused=GPU
        )
    for _ in range(case.epochs):
        total = 0.0
        for x, t in torch_batches(case, X, T):
            optimizer.zero_grad()
            loss = 0.5 * ((network(x) - t) ** 2).sum(1).mean()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        float(total)  # the cost, read once an epoch as ours is


def torch_batches(case, X, T):
    if case.batch_size is None:
        return [(X, T)]
    order = torch.randperm(len(X), device=X.device)
    return ((X[rows], T[rows]) for rows in order.split(case.batch_size))


def fit_sklearn(case, X, T):
    """MLPRegressor at its own learning rate: at ours its linear output may diverge."""
    MLPRegressor(
        hidden_layer_sizes=case.sizes[1:-1], activation="logistic", solver=case.solver,
        batch_size=case.batch_size or case.n_rows, max_iter=case.epochs, tol=0.0, alpha=0,
        n_iter_no_change=case.epochs,
    ).fit(X, T[:, 0] if T.shape[1] == 1 else T)  # fmt: skip


def check_agreement(case):
    """Compare how far the weights have moved, over batches of which the last is shorter."""
    case = replace(case, n_rows=500, batch_size=case.batch_size and 150, epochs=10)
    rng = np.random.default_rng(1)
    start = {
        "coefs": [rng.standard_normal(pair) / pair[0] ** 0.5 for pair in case.pairs],
        "intercepts": [np.zeros(n_out) for _, n_out in case.pairs],
    }
    init = {f"{name}_init": arrays for name, arrays in start.items()}
    X, T = case.data()
    numpys, tensors = ours(case).fit(X, T, **init), ours(case).fit(*on_device([X, T]), **init)
    tolerance = {"float32": 1e-3, "float64": 1e-9}[case.dtype]
    np.testing.assert_allclose(tensors.loss_curve_, numpys.loss_curve_, rtol=tolerance)
    for name, firsts in start.items():
        fitted, expected = getattr(tensors, f"{name}_"), getattr(numpys, f"{name}_")
        for first, tensor, array in zip(firsts, fitted, expected, strict=True):
            first = first.astype(case.dtype)
            furthest = abs(array - first).max()
            assert furthest > 1e-5, f"{name} of {case} moved by {furthest} at most"
            np.testing.assert_allclose(
                tensor.cpu().numpy() - first, array - first, rtol=0, atol=tolerance * furthest
            )


@contextmanager
def no_waiting():
    """From the first batch of an epoch to its last, CUDA refuses to wait for the device."""
    batches_of = Batches.__iter__

    def watched(batches):
        placed = list(batches_of(batches))  # the order of an epoch is sent before its first
        torch.cuda.set_sync_debug_mode("error")
        try:
            yield from placed
        finally:
            torch.cuda.set_sync_debug_mode("default")

    with patch.object(Batches, "__iter__", watched):
        yield


def seconds(function, *arguments):
    start = perf_counter()
    function(*arguments)
    if GPU:
        torch.cuda.synchronize()
    return perf_counter() - start


def attainable(dtype, n_products=20):
    """FLOP a second of products of large matrices, many between two synchronisations."""
    n = (8192 if GPU else 2048) * 4 // np.dtype(dtype).itemsize
    a = torch.rand((n, n), device=DEVICE, dtype=getattr(torch, dtype))

    def products():
        for _ in range(n_products):
            a @ a

    seconds(products)  # warms up
    return 2 * n**3 * n_products / median(seconds(products) for _ in range(3))


def with_epochs_to_time(case, data):
    """The case with epochs for about SECONDS of fit."""
    while (time := seconds(fit_ours, case, *data)) < SECONDS / 4:
        case = replace(case, epochs=2 * case.epochs)
    return replace(case, epochs=max(2, round(case.epochs * SECONDS / time)))


def time_in_turn(case, rounds):
    """Seconds of an epoch and of what comes before it; torch / ours; MLPRegressor / ours."""
    arrays = case.data()
    data = on_device(arrays)
    for fit in (fit_ours, fit_torch):
        fit(case, *data)  # warms up
    case = with_epochs_to_time(case, data)
    one, few = replace(case, epochs=1), replace(case, epochs=2)
    times = []
    for _ in range(rounds):
        contenders = [(fit_ours, case), (fit_ours, one), (fit_torch, case)]
        times.append([seconds(fit, which, *data) for fit, which in contenders])
    an_epoch = median((whole - first) / (case.epochs - 1) for whole, first, _ in times)
    set_up = median(first for _, first, _ in times) - an_epoch
    theirs = median(peer / whole for whole, _, peer in times)
    return an_epoch, set_up, theirs, seconds(fit_sklearn, few, *arrays) / few.epochs / an_epoch


def print_times(cases, rounds):
    peaks = {dtype: attainable(dtype) for dtype in ("float32", "float64")}
    for dtype, peak in peaks.items():
        print(f"matrix product in {dtype}: {peak / 1e12:.2f} TFLOP/s")
    threads = [info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"]
    print(f"MLPRegressor: linear output; BLAS on {max(threads, default='?')} threads")
    print(f"{'':<46}{'ours':^37}{'peer / ours':>17}")
    columns = ["ms/epoch", "set-up, s", "TFLOP/s", "share", "torch", "sklearn"]
    print(f"{'network, rows / batch':<46}", *(f"{name:>9}" for name in columns))
    for case in cases:
        an_epoch, set_up, theirs, sklearns = time_in_turn(case, rounds)
        rate = case.flop / an_epoch
        print(
            f"{case!s:<46} {1e3 * an_epoch:9.3f} {set_up:9.3f} {rate / 1e12:9.3f}"
            f" {rate / peaks[case.dtype]:9.0%} {theirs:9.2f} {sklearns:9.1f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only check")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if os.environ.get("SCIPY_ARRAY_API") != "1":
        sys.exit("Set SCIPY_ARRAY_API=1 before Python starts: SciPy reads it when imported.")
    sklearn.set_config(array_api_dispatch=True)
    torch.set_float32_matmul_precision("highest")
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(torch.cuda.get_device_name() if GPU else "NO GPU HERE: all of this is the processor")
    print(
        f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, NumPy {np.__version__}, "
        f"scikit-learn {sklearn.__version__}; "
        f"float32 matrix products: {torch.get_float32_matmul_precision()}"
    )
    cases = [variant for case in CASES for variant in variants(case)]
    for case in cases:
        check_agreement(case)
    print(f"tensors and NumPy arrays move the weights alike in {len(cases)} cases")
    if GPU:
        with no_waiting():
            for case in [replace(case, n_rows=4096) for case in cases]:
                fit_ours(case, *on_device(case.data()))
        print("no batch waits for the device")
    if not arguments.quick:
        print_times(cases if GPU else variants(CASES[0]), arguments.rounds)


if __name__ == "__main__":
    main()
