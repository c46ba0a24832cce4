"""What the tests of both estimators share: snapshots, interrupts, threads, arrays."""

import _thread
import pickle
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info

unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def snapshot(model):
    """All that a fit has set, to the last bit."""
    parameters = model.get_params()
    fitted = {name: value for name, value in vars(model).items() if name not in parameters}
    return pickle.dumps(fitted)


def fitted_attributes(model):
    """The public attributes that a fit has set."""
    names = [name for name in dir(model) if name.endswith("_") and not name.startswith("_")]
    return {name: getattr(model, name) for name in names if hasattr(model, name)}


def as_memmap(X, folder):
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


def read_only(X, folder):
    X.flags.writeable = False
    return X


def strided(X, folder):
    return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]


@contextmanager
def interrupted_once(holds):
    """Interrupt the main thread in this block, as Ctrl-C does, as soon as something holds."""
    over = Event()

    def watch():
        while not holds():
            if over.wait(0.001):
                return
        _thread.interrupt_main()

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def threads_of_blas():
    """How many threads each library of BLAS has at this moment."""
    return {d["num_threads"] for d in threadpool_info() if d["user_api"] == "blas"}
