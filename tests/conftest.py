"""Pictures are drawn without a window and closed after each test; how many examples are drawn."""

import os
import sys

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"

# The same examples in every run: what fails is the change, not the draw.
settings.register_profile("fast", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("thorough", max_examples=1000, derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

# They hold no examples, and --doctest-modules would take one for another: all have one name.
collect_ignore_glob = ["*conftest.py"]

# What the tests of a folder share says what it compared, as a test does.
pytest.register_assert_rewrite("naive_mlp", "naive_perceptron", "rule_problems")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
