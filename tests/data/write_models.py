"""Keep models of the installed version: ``python tests/data/write_models.py``.

Writes half-trained models by joblib and by skops, and what they predict, into a
folder named after the version. tests/test_persistence.py loads the folders of
all versions. Run it once at each release, and never rewrite an old folder.
"""

import json
import zipfile
from pathlib import Path

import joblib
import numpy as np

import sknnbasics
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor


def half_trained(rng, X):
    """Models that have more to learn, each with another private state."""
    labels = np.array(["left", "middle", "right"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    y = np.tanh(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=len(X))
    units = PerceptronClassifier(average=True, random_state=0)
    adam = SigmoidMLPRegressor(hidden_layer_sizes=(4,), batch_size=10, random_state=0)
    sgd = SigmoidMLPRegressor(
        hidden_layer_sizes=(4, 3), solver="sgd", learning_rate="adaptive", random_state=0
    )
    for _ in range(3):
        units.partial_fit(X, labels, classes=["left", "middle", "right"])
        adam.partial_fit(X, y)
        sgd.partial_fit(X, np.column_stack([y, -y]))
    lbfgs = SigmoidMLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", tol=None, random_state=0)
    lbfgs.set_params(max_iter=5).fit(X, y)
    return {"perceptron": units, "adam": adam, "sgd": sgd, "lbfgs": lbfgs}


def main():
    """Write the models and a table of their predictions."""
    import skops.io  # here, because pytest imports every file and skops is optional

    rng = np.random.RandomState(0)
    X = rng.normal(size=(30, 3))
    folder = Path(__file__).parent / sknnbasics.__version__
    folder.mkdir()
    predictions = {}
    for name, model in half_trained(rng, X).items():
        joblib.dump(model, folder / f"{name}.joblib")
        skops.io.dump(model, folder / f"{name}.skops", compression=zipfile.ZIP_DEFLATED)
        predictions[name] = model.predict(X).tolist()
    expected = {"X": X.tolist(), "predictions": predictions}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
