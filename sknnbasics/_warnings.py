"""Warnings that point at the line of the user's, not at ours."""

import sys
import warnings


def warn(message, category=UserWarning):
    """Warn at the line of the user's that led here, past our frames and scikit-learn's.

    ``skip_file_prefixes`` does this from Python 3.12 on.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in {
        "sknnbasics",
        "sklearn",
    }:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
