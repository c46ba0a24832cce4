r"""
Decision regions beside the mistakes of each epoch
==================================================

What do a perceptron and a network make of the same flowers?

Two measurements of 150 irises, the length and the width of the petal. The question is whether a
flower is a *versicolor*, whose petals are longer than those of one other species and shorter than
those of the third. No straight line can answer it. In the tutorial: :doc:`/tutorial/learning` and
:doc:`/tutorial/digits`. When training is over: :doc:`/guide/convergence`.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

iris = load_iris()
X = StandardScaler().fit_transform(iris.data[:, 2:])
y = (iris.target == 1).astype(int)
names = ["the two others", "versicolor"]

# %%
# Epoch by epoch
# --------------
# ``partial_fit`` runs one epoch, so that the mistakes can be counted after each. The perceptron
# predicts with its last weights (``average=False``) or with their average. The network has one
# output, trained on 0 and 1, and decides at one half.

models = {
    "perceptron, last weights": PerceptronClassifier(
        average=False, eta0=1.0, random_state=43
    ),
    "perceptron, averaged": PerceptronClassifier(
        average=True, eta0=1.0, random_state=43
    ),
    "network of 5 hidden units": SigmoidMLPRegressor(
        hidden_layer_sizes=(5,),
        solver="adam",
        learning_rate_init=0.05,
        batch_size=20,
        alpha=0.01,
        y_range=(0, 1),
        init="standard_normal",
        random_state=43,
    ),
}
n_epochs = 60
mistakes = {}
for name, model in models.items():
    mistakes[name] = []
    for _ in range(n_epochs):
        if isinstance(model, PerceptronClassifier):
            model.partial_fit(X, y, classes=[0, 1])
        else:
            model.partial_fit(X, y)
        mistakes[name].append(int(((model.predict(X) > 0.5) != y).sum()))
    last = mistakes[name][-20:]
    print(
        f"{name:26} mistakes in the last 20 epochs: {min(last)} to {max(last)} of 150"
    )

# %%
# The plain rule never comes to rest where no line separates the classes: each visit to a flower on
# the wrong side moves the line, and the next one moves it back. The average over the visits lies
# nearly still, but it is a line too. The network needs some epochs to bend its border, and then
# makes a few mistakes only, where the species overlap.

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for (name, counts), color in zip(
    mistakes.items(), ["#e66100", "#7a3fb0", "#1a7fd6"], strict=True
):
    ax.plot(range(1, n_epochs + 1), counts, color=color, label=name)
ax.set(xlabel="Epoch", ylabel="mistakes on the 150 flowers", ylim=(0, None))
ax.set_title("Mistakes after each epoch")
ax.legend()
plt.show()

# %%
# The regions
# -----------
# Where each model changes its mind, after the last epoch, with the number of its mistakes. Each of
# the hidden units divides the plane once; the last unit makes a band of these divisions.

light, strong = ListedColormap(["#f9d9bf", "#bfdcf5"]), np.array(["#e66100", "#1a7fd6"])
low, high = X.min(axis=0) - 0.4, X.max(axis=0) + 0.4
xx, yy = np.meshgrid(
    np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300)
)
points = np.column_stack([xx.ravel(), yy.ravel()])
# sphinx_gallery_thumbnail_number = 2
fig, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained", sharey=True)
for ax, (name, model) in zip(axes, models.items(), strict=True):
    fires = (model.predict(points) > 0.5).reshape(xx.shape)
    ax.pcolormesh(xx, yy, fires, cmap=light, rasterized=True)
    for k in (0, 1):
        ax.scatter(
            *X[y == k].T, c=strong[k], s=25, edgecolor="k", lw=0.5, label=names[k]
        )
    ax.set(title=f"{name}: {mistakes[name][-1]}", xlabel="petal length, scaled")
axes[0].set_ylabel("petal width, scaled")
axes[0].legend(loc="upper left")
plt.show()
