"""`preview --explain-context`: what templates get, with types, from docs/templates.md.

Owns how it is printed. Never knows a variable: tests hold the document against the values themselves.
"""

from __future__ import annotations

import sys
from itertools import pairwise

#: The part of the document that is printed.
BEGIN, END = "## What a template gets", "## The page of"
FILTERS = "## Filters"


def print_context() -> None:
    """Every variable of a digest's templates, and the filters."""
    from litwatch.edge.shipped import document

    text = document("templates.md")
    context = text[text.index(BEGIN) : text.index(END)]
    lines = (context + text[text.index(FILTERS) :]).splitlines()
    for line, following in pairwise([*lines, ""]):
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")]
        if not line.startswith("|"):
            sys.stdout.write(line.replace("`", "").removeprefix("### ").removeprefix("## ") + "\n")
        elif not line.startswith("| ---") and not following.startswith("| ---"):
            cells = [cells[0].ljust(24), *(cell.ljust(24) for cell in cells[1:-1]), cells[-1].rstrip("| ")]
            sys.stdout.write("  " + " ".join(cells).rstrip() + "\n")
