"""Both ways to shuffle."""

import pytest

from sknnbasics._units import _orders


@pytest.fixture(params=["permuted", "laid"])
def both_shuffles(request, monkeypatch):
    """Few rows are permuted by NumPy, many are laid by the body of the rule: here, either way."""
    if request.param == "laid":
        monkeypatch.setattr(_orders, "MANY_ROWS", 1)
