"""Owns headings as Ovid and Embase write them: Ketamine/, exp *Ketamine/, Ketamine/ad, tu and 'ketamine'/exp.

Never looks at other fields' syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from litwatch.query.fields import find_field
from litwatch.query.lexemes import QUOTES, one_line
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.structure import HEADING_TAGS
from litwatch.query.mesh import Mesh, known_subheading
from litwatch.query.tokens import normal

# Ovid's Ketamine/ and Embase's 'ketamine'/exp: the last word of a heading.
_SLASHED = re.compile(r"(?P<word>[^/]*)/(?P<emtree>exp(?:/mj)?|de|mj|br)?", re.IGNORECASE)
OPERATOR_IN = re.compile(r"\s(?:and|or|not|exp|(?:adj|near|next|w|pre|n)/?\d*)\s", re.IGNORECASE)
_LEAST_LETTERS = 3
#: statistics and numerical data
_LONGEST_SUBHEADING = 4
BY_HAND = "translate it by hand"
LOOK_UP = "look up the MeSH heading: https://meshb.nlm.nih.gov"


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands from `start` to `end` (None: the piece alone) in another language; `instead` where it is certain.

    `note` is what PubMed's form does otherwise.
    """

    platform: str
    instead: str = ""
    advice: str = BY_HAND
    start: int | None = None
    end: int | None = None
    note: str = ""


def heading_named(name: str, platform: str, mesh: Mesh | None) -> str:
    """The MeSH heading that another platform names so; "" where MeSH lacks it. Emtree's names are no MeSH."""
    if mesh is None:
        return "" if platform == "Embase" else name
    found = mesh.find(name)
    if found is None:
        return ""
    # Ovid's MEDLINE has MeSH itself: the name stays as it is written there.
    return name if platform != "Embase" or normal(found.name) == normal(name) else found.name


def slashed_heading(reading: Reading, position: int, mesh: Mesh | None) -> Shape | None:
    """exp *Depressive Disorder, Major/ of Ovid, 'major depression'/exp of Embase: the whole name, not its last word."""
    pieces = reading.pieces
    last = pieces[position]
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    match = _SLASHED.fullmatch(last.text)
    if match is None or (after is not None and after.kind == "tag"):
        return None
    first = _name_begins(reading, position)
    name = " ".join(piece.text for piece in pieces[first:position])
    name = f"{name} {match['word']}".strip() if match["word"] else name
    exploded = name.lower().startswith("exp ")
    if not (exploded or match["emtree"] or name.startswith("*")) and _has_subheading(reading, position, mesh):
        return None
    name = name[4:].strip() if exploded else name
    major = name.startswith("*")
    name = name.lstrip("*").strip("'’‘ ")
    if sum(map(str.isalpha, name)) < _LEAST_LETTERS:
        return None
    embase = match["emtree"]
    inside = f" {name} ".replace(" and ", " ") if exploded else f" {name} "
    certain = not set('*/?#$:()"') & set(name) and not OPERATOR_IN.search(inside)
    platform = "Embase" if embase else "Ovid"
    tag = "majr" if major or "mj" in (embase or "") else "mh"
    explode = exploded or (embase or "").startswith("exp")
    heading = heading_named(name, platform, mesh) if certain else ""
    instead = f'"{heading}"[{tag}{"" if explode else ":noexp"}]' if heading else ""
    advice = LOOK_UP if certain else BY_HAND
    return Shape(platform, instead, advice, start=pieces[first].start, end=last.end)


def _has_subheading(reading: Reading, position: int, mesh: Mesh | None) -> bool:
    """Whether a subheading stands behind the slash: PubMed's own form, with [mh] or without a tag."""
    behind: list[str] = []
    last = reading.pieces[position]
    for piece in reading.pieces[position + 1 :]:
        parted = "\n" in reading.text[last.end : piece.start]
        if piece.kind == "tag" and not parted:
            field = find_field(one_line(piece.text[1:-1]).partition(":")[0])
            return bool(behind) and field is not None and field.tag in HEADING_TAGS
        if piece.kind != "word" or parted or len(behind) == _LONGEST_SUBHEADING:
            break
        behind.append(piece.text)
        last = piece
    return bool(behind) and known_subheading(" ".join(behind), mesh) is not None


def slashed_subheadings(reading: Reading, position: int) -> Shape | None:
    """Ketamine/ad, tu of Ovid: a heading with either subheading. PubMed's Ketamine/ad has one."""
    pieces = reading.pieces
    match = re.fullmatch(r"(?P<word>[^/]+)/(?P<code>[a-z]{2}),?", pieces[position].text)
    if match is None:
        return None
    codes, last = [match["code"]], position
    while (
        last + 1 < len(pieces)
        and re.fullmatch(r"[a-z]{2},?", pieces[last + 1].text)
        and pieces[last].text[-1] == ","
    ):
        last += 1
        codes.append(pieces[last].text.rstrip(","))
    behind = pieces[last + 1] if last + 1 < len(pieces) else None
    spelt_out = behind is not None and _spells_out(behind, codes)
    if behind is not None and behind.kind == "tag" and not spelt_out:
        return None  # PubMed's own, of which headings.py speaks
    if not (len(codes) > 1 or spelt_out) or not all(known_subheading(code, None) for code in codes):
        return None
    first = _name_begins(reading, position)
    name = " ".join((*(piece.text for piece in pieces[first:position]), match["word"])).removeprefix("exp ")
    tag = "majr" if name.startswith("*") else "mh"
    name = name.lstrip("*")
    explode = "" if pieces[first].text == "exp" else ":noexp"
    joined = " OR ".join(f'"{name}/{code}"[{tag}{explode}]' for code in codes)
    return Shape(
        "Ovid",
        f"({joined})" if len(codes) > 1 else joined,
        start=pieces[first].start,
        end=pieces[last + spelt_out].end,
    )


def _spells_out(piece: Piece, codes: list[str]) -> bool:
    """[Adverse Effects, Therapeutic Use], which Ovid prints behind /ae, tu."""
    if piece.kind != "tag" or find_field(one_line(piece.text[1:-1]).partition(":")[0]):
        return False
    return sum(map(str.isalpha, piece.text)) >= _LEAST_LETTERS * len(codes)


def slashed_quote(piece: Piece, before: Piece, mesh: Mesh | None) -> Shape | None:
    """ "ketamine"/ or "ketamine"/exp: what hangs on the quotation mark."""
    match = _SLASHED.fullmatch(piece.text)
    if before.kind != "quote" or match is None or match["word"]:
        return None
    emtree = match["emtree"] or ""
    tag, explode = "majr" if "mj" in emtree else "mh", "" if emtree.startswith("exp") else ":noexp"
    platform = "Embase" if emtree else "Ovid"
    heading = heading_named(before.text.strip(QUOTES), platform, mesh)
    instead = f'"{heading}"[{tag}{explode}]' if heading else ""
    return Shape(platform, instead, LOOK_UP, start=before.start, end=piece.end)


def _name_begins(reading: Reading, position: int) -> int:
    """Where the name that ends here begins: with `exp`, or behind what is no word of it."""
    pieces, first = reading.pieces, position
    while first and continues(reading, first) and "/" not in pieces[first - 1].text:
        if pieces[first].text.lower() == "exp" or (pieces[first].text.startswith("*") and first == position):
            break
        if re.fullmatch(r".*\.[a-z]{2}(?:,[a-z]{2})*\.?", pieces[first - 1].text, re.IGNORECASE):
            break
        first -= 1
    if first < position and pieces[first].text.lower() in ("and", "or", "not"):
        first += 1
    if first and pieces[first - 1].text.lower() == "exp" and pieces[first - 1].kind == "word":
        first -= 1
    return first


def continues(reading: Reading, position: int) -> bool:
    """Whether the piece before is a word on the same line, and not the number of that line."""
    before, piece = reading.pieces[position - 1], reading.pieces[position]
    return (
        before.kind == "word"
        and any(map(str.isalpha, before.text))
        and "\n" not in reading.text[before.end : piece.start]
    )
