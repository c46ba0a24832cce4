r"""
The sigmoid neuron by hand
==========================

What does a network compute from its inputs, number by number?

The article's network has two inputs, three hidden units and one output, and no biases. One row of
:math:`X` is one sample, one column of a weight matrix is one unit:

.. math::

    \begin{aligned}
    z^{(2)} &= X W^{(1)}        & \quad & (1) \\
    a^{(2)} &= \sigma(z^{(2)})  &       & (2) \\
    z^{(3)} &= a^{(2)} W^{(2)}  &       & (3) \\
    \hat y  &= \sigma(z^{(3)})  &       & (4)
    \end{aligned}

The weights are those of the tutorial, :doc:`/tutorial/neuron`, which takes them through one whole
step of training in :doc:`/tutorial/one_step`. In the guide: :doc:`/guide/saving`, on keeping the
weights of a network.
"""

import matplotlib.pyplot as plt
import numpy as np

from sknnbasics import NetworkDisplay, SigmoidMLPRegressor, functional
from sknnbasics.functional import sigmoid

np.set_printoptions(precision=4, suppress=True)

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
rng = np.random.RandomState(43)
W1, W2 = rng.standard_normal((2, 3)), rng.standard_normal((3, 1))

NetworkDisplay(coefs=[W1, W2], intercepts=None, activation="sigmoid").plot()
plt.show()

# %%
# Equations (1) to (4)
# --------------------
# The four equations are four lines. The weights are random, as at the start of any training, so
# the outputs say nothing about the inputs yet. The article's own first outputs, 0.638, 0.537 and
# 0.552, came from other random weights that it does not print.

z2 = X @ W1
a2 = sigmoid(z2)
z3 = a2 @ W2
y_hat = sigmoid(z3)
print("z2 =", z2, "a2 =", a2, "z3 =", z3, "y_hat =", y_hat, sep="\n")

# %%
# A single entry of :math:`z^{(2)}` is the sum that the perceptron has too: the second sample in
# the first unit is

by_hand = 5 * W1[0, 0] + 1 * W1[1, 0]
print(f"5 * {W1[0, 0]:.4f} + 1 * {W1[1, 0]:.4f} = {by_hand:.4f}")
print(f"z2[1, 0] = {z2[1, 0]:.4f}")

# %%
# The same by ``feedforward``
# ---------------------------
# ``functional.feedforward`` takes the weights and returns the activations of all layers, the
# inputs first. A fitted network has a method of this name, which knows its weights.

layers = functional.feedforward(X, [W1, W2])
print("layers:", [a.shape for a in layers])
print(
    "equal to the lines above:",
    np.array_equal(layers[1], a2),
    np.array_equal(layers[2], y_hat),
)

y = np.array([0.75, 0.82, 0.93])
network = SigmoidMLPRegressor(
    hidden_layer_sizes=(3,),
    solver="sgd",
    momentum=0,
    batch_size=None,
    learning_rate_init=0.1 * len(X),
    max_iter=1000,
    tol=None,
    fit_intercept=False,
    alpha=0,
    y_range=(0, 1),
).fit(X, y, coefs_init=[W1, W2])
W1, W2 = network.coefs_
by_hand = sigmoid(sigmoid(X @ W1) @ W2)
print(
    "after training, largest difference:",
    abs(network.feedforward(X)[-1] - by_hand).max(),
)

# %%
# Where the units stand on the sigmoid
# ------------------------------------
# Each mark is one sample in one hidden unit, before training. Inputs as large as 10 carry many of
# them to the flat ends of the curve, where a unit says "yes" or "no" and hardly anything between.

flat = np.minimum(a2, 1 - a2) < 0.05
print(f"activations within 0.05 of an end: {flat.sum()} of {flat.size}")
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
reach = 1.1 * abs(z2).max()
line = np.linspace(-reach, reach, 300)
ax.plot(line, sigmoid(line), color="0.6", zorder=1)
for unit, (color, marker) in enumerate(
    [("#1a7fd6", "o"), ("#e66100", "s"), ("#2a9d5c", "^")]
):
    label = f"hidden unit {unit + 1}"
    ax.scatter(
        z2[:, unit], a2[:, unit], c=color, marker=marker, s=60, label=label, zorder=2
    )
ax.set(xlabel="$z^{(2)}$", ylabel="$a^{(2)}$")
ax.legend()
plt.show()
