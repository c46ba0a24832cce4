r"""
The averaged perceptron
=======================

Which weights should a perceptron predict with, its last or their average?

Every mistake moves the weights by a whole sample, so that the last weights owe much to the mistakes
that happened to come last. Freund and Schapire (1999) predict with the average of the weights after
each visit instead, in which a weight vector counts for as long as it made no mistake. Training is
the same; only ``average=True`` is set. In this package later visits weigh more, so that the average
forgets where training started:

.. math::

    \bar w = \frac{\sum_t s_t w_t}{\sum_t s_t}, \qquad s_t = 1 + 2 + \dots + t.

The default, ``average="pocket"``, keeps
whichever of the last and the averaged weights made the fewest mistakes on the training samples.
In the guide: :doc:`/guide/parameters`; the rule itself, in motion: :doc:`/tutorial/perceptron`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

# %%
# From epoch to epoch
# -------------------
# One seed fixes the order of the visits, so that both models make the same mistakes and differ in
# what they remember of them.

n_epochs = 40
curves = {}
for name, average in [("last weights", False), ("average", True)]:
    model = PerceptronClassifier(average=average, eta0=1.0, random_state=0)
    curves[name] = [
        model.partial_fit(X_train, y_train, classes=np.arange(10)).score(X_test, y_test)
        for _ in range(n_epochs)
    ]
    steps = abs(np.diff(curves[name]))
    change = 100 * steps.mean()
    print(f"{name:12} mean change from one epoch to the next: {change:.2f} points")

colors = {"last weights": "#e66100", "average": "#1a7fd6"}
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, curve in curves.items():
    ax.plot(range(1, n_epochs + 1), curve, color=colors[name], label=name)
ax.set(xlabel="Epoch", ylabel="accuracy on the test set", title="Digits, one seed")
ax.legend()
plt.show()

# %%
# Over many seeds
# ---------------
# Thirty orders of visits of the same training set, each model trained until it stops by itself. A
# line joins the two models of a seed.

seeds = range(30)
accuracy = {
    name: np.array(
        [
            PerceptronClassifier(average=average, eta0=1.0, tol=1e-3, random_state=seed)
            .fit(X_train, y_train)
            .score(X_test, y_test)
            for seed in seeds
        ]
    )
    for name, average in [("last weights", False), ("average", True)]
}
print("              mean    lowest  highest  spread")
for name, scores in accuracy.items():
    figures = scores.mean(), scores.min(), scores.max(), scores.std()
    print(f"{name:12}", "  ".join(f"{figure:.4f}" for figure in figures))
better = accuracy["average"] > accuracy["last weights"]
print(f"the average is better for {better.sum()} of {len(better)} seeds")

# sphinx_gallery_thumbnail_number = 2
fig, ax = plt.subplots(figsize=(6, 4.4), layout="constrained")
pairs = np.array(list(accuracy.values()))
ax.plot([1, 2], pairs, color="0.8", lw=0.8, zorder=1)
boxes = ax.boxplot(
    pairs.T, widths=0.4, showfliers=False, patch_artist=True, medianprops={"color": "k"}
)
for box, color in zip(boxes["boxes"], colors.values(), strict=True):
    box.set(facecolor=color, alpha=0.35)
for place, scores, color in zip([1, 2], pairs, colors.values(), strict=True):
    ax.scatter([place] * len(scores), scores, s=14, color=color, zorder=3)
ax.set_xticks([1, 2], list(accuracy))
ax.set(ylabel="accuracy on the test set", title="Digits, thirty seeds")
plt.show()
