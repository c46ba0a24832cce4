r"""
Chained perceptrons: XOR and an adder
=====================================

If one perceptron cannot be an XOR, can several?

The output of a perceptron may be an input of another one. A second unit then no longer sees the
plane of :math:`x_1` and :math:`x_2`, but the plane of what the first units made of it, and there
the rows of XOR may be separable. In the tutorial: :doc:`/tutorial/combining`. A network that
finds its hidden units by itself is in :doc:`/tutorial/learning`, and how large to make one in
:doc:`/guide/parameters`.
"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from sknnbasics import NetworkDisplay, PerceptronClassifier

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def fitted(outputs):
    unit = PerceptronClassifier(
        threshold=2, init="uniform", eta0=0.1, average=False, tol=None, random_state=43
    )
    return unit.fit(X, outputs)


OR, NAND, AND = fitted([0, 1, 1, 1]), fitted([1, 1, 1, 0]), fitted([0, 0, 0, 1])

# %%
# XOR
# ---
# "One of the two, and not both" is already the recipe:
#
# .. math::
#
#     x_1 \oplus x_2 = (x_1 \text{ OR } x_2) \text{ AND } (x_1 \text{ NAND } x_2).


def hidden(x):
    return np.column_stack([OR.predict(x), NAND.predict(x)])


def xor(x):
    return AND.predict(hidden(x))


print("x1 x2   OR NAND   XOR")
for x, h, out in zip(X, hidden(X), xor(X), strict=True):
    print(f"{x[0]}  {x[1]}    {h[0]}  {h[1]}      {out}")
print("right in every row:", np.array_equal(xor(X), X[:, 0] ^ X[:, 1]))

# %%
# Three units, each trained on its own table, make a network of two layers. ``NetworkDisplay``
# draws it from the weights.

NetworkDisplay(
    coefs=[np.hstack([OR.coef_.T, NAND.coef_.T]), AND.coef_.T],
    intercepts=[np.hstack([OR.intercept_, NAND.intercept_]), AND.intercept_],
    activation="step",
    output_names=["XOR"],
).plot()
plt.show()

# %%
# On the left the two lines of the first layer cut a band out of the plane. On the right the same
# four rows as the last unit sees them: (0, 1) and (1, 0) have fallen onto one point, and a single
# line suffices.

light, strong = ListedColormap(["#f9d9bf", "#bfdcf5"]), np.array(["#e66100", "#1a7fd6"])
xx, yy = np.meshgrid(*[np.linspace(-0.6, 1.6, 300)] * 2)
grid = np.column_stack([xx.ravel(), yy.ravel()])
targets = X[:, 0] ^ X[:, 1]

# sphinx_gallery_thumbnail_number = 2
fig, axes = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
for ax, outputs, units in [
    (axes[0], xor(grid), {"OR": OR, "NAND": NAND}),
    (axes[1], AND.predict(grid), {"AND": AND}),
]:
    ax.pcolormesh(xx, yy, outputs.reshape(xx.shape), cmap=light, rasterized=True)
    for (name, unit), style in zip(units.items(), ["-", "--"], strict=False):
        (w1, w2), b = unit.coef_[0], unit.intercept_[0]
        ax.axline(
            (0, -b / w2), slope=-w1 / w2, color="k", linestyle=style, lw=1.2, label=name
        )
    ax.set(
        aspect="equal", xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=[0, 1], yticks=[0, 1]
    )
    ax.legend(loc="upper right", framealpha=1)

axes[0].scatter(*X.T, c=strong[targets], s=140, edgecolor="k", zorder=3)
axes[0].set(xlabel="$x_1$", ylabel="$x_2$", title="What the first layer sees")
axes[1].scatter(*hidden(X).T, c=strong[targets], s=140, edgecolor="k", zorder=3)
axes[1].set(xlabel="OR", ylabel="NAND", title="What the last unit sees")
for x, spot in {
    "(0, 0)": (0, 1),
    "(0, 1) and (1, 0)": (1, 1),
    "(1, 1)": (1, 0),
}.items():
    axes[1].annotate(x, spot, xytext=(0, 12), textcoords="offset points", ha="center")
plt.show()

# %%
# An adder
# --------
# Adding two bits is two gates: their XOR is the sum, their AND is the carry. Two of these half
# adders and an OR add three bits, the third being the carry of the digit before.


def half_adder(a, b):
    bits = np.column_stack([a, b])
    return xor(bits), AND.predict(bits)


def full_adder(a, b, carry):
    first, carry_1 = half_adder(a, b)
    total, carry_2 = half_adder(first, carry)
    return total, OR.predict(np.column_stack([carry_1, carry_2]))


bits = np.array(list(product([0, 1], repeat=3)))
total, carry = full_adder(*bits.T)
print("a b c   carry sum")
for row, c, s in zip(bits, carry, total, strict=True):
    print(*row, f"    {c}    {s}")
print("right in every row:", np.array_equal(2 * carry + total, bits.sum(axis=1)))

# %%
# A full adder for each digit, passing its carry on to the next, adds whole numbers. All pairs of
# numbers of four bits at once:


def add(a, b, n_bits=4):
    carry, result = np.zeros_like(a), np.zeros_like(a)
    for k in range(n_bits):
        digit, carry = full_adder(a >> k & 1, b >> k & 1, carry)
        result += digit << k
    return result + (carry << n_bits)


a, b = np.array(list(product(range(16), repeat=2))).T
print(
    f"sums right: {(add(a, b) == a + b).sum()} of {len(a)},",
    "9 + 13 =",
    add(a, b)[9 * 16 + 13],
)
