"""Threads for large work, and the threads of BLAS, which are kept from waiting for each other."""

import os
from _thread import start_new_thread
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from queue import SimpleQueue
from threading import Lock, get_ident
from weakref import ref

# Half a millisecond, a few times what a thread takes to wake. Multiplications count by the bytes of
# a factor: of float32 twice as many take as long.
WORK_OF_A_THREAD = 2**26
FEWEST_ROWS = 64  # of a block or a thread, for which a product reads all weights


@lru_cache
def _libraries():
    """The libraries of BLAS in this process; to find them takes milliseconds."""
    from threadpoolctl import ThreadpoolController  # a dependency of scikit-learn's

    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return [library for library in libraries if library.get_num_threads() is not None]


def _numbers_of_threads():
    return [(library, library.get_num_threads()) for library in _libraries()]


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
        # A WeakSet would run Python where a frame dies, and lose an interrupt that falls there.
        self._lock, self._asking, self._found = Lock(), [], []

    # What is done with the lock has a frame of its own. Where an interrupt falls into a
    # comprehension, Python 3.12 and 3.13 may leave its frame without the end of a `with`.

    def enter(self, asker):
        with self._lock:
            self._limit(asker)

    def leave(self, asker):
        with self._lock:
            self._restore(asker)

    def join(self):
        """Limit this thread, too, if it works for one who asks."""
        with self._lock:
            self._limit_of_thread()

    def n_outside(self):
        """How many threads BLAS has where nobody asks for the limit."""
        with self._lock:
            return self._n_outside()

    def _limit(self, asker):
        if not self._found:
            found = _numbers_of_threads()
            self._found = [(lib, n) for lib, n in found if n != 1 or _of_each_thread(lib)]
        self._asking.append(ref(asker))
        for library, _ in self._found:
            _set(library, 1)

    def _limit_of_thread(self):
        # Some libraries with OpenMP have one number for the process all the same. So nothing is
        # set where nobody asks any more, who would restore it.
        for library, _ in self._found:
            if _of_each_thread(library):
                _set(library, 1)

    def _restore(self, asker):
        others = [other for other in self._alive() if other is not asker]
        asking_here = [other for other in others if other.thread == asker.thread]
        for library, n_threads in self._found:
            if not (asking_here if _of_each_thread(library) else others):
                _set(library, n_threads)
        self._asking = [ref(other) for other in others]
        if not others:
            self._found = []

    def _n_outside(self):
        return max((n_threads for _, n_threads in self._found or _numbers_of_threads()), default=1)

    def _alive(self):
        return list(filter(None, map(ref.__call__, self._asking)))

    def survive_fork(self):
        """In a process that was forked, let go of what threads of its parent held or asked for."""
        self._lock = Lock()
        for asker in self._alive():
            if asker.thread != get_ident():
                self._restore(asker)


_LIMIT = _Limit()
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=lambda: _LIMIT.survive_fork())


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


def limiting_blas(method):
    """A fit under `one_blas_thread`, from its first line on.

    Threads that a single product wakes before the training turn round for some
    hundredths of a second, and take a processor from those of the fit.
    """

    @wraps(method)
    def limited(*args, **kwargs):
        with one_blas_thread():
            return method(*args, **kwargs)

    return limited


def threads_for(work, n_rows):
    """As many threads as some work is worth, and as the user lets BLAS have.

    Whatever else fits at this moment: what a fit computes must not depend on it.

    Parameters
    ----------
    work : int
        Multiplications, times the bytes of a factor.
    n_rows : int
        Rows that are shared out.
    """
    n_worth = min(work // WORK_OF_A_THREAD, n_rows // FEWEST_ROWS)
    return min(n_worth, _LIMIT.n_outside()) if n_worth > 1 else 1


class _Call:
    """A call for another thread, and what came of it."""

    def __init__(self, function, args):
        self._function, self._args = function, args
        self._is_over, self._lock = False, Lock()
        self._lock.acquire()
        self._result = self._error = None

    def make(self):
        """Make the call, unless it was cancelled."""
        function = self._function
        try:
            self._result = None if function is None else function(*self._args)
        except BaseException as error:
            self._error = error
        self._is_over = True
        self._lock.release()

    def cancel(self):
        self._function = None

    def wait(self):
        """Wait until the call was made."""
        if not self._is_over:
            self._lock.acquire()

    def result(self):
        """What the call returned; what it raised is raised here."""
        self.wait()
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            del error  # which would keep this frame, and all that led here, until a collection


class Workers:
    """Threads for the calls of one owner, which are kept between them.

    The owner limits BLAS, before the first call; they join the limit. They end some
    time after their owner has gone. Nothing here runs Python while it holds a lock,
    as the pools and futures of the standard library do: an interrupt that falls
    there leaves them locked.
    """

    def __init__(self, n_threads):
        self._n_threads = n_threads
        self._calls = self._process = None

    def submit(self, function, *args):
        """A call for one of the threads; if none can be started, it is made here."""
        call = _Call(function, args)
        if self._process != os.getpid():  # a fork copies no threads
            self._calls, self._process = self._started(), os.getpid()
        if self._calls is None:
            call.make()
        else:
            self._calls.put(call)
        return call

    def _started(self):
        """The queue of threads that were started; None if there are none."""
        calls = SimpleQueue()
        owner = ref(self, partial(calls.put, None))
        for n_started in range(self._n_threads):
            try:
                start_new_thread(_make_calls, (calls, owner))
            except RuntimeError:  # the system, or the end of the interpreter, allows no more
                return calls if n_started else None
        return calls


def _make_calls(calls, owner):
    """What each thread does until its owner has gone, of which this keeps the reference."""
    _LIMIT.join()
    while (call := calls.get()) is not None:
        call.make()
        del call  # and its result
    calls.put(None)  # for the next thread


def map_blocks(function, n_rows, most_rows, work):
    """What the function gives for each of some slices of rows, in their order.

    BLAS is limited to one thread, but where the caller's takes all slices, and it is his care.

    Parameters
    ----------
    function : callable
    n_rows : int
    most_rows : int
        How many a slice may hold.
    work : int
        That of all rows, as in `threads_for`.
    """
    worth_a_thread = max(FEWEST_ROWS, WORK_OF_A_THREAD * n_rows / max(1, work))
    size = max(1, int(min(most_rows, worth_a_thread)))
    blocks = [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
    n_threads = min(len(blocks), threads_for(work, n_rows))
    if n_threads == 1:
        return list(map(function, blocks))
    with one_blas_thread():
        return _made_by(Workers(n_threads), function, blocks)


def _made_by(workers, function, blocks):
    calls = [workers.submit(function, block) for block in blocks]
    try:
        return [call.result() for call in calls]
    finally:  # where one has failed, none is begun
        for call in calls:
            call.cancel()
        for call in calls:
            call.wait()
