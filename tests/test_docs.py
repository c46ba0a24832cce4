"""The sources of the documentation: their snippets run, and what they refer to is there."""

import ast
import contextlib
import doctest
import importlib.util
import io
import json
import re
import sys
import textwrap
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BUILT = {"_build", "auto_examples", "generated", "backreferences"}
PAGES = sorted(p for p in DOCS.rglob("*.rst") if not BUILT & {*p.relative_to(DOCS).parts})
NEEDED = {
    "guide/callbacks.rst": ["sklearn.callback"],  # scikit-learn 1.9
    "guide/saving.rst": ["onnxruntime", "skl2onnx", "skops"],
}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))


def blocks(text, directive):
    """The contents of the blocks of a directive, without its options."""
    pattern = rf"^\.\. {directive}\n((?:[ ]+.*\n|\n)+)"
    for block in re.findall(pattern, text + "\n", flags=re.MULTILINE):
        yield re.sub(r"^:.*\n", "", textwrap.dedent(block), flags=re.MULTILINE)


def test_there_are_pages_and_snippets():
    assert len(PAGES) > 10
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert sum(text.count(">>> ") for text in texts) > 100
    assert sum(len(list(blocks(text, "plot::"))) for text in texts) > 5


@every_page
def test_snippets_print_what_the_page_says(page):
    name = str(page.relative_to(DOCS))
    for module in NEEDED.get(name, []):
        pytest.importorskip(module)
    test = doctest.DocTestParser().get_doctest(
        page.read_text(encoding="utf-8"), {"__name__": "__main__"}, name, str(page), 0
    )
    report = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert not failed, "".join(report)


@every_page
def test_pictures_are_drawn(page):
    pytest.importorskip("matplotlib")
    for program in blocks(page.read_text(encoding="utf-8"), "plot::"):
        exec(compile(program, str(page), "exec"), {"__name__": "__main__"})


@every_page
def test_other_python_is_python(page):
    for program in blocks(page.read_text(encoding="utf-8"), "code-block:: python"):
        ast.parse(program)


@every_page
def test_files_referred_to_exist(page):
    text = page.read_text(encoding="utf-8")
    named = r"^\.\. (?:include|literalinclude|measured):: (\S+)"
    for name in re.findall(named, text, flags=re.MULTILINE):
        assert (page.parent / name).exists(), name
    for name in re.findall(r"(?:tests|examples|docs|sknnbasics)/[\w/]+\.(?:py|rst|inv)", text):
        if "NN" not in name:  # a pattern
            assert (DOCS.parent / name).exists(), name
    for role in re.findall(r":doc:`([^`]+)`", text):
        target = re.sub(r".*<(.+)>", r"\1", role)
        if "auto_examples" in target:  # made by the build, of a program
            stem = target.removeprefix("/auto_examples/")
            assert stem.endswith("index") or (DOCS.parent / f"examples/{stem}.py").exists(), target
        else:
            folder = DOCS if target.startswith("/") else page.parent
            assert (folder / f"{target.lstrip('/')}.rst").exists(), target


LESSONS = [page for page in PAGES if page.parent.name == "tutorial" and page.stem != "index"]
GUIDE = [page for page in PAGES if page.parent.name == "guide"]
EXAMPLES = sorted((DOCS.parent / "examples").rglob("plot_*.py"))
every_lesson = pytest.mark.parametrize("page", LESSONS, ids=lambda p: p.stem)


@every_lesson
def test_a_lesson_has_exercises_and_leads_to_the_gallery(page):
    text = page.read_text(encoding="utf-8")
    assert ".. notebook::" in text
    assert ":doc:`/auto_examples/" in text or ":doc:`/guide/" in text
    exercises = text.split("\nExercises\n---------\n")[1]
    assert len(re.findall(r"^\*\*\d\.\*\* ", exercises, flags=re.MULTILINE)) == 3
    solutions = exercises.split(".. solution::")[1:]
    assert len(solutions) == 3
    assert all("   >>> " in solution for solution in solutions)


@pytest.mark.parametrize("page", GUIDE, ids=lambda p: p.stem)
def test_a_guide_page_is_listed_and_leads_to_the_tutorial_and_the_gallery(page):
    contents = (page.parent / "index.rst").read_text(encoding="utf-8").split(".. toctree::")[1]
    assert page.stem == "index" or f"\n   {page.stem}\n" in contents
    links = page.read_text(encoding="utf-8").split(".. seealso::")[1]
    assert "/tutorial/" in links
    assert "/auto_examples/" in links


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_and_its_pages_lead_to_each_other(path):
    opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert ":doc:`/tutorial/" in opening
    assert ":doc:`/guide/" in opening
    target = f":doc:`/auto_examples/{path.parent.name}/{path.stem}`"
    assert any(target in page.read_text(encoding="utf-8") for page in [*LESSONS, *GUIDE])


@pytest.fixture(scope="module")
def extension():
    """The module of that name in docs/_ext, which is no package."""
    made = {}

    def load(name):
        if name not in made:
            spec = importlib.util.spec_from_file_location(name, DOCS / "_ext" / f"{name}.py")
            made[name] = sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(made[name])
        return made[name]

    yield load
    for name in made:
        del sys.modules[name]


@every_lesson
def test_a_lesson_runs_as_a_notebook(page, extension):
    """Its cells run one after the other, and print what the page says."""
    plt = pytest.importorskip("matplotlib.pyplot")
    book = json.loads(extension("notebooks").notebook(page.read_text(encoding="utf-8")))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    names = {"__name__": "__main__"}
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            # No markup of the page is left but the formulas'.
            assert not re.search(r":\w+:`|^\.\. |``(?!`)", cell["source"], flags=re.MULTILINE)
            continue
        expected = "".join(output["text"] for output in cell["outputs"])
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for statement in ast.parse(cell["source"]).body:
                exec(compile(ast.Interactive([statement]), page.stem, "single"), names)
        if expected:
            assert printed.getvalue() == expected
    plt.close("all")


def test_the_moving_pictures_are_recorded_and_told(extension):
    """Each picture is on a page, with words for it; its frames change what is there."""
    recordings, stills = extension("recordings").RECORDINGS, extension("stills")
    texts = {page.stem: page.read_text(encoding="utf-8") for page in LESSONS}
    shown = re.findall(r"^\.\. moving:: (\w+)\n\n   (?=\w)", "".join(texts.values()), flags=re.M)
    assert sorted(shown) == sorted(recordings)
    for record in recordings.values():
        recording = record()
        assert json.loads(json.dumps(recording, allow_nan=False))
        for variant in recording.get("variants", []):
            assert len(variant["frames"]) > 5
            for k, frame in enumerate(variant["frames"]):
                assert frame["text"].endswith(".")
                assert set(frame["traces"]) < set(range(len(recording["traces"])))
                for trace, n in frame.get("upto", {}).items():
                    assert n <= len(variant["traces"][trace]["x"]), (variant["name"], k)
        traces, layout = stills.frame_of(recording, *recording.get("still", (0, -1)))
        assert len(traces) == len(recording["traces"])
        assert {"xaxis", "yaxis"} <= set(layout)


def test_the_networks_that_move_arrive(extension):
    """XOR and the circles end with every sample on its side, the perceptrons without an error."""
    recordings = extension("recordings")
    ends = [v["frames"][-1]["text"] for v in recordings.network()["variants"]]
    assert "4 of 4 samples" in ends[0]
    assert "200 of 200 samples" in ends[1]
    for variant in recordings.perceptron()["variants"]:
        assert "No error" in variant["frames"][-1]["text"]


@pytest.mark.parametrize("path", sorted(DOCS.glob("_tables/*.txt")), ids=lambda p: p.stem)
def test_a_page_shows_all_that_a_benchmark_printed(path, extension):
    """Every word and number in its place, each number under a title of its column."""
    lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
    shown, headers = [], set()
    for piece in extension("measured").pieces(path.read_text(encoding="utf-8")):
        header, rows = ([], [[piece]]) if isinstance(piece, str) else piece
        shown += [" ".join(" ".join(cells).split()) for cells in rows]
        if header:
            headers.add(" ".join(header).strip())
            assert all(2 < len(cells) <= len(header) for cells in rows)
    assert headers <= set(lines)
    assert shown == [line for line in lines if line and line not in headers]


@pytest.mark.parametrize(
    "path",
    [*LESSONS, *GUIDE, DOCS / "index.rst", *EXAMPLES],
    ids=lambda p: f"{p.parent.name}/{p.stem}",
)
def test_code_fits_the_column(path):
    """At 1440 pixels a line of 88 letters is not cut; prose wraps."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        lines = list(code_lines(text))
    else:
        lines = re.findall(r"^ *((?:>>>|\.\.\.) .*)", text, flags=re.MULTILINE)
        for directive in ("plot::", "code-block:: python"):
            lines += [line for block in blocks(text, directive) for line in block.splitlines()]
    assert [line for line in lines if len(line) > 88] == []


def code_lines(text):
    """The lines of the statements of a program, without its docstring and comments."""
    lines = text.splitlines()
    for node in ast.parse(text).body[1:]:
        yield from lines[node.lineno - 1 : node.end_lineno]


def test_every_gallery_file_is_one_that_the_build_runs():
    programs = sorted(path.name for path in (DOCS.parent / "examples").rglob("*.py"))
    assert "quickstart.py" in programs
    for name in programs:
        assert not name.startswith("plot") or re.fullmatch(r"plot_\d\d_\w+\.py", name), name


@pytest.mark.parametrize(
    "source",
    [
        *PAGES,
        *DOCS.glob("_static/*.*"),
        *DOCS.glob("_ext/*.*"),
        *DOCS.rglob("_templates/**/*.rst"),
        DOCS / "conf.py",
    ],
    ids=lambda p: str(p.relative_to(DOCS)),
)
def test_nothing_is_fetched_from_elsewhere(source):
    """Links lead anywhere; scripts, style sheets, fonts and images lie in the repository."""
    if source.suffix == ".png":
        return
    text = source.read_text(encoding="utf-8")
    for pattern in [
        r"(?:src|srcset)\s*=\s*[\"'](?:https?:)?//",
        r"<link[^>]+href\s*=\s*[\"'](?:https?:)?//",
        r"(?:url\(|@import)\s*[\"']?(?:https?:)?//",
        r"\.\. (?:image|figure|raw)::\s*https?://",
        r"(?:_path|_files|_logo|_favicon)\s*=.*https?://",
        r"cdn",
    ]:
        assert not re.search(pattern, text, flags=re.IGNORECASE), pattern
