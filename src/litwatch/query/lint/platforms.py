"""Owns the syntax of other databases' search pages.

Never guesses at text words: only shapes that PubMed's language does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Piece, Reading
from litwatch.query.lint.slashed import (
    BY_HAND,
    OPERATOR_IN,
    Shape,
    continues,
    slashed_heading,
    slashed_quote,
    slashed_subheadings,
)

# Ovid's and Embase's field codes, and the PubMed field that searches the same.
_FIELDS = {
    "ti": "ti", "ab": "tiab", "tw": "tiab", "kw": "ot", "kf": "ot", "mp": "tiab", "af": "all", "hw": "mh", "sh": "mh",
    "pt": "pt", "nm": "nm", "rn": "rn", "au": "au", "jn": "ta", "jw": "ta", "ot": "ot", "la": "la", "fs": "sh",
    "xm": "mh", "xs": "sh", "de": "mh", "tn": "tiab", "so": "ta", "id": "ot", "py": "dp", "yr": "dp",
}  # fmt: skip
_OVID_SUFFIX = re.compile(r"(?P<word>.*?)\.(?P<codes>[a-z]{2}(?:,[a-z]{2})*)\.?", re.IGNORECASE)
_COLON_SUFFIX = re.compile(r"(?P<word>.*?):(?P<codes>[a-z]{2}(?:,[a-z]{2})*)", re.IGNORECASE)
_ENDS = re.compile(r"(?:and|or|not)|.*/(?:exp|de|mj|br)?|.*[.:][a-z]{2}(?:,[a-z]{2})*\.?", re.IGNORECASE)
_NEAR = re.compile(r"(?:near|next|adj|w|pre|onear|n)/\d{1,3}|adj\d{0,2}|near\d{0,2}", re.IGNORECASE)
_TAG_FIRST = re.compile(
    r"(?:ts|ti|ab|so|au|ak|kp|py|su|wc|dt|la|title-abs-key|title-abs|title|abs|key)=.*", re.IGNORECASE
)
_EBSCO = {"MH": "mh", "MM": "majr", "TI": "ti", "AB": "tiab", "TX": "tw", "SU": "tw", "AU": "au", "SO": "ta"}
_SCOPUS = ("title-abs-key", "title-abs", "indexterms", "authkey")


def platform_findings(reading: Reading) -> Iterator[Finding]:
    """Syntax of Ovid, Embase, Cochrane, Web of Science, Scopus and EBSCO."""
    pieces = reading.pieces
    begun = 0  # no place is told twice
    headings = {
        shape.start: shape
        for position, piece in enumerate(pieces)
        if piece.kind == "word"
        and "/" in piece.text
        and (shape := slashed_heading(reading, position) or slashed_subheadings(reading, position))
        is not None
    }
    for position, piece in enumerate(pieces):
        if piece.kind == "tag":
            shape = _cochrane_tag(piece)
        elif piece.kind == "word":
            shape = headings.get(piece.start) or _shape(reading, position)
        else:
            continue
        if shape is None or piece.start < begun:
            continue
        start, end = shape.start if shape.start is not None else piece.start, shape.end or piece.end
        if start < begun:
            start, end, shape = piece.start, piece.end, Shape(shape.platform)
        begun = end
        shown = " ".join(reading.text[start:end].split())
        yield Finding(
            "other-platform", "error", start, end,
            f"{shown[:60]} is the syntax of {shape.platform}",
            "PubMed reads it as words, and finds something else or nothing", shape.instead, 5,
            "" if shape.instead else shape.advice,
        )  # fmt: skip


def _cochrane_tag(piece: Piece) -> Shape | None:
    match = re.fullmatch(r"\[(mh|mj)\s+(\^?)[\"“]?([^\"“”]+)[\"”]?\]", piece.text, re.IGNORECASE)
    if match:
        tag = "mh" if match[1].lower() == "mh" else "majr"
        return Shape("the Cochrane Library", f'"{match[3].strip()}"[{tag}{":noexp" if match[2] else ""}]')
    return None


def _shape(reading: Reading, position: int) -> Shape | None:
    pieces = reading.pieces
    before = pieces[position - 1] if position else None
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    return (
        _ebsco(pieces[position], before, after)
        or _word_first(pieces[position], after)
        or _glued(pieces[position], before, after)
        or _word_alone(reading, position)
    )


def _ebsco(piece: Piece, before: Piece | None, after: Piece | None) -> Shape | None:
    """A field in capitals before a phrase or a bracket: MH "Ketamine+", TI (ketamine)."""
    field = _EBSCO.get(piece.text)
    alone = before is None or before.kind in ("open", "operator")
    if field is None or not alone or after is None or after.kind not in ("quote", "open"):
        return None
    if after.kind == "open":
        return Shape("EBSCO", advice=f"write [{field}] after each term in the bracket")
    name = after.text.strip(QUOTES)
    exploded = name.endswith("+") or field not in ("mh", "majr")
    return Shape(
        "EBSCO",
        f'"{name.rstrip("+")}"[{field}{"" if exploded else ":noexp"}]',
        start=piece.start,
        end=after.end,
    )


def _word_first(piece: Piece, after: Piece | None) -> Shape | None:
    """What stands before the term that it is about, or between two."""
    text, lower = piece.text, piece.text.lower()
    if lower == "exp" and after is not None and after.kind in ("word", "quote"):
        return Shape("Ovid")
    if _NEAR.fullmatch(text):
        number = re.search(r"\d+", text)
        # Ovid's adj3 is "within three words", with two between them; NEAR/3 has up to three between.
        between = max(int(number[0]) - lower.startswith("adj"), 0) if number else 0
        return Shape(
            "Ovid, Embase or Web of Science",
            advice=f'{BY_HAND}: each pair of words as "word word"[tiab:~{between}], without wildcards',
        )
    if _TAG_FIRST.fullmatch(text) or (lower in _SCOPUS and after is not None and after.kind == "open"):
        field = {"ti": "ti", "title": "ti", "au": "au", "so": "ta"}.get(lower.partition("=")[0], "tiab")
        word = text.partition("=")[2]
        if word:
            alone = after is None or after.kind in ("operator", "close")
            return Shape("Web of Science or Scopus", f"{word}[{field}]" if alone and word.isalnum() else "")
        if after is not None and after.kind == "quote":
            return Shape(
                "Web of Science or Scopus", f"{after.text}[{field}]", start=piece.start, end=after.end
            )
        return Shape("Web of Science or Scopus", advice=f"write [{field}] after each term in the bracket")
    return None


def _glued(piece: Piece, before: Piece | None, after: Piece | None) -> Shape | None:
    """What hangs on a phrase or a bracket: "word".ti,ab. or "word":ti,ab or 'word'/exp."""
    if before is None or not piece.glued or before.kind not in ("quote", "close"):
        return None
    if (shape := slashed_quote(piece, before)) is not None:
        return shape
    pattern = {".": _OVID_SUFFIX, ":": _COLON_SUFFIX}.get(piece.text[0])
    if pattern is not None and (match := pattern.fullmatch(piece.text)):
        found = _suffix_tags(match)
        if found is None:
            return None
        platform, tags = found
        certain = before.kind == "quote" and len(tags) == 1 and (after is None or after.kind != "tag")
        certain = certain and not set("*?#$") & set(before.text)
        return Shape(
            platform,
            f"{before.text}[{tags[0]}]" if certain else "",
            f"write {' and '.join(f'[{tag}]' for tag in tags)} after each term",
            start=before.start if certain else None,
            end=piece.end,
        )
    return None


def _word_alone(reading: Reading, position: int) -> Shape | None:
    """What a single word shows, and the words before it that its field code is about."""
    pieces, piece = reading.pieces, reading.pieces[position]
    after = pieces[position + 1] if position + 1 < len(pieces) else None
    text, tagged = piece.text, after is not None and after.kind == "tag"
    if not tagged:
        for pattern in (_OVID_SUFFIX, _COLON_SUFFIX):
            if (match := pattern.fullmatch(text)) and match["word"]:
                return _fielded(reading, position, match)
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
    if re.search(r"[^\W\d][?#][^\W\d]", text) or (re.fullmatch(r"[^\W\d]{3,}[?#]", text) and not in_sentence):
        return Shape("Ovid", advice=f"{BY_HAND}: write each spelling out, joined by OR")
    if match := re.fullmatch(r"(or|and)/(\d+(?:[-,]\d+)*)", text, re.IGNORECASE):
        return Shape("Ovid", _lines_joined(reading, piece, match))
    return None


def _lines_joined(reading: Reading, piece: Piece, match: re.Match[str]) -> str:
    """or/1-4,6 written out, where all those lines stand above."""
    own = next((line for line in reading.lines if line.start <= piece.start < line.end), None)
    above = {line.number for line in reading.lines if own is not None and line.start < own.start}
    numbers: list[int] = []
    for part in match[2].split(","):
        first, _, last = part.partition("-")
        if len(first) > 4 or len(last) > 4 or "-" in last:
            return ""
        numbers += range(int(first), int(last or first) + 1)
    if not numbers or not set(numbers) <= above:
        return ""
    return "(" + f" {match[1].upper()} ".join(f"#{number}" for number in numbers) + ")"


def _fielded(reading: Reading, position: int, match: re.Match[str]) -> Shape | None:
    """depress$.ti,ab. or major depress$.ti,ab.: the words before it are a phrase in Ovid."""
    found = _suffix_tags(match)
    if found is None:
        return None
    platform, tags = found
    pieces = reading.pieces
    first = position
    while first and continues(reading, first) and not _ENDS.fullmatch(pieces[first - 1].text):
        first -= 1
    phrase = " ".join([*(piece.text for piece in pieces[first:position]), match["word"]]).replace("$", "*")
    short = "*" in phrase and len(phrase.partition("*")[0].replace(" ", "")) < 4
    certain = not short and re.fullmatch(r"[\w' -]+\*?", phrase) and not OPERATOR_IN.search(f" {phrase} ")
    if not certain or (first < position and platform != "Ovid"):
        return Shape(platform, start=pieces[first].start, end=pieces[position].end)
    quoted = f'"{phrase}"' if " " in phrase else phrase
    joined = " OR ".join(f"{quoted}[{tag}]" for tag in tags)
    return Shape(
        platform,
        joined if len(tags) == 1 else f"({joined})",
        start=pieces[first].start,
        end=pieces[position].end,
    )


def _suffix_tags(match: re.Match[str]) -> tuple[str, list[str]] | None:
    codes = match["codes"].lower().split(",")
    if not all(code in _FIELDS for code in codes):
        return None
    tags = list(dict.fromkeys(_FIELDS[code] for code in codes))
    if "tiab" in tags:
        tags = ["tiab"]
    platform = "Ovid" if match[0][match.end("word")] == "." else "Embase or the Cochrane Library"
    if (
        len(codes) == 1
        and platform == "Ovid"
        and not match[0].endswith(".")
        and codes[0] not in ("ti", "ab", "tw", "mp")
    ):
        return None  # a name on the web, or the end of a sentence
    return platform, tags
