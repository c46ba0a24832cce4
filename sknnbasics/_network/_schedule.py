"""The learning rate of an epoch."""

from dataclasses import dataclass


@dataclass
class LearningRate:
    """The learning rate of an epoch, with the schedules of scikit-learn.

    "invscaling" divides the initial rate by (samples seen + 1) ** power_t;
    "adaptive" by 5 each time that patience runs out, down to 1e-6.
    """

    initial: float
    schedule: str = "constant"
    power_t: float = 0.5
    shrinkage: float = 1.0

    def at(self, t):
        if self.schedule == "invscaling":
            return self.initial * (t + 1) ** -self.power_t
        return self.initial * (self.shrinkage if self.schedule == "adaptive" else 1.0)

    def shrink(self):
        """Go on with a smaller rate; False where there is none to go on with."""
        if self.schedule != "adaptive" or self.at(0) <= 1e-6:
            return False
        self.shrinkage /= 5
        return True
