"""Owns what makes a search harder to read, without losing a paper: brackets, missing wildcards.

Never more than hints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Level, Operand, Piece, Reading
from litwatch.query.lint.structure import Structure
from litwatch.query.parse import SIGNS
from litwatch.query.tokens import words
from litwatch.query.tree import Term

_WORD_OPERATORS = re.compile(
    r"and|or|not|and/or|(?:adj|near|next|n|w|pre)/?\d{1,3}|adj|near|next", re.IGNORECASE
)

_LONGEST = 200


def reading_hints(reading: Reading, structure: Structure | None) -> Iterator[Finding]:
    """Brackets that do nothing, and words that a wildcard could stand for."""
    yield from _brackets(reading)
    if structure is not None:
        yield from _common_beginnings(structure)


def _brackets(reading: Reading) -> Iterator[Finding]:
    text = reading.text
    double: set[int] = set()
    for level in reading.levels:
        if level.depth and level.start not in double and _is_double(level):
            inner = level.operands[0]
            while inner.inside is not None and _is_double(inner.inside):
                double.add(inner.start)
                inner = inner.inside.operands[0]
            yield Finding(
                "needless-brackets", "hint", level.start, level.end,
                "double brackets", "one pair says the same",
                *_bare(text[inner.start : inner.end] if not inner.tag else ""),
            )  # fmt: skip
        if _in_words(level):
            continue
        here = {_joining(joins) for joins in level.joins}
        for operand in level.operands if len(here) == 1 else ():
            inside = operand.inside
            if (
                inside is None
                or operand.tag is not None
                or len(inside.operands) < 2
                or len(level.operands) < 2
            ):
                continue
            kinds = here | {_joining(joins) for joins in inside.joins}
            whole = inside.closed and not inside.left and not _in_words(inside)
            if len(kinds) == 1 and kinds <= {"AND", "OR"} and whole:
                bare = text[operand.start + 1 : operand.end - 1].strip()
                yield Finding(
                    "needless-brackets", "hint", operand.start, operand.end,
                    f"brackets inside a row of {kinds.pop()}", "without them it means the same; they may help readers",
                    *_bare(bare if _joined_by(level, operand, reading) else ""),
                )  # fmt: skip


def _bare(text: str) -> tuple[str, int, str]:
    """What is left without the brackets, as `instead`, the element of PRESS and the advice where that is too long."""
    return (text, 5, "") if len(text) <= _LONGEST else ("", 5, "take the outer pair out")


def _is_double(level: Level) -> bool:
    """Whether a bracket holds one bracket and nothing else."""
    return (
        level.closed
        and len(level.operands) == 1
        and level.operands[0].inside is not None
        and not (level.first or level.left)
    )


def _in_words(level: Level) -> bool:
    """Whether an operator stands there in words that PubMed does not take for one: put right, it would part the row."""
    return any(
        piece.kind == "word" and _WORD_OPERATORS.fullmatch(piece.text)
        for operand in level.operands
        for piece in operand.words
    )


def _joined_by(level: Level, operand: Operand, reading: Reading) -> bool:
    """Whether blanks part the bracket from what stands beside it, so that nothing is glued together without it."""
    before, after = (
        reading.text[operand.start - 1 : operand.start],
        reading.text[operand.end : operand.end + 1],
    )
    return (not before or before.isspace() or before == "(") and (
        not after or after.isspace() or after == ")"
    )


def _common_beginnings(structure: Structure) -> Iterator[Finding]:
    for group in structure.alternatives:
        stems: dict[tuple[str, str], list[tuple[str, Term]]] = {}
        for term in group.terms:
            found = words(term.text)
            if len(found) == 1 and "*" not in term.text and term.field.kind == "words" and len(found[0]) >= 7:
                stems.setdefault((found[0][:6], term.tag), []).append((found[0], term))
        for (stem, tag), alike in stems.items():
            forms, first = [form for form, _ in alike], alike[0][1]
            if len(set(forms)) < 3:
                continue
            common = _common(forms)
            shown = ", ".join(dict.fromkeys(forms))
            yield Finding(
                "wildcard-instead", "hint", first.start, first.end,
                f"{shown[:80]} begin alike", "a wildcard finds them and the forms that are missing",
                f"{common if len(common) >= len(stem) else stem}*[{tag or 'tiab'}]", 4,
            )  # fmt: skip


def _joining(joins: list[Piece]) -> str:
    return SIGNS.get(joins[0].text, joins[0].text) if joins else "AND"


def _common(forms: list[str]) -> str:
    shortest, longest = min(forms), max(forms)
    length = next(
        (i for i, (a, b) in enumerate(zip(shortest, longest, strict=False)) if a != b), len(shortest)
    )
    return shortest[:length]
