"""Owns what a line of a numbered strategy may hold: references to lines above, and nothing that others write for them.

Never knows which lines a text has (strategy.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from litwatch.errors import QueryError
from litwatch.query.lexemes import Lexeme
from litwatch.query.strategy import NumberedLine

_NEWLINE = re.compile(r"[\r\n]")
_OVID_RANGE = re.compile(r"(?:or|and)/\d[\d,-]{0,80}|\d[\d,-]{0,80}/(?:or|and)", re.IGNORECASE)
_BARE_LINES = re.compile(r"\d{1,6}(?: (?:and |or |not )?\d{1,6})*", re.IGNORECASE)
_SEVERAL = re.compile(r"#(\d{1,6})\s*(?:[-–—:/,])\s*#?(\d{1,6})?")
_LIMITS = re.compile(r"limits?:", re.IGNORECASE)


def check_line(source: str, numbers: AbstractSet[int], line: NumberedLine, pieces: Sequence[Lexeme]) -> None:
    """Raises QueryError for an empty line, a wrong reference, and what other systems write in its place.

    `numbers` are those of all lines.
    """
    if not pieces:
        start = max(0, min(line.start, len(source) - 1))
        raise QueryError(
            f"line {line.number} is empty", source, start, start + 1, "write it, or leave it out"
        )
    run: list[Lexeme] = []
    for piece in pieces:
        if piece.kind == "reference":
            _check_reference(source, numbers, line, piece)
        elif piece.kind == "word":
            _check_word(source, piece)
            run.append(piece)
            continue
        if piece.kind != "tag":
            _check_run(source, numbers, line, run)
        run = []
    _check_run(source, numbers, line, run)


def _check_reference(source: str, numbers: AbstractSet[int], line: NumberedLine, piece: Lexeme) -> None:
    asked = int(piece.text[1:])
    if asked in numbers and asked < line.number:
        return
    hint = ""
    if asked == line.number and line.label == line.start:
        message = f"there is no line {asked}"
    elif asked == line.number:
        message = f"line {asked} refers to itself"
        if _NEWLINE.search(source, line.start, piece.start):
            hint = f"if a new line begins here, give it a number above {asked}"
    elif asked in numbers:
        message, hint = f"line {asked} stands below", "a line may refer to lines above it"
    elif asked == 0:
        message, hint = "#0 is PubMed's clipboard", "write its PMIDs out"
    else:
        above = [f"#{number}" for number in sorted(numbers) if number < line.number][-8:]
        message, hint = f"there is no line {asked}", f"above stand {', '.join(above)}" if above else ""
    raise QueryError(message, source, piece.start, piece.end, hint)


def _check_word(source: str, piece: Lexeme) -> None:
    several = _SEVERAL.fullmatch(piece.text)
    if several:
        first, last = int(several[1]), int(several[2] or several[1])
        hint = f"write ({_each(range(first, last + 1), 'OR')})" if 0 < last - first < 12 else "write #1 OR #2"
        raise QueryError("PubMed has no ranges of lines", source, piece.start, piece.end, hint)
    if _OVID_RANGE.fullmatch(piece.text):
        numbers = [int(number) for number in re.findall(r"\d+", piece.text)]  # of at most 80 digits
        operator = "AND" if "and" in piece.text.lower() else "OR"
        low, high = numbers[0], numbers[-1]
        asked = range(low, high + 1) if "-" in piece.text and 0 < high - low < 12 else numbers[:12]
        hint = f"write ({_each(asked, operator)})"
        raise QueryError(f"{piece.text} is how Ovid joins lines", source, piece.start, piece.end, hint)
    if _LIMITS.fullmatch(piece.text):
        hint = "write them as terms: AND humans[mh] AND english[la] AND 1980:2009[dp]"
        message = "the Limits of the old PubMed are no part of a query"
        raise QueryError(message, source, piece.start, piece.end, hint)


def _each(numbers: Iterable[int], operator: str) -> str:
    return f" {operator} ".join(f"#{number}" for number in numbers)


def _check_run(source: str, numbers: AbstractSet[int], line: NumberedLine, run: Sequence[Lexeme]) -> None:
    """Numbers of lines without their #, and without a tag, would be searched as words or PMIDs."""
    if not run or not run[0].text.isdigit():
        return
    text = " ".join(piece.text for piece in run)
    if not _BARE_LINES.fullmatch(text):
        return
    asked = [int(number) for number in re.findall(r"\d+", text)]
    if all(number in numbers and number < line.number for number in asked):
        wanted = re.sub(r"(\d+)", r"#\1", text.lower())
        wanted = re.sub(r"and|or|not", lambda match: match[0].upper(), wanted)
        message = (
            f"{text} is a number to PubMed, not a line"
            if len(asked) == 1
            else f"{text} are no lines to PubMed"
        )
        raise QueryError(message, source, run[0].start, run[-1].end, f"write {wanted}, or [uid] for a PMID")
