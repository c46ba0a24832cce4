"""One epoch of the perceptron rule: one contract, one suite of tests for its bodies."""

try:
    from ._compiled import preactivations, run_epoch, shuffle_into, weigh_mistakes
except ImportError:  # installed where no compiler was
    from ._reference import preactivations, run_epoch, shuffle_into, weigh_mistakes

    BODY = "reference"
else:
    BODY = "compiled"

__all__ = ["BODY", "preactivations", "run_epoch", "shuffle_into", "weigh_mistakes"]
