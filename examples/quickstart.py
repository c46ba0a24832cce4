"""Both estimators in a minute: the article's two examples, then real data.

Run it with ``python examples/quickstart.py``.
"""

import time
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_linnerud
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Perceptron
from sklearn.model_selection import GridSearchCV, train_test_split
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
        print(f"  predict({inputs}) = {gate.predict([inputs])[0]}   article: {expected}")
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
            learning_rate_init=0.1 * len(X),  # the article descends the sum, we the mean
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
    network = min(networks, key=lambda fitted: np.abs(fitted.predict(X) - article).max())
    print("\nThe sigmoid network, 1000 steps of gradient descent")
    print(f"  cost: {network.loss_curve_[0]:.6f} -> {network.loss_curve_[-1]:.6f}")
    print("  target   article   ours")
    for row in zip(y, article, network.predict(X), strict=True):
        print("  {:.2f}     {:.4f}    {:.4f}".format(*row))


def compare(title, X, y, ours, our_grid, peer, peer_grid):
    """Grid search behind a StandardScaler, test score, and fit time of the winner."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
    print(f"\n{title}: {X.shape[0]} samples, {X.shape[1]} features")
    for model, grid in [(ours, our_grid), (peer, peer_grid)]:
        name = type(model).__name__
        prefix = name.lower()
        search = GridSearchCV(
            make_pipeline(StandardScaler(), model),
            {f"{prefix}__{parameter}": values for parameter, values in grid.items()},
            cv=3,
        ).fit(X_train, y_train)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            search.best_estimator_.fit(X_train, y_train)
            seconds.append(time.perf_counter() - start)
        score = search.score(X_test, y_test)
        best = {key.removeprefix(f"{prefix}__"): v for key, v in search.best_params_.items()}
        print(f"  {name:<22} score {score:6.3f}   fit {1000 * np.median(seconds):7.1f} ms   {best}")


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)  # a grid holds settings too short
    and_gate()
    sigmoid_network()

    seed = {"random_state": 0}
    for title, load in [("Breast cancer", load_breast_cancer), ("Digits", load_digits)]:
        compare(
            title,
            *load(return_X_y=True),
            PerceptronClassifier(**seed, max_iter=100),
            {"average": [False, True]},
            Perceptron(**seed, max_iter=100),
            {"penalty": [None, "l2"]},
        )
    grid = {"alpha": [0.001, 0.01, 0.1]}
    for title, load in [("Diabetes", load_diabetes), ("Linnerud", load_linnerud)]:
        compare(
            title,
            *load(return_X_y=True),
            SigmoidMLPRegressor(**seed),
            grid,
            MLPRegressor(**seed, max_iter=1000),
            grid,
        )


if __name__ == "__main__":
    main()
