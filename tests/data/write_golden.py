"""Write the coefficients of small fits, which later versions must reproduce.

    python tests/data/write_golden.py

A change that moves them is a change of results: say so in the changelog, and
write them anew.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_iris, load_linnerud
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor
from sknnbasics._network import Layers

GOLDEN = Path(__file__).parent / "golden.json"


def fits():
    """{name: fitted weights as a flat list} of each model."""
    flowers, species = load_iris(return_X_y=True)
    exercises, physiology = load_linnerud(return_X_y=True)
    # Whole numbers: every sum is exact, whatever its order, in either body of the rule.
    flowers = (10 * flowers).round()
    perceptron = PerceptronClassifier(eta0=1, max_iter=20, tol=None, average=True, random_state=0)
    settings = {"hidden_layer_sizes": (3,), "max_iter": 20, "tol": None, "random_state": 0}
    settings["alpha"] = 0.02
    start = drawn(Layers((3, 3, 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        plain = clone(perceptron).set_params(average=False).fit(flowers, species)
        dense = clone(perceptron).fit(flowers, species)
        sparse = clone(perceptron).fit(csr_array(flowers * (flowers > 30)), species)
    adam = SigmoidMLPRegressor(solver="adam", batch_size=8, **settings)
    adam.fit(scale(exercises), physiology, **start)
    sgd = SigmoidMLPRegressor(solver="sgd", **settings)
    sgd.fit(scale(exercises), physiology, **start)
    lbfgs = SigmoidMLPRegressor(solver="lbfgs", **settings | {"max_iter": 5})  # rounding grows fast
    lbfgs.fit(scale(exercises), physiology, **start)
    return {
        "perceptron": flat(plain.coef_, plain.intercept_),
        "averaged perceptron": flat(dense.coef_, dense.intercept_),
        "sparse averaged perceptron": flat(sparse.coef_, sparse.intercept_),
        "adam": flat(*adam.coefs_, *adam.intercepts_),
        "sgd": flat(*sgd.coefs_, *sgd.intercepts_),
        "lbfgs": flat(*lbfgs.coefs_, *lbfgs.intercepts_),
    }


def drawn(layers):
    """Initial weights and biases as they are drawn, before the output biases are set."""
    coefs, intercepts = layers.split(layers.draw("glorot_uniform", np.random.RandomState(0)))
    return {"coefs_init": coefs, "intercepts_init": intercepts}


def flat(*arrays):
    """Their numbers as one list."""
    return [float(number) for array in arrays for number in array.ravel()]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(fits()))
