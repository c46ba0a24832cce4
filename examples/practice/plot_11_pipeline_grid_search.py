r"""
A pipeline, a grid search and a progress bar
============================================

How is a network tuned with scikit-learn's own tools?

Both estimators are scikit-learn estimators in every respect, so that what takes an estimator takes
them: a ``Pipeline`` that scales the features, a ``GridSearchCV`` that tries parameters by
cross-validation, and the callbacks that scikit-learn has had since 1.9. In the guide:
:doc:`/guide/parameters` and :doc:`/guide/callbacks`; what ``alpha`` and the number of units do to a
curve, in a moving picture: :doc:`/tutorial/learning`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import LossCurveDisplay, SigmoidMLPRegressor

try:
    from sklearn.callback import ProgressBar
except ImportError:  # scikit-learn before 1.9
    ProgressBar = None

# %%
# The scaler belongs inside the pipeline: each fold is then scaled by what its training part
# knows. Parameters of the network are addressed by its step, ``sigmoidmlpregressor__``.

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

search = GridSearchCV(
    make_pipeline(
        StandardScaler(),
        SigmoidMLPRegressor(
            solver="adam",
            learning_rate_init=0.01,
            tol=1e-3,
            max_iter=1000,
            random_state=0,
        ),
    ),
    {
        "sigmoidmlpregressor__hidden_layer_sizes": [(2,), (10,), (50,)],
        "sigmoidmlpregressor__alpha": [0.001, 0.01, 0.1, 1.0],
    },
    cv=5,
)

# %%
# A progress bar
# --------------
# A callback is set on the outermost estimator, here the search, and reports on all that goes on
# inside. ``ProgressBar`` needs the package ``rich``. Its ``max_propagation_depth`` tells how many
# levels of estimators have bars of their own: 0 is the search alone, 1 adds the pipelines that it
# fits, 2 the networks within them, epoch by epoch.
#
# Before scikit-learn 1.9 there are no callbacks. The same search then runs without a bar, and
# ``verbose=1`` of ``GridSearchCV`` tells how many fits there will be.

if ProgressBar is not None:
    search.set_callbacks(ProgressBar(max_propagation_depth=0))
search.fit(X_train, y_train)

# %%
# The result
# ----------

best = {name.split("__")[1]: value for name, value in search.best_params_.items()}
print("best parameters:", best)
print(f"R² in cross-validation {search.best_score_:.3f}, on the test set", end=" ")
print(f"{search.score(X_test, y_test):.3f}")
folds = [
    search.cv_results_[f"split{k}_test_score"][search.best_index_] for k in range(5)
]
print(f"R² of the single folds {min(folds):.3f} to {max(folds):.3f}")

# %%
# The two numbers lie apart for two reasons. A fold has 66 patients and the test set 111, and on so
# few R² varies a good deal, as the single folds show. And the cross-validated score belongs to the
# best of twelve settings, which owes something to luck; the test set knows nothing of the search.
#
# Which of the two parameters matters more? The table has the mean score of each column and row:
# the wider they range, the more the parameter decides. The right side is the learning curve of the
# network that won; the displays take the fitted search itself.

results = search.cv_results_
sizes = search.param_grid["sigmoidmlpregressor__hidden_layer_sizes"]
alphas = search.param_grid["sigmoidmlpregressor__alpha"]
# The grid runs through the parameters by their names in order, the last one fastest.
scores = results["mean_test_score"].reshape(len(alphas), len(sizes)).T
print("mean over the sizes, for each alpha:", scores.mean(axis=0).round(3))
print("mean over the alphas, for each size:", scores.mean(axis=1).round(3))

fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
image = axes[0].imshow(scores, cmap="viridis", aspect="auto")
for (row, column), score in np.ndenumerate(scores):
    dark = score < (scores.min() + scores.max()) / 2
    axes[0].text(
        column,
        row,
        f"{score:.3f}",
        ha="center",
        va="center",
        color="w" if dark else "k",
    )
axes[0].set_xticks(range(len(alphas)), alphas)
axes[0].set_yticks(range(len(sizes)), [size[0] for size in sizes])
axes[0].set(xlabel="alpha", ylabel="hidden units", title="Mean R² of five folds")
LossCurveDisplay.from_estimator(search, ax=axes[1])
axes[1].set_title("The winner on all training samples")
plt.show()
