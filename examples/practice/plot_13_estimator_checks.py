r"""
The estimator checks in your own CI
===================================

Do the estimators keep scikit-learn's contract, on your machine and with your versions?

``check_estimator`` puts an estimator through every test that scikit-learn has for one: input
validation, cloning, pickling, sparse matrices, sample weights, and more. An estimator may bring a
list of checks that it is expected to fail; these two need none. With ``on_fail=None`` the results
come back as a list instead of an error at the first failure. In the guide:
:doc:`/guide/from_scikit_learn`. In the tutorial: :doc:`/tutorial/perceptron`, on the rule
whose result depends on the order of the visits.
"""

import warnings
from collections import Counter

import matplotlib.pyplot as plt
import sklearn
from sklearn.linear_model import Perceptron
from sklearn.utils.estimator_checks import check_estimator

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

estimators = {
    "PerceptronClassifier": PerceptronClassifier(),
    'SigmoidMLPRegressor "auto"': SigmoidMLPRegressor(),
    'SigmoidMLPRegressor "adam"': SigmoidMLPRegressor(solver="adam"),
    "scikit-learn's Perceptron": Perceptron(),
}
# scikit-learn itself expects its Perceptron to fail these two, for a good reason: the rule
# depends on the order of the visits, so that a sample of weight two is not the same as two
# samples.
order_matters = "sample_weight is not equivalent to removing or repeating samples"
expected = {
    "scikit-learn's Perceptron": {
        "check_sample_weight_equivalence_on_dense_data": order_matters,
        "check_sample_weight_equivalence_on_sparse_data": order_matters,
    }
}
results = {}
for name, estimator in estimators.items():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checks fit odd data for a few epochs
        results[name] = check_estimator(
            estimator, on_fail=None, expected_failed_checks=expected.get(name)
        )

# %%
# The summary
# -----------

statuses = ["passed", "skipped", "xfail", "failed"]
counts = {
    name: Counter(row["status"] for row in rows) for name, rows in results.items()
}
print(
    f"scikit-learn {sklearn.__version__}".ljust(30),
    *(f"{status:>8}" for status in statuses),
)
for name, count in counts.items():
    print(f"{name:30}", *(f"{count[status]:8}" for status in statuses))

print()
for name, rows in results.items():
    for row in rows:
        if row["status"] in ("xfail", "failed"):
            print(f"{name}, {row['status']}: {row['check_name']}")

# %%
# The two perceptrons differ in the number of checks, because only scikit-learn's takes a
# ``sample_weight``. Ours takes none, for the reason given above, and so is not asked about it: it
# does not pass where the other fails. Its ``class_weight`` says how much a class counts.

# %%
# The checks of the array API are skipped unless ``SCIPY_ARRAY_API=1`` is in the environment before
# Python starts, and so are those that need a library which is not installed. Older versions of
# scikit-learn leave the former out without a word.

skipped = {
    (row["check_name"], str(row["exception"]))
    for rows in results.values()
    for row in rows
    if row["status"] == "skipped"
}
for check, reason in sorted(skipped):
    print(f"{check}:\n    {reason}")

fig, ax = plt.subplots(figsize=(8, 3), layout="constrained")
left = [0] * len(counts)
colors = ["#1a7fd6", "#bbbbbb", "#f4b183", "#c40000"]
for status, color in zip(statuses, colors, strict=True):
    widths = [count[status] for count in counts.values()]
    ax.barh(list(counts), widths, left=left, color=color, label=status)
    left = [start + width for start, width in zip(left, widths, strict=True)]
ax.invert_yaxis()
ax.set(xlabel="checks")
fig.legend(loc="outside upper center", ncols=4)
plt.show()

# %%
# In your own tests
# -----------------
# In a test suite, ``parametrize_with_checks`` makes a test of each check, so that pytest names the
# one that failed. Put the settings there that your project relies on:
#
# .. code-block:: python
#
#     from sklearn.utils.estimator_checks import parametrize_with_checks
#     from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
#
#
#     @parametrize_with_checks(
#         [PerceptronClassifier(average=True), SigmoidMLPRegressor(solver="lbfgs")]
#     )
#     def test_scikit_learn_accepts(estimator, check):
#         check(estimator)
#
# If your own class inherits from one of the two, or wraps it, it belongs in the list as well.
