"""Write the coefficients of three small fits, which later versions must reproduce.

    python tests/data/write_golden.py

A change that moves them is a change of results: say so in the changelog, and
write them anew.
"""

import json
import warnings
from pathlib import Path

from sklearn.datasets import load_iris, load_linnerud
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

GOLDEN = Path(__file__).parent / "golden.json"


def fits():
    """{name: fitted weights as a flat list} of the three models."""
    flowers, species = load_iris(return_X_y=True)
    exercises, physiology = load_linnerud(return_X_y=True)
    # Whole numbers: every sum is exact, whatever its order, in either body of the rule.
    flowers = (10 * flowers).round()
    perceptron = PerceptronClassifier(eta0=1, max_iter=20, tol=None, average=True, random_state=0)
    settings = {"hidden_layer_sizes": (3,), "max_iter": 20, "tol": None, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        perceptron.fit(flowers, species)
    adam = SigmoidMLPRegressor(batch_size=8, **settings).fit(scale(exercises), physiology)
    sgd = SigmoidMLPRegressor(solver="sgd", **settings).fit(scale(exercises), physiology)
    return {
        "perceptron": [*perceptron.coef_.ravel(), *perceptron.intercept_],
        "adam": [w for W in [*adam.coefs_, *adam.intercepts_] for w in W.ravel()],
        "sgd": [w for W in [*sgd.coefs_, *sgd.intercepts_] for w in W.ravel()],
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps({name: list(map(float, w)) for name, w in fits().items()}))
