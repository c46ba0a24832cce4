"""Pictures of fitted models, in scikit-learn's Display convention: one file a display.

matplotlib is imported when a picture is drawn, not before.
"""

from ._cost_surface import CostSurfaceDisplay
from ._loss_curve import LossCurveDisplay
from ._network import NetworkDisplay

__all__ = ["CostSurfaceDisplay", "LossCurveDisplay", "NetworkDisplay"]
