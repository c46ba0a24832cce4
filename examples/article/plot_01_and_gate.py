r"""
The perceptron and the AND gate
===============================

What does one perceptron learn from three rows of a truth table?

A perceptron weighs its inputs and fires when the sum exceeds a threshold :math:`\theta`:

.. math::

    o = \begin{cases} 1 & \text{if } \sum_i w_i x_i > \theta, \\
                      0 & \text{otherwise.} \end{cases}

It learns by going through the samples one at a time. Where the output :math:`o` differs from the
target :math:`t`, and only there, it moves its weights, and its bias :math:`b`, which starts at
:math:`-\theta`:

.. math::

    \begin{aligned}
    w_i &\leftarrow w_i + \eta \, (t - o) \, x_i, \\
    b   &\leftarrow b + \eta \, (t - o).
    \end{aligned}

The article trains such a unit, of threshold 2 and with weights drawn from [0, 1), on three rows.
In the tutorial: :doc:`/tutorial/perceptron`, with one update in numbers and the same unit in
motion. In the guide: :doc:`/guide/parameters`, on the defaults for real data.
"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.inspection import DecisionBoundaryDisplay

from sknnbasics import NetworkDisplay, PerceptronClassifier

X = np.array([[1, 1, 1], [0, 0, 0], [1, 0, 1]])
y = np.array([1, 0, 0])

article = {
    "threshold": 2,
    "init": "uniform",
    "eta0": 0.1,
    "average": False,
    "shuffle": False,
    "max_iter": 1000,
    "tol": None,
}
gate = PerceptronClassifier(random_state=43, **article).fit(X, y)

print("inputs     target  output")
for inputs, target, output in zip(X, y, gate.predict(X), strict=True):
    print(f"{inputs}       {target}       {output}")
print("mistakes in each epoch:", gate.mistake_curve_)

# %%
# Training stops at the first epoch without a mistake, since no later epoch would change anything.
#
# A threshold is a bias in disguise: :math:`w \cdot x > \theta` says the same as
# :math:`w \cdot x + b > 0` with :math:`b = -\theta`. So ``intercept_`` starts at −2, and learns
# along with the weights. In the drawing it is the weight of a constant input 1.

print("weights:", gate.coef_.round(2), " bias:", gate.intercept_.round(2))
NetworkDisplay.from_estimator(gate)
plt.show()

# %%
# Rows that were never shown
# --------------------------
# A table of three inputs has eight rows, and the article asks for one more of them: [0, 1, 0],
# which its gate answers with 0. Three rows do not settle the other five, though. What the gate
# answers there may depend on the weights that it happened to start from.

corners = np.array(list(product([0, 1], repeat=3)))
outputs = np.array(
    [
        PerceptronClassifier(random_state=seed, **article).fit(X, y).predict(corners)
        for seed in range(300)
    ]
)
print("inputs     AND   fires after training, of 300 starts")
for inputs, count in zip(corners, outputs.sum(axis=0), strict=True):
    shown = "shown in training" if (inputs == X).all(axis=1).any() else ""
    print(f"{inputs}     {inputs.min()}   {count:3d}  {shown}")

# %%
# A line that rotates and shifts
# ------------------------------
# With two inputs the whole table can be shown, and the whole gate can be drawn. The unit fires on
# one side of the line :math:`w_1 x_1 + w_2 x_2 + b = 0`. Every mistake turns or shifts that line,
# until it separates the corner (1, 1) from the three others. ``partial_fit`` runs one epoch.

X2, y2 = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
gate = PerceptronClassifier(random_state=43, **article)
lines = []
while not gate.partial_fit(X2, y2, classes=[0, 1]).converged_:
    lines.append((gate.coef_[0], gate.intercept_[0]))
print(f"epochs with mistakes: {len(lines)}, then one without")

light, strong = ListedColormap(["#f9d9bf", "#bfdcf5"]), np.array(["#e66100", "#1a7fd6"])
# sphinx_gallery_thumbnail_number = 2
fig, ax = plt.subplots(figsize=(6, 6), layout="constrained")
DecisionBoundaryDisplay.from_estimator(
    gate, X2, eps=2.5, response_method="predict", cmap=light, ax=ax, grid_resolution=400
)
x1 = np.array([-1.0, 3.5])
shades = plt.get_cmap("Greys")(np.linspace(0.3, 1, len(lines)))
for epoch, ((w, b), shade) in enumerate(zip(lines, shades, strict=True), start=1):
    ax.plot(x1, -(b + w[0] * x1) / w[1], color=shade, label=f"after epoch {epoch}")
ax.scatter(*X2.T, c=strong[y2], s=140, edgecolor="k", zorder=3)
ax.set(
    xlabel="$x_1$", ylabel="$x_2$", xlim=(-0.6, 3.4), ylim=(-0.6, 3.4), aspect="equal"
)
ax.set_title("AND: blue fires, orange does not")
ax.legend(loc="upper right", framealpha=1)
plt.show()
