"""Owns & and |: operators that look like marks, and names that are torn apart at one.

Never looks at operators that are words.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding
from litwatch.query.lint.rough_reading import Level, Operand, Piece, Reading
from litwatch.query.lint.structure import HEADING_TAGS
from litwatch.query.mesh import Mesh, known_subheading
from litwatch.query.nlm_tables import type_keys
from litwatch.query.parse import SIGNS

_LONGEST_NAME = 12


def sign_findings(reading: Reading, mesh: Mesh | None) -> Iterator[Finding]:
    """Each & and |, and what it tears apart."""
    told: set[int] = set()
    for level in reading.levels:
        for position, joins in enumerate(level.joins):
            if [piece.text for piece in joins] == ["&"] and (found := _torn(level, position, mesh)):
                told.add(joins[0].start)
                yield found
    for piece in reading.pieces:
        if piece.kind == "operator" and piece.text in SIGNS and piece.start not in told:
            word = SIGNS[piece.text]
            yield Finding(
                "operator-as-sign", "hint", piece.start, piece.end,
                f"{piece.text} means {word}", "readers and other databases may not know it",
                _parted(reading.text, piece, word), 2,
            )  # fmt: skip


def _parted(text: str, piece: Piece, word: str) -> str:
    """The word, with a blank on each side that has none."""
    before = "" if text[piece.start - 1 : piece.start].isspace() else " "
    return before + word + ("" if text[piece.end : piece.end + 1].isspace() else " ")


def _torn(level: Level, position: int, mesh: Mesh | None) -> Finding | None:
    """A name with an & in it, of which only the last part has the tag."""
    left, right = level.operands[position : position + 2]
    if not (_is_run(left) and left.tag is None and _is_run(right)):
        return None
    first, last = _text(left), _text(right)
    field = find_field(right.tag.text[1:-1].partition(":")[0]) if right.tag else None
    if right.tag is not None and field is None:
        return None
    tag = field.tag if field else "mh"
    told = right.tag.text if right.tag else "[mh]"
    advice = ""
    if tag == "ta":
        # Inside quotation marks an & is a mark, as it is in the titles of journals.
        whole = f'"{first} & {last}"{told}'
        certain = "," in first or (first[:1].isupper() and last[:1].islower())
        instead, advice = (whole, "") if certain else ("", f"if it is the name of one journal: {whole}")
    elif _is_name(tag, f"{first} and {last}", mesh):
        instead = f'"{first} and {last}"{told}'
    else:
        return None
    return Finding(
        "sign-in-name", "error" if instead else "hint", left.start, right.end,
        f"& means AND, and tears a name apart: {first[:40]} & {last[:40]}",
        "PubMed searches both parts by themselves, and only the last one has the field tag", instead, 5, advice,
    )  # fmt: skip


def _is_name(tag: str, name: str, mesh: Mesh | None) -> bool:
    if tag == "sh":
        return known_subheading(name, mesh) is not None
    if tag == "pt":
        return len(type_keys(name)) > 1
    if tag not in HEADING_TAGS:
        return False
    heading, slash, subheading = name.rpartition("/")
    if slash and heading.strip():
        return known_subheading(subheading, mesh) is not None
    return mesh is not None and mesh.find(name) is not None


def _is_run(operand: Operand) -> bool:
    return (
        operand.inside is None
        and 0 < len(operand.words) <= _LONGEST_NAME
        and all(piece.kind == "word" for piece in operand.words)
    )


def _text(operand: Operand) -> str:
    return " ".join(piece.text for piece in operand.words)
