"""Both estimators in a minute: the article's two examples, then real data.

Run it with ``python examples/quickstart.py``.
"""

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    make_friedman1,
)
from sklearn.linear_model import Perceptron
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor


def and_gate():
    """The article's perceptron: threshold 2, weights drawn from [0, 1)."""
    X, y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]
    gate = PerceptronClassifier(
        threshold=2,
        init="uniform",
        eta0=0.1,
        average=False,
        shuffle=False,
        random_state=43,
    ).fit(X, y)
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
    print(
        "\nThe sigmoid network, 1000 steps of gradient descent, the nearest of 50 starts"
    )
    print(f"  cost: {network.loss_curve_[0]:.6f} -> {network.loss_curve_[-1]:.6f}")
    print("  target   article   ours")
    for row in zip(y, article, network.predict(X), strict=True):
        print("  {:.2f}     {:.4f}    {:.4f}".format(*row))


def compare(title, X, y, metric, models, folds):
    """Scores of a cross-validation, and the time of a fit, scaling included."""
    print(f"\n{title}: {X.shape[0]} samples, {X.shape[1]} features")
    print(f"  {metric}, mean ± deviation over {folds.n_splits} folds")
    for name, model in models.items():
        outcome = cross_validate(make_pipeline(StandardScaler(), model), X, y, cv=folds)
        scores, milliseconds = (
            outcome["test_score"],
            1000 * np.median(outcome["fit_time"]),
        )
        print(
            f"  {name:<24} {scores.mean():.3f} ± {scores.std():.3f} {milliseconds:8.1f} ms a fit"
        )


def main():
    and_gate()
    sigmoid_network()

    seed = {"random_state": 0}
    perceptrons = {
        "PerceptronClassifier": PerceptronClassifier(**seed),
        "Perceptron": Perceptron(**seed),
    }
    folds = StratifiedKFold(10, shuffle=True, **seed)
    cancer, digits = load_breast_cancer(return_X_y=True), load_digits(return_X_y=True)
    compare("Breast cancer", *cancer, "Accuracy", perceptrons, folds)
    compare("Digits", *digits, "Accuracy", perceptrons, folds)

    # Its output is linear and its penalty small: it needs scaled targets, and more epochs.
    peer = MLPRegressor(max_iter=2000, **seed)
    networks = {
        "SigmoidMLPRegressor": SigmoidMLPRegressor(**seed),
        "MLPRegressor, y scaled": TransformedTargetRegressor(
            peer, transformer=StandardScaler()
        ),
    }
    folds = KFold(10, shuffle=True, **seed)
    compare("Diabetes", *load_diabetes(return_X_y=True), "R²", networks, folds)
    compare(
        "Friedman 1", *make_friedman1(500, noise=1.0, **seed), "R²", networks, folds
    )


if __name__ == "__main__":
    main()
