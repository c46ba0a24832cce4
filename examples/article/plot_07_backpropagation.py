r"""
Backpropagation, equation by equation
=====================================

How does the cost change when a weight changes?

Gradient descent needs :math:`\partial J / \partial W^{(1)}` and
:math:`\partial J / \partial W^{(2)}`, one number for each weight. The chain rule gives them all in
one walk from the output back to the input. Here each step is one line of code, then
``cost_and_gradient`` and finally plain differences confirm the result.

The article derives the gradient for one sample and then stacks the samples, so that the
:math:`1/n` of equation (5) is dropped on the way. Here it stays. In the tutorial:
:doc:`/tutorial/backpropagation`, and with every number of one step in :doc:`/tutorial/one_step`.
In the guide: :doc:`/guide/questions`, on equation (12) in code.
"""

import matplotlib.pyplot as plt
import numpy as np

from sknnbasics.functional import (
    cost_and_gradient,
    feedforward,
    half_mse,
    sigmoid,
    sigmoid_derivative,
)

np.set_printoptions(precision=6, suppress=True)

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
y = np.array([[0.75], [0.82], [0.93]])
n = len(X)

rng = np.random.RandomState(43)
W1, W2 = rng.standard_normal((2, 3)), rng.standard_normal((3, 1))

# %%
# Forward
# -------
# Equations (1) to (4) give the prediction and leave behind what the way back will need.

z2 = X @ W1
a2 = sigmoid(z2)
z3 = a2 @ W2
y_hat = sigmoid(z3)
print("y_hat:", y_hat.ravel(), " cost:", half_mse(y_hat, y))

# %%
# The output layer
# ----------------
# Squares differentiate to the error times the slope of the prediction, and that slope splits in
# two, since :math:`\hat y = \sigma(z^{(3)})`:
#
# .. math::
#
#     \begin{aligned}
#     \frac{\partial J}{\partial W^{(2)}}
#     &= -\frac1n (y - \hat y) \frac{\partial \hat y}{\partial W^{(2)}}     & \quad & (7) \\
#     &= -\frac1n (y - \hat y) \, \frac{\partial \hat y}{\partial z^{(3)}}
#        \frac{\partial z^{(3)}}{\partial W^{(2)}}                          &       & (8) \\
#     &= -\frac1n (y - \hat y) \, \sigma'(z^{(3)})
#        \frac{\partial z^{(3)}}{\partial W^{(2)}}                          &       & (9)
#     \end{aligned}
#
# What stands before the last factor is the error that is sent back, one number per sample:
# :math:`\delta^{(3)} = \partial J / \partial z^{(3)}`. (The article writes the minus sign outside
# of it; its code, like ours, has it inside.)

delta3 = -(y - y_hat) / n * sigmoid_derivative(z3)
print("delta3:", delta3.ravel())

# %%
# Since :math:`z^{(3)} = a^{(2)} W^{(2)}`, the last factor is :math:`a^{(2)}`. Each sample adds its
# share, and a matrix product with the transpose computes this sum for all weights at once:
#
# .. math::
#
#     \frac{\partial J}{\partial W^{(2)}} = (a^{(2)})^T \, \delta^{(3)} \qquad (10)

dJdW2 = a2.T @ delta3
print("dJ/dW2:", dJdW2.ravel())

# %%
# The hidden layer
# ----------------
# A weight of the first layer acts on the cost by way of :math:`a^{(2)}`. The beginning is the same:
#
# .. math::
#
#     \begin{aligned}
#     \frac{\partial J}{\partial W^{(1)}}
#     &= -\frac1n (y - \hat y) \frac{\partial \hat y}{\partial W^{(1)}}     & \quad & (11) \\
#     &= \delta^{(3)} \frac{\partial z^{(3)}}{\partial a^{(2)}}
#        \frac{\partial a^{(2)}}{\partial W^{(1)}}                          &       & (12)
#     \end{aligned}
#
# Then :math:`z^{(3)}` passes its error to :math:`a^{(2)}` along the weights, and
# :math:`a^{(2)} = \sigma(z^{(2)})` contributes its own slope:
#
# .. math::
#
#     \begin{aligned}
#     \frac{\partial J}{\partial W^{(1)}}
#     &= \delta^{(3)} (W^{(2)})^T \frac{\partial a^{(2)}}{\partial W^{(1)}} & \quad & (13) \\
#     &= \underbrace{\delta^{(3)} (W^{(2)})^T \odot \sigma'(z^{(2)})}_{\delta^{(2)}}
#        \frac{\partial z^{(2)}}{\partial W^{(1)}}                          &       & (14)
#     \end{aligned}

delta2 = delta3 @ W2.T * sigmoid_derivative(z2)
print("delta2:", delta2, sep="\n")

# %%
# And :math:`z^{(2)} = X W^{(1)}` closes the chain just as before:
#
# .. math::
#
#     \frac{\partial J}{\partial W^{(1)}} = X^T \delta^{(2)} \qquad (15)
#
# A deeper network would go on like this, one :math:`\delta` per layer.

dJdW1 = X.T @ delta2
print("dJ/dW1:", dJdW1, sep="\n")

# %%
# The same by ``cost_and_gradient``
# ---------------------------------
# A fitted network has a method ``cost_gradient``, which knows its weights.

_, (coef_grad1, coef_grad2), _ = cost_and_gradient(X, y, [W1, W2])
print(f"largest difference in W1: {abs(coef_grad1 - dJdW1).max():.1e}")
print(f"largest difference in W2: {abs(coef_grad2 - dJdW2).max():.1e}")

# %%
# A check that knows no calculus
# ------------------------------
# A derivative says how much the cost rises as one weight grows by a little:
#
# .. math::
#
#     \frac{\partial J}{\partial w} \approx \frac{J(w + h) - J(w - h)}{2h}.
#
# The error of this difference shrinks with :math:`h^2`, until :math:`h` is so small that rounding
# in :math:`J`, divided by :math:`2h`, takes over. A wrong gradient would show as a line that does
# not go down at all, like the one for the gradient without the slope of the output unit.


def cost(theta):
    coefs = [theta[: W1.size].reshape(W1.shape), theta[W1.size :].reshape(W2.shape)]
    return half_mse(feedforward(X, coefs)[-1], y)


def measured(h):
    moves = h * np.eye(W1.size + W2.size)
    return np.array([cost(theta + move) - cost(theta - move) for move in moves]) / (
        2 * h
    )


theta = np.concatenate([W1.ravel(), W2.ravel()])
right = np.concatenate([dJdW1.ravel(), dJdW2.ravel()])
error = -(y - y_hat) / n
wrong = np.concatenate(
    [(X.T @ (error @ W2.T * sigmoid_derivative(z2))).ravel(), (a2.T @ error).ravel()]
)
steps = np.logspace(-1, -12, 45)

fig, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
for grad, label, color in [
    (wrong, "without the slope of the output unit", "#e66100"),
    (right, "equations (10) and (15)", "#1a7fd6"),
]:
    gaps = [np.linalg.norm(measured(h) - grad) / np.linalg.norm(grad) for h in steps]
    ax.loglog(steps, gaps, color=color, label=label)
    print(f"{label}: relative difference down to {min(gaps):.1e}")
ax.set(
    xlabel="step $h$",
    ylabel="relative difference",
    title="Backpropagation against differences",
)
ax.legend()
plt.show()
