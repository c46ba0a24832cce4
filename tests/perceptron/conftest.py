"""Both ways to shuffle."""

import pytest

from sknnbasics._units import _orders


@pytest.fixture(params=["by NumPy", "by the body"])
def both_shuffles(request, monkeypatch):
    """Few rows are shuffled by NumPy, many by the body of the rule: here, the same either way."""
    if request.param == "by the body":
        monkeypatch.setattr(_orders, "MANY_ROWS", 1)
