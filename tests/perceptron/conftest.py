"""Both ways to shuffle."""

import pytest

from sknnbasics._units import _orders


@pytest.fixture(params=["permuted", "dealt"])
def both_shuffles(request, monkeypatch):
    """Few rows are permuted by NumPy, many are dealt: here, the same rows either way."""
    if request.param == "dealt":
        monkeypatch.setattr(_orders, "MANY_ROWS", 1)
