"""Owns the * of terms: too many, too early, before a word, in a name.

Never looks at proximity (wording.py), nor at what a * of a heading costs (headings.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.fields import Field
from litwatch.query.finding import Finding
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Operand, Reading
from litwatch.query.tokens import without_idle_stars

#: PubMed answers a search of more wildcards with a failure (NLM Office Hours, June 2024, second-hand).
MOST_WILDCARDS = 256
MANY_WILDCARDS = 200
#: Kinds of fields in which a star behind too few characters is passed over (leaves.py).
_STARRED = ("words", "whole", "person")
#: STAR*D: a star before a last single capital. Not BEHAVIO*R, ORGANI*E, ANALY*E, POLICEM*N, where it is meant.
_NAME_WITH_STAR = re.compile(
    r"(?<![\w*])([A-Z0-9-]{3,}[A-Z0-9])\*([A-Z])(?!\w|\*)(?<!O\*R)(?<![IY]\*E)(?<!M\*N)"
)
_PARTED = r"\1 \2"


def wildcard_findings(reading: Reading) -> Iterator[Finding]:
    """More wildcards than PubMed answers."""
    stars = [piece for piece in reading.pieces if piece.kind in ("word", "quote") and "*" in piece.text]
    count = sum(piece.text.count("*") for piece in stars)
    if count > MANY_WILDCARDS:
        over = count > MOST_WILDCARDS
        yield Finding(
            "too-many-wildcards", "error" if over else "warning", stars[-1].start, stars[-1].end,
            f"{count} wildcards in one query",
            f"PubMed fails beyond {MOST_WILDCARDS}, and the answer looks like an outage",
            "", 4, "write some words out, or split the query",
        )  # fmt: skip


def truncation_findings(term: Operand, text: str, field: Field | None, *, near: bool) -> Iterator[Finding]:
    """A * that PubMed passes over, or that belongs to a name; `near`: in a proximity search, which has its own."""
    if "*" not in text or near:
        return
    for piece in term.words:
        stripped = piece.text.lstrip(QUOTES)
        if stripped.startswith("*"):
            yield Finding(
                "leading-star", "error", piece.start, piece.end,
                "a * needs the beginning of a word before it",
                "PubMed reads it as a blank; in Ovid it marks a major topic ([majr])",
                piece.text.replace(stripped, stripped.lstrip("*"), 1)
                if any(map(str.isalnum, stripped)) and stripped.lstrip("*") not in ("AND", "OR", "NOT") else "", 4,
            )  # fmt: skip
            return
    if without_idle_stars(text) != text and (field is None or field.kind in _STARRED):
        before = text.partition("*")[0]
        plain = text.replace("*", "").strip()
        yield Finding(
            "short-truncation", "warning", term.start, term.end,
            f"{before}* has fewer than four characters before its *",
            f"PubMed drops the * and searches {plain} alone",
            "", 4, "write out the words that are meant, joined by OR",
        )  # fmt: skip
    elif (named := _NAME_WITH_STAR.search(text)) and (field is None or field.kind in _STARRED):
        yield Finding(
            "star-in-name", "warning", term.start, term.end,
            f"the * of {named[0]} is a wildcard", f"it finds every word from {named[1]} to {named[2]}, "
            "and PubMed reads the * of a record as a blank",
            f'"{_NAME_WITH_STAR.sub(_PARTED, text)}"{term.tag.text if term.tag else ""}', 4,
        )  # fmt: skip
