r"""
Three solvers on the same data
==============================

Which solver should train a network?

All three follow the same gradient and differ in what they make of it. ``"sgd"`` is the article's
gradient descent, on batches and with momentum :math:`\mu` (by default in Nesterov's form, which
looks one step of momentum ahead):

.. math::

    v \leftarrow \mu v - \eta \nabla J, \qquad \theta \leftarrow \theta + v.

``"adam"`` keeps running means of the gradient and of its square, and so gives each weight a step
of its own:

.. math::

    \theta \leftarrow \theta - \eta \, \frac{\hat m}{\sqrt{\hat v} + \epsilon}.

``"lbfgs"`` takes all samples at once and estimates the curvature of :math:`J` from its last steps.
In the guide: :doc:`/guide/parameters`, on choosing one. In the tutorial:
:doc:`/tutorial/gradient_descent`, on what a step is.
"""

import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from sknnbasics import LossCurveDisplay, SigmoidMLPRegressor


def scaled_data(seed):
    X, y = make_friedman1(n_samples=600, noise=1.0, random_state=seed)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test), y_train, y_test


# %%
# One run, epoch by epoch
# -----------------------
# Every solver trains the same network for 300 epochs; for ``"lbfgs"`` an epoch is an iteration. A
# validation set that is passed to ``fit`` is only watched, unless ``early_stopping`` is set.

X_train, X_test, y_train, y_test = scaled_data(0)
networks = {
    solver: SigmoidMLPRegressor(
        hidden_layer_sizes=(50,), solver=solver, max_iter=300, tol=None, random_state=0
    ).fit(X_train, y_train, X_val=X_test, y_val=y_test)
    for solver in ["sgd", "adam", "lbfgs"]
}

fig, ax = plt.subplots(figsize=(7.5, 4.8), layout="constrained")
LossCurveDisplay.from_estimators(networks, log_scale=True, ax=ax)
ax.set_title(f"Friedman's first function, {len(X_train)} samples")
ax.legend(ncols=3)
plt.show()

# %%
# Solid lines are the training cost, which holds the penalty of ``alpha`` too, dashed lines the cost
# on the samples held out, which does not; so the dashed ones may lie lower.
#
# Several runs
# ------------
# One run proves little. Here are three draws of the data, each with starting weights of its own.

print("solver    R² test          seconds")
for solver in networks:
    rows = []
    for seed in range(3):
        X_train, X_test, y_train, y_test = scaled_data(seed)
        network = SigmoidMLPRegressor(
            hidden_layer_sizes=(50,),
            solver=solver,
            max_iter=300,
            tol=None,
            random_state=seed,
        )
        start = time.perf_counter()
        network.fit(X_train, y_train)
        seconds = time.perf_counter() - start
        rows.append((network.score(X_test, y_test), seconds))
    scores, times = np.array(rows).T
    r2 = f"{scores.mean():.3f} ± {scores.std():.3f}"
    print(f"{solver:8}  {r2}   {np.median(times):7.2f}")

# %%
# The default, ``"auto"``, is ``"lbfgs"`` on small data, as here: it takes all rows at once. Above
# 2000 samples it is ``"adam"``, which moves after every batch of them. ``"sgd"`` is the article's
# rule; while its curve still falls it needs more epochs, or a ``learning_rate_init`` that is chosen
# for the data.
