r"""
Predictions that stay within bounds
===================================

How is a target predicted that can never leave an interval?

A fraction lies between 0 and 1, a rating between 1 and 5, a mark between 0 and 100. The output of
a sigmoid unit lies between 0 and 1 as well, and ``y_range=(low, high)`` stretches it over the
interval:

.. math::

    \text{prediction} = \text{low} + (\text{high} - \text{low}) \, a.

A network with a linear output, such as scikit-learn's ``MLPRegressor``, knows no bounds.
In the guide: :doc:`/guide/targets`, on known bounds. In the tutorial: :doc:`/tutorial/neuron`,
on the unit that never leaves the interval from 0 to 1.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import SigmoidMLPRegressor

# %%
# The data: of 20 seeds sown at each temperature, the fraction that germinates. Too cold or too hot,
# none does; in between nearly all do.

rng = np.random.default_rng(1)
temperature = np.sort(rng.uniform(2, 42, 60))[:, None]


def chance(t):
    return 1 / (1 + np.exp(-(t - 14) / 1.2)) / (1 + np.exp((t - 33) / 1.2))


fraction = rng.binomial(20, chance(temperature[:, 0])) / 20

shared = {
    "hidden_layer_sizes": (20,),
    "solver": "lbfgs",
    "alpha": 1e-3,
    "max_iter": 2000,
    "random_state": 0,
}
models = {
    "MLPRegressor": MLPRegressor(activation="logistic", **shared),
    "y_range=(0, 1)": SigmoidMLPRegressor(y_range=(0, 1), **shared),
    'y_range="auto"': SigmoidMLPRegressor(**shared),
}
t = np.linspace(-3, 47, 501)[:, None]
curves = {
    name: make_pipeline(StandardScaler(), model).fit(temperature, fraction).predict(t)
    for name, model in models.items()
}

print("model             lowest  highest  error against the truth")
for name, curve in curves.items():
    error = np.sqrt(np.mean((curve - chance(t[:, 0])) ** 2))
    print(f"{name:16} {curve.min():7.3f}  {curve.max():7.3f}  {error:7.3f}")

# %%
# With the bounds given, no prediction leaves them, within the data or far outside of it. ``"auto"``
# does not know them: it puts the smallest and the largest target at :math:`a = 0.1` and
# :math:`a = 0.9`, so that predictions may pass the data by an eighth of its range on either side.
# That is right for targets without bounds, and not for these.

fig, ax = plt.subplots(figsize=(8, 4.8), layout="constrained")
ax.axhspan(-0.4, 0, color="0.93")
ax.axhspan(1, 1.4, color="0.93")
ax.scatter(temperature, fraction, s=25, color="0.55", label="observed", zorder=2)
for (name, curve), color, style in zip(
    curves.items(), ["#e66100", "#1a7fd6", "#7a3fb0"], ["-", "-", "--"], strict=True
):
    ax.plot(t, curve, color=color, linestyle=style, label=name, zorder=3)
ax.plot(t, chance(t), "k:", label="true chance", zorder=3)
ax.set(
    xlabel="temperature",
    ylabel="fraction that germinates",
    ylim=(-0.25, 1.25),
    xlim=(-3, 47),
)
ax.set_title("No fraction can lie in the grey")
ax.legend(loc="center left")
plt.show()
