r"""
Gradient descent: the article's run
===================================

Do the numbers that the article prints come out?

Gradient descent takes a step against the gradient, over all samples, again and again:

.. math::

    W \leftarrow W - \eta \, \frac{\partial J}{\partial W}.

The article takes 1000 steps with :math:`\eta = 0.1` in a network of 2-3-1 units without biases.
Its code sums the squared errors, while its equation (5), and so this package, takes half their
mean. The sum is :math:`n` times the mean, and so is its gradient: the same steps need
``learning_rate_init=0.1 * n``. In the tutorial: :doc:`/tutorial/gradient_descent`, where the
steps can be watched one by one. In the guide: :doc:`/guide/parameters`, on choosing a solver.
"""

import matplotlib.pyplot as plt
import numpy as np

from sknnbasics import LossCurveDisplay, SigmoidMLPRegressor

np.set_printoptions(precision=2, suppress=False)

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
y = np.array([0.75, 0.82, 0.93])
n = len(X)


def article_run(seed):
    return SigmoidMLPRegressor(
        hidden_layer_sizes=(3,),
        solver="sgd",
        momentum=0,
        batch_size=None,
        learning_rate_init=0.1 * n,
        max_iter=1000,
        tol=None,
        fit_intercept=False,
        alpha=0,
        y_range=(0, 1),
        init="standard_normal",
        random_state=seed,
    ).fit(X, y)


# %%
# The starting weights are drawn at random and the article does not print its own, so no single run
# can repeat its figures. Fifty starts show what to expect. The best match is the one whose
# predictions come closest to the printed ones.

networks = [article_run(seed) for seed in range(50)]
printed = np.array([0.74843109, 0.85237136, 0.88980214])
gaps = [abs(network.predict(X) - printed).max() for network in networks]
best = networks[np.argmin(gaps)]

print("target   article   ours")
for row in zip(y, printed, best.predict(X), strict=True):
    print("{:.2f}     {:.4f}    {:.4f}".format(*row))

# %%
# The cost in all fifty runs
# --------------------------
# ``loss_curve_`` holds the cost before each step. The article's printed predictions have a cost
# too, the dotted line: half their mean squared error.

article_cost = 0.5 * np.mean((y - printed) ** 2)
falls = [
    (np.diff([*network.loss_curve_, network.cost(X, y)]) < 0).all()
    for network in networks
]
costs = np.array([network.cost(X, y) for network in networks])
print(f"the cost falls in every step: {sum(falls)} of {len(falls)} runs")
print(f"cost after 1000 steps: {costs.min():.6f} to {costs.max():.6f}")
print(f"cost of the article's predictions: {article_cost:.6f}")
n_below = (costs < article_cost).sum()
print(f"runs that end below the article's cost: {n_below} of {len(costs)}")

fig, ax = plt.subplots(figsize=(7, 4.4), layout="constrained")
for network in networks:
    LossCurveDisplay.from_estimator(network, ax=ax, color="0.8", lw=0.8)
LossCurveDisplay.from_estimator(best, ax=ax, log_scale=True, color="#1a7fd6", lw=2)
ax.axhline(article_cost, color="#e66100", linestyle=":", lw=2)
ax.set(xlabel="Step", title="Fifty starts, 1000 steps each")
handles = [ax.lines[0], ax.lines[-2], ax.lines[-1]]
ax.legend(handles, ["a start", "the best match", "cost of the article's predictions"])
plt.show()

# %%
# The gradient at the end
# -----------------------
# The article prints the gradient after training to show that it is close to zero. It is that of the
# sum; ours is multiplied by :math:`n` to compare. The individual numbers depend on the start, so
# the last line compares the length of the whole gradient, over all fifty.

article_grads = [
    np.array(
        [
            [1.07574230e-03, -1.40177856e-04, 8.37973965e-06],
            [-1.80923047e-04, -3.02124054e-05, -1.01690447e-05],
        ]
    ),
    np.array([[-5.46647048e-04], [-7.87933090e-04], [8.64655242e-07]]),
]
our_grads, _ = best.cost_gradient(X, y)
for number, (theirs, ours) in enumerate(
    zip(article_grads, our_grads, strict=True), start=1
):
    print(
        f"dJ/dW{number}, article:", theirs, f"dJ/dW{number}, ours:", n * ours, sep="\n"
    )

norms = [
    n * np.sqrt(sum((g**2).sum() for g in m.cost_gradient(X, y)[0])) for m in networks
]
article_norm = np.sqrt(sum((g**2).sum() for g in article_grads))
low, middle, high = np.percentile(norms, [0, 50, 100])
print(f"length: article {article_norm:.1e}", end=", ")
print(f"ours {low:.1e} to {high:.1e}, median {middle:.1e}")
