"""What holds for any data and any parameters, on examples that hypothesis draws.

Samples and targets are small multiples of 1/4, so that sums are exact where a
property is an equality. HYPOTHESIS_PROFILE=thorough draws forty times as many.
"""

import pickle
import tempfile
import warnings
from contextlib import suppress
from math import ceil

import numpy as np
import pytest
import scipy.sparse as sp
from both_estimators import fitted_attributes
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:The number of unique classes:UserWarning",  # scikit-learn's, of few samples
    "ignore:y is a column:sklearn.exceptions.DataConversionWarning",
)

booleans = st.booleans()
seeds = st.integers(0, 3)


def one_of(*values):
    return st.sampled_from(values)


def quarters(shape):
    return arrays(np.int64, shape, elements=st.integers(-8, 8)).map(lambda a: a / 4)


perceptrons = st.builds(
    PerceptronClassifier,
    threshold=one_of(0.0, 0.5, -3.0),
    fit_intercept=booleans,
    init=one_of("zeros", "uniform"),
    eta0=one_of(0.1, 1.0),
    max_iter=one_of(1, 4, 15),
    tol=one_of(0.0, None),
    n_iter_no_change=one_of(1, 5),
    shuffle=booleans,
    average=booleans,
    class_weight=one_of(None, "balanced", {0: 0.5}),
    random_state=seeds,
)
networks = st.builds(
    SigmoidMLPRegressor,
    hidden_layer_sizes=one_of((), (1,), (3,), (3, 2)),
    y_range=one_of("auto", (-2, 2)),
    solver=one_of("adam", "sgd", "lbfgs"),
    batch_size=one_of("auto", None, 1, 3),
    learning_rate_init=one_of("auto", 0.001, 0.1),
    learning_rate=one_of("constant", "invscaling", "adaptive"),
    power_t=one_of(0.0, 0.5, 2.0),
    alpha=one_of(0.0, 0.01, 1.0),
    max_iter=one_of(1, 3, 6),
    tol=one_of(None, 1e-4, 0.5),
    n_iter_no_change=one_of(1, 2),
    momentum=one_of(0.0, 0.9),
    nesterovs_momentum=booleans,
    beta_1=one_of(0.9, 0.0),
    beta_2=one_of(0.999, 0.5),
    epsilon=one_of(1e-8, 1e-3),
    shuffle=booleans,
    fit_intercept=booleans,
    init=one_of("glorot_uniform", "standard_normal"),
    random_state=seeds,
)


@st.composite
def samples(draw, min_samples=1):
    shape = draw(st.integers(min_samples, 10)), draw(st.integers(1, 9))
    return draw(quarters(shape)).astype(draw(one_of(np.float64, np.float32)))


@st.composite
def labelled(draw):
    """Samples, and labels of two to four classes, the first two of which are there."""
    X = draw(samples(min_samples=2))
    labels = draw(arrays(np.int64, len(X), elements=st.integers(0, draw(st.integers(1, 3)))))
    labels[:2] = 0, 1
    return X, labels


@st.composite
def with_targets(draw):
    """Samples, and targets of one output, as a vector, or of one or two as columns."""
    X = draw(samples())
    n_outputs = draw(one_of((), (1,), (2,)))
    return X, draw(quarters((len(X), *n_outputs)))


@st.composite
def of(draw, estimators, data):
    """An estimator, which may stop early where a part can be held out, and its data."""
    model, (X, y) = draw(estimators), draw(data)
    fractions = [fraction for fraction in (0.5, 0.3, 0.1) if can_hold_out(fraction, model, y)]
    if fractions and draw(booleans):
        model.set_params(early_stopping=True, validation_fraction=draw(one_of(*fractions)))
    return model, X, y


def can_hold_out(fraction, model, y):
    n_held_out = ceil(fraction * len(y))
    if isinstance(model, SigmoidMLPRegressor):
        return n_held_out < len(y)
    _, counts = np.unique(y, return_counts=True)
    return counts.min() >= 2 and len(counts) <= n_held_out <= len(y) - len(counts)


NAMES = {
    "integers": [0, 1, 2, 3],
    "floats": [-1.0, 0.0, 2.0, 7.0],
    "strings": ["a", "ab", "b", "c"],
    "objects": np.array(["a", "ab", "b", "c"], dtype=object),
    "booleans": [False, True],
}


@st.composite
def with_names(draw, problems):
    """The same problems, with classes of any name, in the order of their numbers."""
    model, X, labels = draw(problems)
    return model, X, named(model, labels, draw(one_of(*NAMES)))[labels]


def named(model, labels, kind):
    """The names of the classes, also in the weights of the classes."""
    names = np.asarray(NAMES[kind])
    assume(labels.max() < len(names))
    if isinstance(model.class_weight, dict):
        model.set_params(class_weight={names[c]: w for c, w in model.class_weight.items()})
    return names


classifications = of(perceptrons, labelled())
regressions = of(networks, with_targets())
problems = st.one_of(with_names(classifications), regressions)


def strided(X):
    room = np.zeros((2 * X.shape[0], 3 * X.shape[1]), X.dtype)
    room[::2, ::3] = X
    return room[::2, ::3]


def read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def repeated_csr(X):
    """Each value stored twice, as halves, the columns unsorted, behind 64-bit indices."""
    data, columns = np.repeat(X[:, ::-1] / 2, 2), np.arange(X.shape[1])[::-1].repeat(2)
    indices = np.tile(columns, len(X)).astype(np.int64)
    indptr = np.arange(len(X) + 1, dtype=np.int64) * len(columns)
    matrix = sp.csr_array((data.astype(X.dtype), indices, indptr), shape=X.shape)
    matrix.indices, matrix.indptr = indices, indptr
    return matrix


def read_only_memmap(X):
    with tempfile.TemporaryFile() as file:
        X.tofile(file)
        return np.memmap(file, X.dtype, "r", shape=X.shape)


DENSE = {
    "as it is": lambda X: X,
    "Fortran order": np.asfortranarray,
    "strided": strided,
    "backwards": lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
    "read-only": read_only,
    "read-only memmap": read_only_memmap,
}
SPARSE = {
    f"{layout}_{kind}": getattr(sp, f"{layout}_{kind}")
    for layout in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("array", "matrix")
}
forms = st.one_of(
    one_of(*DENSE).map(DENSE.get), one_of(*SPARSE).map(SPARSE.get), st.just(repeated_csr)
)

# What validation turns into float64; whole numbers fit into each.
SPARSE_DTYPES = [np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.longdouble]
DTYPES = [*SPARSE_DTYPES, np.float16, np.object_]


def fingerprint(*arrays):
    return [
        [bits(part) for part in parts(array)]
        if sp.issparse(array)
        else (bits(array), array.strides)
        for array in arrays
    ]


def parts(matrix):
    """All that a sparse matrix stores."""
    if matrix.format == "dok":
        return [list(matrix.keys()), list(matrix.values())]
    names = ("data", "indices", "indptr", "coords", "row", "col", "rows", "offsets")
    return [getattr(matrix, name) for name in names if hasattr(matrix, name)]


def learned(model):
    """All that was learned, bit by bit."""
    return {name: bits(value) for name, value in fitted_attributes(model).items()}


def bits(value):
    if isinstance(value, np.ndarray):
        content = repr(value.tolist()) if value.dtype == object else value.tobytes()
        return value.dtype, value.shape, content
    if isinstance(value, float):
        return value.hex()  # NaN equals no other
    return [bits(item) for item in value] if isinstance(value, list | tuple) else value


def decisions(model, X):
    """The numbers behind the predictions, and their scale for a comparison up to rounding."""
    if isinstance(model, PerceptronClassifier):
        return model.decision_function(X), np.abs(model.coef_).max() + np.abs(model.intercept_)[0]
    return model.predict(X), (model.y_high_ - model.y_low_).max() + np.abs(model.y_high_).max()


def assert_same_decisions(model, X, expected, Z, rounding=1e-11):
    actual, scale = decisions(model, X)
    expected, _ = decisions(expected, Z)
    rounding = rounding if X.dtype == np.float64 else 1e-4
    assert_allclose(actual, expected, rtol=0, atol=100 * rounding * scale)


# Both


@given(problems, forms, st.one_of(st.none(), one_of(*SPARSE_DTYPES)), booleans)
@example((PerceptronClassifier(max_iter=2), np.eye(2), np.arange(2)), repeated_csr, None, False)
def test_inputs_are_left_as_they_were(problem, form, dtype, starts):
    model, X, y = problem
    X = form(X if dtype is None else np.abs(4 * X).astype(dtype))
    start, weights = clone(model).fit(X.copy(), y), np.arange(len(y)) % 3 + 1.0
    if isinstance(model, SigmoidMLPRegressor):
        chunk, names = {"sample_weight": weights}, ["coefs_init", "intercepts_init"]
        first = [start.coefs_, start.intercepts_ if model.fit_intercept else []]
        whole = chunk | {"X_val": X, "y_val": y, "sample_weight_val": weights[::-1]}
    else:
        chunk, names = {"classes": np.unique(y)[::-1]}, ["coef_init", "intercept_init"]
        first = [start.coef_, start.intercept_]
        whole = {}
    whole |= dict(zip(names, first, strict=True)) if starts else {}
    given = [[X, y], *chunk.values(), *whole.values()]
    given = [item for one in given for item in (one if isinstance(one, list) else [one])]
    before = fingerprint(*given)
    model.fit(X, y, **whole).predict(X)
    if isinstance(model, SigmoidMLPRegressor):
        model.cost_gradient(X, y, **chunk)
    else:
        model.decision_function(X)
    model.set_params(early_stopping=False)
    if hasattr(model, "partial_fit") and model.get_params().get("class_weight") != "balanced":
        model.partial_fit(X, y, **chunk)
    assert fingerprint(*given) == before


@given(problems, forms)
def test_the_form_of_the_samples_does_not_matter(problem, form):
    model, X, y = problem
    assume(model.get_params().get("solver") != "lbfgs")  # whose rounding, in another order, grows
    model.set_params(early_stopping=False)  # rounding may choose between two epochs
    if isinstance(model, PerceptronClassifier):
        model.set_params(eta0=1.0, init="zeros", class_weight=None)  # exact sums: no tie by chance
    expected = clone(model).fit(X, y)
    assert_same_decisions(model.fit(form(X), y), X, expected, X, rounding=1e-9)


@given(problems, one_of(*DTYPES), booleans)
def test_the_dtype_of_the_samples_does_not_matter(problem, dtype, sparse):
    model, X, y = problem
    X = np.abs(4 * X).astype(dtype)
    floats = X.astype(np.float64)
    if sparse and dtype in SPARSE_DTYPES:
        X, floats = sp.csr_array(X), sp.csr_array(floats)
    expected = clone(model).fit(floats, y)
    assert learned(model.fit(X, y)) == learned(expected)
    assert_array_equal(model.predict(X), expected.predict(floats), strict=True)


@given(problems, st.integers(-300, 90))
def test_predictions_are_finite_and_inside_the_range(problem, exponent):
    model, X, y = problem
    model.fit(X, y)
    if X.dtype == np.float64:
        X = np.vstack([X, X * 10.0**exponent])
    predicted = model.predict(X)
    assert predicted.shape == (len(X), *y.shape[1:])
    if isinstance(model, SigmoidMLPRegressor):
        assert (predicted.reshape(len(X), -1) >= model.y_low_).all()
        assert (predicted.reshape(len(X), -1) <= model.y_high_).all()
        assert predicted.dtype == X.dtype
    else:
        assert np.isin(predicted, y).all()
        assert np.isfinite(model.decision_function(X)).all()


@given(problems, one_of(np.asarray, sp.csr_array))
def test_samples_are_predicted_alone_as_among_others(problem, form):
    model, X, y = problem
    Z = form(X)
    model.fit(Z, y)
    alone = np.concatenate([decisions(model, Z[i : i + 1])[0] for i in range(len(X))])
    together, scale = decisions(model, Z)
    assert_allclose(
        alone, together, rtol=0, atol=scale * (1e-12 if X.dtype == np.float64 else 1e-4)
    )


@given(problems)
def test_a_seed_determines_a_fit_to_the_last_bit(problem):
    model, X, y = problem
    first = learned(model.fit(X, y))
    assert learned(model.fit(X, y)) == first
    assert learned(clone(model).fit(X, y)) == first


@given(problems)
def test_a_pickle_predicts_and_learns_on_to_the_last_bit(problem):
    model, X, y = problem
    model.set_params(warm_start=True)
    copy = pickle.loads(pickle.dumps(model.fit(X, y)))
    assert_array_equal(copy.predict(X), model.predict(X), strict=True)
    assert learned(copy.fit(X, y)) == learned(model.fit(X, y))


@given(problems, booleans)
def test_one_chunk_of_partial_fit_is_a_fit_of_one_epoch(problem, weighted):
    model, X, y = problem
    model.set_params(max_iter=1, early_stopping=False)
    chunk = clone(model)
    if isinstance(model, SigmoidMLPRegressor):
        assume(model.solver != "lbfgs")
        weights = np.arange(len(y)) % 3 + 0.5 if weighted else None
        assert learned(chunk.partial_fit(X, y, weights)) == learned(model.fit(X, y, weights))
    else:
        assume(model.class_weight != "balanced")
        chunk.partial_fit(X, y, classes=np.unique(y))
        assert learned(chunk) == learned(model.fit(X, y))


@given(problems, st.data())
def test_a_failed_call_changes_nothing(problem, data):
    model, X, y = problem
    model.fit(X, y)
    before = pickle.dumps(model)
    broken = X.copy()
    broken[data.draw(st.integers(0, len(X) - 1))] = data.draw(one_of(np.nan, np.inf))
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        model.fit(broken, y)
    with pytest.raises(ValueError, match=r"inconsistent|samples"):
        model.fit(X, np.append(y, y[:1], axis=0))
    assert pickle.dumps(model) == before


# The perceptron


@given(classifications, one_of(*NAMES))
def test_the_names_of_the_classes_do_not_matter(problem, kind):
    model, X, labels = problem
    expected = clone(model).fit(X, labels)
    names = named(model, labels, kind)
    model.fit(X, names[labels])
    assert_array_equal(model.predict(X), names[expected.predict(X)], strict=True)
    classes = {"classes_": bits(names[expected.classes_])}
    assert learned(model) == learned(expected) | classes


@given(perceptrons, labelled(), st.data())
def test_samples_of_a_class_of_weight_0_change_nothing(model, data, draw):
    X, labels = data
    left_out = draw.draw(one_of(0, 1))
    model.set_params(class_weight={left_out: 0})
    whole, classes = learned(clone(model).fit(X, labels)), np.unique(labels)
    chunk = learned(clone(model).partial_fit(X, labels, classes))
    at = draw.draw(st.lists(st.integers(0, len(X)), max_size=3))
    X, labels = np.insert(X, at, 0, axis=0), np.insert(labels, at, left_out)
    X[labels == left_out] = draw.draw(one_of(0.0, 1e30, -1e30))
    assert learned(clone(model).fit(X, labels)) == whole
    assert learned(clone(model).partial_fit(X, labels, classes)) == chunk


@given(perceptrons, labelled(), st.randoms(use_true_random=False))
def test_permuted_features_permute_the_weights(model, data, random):
    X, labels = data
    order = random.sample(range(X.shape[1]), X.shape[1])
    model.set_params(init="zeros", eta0=1.0, class_weight=None)  # exact sums, in any order
    coef = clone(model).fit(X, labels).coef_
    permuted = model.fit(X[:, order], labels).coef_
    assert_array_equal(permuted, coef[:, order], strict=True)


@given(perceptrons, labelled(), one_of(2.0**-40, 0.5, 8.0, 2.0**60))
@example(  # a sample at z = 0, which no average classifies
    PerceptronClassifier(fit_intercept=False, eta0=0.1, max_iter=4, shuffle=False, average=True),
    (np.array([[0, 0.25], [0.25, 0.25]], np.float32), np.array([0, 1])),
    2.0**-40,
)
def test_a_step_scaled_with_the_start_scales_the_weights(model, data, factor):
    X, labels = data
    model.set_params(init="zeros")
    expected = clone(model).fit(X, labels)
    model.set_params(eta0=factor * model.eta0, threshold=factor * model.threshold)
    model.fit(X, labels)
    assert_array_equal(model.coef_, factor * expected.coef_)
    assert_array_equal(model.mistake_curve_, expected.mistake_curve_)


@given(quarters((8, 3)), quarters(4), booleans, seeds)
def test_novikoff_bounds_the_mistakes(X, plane, shuffle, seed):
    X = np.column_stack([X, np.ones(len(X))])
    distances = X @ plane
    labels = distances > 0
    assume(distances.all() and 0 < labels.sum() < len(labels))
    margin = np.abs(distances).min() / np.linalg.norm(plane)
    bound = (X**2).sum(axis=1).max() / margin**2
    model = PerceptronClassifier(
        eta0=1.0, tol=None, max_iter=int(bound) + 2, shuffle=shuffle, random_state=seed
    ).fit(X[:, :3], labels)
    assert model.converged_
    assert model.mistake_curve_.sum() <= bound
    assert model.score(X[:, :3], labels) == 1


@given(perceptrons, labelled(), quarters(9), seeds)
@example(
    PerceptronClassifier(average=True, max_iter=3, shuffle=False),
    (np.array([[-1.0], [0.5], [1.0]]), np.array([0, 1, 0])),
    np.full(9, 1000.0),
    0,
)
def test_weights_to_start_from_forget_what_came_before(model, data, start, seed):
    X, labels = data
    model.set_params(shuffle=False, n_iter_no_change=50, tol=None)
    n_units = len(np.unique(labels)) if labels.max() > 1 else 1
    start = np.tile(start[: X.shape[1]], (n_units, 1)), np.zeros(n_units)
    expected = clone(model).set_params(max_iter=1).fit(X, labels, *start)
    # After 3 epochs none of the first, which a new average would begin at, is left to come.
    model.set_params(max_iter=3).fit(X, labels)
    assume(model.n_iter_ == 3)
    model.set_params(warm_start=True, max_iter=1).fit(X, labels, *start)
    assert_array_equal(model.coef_, expected.coef_)
    assert_array_equal(model.intercept_, expected.intercept_)


@given(perceptrons, labelled(), st.integers(280, 306))
@example(
    PerceptronClassifier(average=True, eta0=1.0, max_iter=50, tol=None, shuffle=False),
    (np.array([[1.0], [-1.0], [1.0], [1.0], [-1.0]]), np.array([0, 1, 1, 0, 0])),
    307,
)
def test_weights_are_finite_or_refused(model, data, exponent):
    X, labels = data
    X = X.astype(np.float64) * 10.0**exponent
    with suppress(ValueError):
        model.fit(X, labels)
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.intercept_).all()


# The network


@given(one_of(None, np.inf, -np.inf, np.nan), booleans)
@example(None, True)
def test_objects_that_are_no_targets_are_refused(value, validation):
    X, good = np.eye(3), np.array([0.25, 0.5, 0.75])
    bad = good.astype(object)
    bad[1] = value
    model = SigmoidMLPRegressor(hidden_layer_sizes=(), max_iter=1, y_range=(0, 1), tol=None)
    y, y_val = (good, bad) if validation else (bad, good)
    with pytest.raises(ValueError, match=r"contains|NaN"):
        model.fit(X, y, X_val=X, y_val=y_val)
    with pytest.raises(ValueError, match=r"contains|NaN"):
        model.fit(X, good).cost(X, bad)


@given(networks, with_targets(), st.integers(20, 307))
@example(
    SigmoidMLPRegressor(hidden_layer_sizes=(), max_iter=1, tol=None),
    (np.eye(2), np.zeros(2, np.float32)),
    300,
)
def test_a_range_may_be_wider_than_the_precision_of_the_targets(model, data, exponent):
    X, y = data
    y_range = (-(10.0**exponent), 10.0**exponent)
    model.set_params(y_range=y_range).fit(X.astype(np.float64), y.astype(np.float32))
    assert np.isfinite(model.predict(X.astype(np.float64))).all()


@given(networks, with_targets(), st.randoms(use_true_random=False))
def test_permuted_features_permute_the_first_weights(model, data, random):
    X, y = data
    assume(model.solver != "lbfgs")  # sums the rows in an order that depends on their bytes
    order = random.sample(range(X.shape[1]), X.shape[1])
    start = clone(model).set_params(max_iter=1, learning_rate_init=1e-12, alpha=0).fit(X, y)
    first, *others = start.coefs_
    expected = clone(model).fit(X, y, coefs_init=[first, *others])
    model.fit(X[:, order], y, coefs_init=[first[order], *others])
    atol = 1e-6 if X.dtype == np.float64 else 1e-2
    assert_allclose(model.coefs_[0], expected.coefs_[0][order], rtol=0, atol=atol)
    assert_same_decisions(model, X[:, order], expected, X, rounding=1e-8)


@given(regressions, one_of(*DTYPES))
def test_the_dtype_of_the_targets_does_not_matter(problem, dtype):
    model, X, y = problem
    y = np.abs(y).astype(dtype)
    expected = learned(clone(model).fit(X, y.astype(np.float64)))
    assert learned(model.fit(X, y)) == expected


@given(regressions, st.data())
def test_a_row_of_weight_0_changes_nothing(problem, draw):
    model, X, y = problem
    weights = draw.draw(arrays(np.float64, len(X), elements=one_of(1.0, 2.0, 0.25)))
    at = draw.draw(st.lists(st.integers(0, len(X)), min_size=1, max_size=3))
    wild = draw.draw(one_of(0.0, 1e30, -1e30))
    more = np.insert(X, at, wild, axis=0), np.insert(y, at, wild, axis=0), np.insert(weights, at, 0)
    expected = clone(model).fit(X, y, weights)
    assert learned(model.fit(*more)) == learned(expected)
    assert model.cost(*more) == expected.cost(X, y, weights)
    if model.solver != "lbfgs":
        expected.set_params(early_stopping=False).partial_fit(X, y, weights)
        model.set_params(early_stopping=False).partial_fit(*more)
        assert learned(model) == learned(expected)


@given(networks, with_targets(), st.data())
def test_a_weight_is_a_repetition(model, data, draw):
    X, y = data
    model.set_params(batch_size=None, learning_rate="constant", tol=None)
    times = draw.draw(arrays(np.int64, len(X), elements=st.integers(1, 3)))
    expected = clone(model).fit(X.repeat(times, axis=0), y.repeat(times, axis=0))
    model.fit(X, y, times)
    if model.solver == "lbfgs":
        assert_array_equal(model.predict(X), expected.predict(X), strict=True)
    else:
        assert_same_decisions(model, X, expected, X, rounding=1e-8)


@given(regressions, one_of(2.0**-400, 2.0**-3, 4.0, 2.0**90, 2.0**900))
def test_targets_scaled_by_a_power_of_two_scale_the_predictions(problem, factor):
    model, X, y = problem
    assume(np.ptp(y, axis=0).all())
    X = X.astype(np.float64)
    model.set_params(y_range="auto")
    expected = factor * clone(model).fit(X, y).predict(X)
    assert_array_equal(model.fit(X, factor * y).predict(X), expected, strict=True)


@given(networks, with_targets(), one_of(0.5, 3.0, 16.0), st.integers(-100, 100))
def test_targets_scaled_and_shifted_scale_and_shift_the_predictions(model, data, factor, shift):
    X, y = data
    assume(model.solver != "lbfgs")  # sums the rows in an order that depends on their bytes
    X = X.astype(np.float64)
    model.set_params(y_range="auto")
    expected = factor * clone(model).fit(X, y).predict(X) + shift
    assert_allclose(model.fit(X, factor * y + shift).predict(X), expected, rtol=0, atol=1e-7)


@given(regressions, one_of(2.0**-90, 2.0**-20, 8.0, 2.0**60))
def test_a_common_factor_of_the_weights_changes_nothing(problem, factor):
    model, X, y = problem
    X = X.astype(np.float64)
    weights = np.arange(len(X)) % 3 + 1.0
    model.set_params(alpha=0.0)
    expected = clone(model).fit(X, y, weights).predict(X)
    assert_array_equal(model.fit(X, y, factor * weights).predict(X), expected, strict=True)


@given(networks, with_targets())
def test_a_refused_continuation_changes_nothing(model, data):
    X, y = data
    model.set_params(warm_start=True).fit(X, y)
    before = learned(model)
    model.set_params(hidden_layer_sizes=(9,), y_range=(5, 6))
    with pytest.raises(ValueError, match=r"continues a network|outside y_range"):
        model.fit(X, y)
    assert learned(model) == before


@given(networks, with_targets(), st.lists(one_of("fit", "adam", "sgd", "auto", "pair"), max_size=6))
def test_any_sequence_of_calls_predicts_inside_the_range(model, data, calls):
    X, y = data
    model.set_params(solver="sgd", warm_start=True).partial_fit(X, y)
    for n_epochs, call in enumerate(calls, start=1):
        if call in ("adam", "sgd"):
            model.set_params(solver=call, batch_size=n_epochs)
        elif call in ("auto", "pair"):
            model.set_params(y_range="auto" if call == "auto" else (-3, 5))
        model.set_params(max_iter=1)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The target", UserWarning)
            _ = model.fit(X, y) if call == "fit" else model.partial_fit(X, y)
        predicted = model.predict(X).reshape(len(X), -1)
        assert (predicted >= model.y_low_).all()
        assert (predicted <= model.y_high_).all()
        assert model.n_iter_ == len(model.loss_curve_) == n_epochs + 1
