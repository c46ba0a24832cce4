"""Data that comes in chunks: what memory it takes, and that the chunks may come in any form."""

import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

EXAMPLE = Path(__file__).parents[1] / "examples" / "out_of_core.py"

rng = np.random.default_rng(0)
X = rng.standard_normal((600, 5))
y = 1 / (1 + np.exp(-X[:, 0]))
labels = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
CHUNKS = [slice(start, start + 100) for start in range(0, len(X), 100)]


def network(**params):
    return SigmoidMLPRegressor(
        **{"hidden_layer_sizes": (4,), "y_range": (0, 1), "random_state": 0} | params
    )


def chunk_by_chunk(estimator, X, y, **kwargs):
    for rows in CHUNKS:
        estimator.partial_fit(X[rows], y[rows], **kwargs)
    return estimator


def on_disk(array, folder):
    """A read-only map of a file that holds `array`."""
    path = folder / "rows"
    array.tofile(path)
    return np.memmap(path, array.dtype, mode="r", shape=array.shape)


# The example


def run_example(*args):
    pytest.importorskip("pandas")
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("without /proc the peak includes what was imported")
    command = [sys.executable, "-W", "error", EXAMPLE, "--small", *args]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_example_stays_within_its_limit():
    done = run_example()
    assert done.returncode == 0, done.stderr
    assert "limit: resident memory may rise by 40 MB" in done.stdout
    assert "the largest file: 56 MB" in done.stdout


def test_the_example_fails_beyond_its_limit():
    done = run_example("--limit", "1")
    assert done.returncode == 1
    assert "more than the limit" in done.stderr


# Memory


def memory_kept(call):
    """Bytes that `call` leaves allocated before the garbage collector has run."""
    call()  # what a first call imports stays
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.mark.parametrize(
    "params",
    [{}, {"solver": "sgd"}, {"solver": "lbfgs"}, {"batch_size": None}, {"early_stopping": True}],
    ids=str,
)
def test_a_network_keeps_no_rows(params):
    integers, targets = rng.integers(0, 3, (20_000, 10)), rng.uniform(size=20_000)
    model = network(max_iter=1, tol=None, **params)
    assert memory_kept(lambda: model.fit(integers, targets)) < integers.nbytes / 10
    if hasattr(model, "partial_fit") and not params.get("early_stopping"):
        assert memory_kept(lambda: model.partial_fit(integers, targets)) < integers.nbytes / 10


def test_a_network_that_fails_keeps_no_rows():
    huge = np.full((20_000, 10), 1e200)

    def diverges():
        with pytest.raises(ValueError, match="no longer finite"):
            network(solver="sgd", learning_rate_init=1e300, y_range="auto").partial_fit(
                huge + 0, rng.uniform(size=20_000)
            )

    assert memory_kept(diverges) < huge.nbytes / 10


def test_a_perceptron_keeps_no_rows():
    integers = rng.integers(0, 3, (20_000, 10))
    fires = integers[:, 0] > 0
    model = PerceptronClassifier(average=True, early_stopping=True)
    assert memory_kept(lambda: model.fit(integers, fires)) < integers.nbytes / 10
    model.set_params(early_stopping=False)
    assert memory_kept(lambda: model.partial_fit(integers, fires)) < integers.nbytes / 10


# Forms of chunks


@pytest.mark.parametrize("as_chunks", [np.asfortranarray, csr_array], ids=["F-order", "sparse"])
def test_chunks_of_another_form_teach_the_same(as_chunks):
    expected = chunk_by_chunk(network(), X, y).predict(X)
    np.testing.assert_allclose(
        chunk_by_chunk(network(), as_chunks(X), y).predict(X), expected, rtol=1e-9
    )
    expected = chunk_by_chunk(PerceptronClassifier(random_state=0), X, labels, classes=labels)
    ours = chunk_by_chunk(
        PerceptronClassifier(random_state=0), as_chunks(X), labels, classes=labels
    )
    np.testing.assert_allclose(ours.coef_, expected.coef_, atol=1e-12)


def test_chunks_of_a_read_only_map_teach_the_same(tmp_path):
    mapped = on_disk(X, tmp_path)
    expected, ours = (chunk_by_chunk(network(), rows, y) for rows in (X, mapped))
    np.testing.assert_array_equal(ours.predict(mapped), expected.predict(X))
    perceptrons = [
        chunk_by_chunk(PerceptronClassifier(random_state=0), rows, labels, classes=labels)
        for rows in (X, mapped)
    ]
    np.testing.assert_array_equal(perceptrons[0].coef_, perceptrons[1].coef_)


def test_chunks_of_a_csv_file_teach_the_same(tmp_path):
    pd = pytest.importorskip("pandas")
    names = [f"x{column}" for column in range(5)]
    frame = pd.DataFrame(X, columns=names).assign(y=y)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    ours = network()
    with pd.read_csv(tmp_path / "rows.csv", chunksize=100) as chunks:
        for chunk in chunks:
            ours.partial_fit(chunk[names], chunk["y"])
    # Columns come in another memory order, in which sums round otherwise, as reading may.
    np.testing.assert_allclose(
        ours.predict(frame[names]), chunk_by_chunk(network(), X, y).predict(X), rtol=1e-9
    )
    assert ours.feature_names_in_.tolist() == names


def test_hashed_texts_are_learned_without_being_made_dense():
    texts, topics = ["red apple", "blue sea", "red wine", "blue sky"] * 5, ["food", "nature"] * 10
    vectorizer = HashingVectorizer(n_features=2**20)
    classifier = PerceptronClassifier(random_state=0)
    for _ in range(3):
        classifier.partial_fit(vectorizer.transform(texts), topics, classes=["food", "nature"])
    assert classifier.converged_
    assert classifier.predict(vectorizer.transform(["red", "blue"])).tolist() == ["food", "nature"]


# The range of the targets


def test_a_given_range_serves_targets_of_every_chunk():
    order = np.argsort(y)
    ours = chunk_by_chunk(network(), X[order], y[order])
    assert (ours.y_low_, ours.y_high_) == (0, 1)


def test_the_range_of_the_first_chunk_is_too_small_for_sorted_targets():
    order = np.argsort(y)
    with pytest.warns(UserWarning, match="lies outside the range"):
        chunk_by_chunk(network(y_range="auto"), X[order], y[order])
