"""Owns what makes a search harder to read, without losing a paper: brackets, missing wildcards.

Never more than hints.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.lexical import Piece, Reading
from litwatch.query.lint.structure import Structure
from litwatch.query.tokens import words


def reading_hints(reading: Reading, structure: Structure | None) -> Iterator[Finding]:
    """Brackets that do nothing, and words that a wildcard could stand for."""
    yield from _brackets(reading)
    if structure is not None:
        yield from _common_beginnings(structure)


def _brackets(reading: Reading) -> Iterator[Finding]:
    for level in reading.levels:
        if level.depth and level.closed and len(level.operands) == 1 and level.operands[0].inside is not None:
            inner = level.operands[0]
            if inner.start - level.start < 2 or not reading.text[level.start + 1 : inner.start].strip():
                yield Finding(
                    "needless-brackets", "hint", level.start, level.end,
                    "double brackets", "one pair says the same",
                    reading.text[inner.start : inner.end] if inner.end - inner.start < 80 else "", 5,
                )  # fmt: skip
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
            if len(kinds) == 1 and kinds <= {"AND", "OR"} and not inside.left:
                yield Finding(
                    "needless-brackets", "hint", operand.start, operand.end,
                    f"brackets inside a row of {kinds.pop()}", "without them it means the same", "", 5,
                )  # fmt: skip


def _common_beginnings(structure: Structure) -> Iterator[Finding]:
    for group in structure.alternatives:
        stems: dict[tuple[str, str], list[str]] = {}
        for term in group.terms:
            found = words(term.text)
            if len(found) == 1 and "*" not in term.text and term.field.kind == "words" and len(found[0]) >= 7:
                stems.setdefault((found[0][:6], term.tag), []).append(found[0])
        for (stem, tag), forms in stems.items():
            if len(set(forms)) < 3:
                continue
            common = _common(forms)
            first = next(term for term in group.terms if words(term.text) == (forms[0],))
            shown = ", ".join(dict.fromkeys(forms))
            yield Finding(
                "wildcard-instead", "hint", first.start, first.end,
                f"{shown[:80]} begin alike", "a wildcard finds them and the forms that are missing",
                f"{common}*[{tag}]" if tag else f"{common or stem}*[tiab]", 4,
            )  # fmt: skip


def _joining(joins: list[Piece]) -> str:
    return {"|": "OR", "&": "AND"}.get(joins[0].text, joins[0].text) if joins else "AND"


def _common(forms: list[str]) -> str:
    shortest, longest = min(forms), max(forms)
    length = next(
        (i for i, (a, b) in enumerate(zip(shortest, longest, strict=False)) if a != b), len(shortest)
    )
    return shortest[:length]
