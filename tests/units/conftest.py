"""One suite for both bodies of the perceptron rule."""

import pytest
from rule_problems import _compiled, needs_compiled

from sknnbasics._units import _reference


@pytest.fixture(params=["reference", pytest.param("compiled", marks=needs_compiled)])
def module(request):
    return {"reference": _reference, "compiled": _compiled}[request.param]


@pytest.fixture
def run_epoch(module):
    return module.run_epoch
