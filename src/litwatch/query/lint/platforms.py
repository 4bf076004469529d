"""Owns the syntax of other databases' search pages.

Never guesses at text words: only shapes that PubMed's language does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from litwatch.query.fields import Field, find_field
from litwatch.query.finding import Finding
from litwatch.query.lint.bracketed import bracketed_shapes
from litwatch.query.lint.ebsco import ebsco_shapes
from litwatch.query.lint.nearness import near_shape
from litwatch.query.lint.ovid_lines import ovid_line_shapes
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.slashed import (
    BY_HAND,
    Shape,
    slashed_heading,
    slashed_quote,
    slashed_subheadings,
)
from litwatch.query.lint.suffixed import COLON_SUFFIX, OVID_SUFFIX, fielded, glued_field
from litwatch.query.mesh import Mesh

_TAG_FIRST = re.compile(
    r"(?:ts|ti|ab|so|au|ak|kp|py|su|wc|dt|la|title-abs-key|title-abs|title|abs|key)=.*", re.IGNORECASE
)
_COLON_FIRST = re.compile(
    r"(?P<field>tiab|ti|ab|title|abstract|tw|mesh|mh|majr|au|all):(?P<word>(?:[^\W\d_][\w-]*\*?)?)",
    re.IGNORECASE,
)
_COLON_FIELDS = {"ab": "tiab", "title": "ti", "abstract": "tiab", "mesh": "mh"}
_ANOTHER = "another search page"
_SCOPUS = ("title-abs-key", "title-abs", "indexterms", "authkey")


def platform_findings(reading: Reading, mesh: Mesh | None) -> Iterator[Finding]:
    """Syntax of Ovid, Embase, Cochrane, Web of Science, Scopus and EBSCO."""
    begun = 0  # no place is told twice
    begins, ends = set(), set()
    for start, end, alone, shape in sorted(_shapes(reading, mesh), key=lambda one: (one[0], -one[1])):
        if start < begun:
            if alone is None or alone.start < begun:
                continue
            start, end, shape = alone.start, alone.end, Shape(shape.platform)
        begun = end
        begins.add(start)
        ends.add(end)
        shown = " ".join(reading.text[start:end].split())
        yield Finding(
            "other-platform", "error", start, end,
            f"{shown[:60]} is the syntax of {shape.platform}",
            f"PubMed reads it as words, and finds something else or nothing{shape.note if shape.instead else ''}",
            shape.instead, 5, "" if shape.instead else shape.advice,
        )  # fmt: skip

    for before, piece, after in zip(reading.pieces, reading.pieces[1:], reading.pieces[2:], strict=False):
        joins = (
            piece.kind == "word" and piece.text in _SMALL and (before.end in ends or after.start in begins)
        )
        if joins and piece.start not in begins:
            yield Finding(
                "other-platform", "error", piece.start, piece.end,
                f"`{piece.text}` joins on that platform, and is a word to PubMed", "PubMed joins by capitals alone",
                piece.text.upper(), 2,
            )  # fmt: skip


_SMALL = ("and", "or", "not")


def _shapes(reading: Reading, mesh: Mesh | None) -> Iterator[tuple[int, int, Piece | None, Shape]]:
    """Each shape with its place, and the piece by which it was known, if that is one."""
    for shape in (
        *bracketed_shapes(reading, mesh),
        *ebsco_shapes(reading, mesh),
        *ovid_line_shapes(reading),
    ):
        yield shape.start or 0, shape.end or 0, None, shape
    tagged = tagged_words(reading)
    for position, piece in enumerate(reading.pieces):
        if piece.kind != "word":
            continue
        found = None
        if "/" in piece.text:
            found = slashed_heading(reading, position, mesh) or slashed_subheadings(reading, position)
        found = found or _shape(reading, position, tagged.get(piece.start), mesh)
        if found is not None:
            start = piece.start if found.start is None else found.start
            yield start, found.end or piece.end, piece, found


def tagged_words(reading: Reading) -> Mapping[int, Field]:
    """The field of each piece whose run has one of PubMed's tags, by where it begins."""
    found: dict[int, Field] = {}
    for term in reading.terms:
        field = find_field(term.tag.text[1:-1].partition(":")[0]) if term.tag is not None else None
        if field is not None:
            found.update((piece.start, field) for piece in term.words)
    return found


def _shape(reading: Reading, position: int, field: Field | None, mesh: Mesh | None) -> Shape | None:
    pieces = reading.pieces
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    return (
        _exploded(pieces[position], after, field)
        or near_shape(reading, position, field)
        or _field_first(pieces[position], after)
        or _field_and_colon(pieces[position], after, field)
        or _glued(pieces[position], before, after, mesh)
        or _word_alone(reading, position, mesh)
    )


def _exploded(piece: Piece, after: Piece | None, field: Field | None) -> Shape | None:
    """exp before a name; Exp Neurol [ta] is a journal, and so is any exp with the tag of one."""
    if piece.text.lower() != "exp" or after is None or after.kind not in ("word", "quote"):
        return None
    return Shape("Ovid") if field is None or field.explodes else None


def _field_first(piece: Piece, after: Piece | None) -> Shape | None:
    """TI=ketamine of Web of Science, TITLE-ABS-KEY(ketamine) of Scopus."""
    text, lower = piece.text, piece.text.lower()
    if not _TAG_FIRST.fullmatch(text) and not (
        lower in _SCOPUS and after is not None and after.kind == "open"
    ):
        return None
    field = {"ti": "ti", "title": "ti", "au": "au", "so": "ta"}.get(lower.partition("=")[0], "tiab")
    word = text.partition("=")[2]
    if word:
        alone = after is None or after.kind in ("operator", "close")
        return Shape("Web of Science or Scopus", f"{word}[{field}]" if alone and word.isalnum() else "")
    if after is not None and after.kind == "quote":
        return Shape("Web of Science or Scopus", f"{after.text}[{field}]", start=piece.start, end=after.end)
    return Shape("Web of Science or Scopus", advice=f"write [{field}] after each term in the bracket")


def _field_and_colon(piece: Piece, after: Piece | None, field: Field | None) -> Shape | None:
    """ti:ketamine, title:"low mood"."""
    match = _COLON_FIRST.fullmatch(piece.text)
    if match is None or field is not None:
        return None
    tag, word = _COLON_FIELDS.get(match["field"].lower(), match["field"].lower()), match["word"]
    glued = after is not None and after.glued
    if word:
        alone = after is None or after.kind in ("operator", "close")
        return Shape(_ANOTHER, f"{word}[{tag}]" if alone and tag != "mh" else "", f"write {word}[{tag}]")
    if after is not None and glued and after.kind == "quote":
        return Shape(_ANOTHER, f"{after.text}[{tag}]", start=piece.start, end=after.end)
    if after is not None and glued and after.kind == "open":
        return Shape(_ANOTHER, advice=f"write [{tag}] after each term in the bracket")
    return None


def _glued(piece: Piece, before: Piece | None, after: Piece | None, mesh: Mesh | None) -> Shape | None:
    """What hangs on a phrase or a bracket: "word".ti,ab. or "word":ti,ab or "word"/exp."""
    if before is None or not piece.glued or before.kind not in ("quote", "close"):
        return None
    return slashed_quote(piece, before, mesh) or glued_field(piece, before, after, mesh)


def _word_alone(reading: Reading, position: int, mesh: Mesh | None) -> Shape | None:
    """What a single word shows, and the words before it that its field code is about."""
    pieces, piece = reading.pieces, reading.pieces[position]
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    text, tagged = piece.text, after is not None and after.kind == "tag"
    if not tagged:
        for pattern in (OVID_SUFFIX, COLON_SUFFIX):
            if (match := pattern.fullmatch(text)) and match["word"]:
                return fielded(reading, position, match, mesh)
    if re.fullmatch(r"[^\W\d]{2,}\$\d?", text):
        stem = text.partition("$")[0]
        return Shape(
            "Ovid", f"{stem}*" + ("" if tagged else "[tiab]") if len(stem) > 3 and text[-1] == "$" else ""
        )
    in_sentence = (
        position > 1
        and pieces[position - 1].kind == "word" == pieces[position - 2].kind
        and pieces[position - 1].text.lower() not in ("and", "or", "not")
        and not tagged
    )
    if re.search(r"[^\W\d](?:[?#]|\$\d?)[^\W\d]", text) or (
        re.fullmatch(r"[^\W\d]{3,}[?#]", text) and not in_sentence
    ):
        return Shape("Ovid", advice=f"{BY_HAND}: write each spelling out, joined by OR")
    return None
