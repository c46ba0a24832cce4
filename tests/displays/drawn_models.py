"""The models whose pictures the tests look at."""

import numpy as np

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]])
Y = np.array([0.75, 0.82, 0.93])
GATE_X, GATE_Y = [[1, 1, 1], [0, 0, 0], [1, 0, 1]], [1, 0, 0]


def article_network(**params):
    """The article's 2-3-1 network; 20 of its steps, not 1000."""
    settings = {
        "hidden_layer_sizes": (3,),
        "solver": "sgd",
        "momentum": 0,
        "batch_size": None,
        "learning_rate_init": 0.1 * 3,
        "max_iter": 20,
        "alpha": 0,
        "tol": None,
        "fit_intercept": False,
        "y_range": (0, 1),
        "init": "standard_normal",
        "random_state": 0,
    }
    return SigmoidMLPRegressor(**settings | params)


def gate(**params):
    return PerceptronClassifier(random_state=0, **params).fit(GATE_X, GATE_Y)


def texts(artists):
    return [text.get_text() for text in artists]
