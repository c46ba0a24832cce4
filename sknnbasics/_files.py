"""What files of an estimator hold, and what is wrong with those that cannot be read."""

from contextlib import contextmanager

import numpy as np

N_WORDS = 624  # of the state of the Mersenne Twister


@contextmanager
def reading(kind):
    """Say what it means that the attributes of a `kind` are not as this version writes them."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"This {kind} was written by a later version of sknnbasics, or its file is damaged "
            f"({type(error).__name__}: {error}). Load it with the version that wrote it, or fit "
            "it anew."
        ) from error


def check_whole(attributes, needed):
    """Refuse some of the attributes that a fit leaves behind without the others."""
    found = needed & attributes.keys()
    if found and found != needed:
        raise LookupError(f"it lacks {', '.join(sorted(needed - found))}")


def generator_of(plain):
    """The random generator that ``get_state(legacy=False)`` gave `plain` of."""
    rng = np.random.RandomState(0)
    rng.set_state(plain)
    position = rng.get_state(legacy=False)["state"]["pos"]
    if not 0 <= position <= N_WORDS:  # NumPy would read beyond them
        raise ValueError(f"there is no word {position} in the state of a random generator")
    return rng
