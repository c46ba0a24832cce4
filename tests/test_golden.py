"""Small fits give the coefficients that they gave when the files were written."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parent / "data"
GOLDEN = json.loads((DATA / "golden.json").read_text())


@pytest.fixture(scope="module")
def fits():
    spec = importlib.util.spec_from_file_location("write_golden", DATA / "write_golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.fits()


@pytest.mark.parametrize("name", GOLDEN)
def test_coefficients_are_golden(fits, name):
    # Libraries and processors round sums differently; twenty epochs let that grow a little.
    np.testing.assert_allclose(fits[name], GOLDEN[name], rtol=1e-6, atol=1e-9)
