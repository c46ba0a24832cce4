"""How the threads of BLAS are kept from waiting for each other."""

from contextlib import contextmanager
from functools import lru_cache
from threading import Lock, get_ident
from weakref import WeakSet


@lru_cache
def _libraries():
    """The libraries of BLAS in this process; to find them takes milliseconds."""
    from threadpoolctl import ThreadpoolController  # a dependency of scikit-learn's

    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return [library for library in libraries if library.get_num_threads() is not None]


def _set(library, n_threads):
    # From 3.8 on, threadpoolctl lets only one thread set what belongs to the process, until it
    # is told to forget that thread. Who fits may be any thread, and so may who fits last.
    forget = getattr(library, "clear_controlling_thread", lambda force: None)
    forget(force=True)
    library.set_num_threads(n_threads)
    forget(force=True)


def _of_each_thread(library):
    return getattr(library, "threading_layer", None) == "openmp"


class _Asker:
    """One who asks for the limit, for as long as it lives."""

    def __init__(self):
        self.thread = get_ident()


class _Limit:
    """One thread for BLAS, as long as any thread of the process asks for it.

    The number belongs to the process, or with OpenMP to each thread. So every
    one who asks sets it, and what the first one found is restored by the last,
    or with OpenMP by each. Whom an interrupt keeps from leaving is forgotten
    with its frames, and the next one restores what was found.
    """

    def __init__(self):
        self._lock, self._asking, self._found = Lock(), WeakSet(), None

    def enter(self, asker):
        with self._lock:
            if self._found is None:
                found = [(library, library.get_num_threads()) for library in _libraries()]
                self._found = [(lib, n) for lib, n in found if n != 1 or _of_each_thread(lib)]
            self._asking.add(asker)
            for library, _ in self._found:
                _set(library, 1)

    def leave(self, asker):
        with self._lock:
            self._asking.discard(asker)
            asking_here = [other for other in self._asking if other.thread == asker.thread]
            for library, n_threads in self._found or ():
                if not (asking_here if _of_each_thread(library) else self._asking):
                    _set(library, n_threads)
            if not self._asking:
                self._found = None


_LIMIT = _Limit()


@contextmanager
def one_blas_thread():
    """Keep BLAS to one thread in this block, whatever other threads do.

    Its threads share out each product and wait for each other at its end. Where
    something else holds a processor, that took up to 90 times the time of the
    products.
    """
    asker = _Asker()
    try:
        _LIMIT.enter(asker)
        yield
    finally:
        _LIMIT.leave(asker)


def n_blas_threads():
    """How many threads the user lets BLAS have, at this moment."""
    return max((library.get_num_threads() for library in _libraries()), default=1)
