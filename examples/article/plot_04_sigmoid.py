r"""
The sigmoid and its derivative
==============================

Why does a neuron replace the step by a sigmoid?

The output of a perceptron jumps: a small change of a weight changes nothing at all, or everything.
So there is no telling from the output in which direction a weight should move. A neuron puts a
smooth function in place of the jump,

.. math::

    \sigma(z) = \frac{1}{1 + e^{-z}},

which squashes every :math:`z` into the interval from 0 to 1. In the tutorial:
:doc:`/tutorial/neuron`, with a neuron whose weight and bias can be moved. In the guide:
:doc:`/guide/parameters`, on scaling, which keeps the units where the sigmoid is steep.
"""

import matplotlib.pyplot as plt
import numpy as np

from sknnbasics.functional import sigmoid, sigmoid_derivative, step

z = np.linspace(-10, 10, 401)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for k, color in [(1, "#a6cdee"), (2, "#5fa6e2"), (6, "#1a7fd6")]:
    ax.plot(z, sigmoid(k * z), color=color, label=rf"$\sigma({k if k > 1 else ''}z)$")
ax.plot(z, step(z), color="#e66100", linestyle="--", label="step")
ax.set(
    xlabel="$z$",
    ylabel="output",
    title="The steeper the sigmoid, the closer to the step",
)
ax.legend()
plt.show()

# %%
# Small causes, small effects
# ---------------------------
# Take a unit with the input :math:`x = 1`, the bias −1 and a weight :math:`w` a little below 1, and
# move the weight by 0.02. The step answers with a jump or not at all, the sigmoid in proportion to
# the change: :math:`\Delta a \approx \sigma'(z) \, x \, \Delta w`.

print("   w     step  sigmoid")
for w in [0.97, 0.99, 1.01, 1.03]:
    print(f"  {w:.2f}    {step(w - 1)}    {sigmoid(w - 1):.4f}")
print(f"slope of the sigmoid there times 0.02: {sigmoid_derivative(0.0) * 0.02:.4f}")

# %%
# The derivative
# --------------
# That slope is what training needs. The article writes it as
#
# .. math::
#
#     \sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \sigma(z) \, \bigl(1 - \sigma(z)\bigr);
#
# the second form needs no further exponential once the activation is known, and cannot overflow.
# Both, and the slope measured by a central difference, agree:

article = np.exp(-z) / (1 + np.exp(-z)) ** 2
h = 1e-6
measured = (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)
gap = abs(sigmoid_derivative(z) - article).max()
print(f"largest difference to the article's form: {gap:.1e}")
gap = abs(sigmoid_derivative(z) - measured).max()
print(f"largest difference to the measured slope: {gap:.1e}")

# %%
# The slope is largest at 0 and vanishes on both sides. A unit whose :math:`z` is far from 0 hardly
# reacts to its weights, and so hardly learns. Features of the order of one keep :math:`z` near the
# slope, which is why a ``StandardScaler`` belongs in front of a sigmoid network.

print(f"slope at 0: {sigmoid_derivative(0.0)}, at 5: {sigmoid_derivative(5.0):.4f}")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(z, sigmoid(z), color="#1a7fd6", label=r"$\sigma(z)$")
ax.plot(z, sigmoid_derivative(z), color="#e66100", label=r"$\sigma'(z)$")
ax.axhline(0.25, color="0.5", lw=0.8, linestyle=":")
ax.text(-10, 0.26, "1/4", color="0.4")
ax.set(xlabel="$z$", title="The sigmoid and its slope")
ax.legend()
plt.show()
