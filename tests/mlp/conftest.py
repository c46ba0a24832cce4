"""On matrices as small as those of these tests, one thread is enough."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(scope="module", autouse=True)
def one_blas_thread():
    """On matrices as small as these, threads cost more than they gain."""
    with threadpool_limits(1):
        yield
