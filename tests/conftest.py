"""What all tests share: figures without windows, the number of examples, a choice of bodies."""

import gc
import os
import signal
import sys

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# The same examples in every run: what fails is the change, not the draw.
settings.register_profile("fast", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1000, derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

# A shell has what it runs in the background ignore Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No conftest.py holds examples, and --doctest-modules would import those of two folders as one.
collect_ignore_glob = ["*conftest.py"]

# Where a comparison that the tests of a folder share fails, it shows the values, as a test does.
pytest.register_assert_rewrite("naive_mlp", "naive_perceptron", "refusals", "rule_problems")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def no_garbage_collection():
    """For signals: one that falls into what other tests' garbage calls at its end is lost."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def backprop_batch_by_batch():
    """NumPy's body of backpropagation alone, in which a test can let a single batch fail."""
    from sknnbasics._network import _backprop

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_backprop, "_dense", _backprop._blocked)
        yield _backprop._blocked.Backprop
