"""The sources of the documentation: their snippets run, and what they refer to is there."""

import ast
import doctest
import re
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
    for name in re.findall(r"^\.\. (?:literal)?include:: (\S+)", text, flags=re.MULTILINE):
        assert (page.parent / name).exists(), name
    for name in re.findall(r"(?:tests|examples|docs|sknnbasics)/[\w/]+\.(?:py|rst|inv)", text):
        if "NN" not in name:  # a pattern
            assert (DOCS.parent / name).exists(), name
    for role in re.findall(r":doc:`([^`]+)`", text):
        target = re.sub(r".*<(.+)>", r"\1", role)
        if "auto_examples" not in target:  # made by the build
            folder = DOCS if target.startswith("/") else page.parent
            assert (folder / f"{target.lstrip('/')}.rst").exists(), target


def test_every_gallery_file_is_one_that_the_build_runs():
    programs = sorted(path.name for path in (DOCS.parent / "examples").glob("*.py"))
    assert "quickstart.py" in programs
    for name in programs:
        assert not name.startswith("plot") or re.fullmatch(r"plot_\d\d_\w+\.py", name), name


@pytest.mark.parametrize(
    "source",
    [*PAGES, *DOCS.glob("_static/*.*"), *DOCS.rglob("_templates/**/*.rst"), DOCS / "conf.py"],
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
