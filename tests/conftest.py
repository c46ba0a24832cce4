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


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
