"""Owns numbered strategies: lines that nothing uses, and lines that are not there.

Never works the strategy out; the parser does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Reading

_RANGE = re.compile(r"#(\d{1,6})\s*-\s*#?(\d{1,6})")


def line_findings(reading: Reading) -> Iterator[Finding]:
    """Unused lines, and references to lines that do not stand before them."""
    numbers = {line.number for line in reading.lines if line.number is not None}
    references = [(piece, int(piece.text[1:9])) for piece in reading.pieces if piece.kind == "reference"]
    if not numbers:
        return
    used = {number for _, number in references}
    for match in _RANGE.finditer(reading.text):
        first, last = int(match[1]), int(match[2])
        used.update(number for number in numbers if number is not None and first <= number <= last)
    for line in reading.lines[:-1]:
        if line.number not in used:
            end = reading.text.find("\n", line.start)
            yield Finding(
                "unused-line", "warning", line.start, end if line.start < end <= line.end else line.end,
                f"line {line.number} is never used", "what it finds is no part of the result",
                "", 5, f"add #{line.number} to a later line, if it was meant to count",
            )  # fmt: skip
    for piece, number in references:
        own = next((line.number for line in reading.lines if line.start <= piece.start < line.end), None)
        if number not in numbers or (own is not None and number >= own):
            yield Finding(
                "missing-line", "error", piece.start, piece.end,
                f"{piece.text} names a line that does not stand before it",
                "a line can only use what was searched before", "", 5,
            )  # fmt: skip
