"""Random models of both estimators, through public calls, against what must hold for all.

    python tests/fuzz_public_calls.py --models 300 --seed 0

Each model is fitted, continued and asked several times, on samples of any layout, format and
size of numbers, sound or broken, while its parameters change and its weights are replaced.
Whatever comes:

- an error is a ValueError or a TypeError that a `raise` of the package or of scikit-learn made,
  never one that escaped from NumPy, from SciPy or from compiled code, and changes nothing of
  the model; no RuntimeWarning escapes either;
- a broken sparse matrix is refused;
- what is published is finite, and agrees with itself: shapes, curves, n_iter_;
- predictions are labels, or finite numbers within the range; a converged perceptron makes no
  mistake on its samples.

What does not hold is printed with the calls that led there, and comes again with ``--first`` its
number. Memory errors of compiled code show in a build with sanitizers (.ci/sanitised), which end
the program: the last number on stderr is then that of the model.
"""

import argparse
import linecache
import pickle
import sys
import traceback
import warnings
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import sklearn

import sknnbasics
from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

MOST_CALLS = 7


class Broken(AssertionError):
    """Something that must hold does not."""


def must(holds, what):
    if not holds:
        raise Broken(what)


# Numbers and parameters. "Wild" models have numbers of any size.


def of_any_size(rng):
    return float(10.0 ** rng.uniform(-310, 308.2))


def near_one(rng):
    return float(10.0 ** rng.uniform(-3, 1))


def choice(*values):
    return lambda rng, size: values[rng.integers(len(values))]


def sized(rng, size):
    return size(rng)


def class_weight(rng, size):
    return [None, None, "balanced", {0: size(rng), 1: 1.0}, {1: 0}][rng.integers(5)]


def threshold(rng, size):
    return float(rng.choice([0, 0, -1, 1])) * size(rng)


def y_range(rng, size):
    return ["auto", "auto", (-size(rng), size(rng)), (0, 1)][rng.integers(4)]


both = {
    "max_iter": choice(1, 2, 5, 20),
    "tol": choice(None, 0.0, 1e-4, 1e-3, 0.5),
    "n_iter_no_change": choice(1, 3, np.inf),
    "shuffle": choice(True, False),
    "random_state": choice(0, 1, 2),
    "early_stopping": choice(False, False, True),
    "validation_fraction": choice(0.1, 0.5, 0.9),
    "warm_start": choice(True, False),
    "fit_intercept": choice(True, True, False),
}
PARAMETERS = {
    PerceptronClassifier: both
    | {
        "threshold": threshold,
        "init": choice("zeros", "uniform"),
        "eta0": sized,
        "average": choice("pocket", True, False),
        "class_weight": class_weight,
    },
    SigmoidMLPRegressor: both
    | {
        "hidden_layer_sizes": choice((), (1,), (3,), (4, 2), 5),
        "y_range": y_range,
        "solver": choice("auto", "adam", "sgd", "lbfgs"),
        "batch_size": choice("auto", None, 1, 7),
        "learning_rate_init": lambda rng, size: ["auto", "auto", size(rng)][rng.integers(3)],
        "learning_rate": choice("constant", "invscaling", "adaptive"),
        "power_t": choice(0.0, 0.5, 3.0),
        "alpha": lambda rng, size: ["auto", 0.0, size(rng), size(rng)][rng.integers(4)],
        "max_fun": choice(1, 10, 15000),
        "momentum": choice(0.0, 0.9, 1.0),
        "nesterovs_momentum": choice(True, False),
        "beta_1": choice(0.0, 0.9),
        "beta_2": choice(0.0, 0.999),
        "epsilon": lambda rng, size: [1e-8, 1e-300, size(rng)][rng.integers(3)],
        "init": choice("glorot_uniform", "standard_normal"),
    },
}


# Arrays: how they lie in memory, what they hold, and how they break


def strided(X):
    room = np.zeros([2 * n + 1 for n in X.shape], X.dtype)
    view = room[tuple(slice(1, None, 2) for _ in X.shape)]
    view[...] = X
    return view


def backwards(X):
    flip = (slice(None, None, -1),) * X.ndim
    return X[flip].copy()[flip]


def misaligned(X):
    room = bytearray(X.nbytes + 1)
    view = np.frombuffer(room, X.dtype, count=X.size, offset=1).reshape(X.shape)
    view[...] = X
    return view


def read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


LAYOUTS = [np.array, np.asfortranarray, strided, backwards, misaligned, read_only]
DTYPES = [np.float64] * 4 + [np.float32] * 3 + [np.float16, np.int64, np.uint8, bool, object]
FORMATS = ["csr"] * 4 + ["csc", "csc", "coo", "bsr", "dia", "lil", "dok"]


def wide_indices(X):
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)


def parts_out_of_line(X):
    X.data, X.indices, X.indptr = strided(X.data), backwards(X.indices), misaligned(X.indptr)


def parts_read_only(X):
    X.data, X.indices, X.indptr = map(read_only, (X.data, X.indices, X.indptr))


def duplicated(X):
    X.data, X.indices = np.repeat(X.data / 2, 2).astype(X.dtype), np.repeat(X.indices, 2)
    X.indptr = 2 * X.indptr


def unsorted(X):
    X.data, X.indices, X.indptr = X.data[::-1], X.indices[::-1], X.indptr[-1] - X.indptr[::-1]


def indptr_too_short(X):
    X.indptr = X.indptr[: len(X.indptr) // 2].copy()


def indptr_too_long(X):
    X.indptr = np.append(X.indptr, X.indptr[-1:])


def indptr_beyond(X):
    X.indptr = X.indptr.copy()
    X.indptr[-1] += 1_000_000


def indptr_backwards(X):
    X.indptr = X.indptr.copy()
    X.indptr[1] = X.indptr[-1] + 1


def indptr_late(X):
    X.indptr = X.indptr - 1


def index_too_large(X):
    X.indices = X.indices.copy()
    X.indices[len(X.indices) // 2] = 500_000_000


def index_negative(X):
    X.indices = X.indices.copy()
    X.indices[-1] = -500_000_000


def data_too_short(X):
    X.data = X.data[:-1].copy()


SOUND = [lambda X: None, wide_indices, parts_out_of_line, parts_read_only, duplicated, unsorted]
BREAKS = [indptr_too_short, indptr_too_long, indptr_beyond, indptr_backwards, indptr_late]
BREAKS += [index_too_large, index_negative, data_too_short]


def values(rng, shape, size):
    """Numbers of one size or of many, with ties, zeros and repeated rows among them."""
    X = rng.normal(size=shape) if rng.random() < 0.5 else rng.integers(-3, 4, shape) / 2.0
    scale = rng.integers(4)
    with np.errstate(over="ignore"):
        if scale == 1:
            X = X * size(rng)
        elif scale == 2:
            X = X * np.array([size(rng) for _ in range(shape[-1])])
    X[rng.random(shape) < rng.choice([0, 0, 0.7])] = 0
    return np.clip(X, -1.79e308, 1.79e308)


def in_dtype(X, dtype):
    with np.errstate(all="ignore"):
        return X.astype(dtype)


class Samples:
    """Samples in some form, as X, and what the form is called."""

    def __init__(self, rng, n_rows, n_features, size):
        X, self.is_broken = values(rng, (n_rows, n_features), size), False
        dtype = DTYPES[rng.integers(len(DTYPES))]
        if rng.random() < 0.5:
            layout = LAYOUTS[rng.integers(len(LAYOUTS))]
            # Objects must not lie where no object can.
            layout = np.array if dtype is object else layout
            self.X, how = layout(in_dtype(X, dtype)), layout.__name__
        else:
            self.X, how = self._sparse(
                rng, X, np.float64 if dtype in (object, np.float16) else dtype
            )
        self.name = f"{how} {self.X.dtype} {self.X.shape}"

    def _sparse(self, rng, X, dtype):
        kind = f"{FORMATS[rng.integers(len(FORMATS))]}_{rng.choice(['array', 'matrix'])}"
        X = getattr(sp, kind)(in_dtype(X, dtype))
        if X.format not in ("csr", "csc") or not X.nnz:
            return X, kind
        self.is_broken = rng.random() < 0.2
        change = BREAKS if self.is_broken else SOUND
        change = change[rng.integers(len(change))]
        change(X)
        return X, f"{kind} {change.__name__}"


def labels(rng, n_rows):
    """Of 2 to 33 classes, of any type; rarely of one."""
    n_classes = int(
        rng.choice([1, 2, 2, 2, 3, 4, 7, 8, 9, 16, 17, 33], p=[0.02] + [0.98 / 11] * 11)
    )
    codes = rng.integers(n_classes, size=n_rows)
    codes[: min(n_rows, n_classes)] = np.arange(min(n_rows, n_classes))
    names = [np.arange(n_classes), np.arange(n_classes) - 0.0, np.arange(n_classes).astype(str)]
    names += [np.arange(n_classes).astype(str).astype(object), np.arange(n_classes) > 0]
    names = names[rng.integers(5 if n_classes == 2 else 4)]
    return names[codes]


def targets(rng, n_rows, size):
    n_outputs = [(), (1,), (3,)][rng.integers(3)]
    y = values(rng, (n_rows, *(n_outputs or (1,))), size)
    y = y if n_outputs else y[:, 0]
    return LAYOUTS[rng.integers(len(LAYOUTS))](in_dtype(y, rng.choice([np.float64, np.float32])))


def sample_weights(rng, n_rows, size):
    kind = rng.integers(4)
    if kind < 2:
        return None
    weights = rng.integers(3, size=n_rows).astype(float)
    with np.errstate(over="ignore"):
        return weights if kind == 2 else weights * size(rng)


# Weights that someone has put in the place of what was learned


def with_value(value):
    def changed(a):
        a = np.array(a)
        a.flat[:1] = value
        return a

    return changed


REPLACED = {
    "transposed": np.transpose,
    "wider": lambda a: np.concatenate([a, a], axis=-1),
    "narrower": lambda a: a[..., :-1],
    "longer": lambda a: np.concatenate([a, a]),
    "empty": lambda a: np.array([]),
    "a number": lambda a: 1.0,
    "None": lambda a: None,
    "a list": lambda a: a.tolist(),
    "ragged": lambda a: [*a.tolist(), []],
    "strings": lambda a: a.astype(str),
    "float16": lambda a: in_dtype(a, np.float16),
    "float32": lambda a: in_dtype(a, np.float32),
    "long double": lambda a: a.astype(np.longdouble),
    "integers": lambda a: in_dtype(np.nan_to_num(np.clip(a, -9, 9)), np.int64),
    "objects": lambda a: a.astype(object),
    "complex": lambda a: a.astype(complex),
    "big endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "NaN": with_value(np.nan),
    "infinite": with_value(np.inf),
    "huge": with_value(3e38),
    "sparse": lambda a: sp.csr_array(np.atleast_2d(a)),
    "masked": lambda a: np.ma.masked_array(a, mask=a > 0),
} | {layout.__name__: layout for layout in LAYOUTS}


# A model and its calls


def bits(value):
    """All that a model holds, in terms that compare by value, arrays bit by bit."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, dict):
        return {name: bits(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [bits(item) for item in value]
    return bits(value.toarray()) if sp.issparse(value) else repr(value)


OURS = tuple(str(Path(package.__file__).parent) for package in (sknnbasics, sklearn))


def raised_on_purpose(error):
    """Whether a `raise` of the package or of scikit-learn made it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(last.filename, last.lineno).strip()
    return last.filename.startswith(OURS) and line.startswith("raise")


class Trial:
    """One model: its calls are drawn, made, and held against what must hold."""

    def __init__(self, seed, number):
        self.rng = rng = np.random.default_rng([seed, number])
        self.kind = [PerceptronClassifier, SigmoidMLPRegressor][rng.integers(2)]
        self.size = of_any_size if rng.random() < 0.3 else near_one
        self.n_features = int(rng.choice([1, 2, 5, 8, 19, 40]))
        self.calls, self.outcomes, self.originals = [], Counter(), None
        self.model = self.kind()
        self.change_parameters(share=1)

    def run(self):
        self.fit()
        calls = [self.fit, self.partial_fit, self.partial_fit, self.ask, self.ask, self.pickled]
        calls += [self.change_parameters, self.replace_weights]
        for _ in range(self.rng.integers(MOST_CALLS)):
            calls[self.rng.integers(len(calls))]()

    def change_parameters(self, share=0.1):
        drawn = {
            name: draw(self.rng, self.size)
            for name, draw in PARAMETERS[self.kind].items()
            if self.rng.random() < share
        }
        self.calls.append(f"set_params(**{drawn})")
        self.model.set_params(**drawn)

    def pickled(self):
        self.calls.append("pickle")
        self.model = pickle.loads(pickle.dumps(self.model))

    def replace_weights(self):
        single = self.kind is PerceptronClassifier
        names = ["coef_", "intercept_"] if single else ["coefs_", "intercepts_"]
        name = names[self.rng.integers(2)]
        if self.originals is not None or not hasattr(self.model, name):
            return
        how = list(REPLACED)[self.rng.integers(len(REPLACED))]
        self.calls.append(f"{name} replaced: {how}")
        self.originals = dict(vars(self.model))
        weights = getattr(self.model, name)
        if single:
            weights = REPLACED[how](weights)
        else:
            at = self.rng.integers(len(weights))
            weights = [*weights[:at], REPLACED[how](weights[at]), *weights[at + 1 :]]
        setattr(self.model, name, weights)

    def samples(self):
        rows = int(self.rng.choice([1, 3, 20, 60, 1100], p=[0.05, 0.1, 0.4, 0.4, 0.05]))
        n_features = self.n_features + (self.rng.random() < 0.02)
        return Samples(self.rng, rows, n_features, self.size)

    def fit(self):
        given = self.samples()
        y, more = self.expected(given.X.shape[0]), {}
        if self.kind is SigmoidMLPRegressor:
            more["sample_weight"] = sample_weights(self.rng, len(y), self.size)
            if self.rng.random() < 0.2:
                other = self.samples()
                more |= {"X_val": other.X, "y_val": y[:1].repeat(other.X.shape[0], axis=0)}
                given.is_broken |= other.is_broken
        if self.call("fit", given, y, **more):
            self.check_fitted(given.X, y)

    def partial_fit(self):
        given = self.samples()
        y, more = self.expected(given.X.shape[0]), {}
        if not hasattr(self.model, "partial_fit"):  # as documented, for lbfgs and early stopping
            return
        if self.kind is PerceptronClassifier and not hasattr(self.model, "classes_"):
            more["classes"] = np.unique(y)
        if self.kind is SigmoidMLPRegressor:
            more["sample_weight"] = sample_weights(self.rng, len(y), self.size)
        if self.call("partial_fit", given, y, **more):
            self.check_fitted()

    def expected(self, n_rows):
        """Labels or targets; where there is a model, mostly such as it knows."""
        if self.kind is SigmoidMLPRegressor:
            return targets(self.rng, n_rows, self.size)
        if hasattr(self.model, "classes_") and self.rng.random() < 0.8:
            return self.rng.choice(self.model.classes_, n_rows)
        return labels(self.rng, n_rows)

    def ask(self):
        if not hasattr(self.model, "n_iter_"):
            return
        given = self.samples()
        if self.kind is PerceptronClassifier:
            method = ["predict", "decision_function"][self.rng.integers(2)]
        else:
            method = ["predict", "predict", "feedforward", "cost", "cost_gradient"]
            method = method[self.rng.integers(5)]
        y = [self.expected(given.X.shape[0])] if method.startswith("cost") else []
        answer = self.call(method, given, *y)
        if method == "predict" and answer is not None:
            self.check_predicted(answer)
        elif answer is not None:
            parts = answer if isinstance(answer, list | tuple) else [answer]
            parts = [p for part in parts for p in (part if isinstance(part, list) else [part])]
            sound = not any(np.isnan(p.data if sp.issparse(p) else p).any() for p in parts)
            must(sound, f"{method} gives NaN")

    def call(self, method, given, *args, **kwargs):
        """What the method gives, or None where it refuses, which must change nothing."""
        self.calls.append(f"{method}({given.name})")
        before = bits(self.model.__getstate__())
        try:
            answer = getattr(self.model, method)(given.X, *args, **kwargs)
        except (TypeError, ValueError) as error:
            self.calls[-1] += f" -> {type(error).__name__}: {error}"[:300]
            if not raised_on_purpose(error):
                raise
            must(bits(self.model.__getstate__()) == before, "a refused call changed the model")
            self.outcomes["refused"] += 1
            if self.originals is not None:
                vars(self.model).update(self.originals)
                self.originals = None
            return None
        must(not given.is_broken, "a broken sparse matrix was taken")
        self.outcomes[method] += 1
        if method.endswith("fit"):
            self.originals = None
        return answer

    def check_fitted(self, X=None, y=None):
        model = self.model
        if self.kind is PerceptronClassifier:
            curve, weights = model.mistake_curve_, [model.coef_, model.intercept_]
            n_units = len(model.classes_) if len(model.classes_) > 2 else 1
            shapes = [(n_units, model.n_features_in_), (n_units,)]
            must(len(model.classes_) > 1, "one class")
        else:
            curve, weights = model.loss_curve_, model.coefs_ + model.intercepts_
            must(np.isfinite(curve).all(), "loss_curve_ is not finite")
            shapes = model._state.layers.coef_shapes
            shapes = [*shapes, *[shape[1:] for shape in shapes]]
            must(np.isfinite([model.y_low_, model.y_high_]).all(), "the range is not finite")
        must(model.n_iter_ == len(curve), "n_iter_ is not the length of the curve")
        must([w.shape for w in weights] == shapes, "the weights have wrong shapes")
        must(all(np.isfinite(w).all() for w in weights), "the weights are not finite")
        if X is not None and self.kind is PerceptronClassifier and model.converged_:
            self.check_converged(X, y)

    def check_converged(self, X, y):
        model = self.model
        if model.early_stopping or isinstance(model.class_weight, dict):
            return
        with suppress(ValueError):  # of sums that overflow
            must((model.predict(X) == y).all(), "converged, and yet a mistake")

    def check_predicted(self, answer):
        model = self.model
        if self.kind is PerceptronClassifier:
            must(np.isin(answer, model.classes_).all(), "predicts no label")
        else:
            must(np.isfinite(answer).all(), "a prediction is not finite")
            answer = answer.reshape(len(answer), -1)
            inside = (answer >= model.y_low_).all() and (answer <= model.y_high_).all()
            must(inside, "a prediction is outside of the range")


def report(trial, number, error):
    """Print what led to the error; give what tells it from others."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    print(f"\n{'-' * 80}\nmodel {number}, a {trial.kind.__name__}", *trial.calls, sep="\n  ")
    traceback.print_exception(error, file=sys.stdout)
    return f"{name}: {error}" if name == "Broken" else f"{name} in {last.filename}:{last.lineno}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=int, default=300, help="how many")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", RuntimeWarning)
    outcomes, findings = Counter(), Counter()
    for number in range(options.first, options.first + options.models):
        print(f"\rmodel {number}", end=" ", file=sys.stderr, flush=True)
        trial = Trial(options.seed, number)
        try:
            trial.run()
        except Exception as error:
            findings[report(trial, number, error)] += 1
        outcomes += trial.outcomes
    made = ", ".join(f"{n} {what}" for what, n in sorted(outcomes.items()))
    print(f"\n{options.models} models from {options.first} of seed {options.seed}: {made}")
    for what, n in findings.items():
        print(f"{n} x {what}")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
