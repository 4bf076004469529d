"""Owns what the Cochrane Library and Embase write in square brackets: [mh "Ketamine"], [Ketamine], [humans]/lim.

Never looks at PubMed's own field tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.lint.rough_reading import Reading
from litwatch.query.lint.slashed import BY_HAND, LOOK_UP, Shape, heading_named
from litwatch.query.mesh import Mesh
from litwatch.query.nlm_tables import language_names
from litwatch.query.tokens import normal

_TAG = re.compile(r"\[(mh|mj)\s+(\^?)[\"“]?([^\"“”]+)[\"”]?\]", re.IGNORECASE)
_DESCRIPTOR = re.compile(
    r"(?P<label>^[ \t]*#\d{1,4}[ \t]+)?\bMeSH descriptor:?\s{0,9}\[(?P<name>[^\[\]\n]{1,200})\]"
    r"(?P<how>[^\S\n]{0,9}(?:explode all trees|this term only|in all MeSH products))*"
    r"(?P<by_hand>[^\S\n]{0,9}(?:explode|and with qualifier)[^\n]{0,200})?",
    re.IGNORECASE | re.MULTILINE,
)
_YEARS = re.compile(r"\[(\d{4})-(\d{4})\]")
_HUMANS = "NOT (animals[mh] NOT humans[mh]) in place of the AND; humans[mh] loses what is not indexed"


def bracketed_shapes(reading: Reading, mesh: Mesh | None) -> Iterator[Shape]:
    """Headings of Cochrane's, limits of Embase's."""
    pieces = reading.pieces
    for position, piece in enumerate(pieces):
        if piece.kind != "tag":
            continue
        after = pieces[position + 1] if position + 1 < len(pieces) else None
        if match := _TAG.fullmatch(piece.text):
            tag = "mh" if match[1].lower() == "mh" else "majr"
            heading = heading_named(match[3].strip(), "Cochrane", mesh)
            instead = f'"{heading}"[{tag}{":noexp" if match[2] else ""}]' if heading else ""
            yield Shape("the Cochrane Library", instead, LOOK_UP, piece.start, piece.end)
        elif after is not None and after.glued and after.text.lower() in ("/lim", "/py", "/sd"):
            instead, advice = _limit(piece.text)
            yield Shape("Embase", instead, advice, piece.start, after.end)
    if "escriptor" in reading.text:
        yield from _descriptors(reading, mesh)


def _limit(text: str) -> tuple[str, str]:
    """PubMed's term for a limit of Embase's, or what to do about it."""
    if years := _YEARS.fullmatch(text):
        return (f"{years[1]}:{years[2]}[dp]", "") if years[1] <= years[2] else ("", BY_HAND)
    name = normal(text[1:-1])
    if any(name in known for known in language_names().values()):
        return f"{name}[la]", ""
    return "", _HUMANS if name in ("humans", "human") else BY_HAND


def _descriptors(reading: Reading, mesh: Mesh | None) -> Iterator[Shape]:
    """MeSH descriptor: [Ketamine] explode all trees."""
    numbered = reading.lines[0].number is not None
    for match in _DESCRIPTOR.finditer(reading.text):
        start = match.end("label") if numbered and match["label"] else match.start()
        heading = "" if match["by_hand"] else heading_named(match["name"].strip(), "Cochrane", mesh)
        explode = ":noexp" if "only" in (match["how"] or "").lower() else ""
        instead = f'"{heading}"[mh{explode}]' if heading else ""
        yield Shape(
            "the Cochrane Library", instead, BY_HAND if match["by_hand"] else LOOK_UP, start, match.end()
        )
