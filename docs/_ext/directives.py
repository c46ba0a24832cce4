"""Directives for the pages: moving pictures, folded solutions, notebooks, measurements.

``.. moving:: name`` shows a recording of `recordings.py`. Its content says in words
what is seen: it is read out, and stands in for the picture. Without scripts the page
shows a still.

``.. solution::`` folds its content away.

``.. notebook::`` links to the page as a notebook, which the build writes.

``.. measured:: file`` shows what a benchmark printed, its columns as tables.
"""

import html
import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from measured import pieces
from notebooks import notebook
from recordings import RECORDINGS
from sphinx.util.docutils import SphinxDirective
from stills import still

HERE = Path(__file__).parents[1]
STATIC = HERE / "_build" / "static"  # copied to _static of the pages


def moving_html(recording, alt, fallback):
    """The container that `moving.js` fills; what it holds until then is the fallback."""
    data = json.dumps(recording, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    # No blank line and no HTML of the texts: raw HTML goes to the page as it is.
    return (
        f'<figure class="moving" role="group" aria-label="{html.escape(alt, quote=True)}">'
        f"{fallback}"
        f'<script type="application/json">{data}</script></figure>'
    )


class Moving(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self):
        name = self.arguments[0]
        recording = RECORDINGS[name]()
        folder = STATIC / "stills"
        folder.mkdir(parents=True, exist_ok=True)
        still(recording, folder / f"{name}.png")
        for file in ("recordings.py", "stills.py"):
            self.env.note_dependency(str(HERE / "_ext" / file))
        alt = " ".join(" ".join(self.content).split())
        up = "../" * self.env.docname.count("/")
        fallback = (
            f'<img class="moving-still" src="{up}_static/stills/{name}.png" '
            f'alt="{html.escape(alt, quote=True)}">'
            "<noscript><p>With scripts this picture moves: it can be played, stopped and "
            "taken step by step.</p></noscript>"
        )
        return [nodes.raw("", moving_html(recording, alt, fallback), format="html")]


class Solution(SphinxDirective):
    has_content = True

    def run(self):
        fold = '<details class="solution"><summary>Solution</summary>'
        return [
            nodes.raw("", fold, format="html"),
            *self.parse_content_to_nodes(),
            nodes.raw("", "</details>", format="html"),
        ]


class Notebook(SphinxDirective):
    def run(self):
        source = Path(self.env.doc2path(self.env.docname))
        name = f"{source.stem}.ipynb"
        folder = STATIC / "notebooks"
        folder.mkdir(parents=True, exist_ok=True)
        text = notebook(source.read_text(encoding="utf-8"))
        (folder / name).write_text(text, encoding="utf-8")
        self.env.note_dependency(str(HERE / "_ext" / "notebooks.py"))
        up = "../" * self.env.docname.count("/")
        link = (
            f'<a href="{up}_static/notebooks/{name}" download>Download this page as a notebook</a>'
        )
        return [nodes.raw("", f'<p class="take-away">{link}</p>', format="html")]


def row_node(cells, width):
    """A row of a table; where numbers are missing it ends in empty cells."""
    cells = [*cells, *[""] * (width - len(cells))]
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", cell)) for cell in cells])


def table_node(header, rows):
    width = max(map(len, [header, *rows]))
    group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _ in range(width)], cols=width)
    if header:
        group += nodes.thead("", row_node(header, width))
    group += nodes.tbody("", *[row_node(row, width) for row in rows])
    return nodes.table("", group, classes=["measured"])


class Measured(SphinxDirective):
    required_arguments = 1

    def run(self):
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        self.env.note_dependency(str(HERE / "_ext" / "measured.py"))
        return [
            nodes.paragraph("", piece, classes=["measured"])
            if isinstance(piece, str)
            else table_node(*piece)
            for piece in pieces(Path(path).read_text(encoding="utf-8"))
        ]


def setup(app):
    directives: dict[str, type[Directive]] = {
        "moving": Moving,
        "solution": Solution,
        "notebook": Notebook,
        "measured": Measured,
    }
    for name, directive in directives.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
