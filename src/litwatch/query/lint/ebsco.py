"""Owns EBSCO's syntax: MH "Ketamine+", TI ketamine, lines called S1.

Never takes capitals for a field where nothing else shows that the text is EBSCO's: TI, AB and SO are words, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.slashed import BY_HAND, LOOK_UP, Shape, heading_named
from litwatch.query.mesh import Mesh

_FIELDS = {"MH": "mh", "MM": "majr", "TI": "ti", "AB": "tiab", "TX": "tw", "SU": "tw", "AU": "au", "SO": "ta"}
_NEAR = re.compile(r"[NW]\d{1,2}")
_LINE = re.compile(r"S\d{1,3}[.:)]?")


def ebsco_shapes(reading: Reading, mesh: Mesh | None) -> Iterator[Shape]:
    """Every field and line number of EBSCO's."""
    pieces = reading.pieces
    sure: list[Shape] = []
    perhaps: list[Shape] = []
    for position, piece in enumerate(pieces):
        before = pieces[position - 1] if position else None
        after = pieces[position + 1] if position + 1 < len(pieces) else None
        behind = pieces[position + 2] if position + 2 < len(pieces) else None
        # One piece of a run of words is one of them: vitamin AB [tiab].
        begins = before is None or before.kind in ("open", "operator") or _starts_line(reading, before, piece)
        if piece.kind != "word" or not (begins or (before is not None and _LINE.fullmatch(before.text))):
            continue
        if piece.text in _FIELDS and after is not None and after.kind in ("quote", "open"):
            sure.append(_field(piece, after, mesh))
        elif piece.text in _FIELDS and after is not None and after.kind == "word":
            perhaps.append(_of_a_word(piece, after, behind))
        elif _LINE.fullmatch(piece.text) and (after is None or after.kind != "tag"):
            perhaps.append(_line(piece))
    if sure or len(perhaps) > 1:
        yield from (*sure, *perhaps)
        near = [one for one in pieces if one.kind == "word" and _NEAR.fullmatch(one.text)]
        yield from (
            Shape("EBSCO", "", f'{BY_HAND}: "word word"[tiab:~{one.text[1:]}]', one.start, one.end)
            for one in near
        )


def _starts_line(reading: Reading, before: Piece, piece: Piece) -> bool:
    return "\n" in reading.text[before.end : piece.start]


def _field(piece: Piece, after: Piece, mesh: Mesh | None) -> Shape:
    """A field in capitals before a phrase or a bracket."""
    field = _FIELDS[piece.text]
    if after.kind == "open":
        return Shape("EBSCO", "", f"write [{field}] after each term in the bracket", piece.start, piece.end)
    name = after.text.strip(QUOTES)
    if field not in ("mh", "majr"):
        return Shape("EBSCO", f'"{name}"[{field}]', start=piece.start, end=after.end)
    heading = heading_named(name.rstrip("+"), "EBSCO", mesh)
    instead = f'"{heading}"[{field}{"" if name.endswith("+") else ":noexp"}]' if heading else ""
    return Shape("EBSCO", instead, LOOK_UP, piece.start, after.end)


def _of_a_word(piece: Piece, after: Piece, behind: Piece | None) -> Shape:
    field = _FIELDS[piece.text]
    alone = behind is None or behind.kind in ("operator", "close")
    certain = alone and after.text.isalnum() and field not in ("mh", "majr")
    advice = f"write [{field}] after each term"
    return Shape("EBSCO", f"{after.text}[{field}]" if certain else "", advice, piece.start, after.end)


def _line(piece: Piece) -> Shape:
    number = piece.text.strip("S.:)")
    advice = f"number the lines 1., 2. and so on, and write #{number} where a later one means this one"
    return Shape("EBSCO", "", advice, piece.start, piece.end)
