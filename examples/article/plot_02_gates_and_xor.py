r"""
Every gate of two inputs, and why XOR fails
===========================================

Which logic gates can a single perceptron be?

Two binary inputs have four rows, and each row may be answered with 0 or 1: there are
:math:`2^4 = 16` gates. A perceptron separates the plane by one straight line, so it can be exactly
those gates whose ones a line separates from their zeros. In the tutorial:
:doc:`/tutorial/combining`. In the guide: :doc:`/guide/convergence`, on classes that no line
separates.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.inspection import DecisionBoundaryDisplay

from sknnbasics import LossCurveDisplay, PerceptronClassifier

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
names = {
    "0000": "never",
    "0001": "AND",
    "0010": "$x_1$ and not $x_2$",
    "0011": "$x_1$",
    "0100": "$x_2$ and not $x_1$",
    "0101": "$x_2$",
    "0110": "XOR",
    "0111": "OR",
    "1000": "NOR",
    "1001": "XNOR",
    "1010": "not $x_2$",
    "1011": "$x_1$ or not $x_2$",
    "1100": "not $x_1$",
    "1101": "$x_2$ or not $x_1$",
    "1110": "NAND",
    "1111": "always",
}

# %%
# Each gate is trained epoch by epoch, until an epoch passes without a mistake or 100 epochs are
# over. The settings are the article's, but for a new order of the rows in each epoch: threshold 2,
# weights drawn from [0, 1). ``partial_fit`` declares both classes beforehand, which the two
# constant gates need: they show only one. ``average=False`` is the article's rule, which predicts
# with the last weights.

gates = {}
for row in names:
    targets = np.array([int(digit) for digit in row])
    gate = PerceptronClassifier(
        threshold=2, init="uniform", eta0=0.1, average=False, random_state=43
    )
    for _ in range(100):
        if gate.partial_fit(X, targets, classes=[0, 1]).converged_:
            break
    gates[row] = gate

learned = [row for row, gate in gates.items() if gate.converged_]
print(f"learned without a mistake: {len(learned)} of {len(gates)}")
print("not learned:", *(names[row] for row in gates if row not in learned))

# %%
# The picture of each shows where it fires (blue) and where it does not (orange). A red ring marks a
# row that the gate gets wrong. Lines may pass close to a corner: the rule stops at the first line
# that separates the rows, not at the one that separates them best.

light, strong = ListedColormap(["#f9d9bf", "#bfdcf5"]), np.array(["#e66100", "#1a7fd6"])
frame = np.array([[0.4, 0.4], [0.6, 0.6]])
fig, axes = plt.subplots(4, 4, figsize=(9, 9.6), layout="constrained")
for ax, (row, gate) in zip(axes.flat, gates.items(), strict=True):
    targets, outputs = np.array([int(digit) for digit in row]), gate.predict(X)
    DecisionBoundaryDisplay.from_estimator(
        gate, frame, eps=1, response_method="predict", cmap=light, vmin=0, vmax=1, ax=ax
    )
    ax.scatter(*X.T, c=strong[targets], s=60, edgecolor="k", zorder=3)
    wrong = X[outputs != targets]
    ax.scatter(
        *wrong.T, s=300, facecolor="none", edgecolor="#c40000", linewidth=2, zorder=3
    )
    ax.set_title(
        names[row], fontsize="medium", color="k" if gate.converged_ else "#c40000"
    )
    ax.set(xticks=[0, 1], yticks=[0, 1], xlabel="", ylabel="", aspect="equal")
fig.supxlabel("$x_1$")
fig.supylabel("$x_2$")
plt.show()

# %%
# Why no weights make an XOR
# --------------------------
# Suppose that :math:`w_1, w_2, b` did. The four rows then ask for
#
# .. math::
#
#     \begin{aligned}
#     b &\le 0, & w_1 + b &> 0, \\
#     w_1 + w_2 + b &\le 0, & w_2 + b &> 0.
#     \end{aligned}
#
# Adding the two on the right gives :math:`w_1 + w_2 + 2b > 0`, hence
# :math:`w_1 + w_2 + b > -b \ge 0`, which contradicts the last one on the left. XNOR fails in the
# same way with all signs turned. So the rule has nothing to converge to: while AND reaches an epoch
# without mistakes and stops, XOR goes on making them for ever.

rows = {"AND": "0001", "XOR": "0110"}
display = LossCurveDisplay.from_estimators(
    {name: gates[row] for name, row in rows.items()}
)
display.ax_.set_title("Mistakes in each epoch, a visit of all four rows")
print("fewest mistakes of XOR in an epoch:", gates["0110"].mistake_curve_.min())
plt.show()
