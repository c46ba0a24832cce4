"""The built documentation: its links resolve, and it asks for nothing outside itself.

The build is docs/_build/html, or where the variable SKNNBASICS_SITE points; without
one there is nothing to test.
"""

import json
import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

DEFAULT = Path(__file__).parents[1] / "docs" / "_build" / "html"
SITE = Path(os.environ.get("SKNNBASICS_SITE", DEFAULT)).resolve()
PAGES = sorted(p for p in SITE.rglob("*.html") if "_static" not in p.parts)

pytestmark = pytest.mark.skipif(not PAGES, reason="the documentation is not built")
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(SITE)))

LOADED = {  # what a browser fetches without being asked
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
LINKS_LOADED = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"}


class Page(HTMLParser):
    """The anchors of a page, what it loads, and where its links lead."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.loaded, self.links = {"", "top"}, [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        self.anchors |= {attrs[name] for name in ("id", "name") if name in attrs}
        for name in LOADED.get(tag, ()):
            values = attrs.get(name, "").split(",") if name == "srcset" else [attrs.get(name, "")]
            self.loaded += [value.split()[0] for value in values if value.strip()]
        if tag == "link" and LINKS_LOADED & set(attrs.get("rel", "").split()):
            self.loaded.append(attrs["href"])
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])


parsed = cache(Page)


def is_outside(address):
    return bool(urlsplit(address).netloc)


def missing(path, address):
    """What of an address inside the site is not there, or None."""
    parts = urlsplit(address)
    target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
    if not target.is_relative_to(SITE) or not target.is_file():
        return f"{address}: no such file"
    if target.suffix == ".html" and unquote(parts.fragment) not in parsed(target).anchors:
        return f"{address}: no such anchor"
    return None


def test_the_pages_are_there():
    names = {str(path.relative_to(SITE)) for path in PAGES}
    assert {"index.html", "tutorial/index.html", "guide/index.html", "api/index.html"} <= names
    assert {"auto_examples/index.html", "performance.html", "changelog.html"} <= names


LESSONS = [path for path in PAGES if path.parent.name == "tutorial" and path.stem != "index"]
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
FIGURE = re.compile(r'<figure class="moving".*?</figure>', flags=re.DOTALL)


@every_lesson
def test_a_lesson_can_be_taken_away(path):
    """The notebook that the page links to is one, with a code cell at least."""
    (link,) = [link for link in parsed(path).links if link.endswith(".ipynb")]
    book = json.loads((path.parent / link).read_text(encoding="utf-8"))
    assert {cell["cell_type"] for cell in book["cells"]} == {"markdown", "code"}


@every_page
def test_moving_pictures_have_a_still_or_a_text_for_readers_without_scripts(path):
    for figure in FIGURE.findall(path.read_text(encoding="utf-8")):
        label = re.search(r'aria-label="([^"]{80,})"', figure)
        assert label, "a sentence or two on what is seen"
        assert "<noscript>" in figure
        if path.parent.name == "tutorial":
            still = re.search(r'<img class="moving-still" src="([^"]+)" alt="([^"]+)"', figure)
            assert still[2] == label[1]
            assert (path.parent / still[1]).is_file()
        data = re.search(r'<script type="application/json">(.*?)</script>', figure, re.DOTALL)
        recording = json.loads(data[1])
        assert recording.get("variants") or recording.get("sliders")


def test_the_moving_pictures_are_there():
    texts = [path.read_text(encoding="utf-8") for path in PAGES]
    assert sum(len(FIGURE.findall(text)) for text in texts) >= 6
    for name in ("moving.js", "copy.js", "plotly.min.js"):
        assert (SITE / "_static" / name).is_file()


@every_page
def test_pictures_say_what_is_seen(path):
    """No alternative text of a picture is the name of its file."""
    for tag in re.findall(r"<img [^>]+>", path.read_text(encoding="utf-8")):
        if "sphx_glr_plot" in tag and "_thumb" not in tag:
            assert len(re.search(r'alt="([^"]*)"', tag)[1]) > 40, tag


def test_the_search_finds_words_of_the_pages_only():
    """The help within scikit-learn's HTML of a fitted search is no text of ours."""
    assert "sk-top-container" not in "".join(p.read_text(encoding="utf-8") for p in PAGES)


@pytest.mark.parametrize(
    ("stem", "page"),
    [
        ("nan", "guide/missing_values"),
        ("score", "guide/questions"),
        ("multioutput", "guide/targets"),
        ("predict_proba", "guide/probabilities"),
        ("instal", "guide/installation"),
    ],
)
def test_a_search_finds_the_page_by_a_heading(stem, page):
    """The search ranks a word of a heading above one of the text."""
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    found = index["titleterms"].get(stem, [])
    pages = [index["docnames"][k] for k in ([found] if isinstance(found, int) else found)]
    assert page in pages


@every_page
def test_links_resolve(path):
    inside = [link for link in parsed(path).links if not urlsplit(link).scheme]
    assert [problem for link in inside if (problem := missing(path, link))] == []


@every_page
def test_what_a_page_loads_is_there(path):
    inside = [address for address in parsed(path).loaded if not urlsplit(address).scheme]
    assert not [problem for address in inside if (problem := missing(path, address))]


@every_page
def test_a_page_loads_nothing_from_outside(path):
    assert [address for address in parsed(path).loaded if is_outside(address)] == []


def test_style_sheets_load_nothing_from_outside():
    for path in SITE.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
            assert not is_outside(address), f"{path.name}: {address}"


@every_page
def test_scripts_within_a_page_load_nothing_from_outside(path):
    """Figures of plotly, for one, can bring a script that asks a server for another."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"import\(?\s*[\"']https?:|cdn\.[\w.-]+/|MathJax\.js", text)
