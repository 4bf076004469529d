"""Owns numbers of results that were copied together with a search: 15,012 behind a term, (15012) behind a line.

Never doubts a list of PMIDs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Operand, Reading

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_DIGITS = re.compile(r"\d{1,7}")  # PMIDs of today have eight
_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME = re.compile(r"\d\d:\d\d(?::\d\d)?")
_LONGEST = 200


def count_findings(reading: Reading) -> Iterator[Finding]:
    """Each number that no term is meant by."""
    ends = _line_ends(reading.text)
    for level in reading.levels:
        for position, operand in enumerate(level.operands):
            written = _number(operand)
            if not written:
                continue
            before = level.operands[position - 1] if position and not level.joins[position - 1] else None
            if before is None or "\n" in reading.text[before.end : operand.start] or operand.end not in ends:
                before = None
            whole = before is not None and _is_complete(before)
            lone = (
                before is not None
                and (whole or operand.inside is not None)
                and _is_count(reading, before, operand)
            )
            if not lone and not _THOUSANDS.fullmatch(written):
                continue
            kept = reading.text[before.start : before.end] if before is not None and whole else ""
            kept = kept if len(kept) <= _LONGEST else ""
            yield Finding(
                "result-count", "error", before.start if before is not None and kept else operand.start, operand.end,
                f"{written} looks like a number of results",
                "PubMed searches it as a PMID or a word, and joins it by AND", kept, 5, "" if kept else "leave it out",
            )  # fmt: skip


def _number(operand: Operand) -> str:
    """The number that stands alone, in brackets of its own or not, without a tag."""
    inside = operand.inside
    if inside is not None and len(inside.operands) == 1 and operand.tag is None:
        operand = inside.operands[0] if inside.operands[0].inside is None else operand
    if operand.tag is not None or not operand.words or operand.words[0].kind != "word":
        return ""
    timed = len(operand.words) == 2 and _TIME.fullmatch(operand.words[1].text)
    return operand.words[0].text if timed or len(operand.words) == 1 else ""


def _is_complete(operand: Operand) -> bool:
    """Whether a number can be no part of it: a tag or a bracket ends it, or it is a line."""
    return operand.tag is not None or operand.inside is not None or operand.words[0].kind == "reference"


def _is_count(reading: Reading, before: Operand, operand: Operand) -> bool:
    """Whether the number can be one of results: not a year, unless a table parts it from the term."""
    tabbed = "\t" in reading.text[before.end : operand.start]
    written = _number(operand)
    return _DIGITS.fullmatch(written) is not None and (tabbed or not _YEAR.fullmatch(written))


def _line_ends(text: str) -> frozenset[int]:
    """The places behind which nothing but blanks stands on the line."""
    found, begun = set(), 0
    for line in text.split("\n"):
        found.add(begun + len(line.rstrip()))
        begun += len(line) + 1
    return frozenset(found)
