"""One epoch of the perceptron rule: one contract, one suite of tests for its bodies."""

try:
    from ._compiled import lay_shuffled, preactivations, run_epoch, weigh_mistakes
except ImportError:  # installed where no compiler was
    from ._reference import lay_shuffled, preactivations, run_epoch, weigh_mistakes

    BODY = "reference"
else:
    BODY = "compiled"

__all__ = ["BODY", "lay_shuffled", "preactivations", "run_epoch", "weigh_mistakes"]
