"""Both estimators in a minute: the article's two examples, then real data.

Run it with ``python examples/quickstart.py``.
"""

import warnings

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_linnerud,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold, cross_validate
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor


def and_gate():
    """The article's perceptron: threshold 2, weights drawn from [0, 1)."""
    X, y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]
    gate = PerceptronClassifier(threshold=2, init="uniform", random_state=0).fit(X, y)
    print("The AND gate, a perceptron of threshold 2")
    for inputs, expected in [([0, 1, 0], 0), ([1, 1, 1], 1)]:
        print(
            f"  predict({inputs}) = {gate.predict([inputs])[0]}   article: {expected}"
        )
    print(f"  mistakes in each epoch: {gate.mistake_curve_.tolist()}")


def sigmoid_network():
    """The article's 2-3-1 network, 1000 steps of gradient descent, the best of 50 starts."""
    X, y = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]]), np.array([0.75, 0.82, 0.93])
    networks = [
        SigmoidMLPRegressor(
            hidden_layer_sizes=(3,),
            solver="sgd",
            momentum=0,
            batch_size=None,
            learning_rate_init=0.1
            * len(X),  # the article descends the sum, we the mean
            max_iter=1000,
            tol=None,
            fit_intercept=False,
            alpha=0,
            y_range=(0, 1),
            init="standard_normal",
            random_state=seed,
        ).fit(X, y)
        for seed in range(50)
    ]
    article = np.array([0.74843109, 0.85237136, 0.88980214])
    network = min(
        networks, key=lambda fitted: np.abs(fitted.predict(X) - article).max()
    )
    print("\nThe sigmoid network, 1000 steps of gradient descent")
    print(f"  cost: {network.loss_curve_[0]:.6f} -> {network.loss_curve_[-1]:.6f}")
    print("  target   article   ours")
    for row in zip(y, article, network.predict(X), strict=True):
        print("  {:.2f}     {:.4f}    {:.4f}".format(*row))


def compare(title, X, y, contenders, folds):
    """Cross-validated scores of a grid search, and the time to fit its winner."""
    print(
        f"\n{title}: {X.shape[0]} samples, {X.shape[1]} features, {folds.n_splits} folds"
    )
    for model, grid in contenders:
        name = type(model).__name__
        grid = {
            f"{name.lower()}__{parameter}": values for parameter, values in grid.items()
        }
        search = GridSearchCV(make_pipeline(StandardScaler(), model), grid, cv=3)
        outcome = cross_validate(search, X, y, cv=folds, return_estimator=True)
        scores = outcome["test_score"]
        milliseconds = 1000 * np.median(
            [winner.refit_time_ for winner in outcome["estimator"]]
        )
        print(
            f"  {name:<22} {scores.mean():7.3f} ± {scores.std():.3f} {milliseconds:9.1f} ms a fit"
        )


def main():
    warnings.simplefilter(
        "ignore", ConvergenceWarning
    )  # a grid holds settings too short
    and_gate()
    sigmoid_network()

    seed = {"random_state": 0}
    perceptrons = [
        (PerceptronClassifier(**seed, max_iter=100), {"average": [False, True]}),
        (Perceptron(**seed, max_iter=100), {"penalty": [None, "l2"]}),
    ]
    folds = StratifiedKFold(5, shuffle=True, **seed)
    compare("Breast cancer", *load_breast_cancer(return_X_y=True), perceptrons, folds)
    compare("Digits", *load_digits(return_X_y=True), perceptrons, folds)

    networks = [
        (SigmoidMLPRegressor(**seed), {"alpha": [0.02, 0.2]}),
        (MLPRegressor(**seed, max_iter=1000), {"alpha": [0.02, 0.2]}),
    ]
    folds = KFold(3, shuffle=True, **seed)
    compare("Diabetes", *load_diabetes(return_X_y=True), networks, folds)
    compare("Linnerud", *load_linnerud(return_X_y=True), networks, folds)


if __name__ == "__main__":
    main()
