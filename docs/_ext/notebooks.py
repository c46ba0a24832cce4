"""A page of the tutorial as a notebook: its text as Markdown, its snippets as cells."""

import doctest
import json
import re
import textwrap

DROPPED = {"currentmodule", "notebook", "toctree", "minigallery", "list-table"}
OPTION = re.compile(r"^:[\w-]+:.*\n?", flags=re.MULTILINE)


def inline(text):
    """Roles and literals of reStructuredText as Markdown."""
    text = re.sub(r":math:`([^`]+)`", r"$\1$", text)
    text = re.sub(r":\w+:`([^`<]+?)\s*<[^`>]+>`", r"\1", text)
    text = re.sub(r":(?:doc|ref):`/?([^`]+)`", r"\1", text)
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    text = re.sub(r"`([^`<]+?)\s*<(https?:[^>]+)>`__?", r"[\1](\2)", text)
    return text.replace("``", "`")


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(source, printed=""):
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": outputs,
        "source": source.rstrip("\n"),
    }


def session_cells(block):
    """The examples of a session; a cell ends where something is printed."""
    source = ""
    for example in doctest.DocTestParser().get_examples(block):
        source += example.source
        if example.want:
            yield code(source, example.want)
            source = ""
    if source:
        yield code(source)


def formula(block):
    """A display of mathematics; its environment is that of the dollars."""
    block = re.sub(r"\\(begin|end)\{equation\*?\}\n?", "", OPTION.sub("", block))
    return f"$$\n{block.strip()}\n$$"


def directive_cells(name, argument, block):
    if name == "math":
        yield markdown(formula(block))
    elif name == "plot":
        # A picture of the page has names of its own.
        program = textwrap.indent(OPTION.sub("", block).strip(), "    ")
        yield code(f"def picture():\n{program}\n\n\npicture()")
    elif name == "moving":
        yield markdown(f"*A picture that moves on the page:* {inline(' '.join(block.split()))}")
    elif name == "solution":
        yield markdown("**Solution**")
        yield from cells(block)
    elif name == "code-block":
        yield markdown(f"```{argument}\n{block.strip()}\n```")
    elif name not in DROPPED:
        raise ValueError(f"no cell is known for the directive {name!r}")


def blocks(text):
    """The pieces of a page between blank lines; what is indented goes with its directive."""
    piece = []
    for line in [*text.splitlines(), ""]:
        directive = piece and piece[0].startswith(".. ")
        goes_on = not line.strip() or line[0].isspace() if directive else line.strip()
        if goes_on and not (line.startswith(".. ") and piece):
            piece.append(line)
            continue
        if piece:
            yield "\n".join(piece)
        piece = [line] if line.strip() else []
    if piece:
        yield "\n".join(piece)


def cells(text):
    for block in blocks(text):
        title = re.fullmatch(r"(.+)\n([=\-~])\2+", block)
        directive = re.match(r"\.\. ([\w-]+):: *(.*)\n?", block)
        if title:
            yield markdown(f"{'#' * (1 + '=-~'.index(title[2]))} {inline(title[1])}")
        elif directive:
            rest = textwrap.dedent(block[directive.end() :])
            yield from directive_cells(directive[1], directive[2], rest)
        elif block.startswith(">>> "):
            yield from session_cells(block)
        elif not block.startswith(".. "):
            yield markdown(inline(block))


def joined(made):
    """Neighbouring pieces of text are one cell."""
    result = []
    for cell in made:
        if result and result[-1]["cell_type"] == cell["cell_type"] == "markdown":
            result[-1]["source"] += "\n\n" + cell["source"]
        else:
            result.append(cell)
    return [cell | {"id": f"cell-{k}"} for k, cell in enumerate(result)]


def notebook(text):
    """The page as the JSON of a notebook."""
    content = {
        "cells": joined(cells(text)),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)
