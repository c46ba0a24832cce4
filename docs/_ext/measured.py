"""What a benchmark printed, taken apart into tables and lines of text.

Lines that end in two numbers or more are the rows of a table, and the line before the first
of them is its header; every other line is text.
"""

import re

ROW = re.compile(r"^(.*?\S)((?:\s{2,}-?\d+(?:\.\d+)?){2,})\s*$")


def header_of(line):
    """The titles of the columns, the first of which may be empty; none if the line is text."""
    titles = re.split(r"\s{2,}", line.strip())
    titles = ["", *titles] if line.startswith(" ") else titles
    return titles if len(titles) > 2 else []


def pieces(text):
    """The lines of text, and in their order the tables, each a header and its rows."""
    found, header = [], []
    for line in filter(str.strip, text.splitlines()):
        row = ROW.match(line)
        if not row:
            found.append(line)
            continue
        if not found or isinstance(found[-1], str):
            if found and header_of(found[-1]):
                header = header_of(found.pop())
            found.append((header, []))  # without one of its own, that of the table before
        found[-1][1].append([row[1], *row[2].split()])
    return found
