"""Both estimators on data that do not fit into memory: a binary file, a CSV file, texts.

Everything comes in chunks, and ``partial_fit`` learns from one chunk at a time. The
script states a limit on its memory, writes files that are larger, trains on them, and
measures how far its resident memory has risen; it fails if that is beyond the limit.

    python examples/out_of_core.py            # 336 MB in a file, 150 MB of memory
    python examples/out_of_core.py --small    # the same in a few seconds
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import StandardScaler

from sknnbasics import PerceptronClassifier, SigmoidMLPRegressor

MB = 1_000_000


# Memory


def resident(field):
    """VmRSS, the resident memory now, or VmHWM, its peak, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(re.search(rf"{field}:\s*(\d+) kB", status.read_text())[1])
    import resource  # no /proc: the peak since the start of the process, which is never less

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def forget_the_peak():
    """Let the peak start again from now: importing the libraries is not what is measured."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")


# Progress


def progress(chunks, description):
    """The chunks, counted by a bar of rich where it is installed, else by printed lines."""
    chunks = list(chunks)
    try:
        from rich.progress import track
    except ImportError:
        return printed(chunks, description)
    return track(chunks, description=f"{description:<32}")


def printed(chunks, description):
    for done, chunk in enumerate(chunks, start=1):
        yield chunk
        if 4 * done // len(chunks) > 4 * (done - 1) // len(chunks):  # at each quarter
            print(f"{description:<32} {done} of {len(chunks)} chunks", flush=True)


# A binary file: both estimators on a numpy.memmap

N_FEATURES = 20


def yield_of(X, rng):
    """A yield in percent, so that its bounds are known before any row is seen."""
    z = (
        np.sin(X[:, 0])
        + X[:, 1] * X[:, 2] / 2
        - X[:, 3]
        + 0.1 * rng.standard_normal(len(X))
    )
    return 100 / (1 + np.exp(-z))


def write_rows(path, n_rows, chunk_rows):
    """Rows of N_FEATURES inputs and one target, as float64, one chunk after the other."""
    rng = np.random.default_rng(0)
    with open(path, "wb") as file:
        for start in progress(range(0, n_rows, chunk_rows), "writing the binary file"):
            X = rng.standard_normal((min(chunk_rows, n_rows - start), N_FEATURES))
            np.column_stack([5 + 2 * X, yield_of(X, rng)]).tofile(file)


def read_rows(path, start, chunk_rows):
    """One chunk, by a map of its own.

    Pages read through a map stay resident for as long as it is open, so a map of
    the whole file would grow to the size of the file.
    """
    row = (N_FEATURES + 1) * np.dtype(np.float64).itemsize
    shape = min(chunk_rows, path.stat().st_size // row - start), N_FEATURES + 1
    rows = np.memmap(path, np.float64, mode="r", offset=start * row, shape=shape)
    return rows[:, :-1], rows[:, -1]


def binary_file(folder, n_rows, chunk_rows, epochs):
    """Scale in one pass, train in the next ones, score on a chunk that was not trained on."""
    path = folder / "rows.float64"
    write_rows(path, n_rows, chunk_rows)
    starts = range(0, n_rows, chunk_rows)
    *training, held_out = starts

    scaler = StandardScaler()
    for start in progress(training, "means and scales"):
        scaler.partial_fit(read_rows(path, start, chunk_rows)[0])

    # The range is given: "auto" would take it from the first chunk alone. So is the number
    # of rows: the penalty is that of one pass over them, however often they come.
    network = SigmoidMLPRegressor(
        hidden_layer_sizes=(32,),
        y_range=(0, 100),
        total_samples=n_rows - chunk_rows,
        random_state=0,
    )
    gate = PerceptronClassifier(average=True, random_state=0)
    order = np.random.default_rng(0)
    for epoch in range(epochs):
        visits = order.permutation(
            training
        )  # partial_fit shuffles the rows within a chunk, this the chunks
        for start in progress(visits, f"both, epoch {epoch + 1} of {epochs}"):
            X, y = read_rows(path, start, chunk_rows)
            X = scaler.transform(X)
            network.partial_fit(X, y)
            gate.partial_fit(X, y > 50, classes=[False, True])
    X, y = read_rows(path, held_out, chunk_rows)
    X = scaler.transform(X)
    print(
        f"binary file: {path.stat().st_size / MB:.0f} MB in chunks of {chunk_rows} rows"
    )
    print(
        f"  on rows never trained on: R² {network.score(X, y):.3f} of the yield, ",
        end="",
    )
    print(f"accuracy {gate.score(X, y > 50):.3f} of whether it is above 50")
    return path.stat().st_size


# A CSV file: PerceptronClassifier on the chunks that pandas reads

COUNTS = [f"count_{column}" for column in range(20)]


def write_csv(path, n_rows, chunk_rows):
    """Counts from 0 to 9 and a label: two characters a value, eight bytes once read."""
    rng = np.random.default_rng(1)
    weights = rng.integers(-3, 4, len(COUNTS))
    for start in progress(range(0, n_rows, chunk_rows), "writing the CSV file"):
        X = rng.integers(0, 10, (min(chunk_rows, n_rows - start), len(COUNTS)))
        z = X @ weights - 4.5 * weights.sum() + rng.normal(0, 2, len(X))
        frame = pd.DataFrame(X, columns=COUNTS).assign(
            label=np.where(z > 0, "yes", "no")
        )
        frame.to_csv(path, mode="a", header=start == 0, index=False)


def csv_file(folder, n_rows, chunk_rows, epochs):
    """Train chunk by chunk, and score on the last chunk, which was not trained on."""
    path = folder / "counts.csv"
    write_csv(path, n_rows, chunk_rows)
    n_chunks = -(-n_rows // chunk_rows)
    classifier = PerceptronClassifier(average=True, random_state=0)
    for epoch in range(epochs):
        with pd.read_csv(path, chunksize=chunk_rows) as chunks:
            for _ in progress(
                range(n_chunks - 1), f"perceptron, epoch {epoch + 1} of {epochs}"
            ):
                frame = next(chunks)
                classifier.partial_fit(
                    frame[COUNTS], frame["label"], classes=["no", "yes"]
                )
            held_out = next(chunks)
    accuracy = classifier.score(held_out[COUNTS], held_out["label"])
    read = n_rows * len(COUNTS) * np.dtype(np.int64).itemsize
    print(f"CSV file: {path.stat().st_size / MB:.0f} MB, {read / MB:.0f} MB once read")
    print(f"  accuracy on rows never trained on: {accuracy:.3f}")


# A stream: PerceptronClassifier on texts that come once and are not kept

TOPICS = ["garden", "harbour", "kitchen"]


def texts(chunk_size):
    """Endless chunks of texts and their topics; a fifth of the words are the topic's own."""
    rng = np.random.default_rng(2)
    words = np.array([f"word{number}" for number in range(20_000)])
    while True:
        topics = rng.integers(0, len(TOPICS), chunk_size)
        ranks = rng.zipf(1.3, (chunk_size, 30)) % (len(words) // 4)
        own = rng.random(ranks.shape) < 0.2
        numbers = np.where(
            own, ranks + (topics[:, None] + 1) * (len(words) // 4), ranks
        )
        yield [" ".join(text) for text in words[numbers]], np.array(TOPICS)[topics]


def text_stream(n_chunks, chunk_size):
    """Each chunk is predicted first and learned from afterwards, so every score is a test."""
    vectorizer = HashingVectorizer(
        n_features=2**16
    )  # no vocabulary, so nothing to be fitted
    classifier = PerceptronClassifier(average=True, random_state=0)
    scores, stream = [], texts(chunk_size)
    for number in progress(range(n_chunks), "perceptron, texts"):
        chunk, topics = next(stream)
        X = vectorizer.transform(chunk)
        if number > 0:
            scores.append(classifier.score(X, topics))
        classifier.partial_fit(X, topics, classes=TOPICS)
    print(f"stream: {n_chunks * chunk_size} texts, {X.shape[1]} features")
    print(f"  accuracy before learning: {scores[0]:.3f} on the second chunk, ", end="")
    print(f"{np.mean(scores[-10:]):.3f} on the last ten")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a few seconds")
    parser.add_argument(
        "--limit", type=float, help="MB of memory; default 150, or 40 if small"
    )
    args = parser.parse_args()
    limit = MB * (args.limit or (40 if args.small else 150))
    scale = 6 if args.small else 1

    print(f"limit: resident memory may rise by {limit / MB:.0f} MB")
    forget_the_peak()
    before, start = resident("VmRSS"), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        rows = 2_000_000 // scale
        largest = binary_file(Path(folder), rows, 50_000 // scale, epochs=2)
        csv_file(Path(folder), 1_000_000 // scale, 25_000 // scale, epochs=1)
    text_stream(100 // scale, 1000)
    rise = resident("VmHWM") - before
    print(
        f"peak of the resident memory: {rise / MB:.0f} MB above the start, limit "
        f"{limit / MB:.0f} MB; the largest file: {largest / MB:.0f} MB; "
        f"{time.perf_counter() - start:.0f} s"
    )
    if rise > limit:
        sys.exit(
            f"The resident memory rose by {rise / MB:.0f} MB, more than the limit."
        )


if __name__ == "__main__":
    main()
