"""Owns how Ovid joins and limits the lines of a search: 1 or 2, or/1-4, limit 3 to humans.

Never looks at terms.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from litwatch.query.lint.rough_reading import Line, Reading
from litwatch.query.lint.slashed import BY_HAND, Shape

_BLANKS = r"[^\S\n]{1,9}"
_LABEL = rf"^(?:{_BLANKS})?(?:\d{{1,3}}[.):]?{_BLANKS})?"
_JOINED = re.compile(
    rf"{_LABEL}(?P<joined>\d{{1,3}}(?:{_BLANKS}(?:and|or|not){_BLANKS}\d{{1,3}})+)"
    rf"(?:{_BLANKS}\(\d[\d,]*\))?(?:{_BLANKS})?$",
    re.IGNORECASE | re.MULTILINE,
)
_LIMIT = re.compile(
    rf"{_LABEL}(?P<limit>limit{_BLANKS}#?\d{{1,3}}{_BLANKS}to\b[^\n]*)", re.IGNORECASE | re.MULTILINE
)
_RANGE = re.compile(r"(or|and)/(\d+(?:[-,]\d+)*)|(\d+(?:[-,]\d+)*)/(or|and)", re.IGNORECASE)
_ALONE = re.compile(
    r"(?:(?:and|or|not) )?\d{1,3}(?: (?:and|or|not) \d{1,3})*(?: (?:and|or|not))?", re.IGNORECASE
)
_LIMITED = "AND each limit to the line as a term: #3 AND english[la] AND 2015:3000[crdt]"


#: More than so many are not written out: each of a hundred thousand characters of or/1-999 would be a page.
_MOST_LINES = 100


def ovid_line_shapes(reading: Reading) -> Iterator[Shape]:
    """Every line that Ovid would make of others."""
    text = reading.text
    for match in _LIMIT.finditer(text):
        start, end = match.span("limit")
        yield Shape("Ovid", "", _LIMITED, start, start + len(text[start:end].rstrip()))
    for match in _JOINED.finditer(text):
        start, end = match.span("joined")
        asked = [int(number) for number in re.findall(r"\d+", match["joined"])]
        references = _referring(match["joined"])
        instead = references if _stand_above(reading, start, asked) else ""
        yield Shape("Ovid", instead, f"write {references}", start, end)
    if reading.lines[0].number is not None:
        yield from _numbers_alone(reading)
    for piece in reading.pieces:
        if piece.kind == "word" and (ranges := _RANGE.fullmatch(piece.text)):
            asked, joined = _numbers(ranges[2] or ranges[3]), (ranges[1] or ranges[4]).upper()
            instead = ""
            if asked and _stand_above(reading, piece.start, asked):
                instead = f"({f' {joined} '.join(f'#{number}' for number in asked)})"
            yield Shape("Ovid", instead, BY_HAND, piece.start, piece.end)


def _numbers_alone(reading: Reading) -> Iterator[Shape]:
    """(1 or 2) and 3, 4 AND english[la]: numbers of lines above, each where a term could stand."""
    for term in reading.terms:
        text = " ".join(piece.text for piece in term.words) if term.words[0].kind == "word" else ""
        if term.tag is None and text and _ALONE.fullmatch(text):
            asked = [int(number) for number in re.findall(r"\d+", text)]
            if _stand_above(reading, term.start, asked):
                yield Shape("Ovid", _referring(text), BY_HAND, term.start, term.end)


def _referring(text: str) -> str:
    return re.sub(r"\d+", r"#\g<0>", " ".join(text.upper().split()))


def _stand_above(reading: Reading, place: int, asked: list[int]) -> bool:
    """Whether all these lines stand above the one at `place`; their numbers rise."""
    lines = reading.lines
    own = lines[max(bisect_right(lines, place, key=lambda line: line.start) - 1, 0)].number or 0
    return all(number < own and _has_line(lines, number) for number in asked)


def _has_line(lines: Sequence[Line], number: int) -> bool:
    found = bisect_left(lines, number, key=lambda line: line.number or 0)
    return found < len(lines) and lines[found].number == number


def _numbers(ranges: str) -> list[int]:
    """1-4,6 written out; [] where that is no list of lines."""
    numbers: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if len(first) > 4 or len(last) > 4 or "-" in last:
            return []
        numbers += range(int(first), min(int(last or first), int(first) + _MOST_LINES) + 1)
        if len(numbers) > _MOST_LINES:
            return []
    return numbers
