"""Owns numbered strategies: lines that nothing uses, and lines that are not there.

Never works the strategy out; the parser does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Reading

_RANGE = re.compile(r"#(\d{1,6})\s*-\s*#?(\d{1,6})")


def line_findings(reading: Reading) -> Iterator[Finding]:
    """Unused lines, and references to lines that do not stand before them."""
    numbers = {line.number for line in reading.lines if line.number is not None}
    references = [(piece, int(piece.text[1:9])) for piece in reading.pieces if piece.kind == "reference"]
    if not numbers:
        return
    if len(reading.lines) == 1 and (only := reading.lines[0]).number != 1:
        label = reading.text[: only.start].rstrip()
        start = label.rfind(str(only.number))
        yield Finding(
            "line-number", "warning", start, len(label),
            f"{label[start:]} is read as the number of a line, and not searched",
            "a line by itself needs no number; as a word it would be lost", "", 5,
            f'take it out, or put it in quotation marks with its phrase: "{label[start:]} ..."',
        )  # fmt: skip
    used = {number for _, number in references} | _in_ranges(sorted(numbers), reading.text)
    for line in reading.lines[:-1]:
        if line.number not in used:
            end = reading.text.find("\n", line.start)
            yield Finding(
                "unused-line", "warning", line.start, end if line.start < end <= line.end else line.end,
                f"line {line.number} is never used", "what it finds is no part of the result",
                "", 5, f"add #{line.number} to a later line, if it was meant to count",
            )  # fmt: skip
    starts = [line.start for line in reading.lines]
    for piece, number in references:
        own = reading.lines[bisect_right(starts, piece.start) - 1].number
        if number not in numbers or (own is not None and number >= own):
            yield Finding(
                "missing-line", "error", piece.start, piece.end,
                f"{piece.text} names a line that does not stand before it",
                "a line can only use what was searched before", "", 5,
            )  # fmt: skip


def _in_ranges(numbers: list[int], text: str) -> set[int]:
    """Of the numbers, which rise, those that some #1-9 in the text means."""
    opened = [0] * (len(numbers) + 1)  # how many ranges begin at a number, less those that end before it
    for match in _RANGE.finditer(text):
        first, last = bisect_left(numbers, int(match[1])), bisect_right(numbers, int(match[2]))
        if first < last:
            opened[first] += 1
            opened[last] -= 1
    return {number for number, ranges in zip(numbers, accumulate(opened), strict=False) if ranges}
