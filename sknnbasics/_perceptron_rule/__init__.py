"""One epoch of the perceptron rule: one contract, one suite of tests for its bodies."""

from ._units import Units

try:
    from ._compiled import deal, preactivations, run_epoch
except ImportError:  # installed where no compiler was
    from ._reference import deal, preactivations, run_epoch

    BODY = "reference"
else:
    BODY = "compiled"

__all__ = ["BODY", "Units", "deal", "preactivations", "run_epoch"]
