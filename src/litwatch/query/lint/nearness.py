"""Owns how other search pages ask for words near each other: adj3, NEAR/3, W/3, PRE/3, N3, "low mood"~3.

Never takes a word for an operator that may be one: n/15 counts patients, N3 is a stage of sleep, of cancer, of a fat.
"""

from __future__ import annotations

import re

from litwatch.query.fields import Field, find_field
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.slashed import BY_HAND, Shape
from litwatch.query.tokens import words

_NEAR = re.compile(r"(?:near|next|adj|w|pre|onear|n)/\d{1,3}|adj\d{1,2}|near\d{1,2}", re.IGNORECASE)
_EBSCO = re.compile(r"[NW]\d{1,2}")
_SLOP = re.compile(r"~(\d{1,4})")
_PLAIN = re.compile(r"[^\W\d_]+(?:-[^\W_]+)*")
#: Beside these N3 is no operator: stages of sleep and of tumours, fats, waves of the brain.
_NO_OPERATOR = re.compile(
    r"stages?|staging|sleep|nrem|omega|node|nodes|nodal|disease|class|category|grade|type|waves?|peaks?|potentials?|"
    r"components?|fatty|pufas?|latency|amplitude|lymph|tumou?rs?|cancers?|[tnm]\d[a-d]?",
    re.IGNORECASE,
)
_PLATFORMS = {
    "adj": "Ovid", "near": "Embase, the Cochrane Library or Web of Science", "next": "Embase or the Cochrane Library",
}  # fmt: skip
_EITHER_ORDER = "; PubMed finds them in either order"


def near_shape(reading: Reading, position: int, field: Field | None) -> Shape | None:
    """An operator of nearness at `position`; `field` is that of its run, if PubMed's tag stands behind it."""
    pieces, piece = reading.pieces, reading.pieces[position]
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    if before is not None and before.kind == "quote" and (slop := _SLOP.fullmatch(piece.text)):
        return _slop(before, piece, after, slop[1])
    if not _is_operator(pieces, position, field):
        return None
    lower = piece.text.lower()
    number = re.search(r"\d+", piece.text)
    # Ovid's adj3 is "within three words", with two between them; NEAR/3 has up to three between.
    between = max(int(number[0]) - lower.startswith("adj"), 0) if number else 0
    name = next((name for name in _PLATFORMS if lower.startswith(name)), "")
    platform = _PLATFORMS.get(name, "EBSCO" if _EBSCO.fullmatch(piece.text) else "Scopus, ProQuest or Embase")
    pair = _pair(pieces, position) if number else None
    advice = f'{BY_HAND}: each pair of words as "word word"[tiab:~{between}], without wildcards'
    if pair is None:
        return Shape(platform, advice=advice)
    first, last, tag = pair
    instead = f'"{first.text} {pieces[position + 1].text}"[{tag}:~{between}]'
    ordered = lower.startswith(("pre", "onear", "next", "w")) and not lower.startswith("w/")
    return Shape(platform, instead, advice, first.start, last.end, _EITHER_ORDER if ordered else "")


def _is_operator(pieces: tuple[Piece, ...], position: int, field: Field | None) -> bool:
    piece, lower = pieces[position], pieces[position].text.lower()
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    if before is None or after is None:
        return field is None and _NEAR.fullmatch(piece.text) is not None
    between_words = before.kind == "word" == after.kind
    if _NEAR.fullmatch(piece.text):
        sure = field is None or lower.startswith(("near", "adj"))
        return sure or (
            between_words and (piece.text.isupper() or lower.startswith(("pre", "onear", "next")))
        )
    if _EBSCO.fullmatch(piece.text):
        if any(_NO_OPERATOR.fullmatch(one.text.strip(QUOTES)) for one in (before, after)):
            return False
        if between_words:
            return _run_of_three(pieces, position)
        return before.kind in ("quote", "close", "tag") and after.kind in ("quote", "open", "word")
    # Without a number only between words that have no tag: near infrared [tiab] is a phrase.
    return (
        (lower == "adj" or piece.text == "NEAR") and field is None and before.kind != "operator" != after.kind
    )


def _run_of_three(pieces: tuple[Piece, ...], position: int) -> bool:
    """Whether one word stands before the operator, and one behind it."""
    return (position < 2 or pieces[position - 2].kind != "word") and (
        position + 2 >= len(pieces) or pieces[position + 2].kind != "word"
    )


def _pair(pieces: tuple[Piece, ...], position: int) -> tuple[Piece, Piece, str] | None:
    """The first and the last piece of two plain words with the operator between them, and their tag; None for more."""
    if not position or position + 1 >= len(pieces):
        return None
    first, last, tag = pieces[position - 1], pieces[position + 1], ""
    if first.kind == "tag":  # ketamine[tiab] N3 depression[tiab]
        tag, begin = _proximity_tag(first), position - 2
        if (
            not tag
            or begin < 0
            or pieces[begin].kind != "word"
            or (begin and pieces[begin - 1].kind == "word")
        ):
            return None
        first = pieces[begin]
    elif not _run_of_three(pieces, position):
        return None
    if not (
        first.kind == "word" == last.kind and _PLAIN.fullmatch(first.text) and _PLAIN.fullmatch(last.text)
    ):
        return None
    behind = pieces[position + 2] if position + 2 < len(pieces) else None
    if behind is not None and behind.kind == "word":
        return None
    if behind is not None and behind.kind == "tag":
        own = _proximity_tag(behind)
        return (first, behind, own) if own and tag in ("", own) else None
    return (first, last, "tiab") if not tag else None


def _proximity_tag(piece: Piece) -> str:
    field = find_field(piece.text[1:-1])
    return field.tag if field is not None and field.proximity else ""


def _slop(before: Piece, piece: Piece, after: Piece | None, distance: str) -> Shape:
    """ "low mood"~3, as Lucene and what is built on it have it."""
    phrase = before.text.strip(QUOTES)
    tagged = after is not None and after.kind == "tag"
    tag = _proximity_tag(after) if tagged and after is not None else "tiab"
    certain = tag and "*" not in phrase and len(words(phrase)) > 1
    end = after.end if tagged and after is not None else piece.end
    return Shape(
        "Europe PMC and others",
        f'"{phrase}"[{tag}:~{distance}]' if certain else "",
        f'{BY_HAND}: "word word"[tiab:~{distance}], without wildcards',
        before.start,
        end,
    )
