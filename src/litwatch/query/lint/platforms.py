"""Owns the syntax of other databases' search pages, and what they print around a query.

Never guesses at text words: only shapes that PubMed's language does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from litwatch.query.finding import Finding
from litwatch.query.lint.lexical import Piece, Reading

# Ovid's and Embase's field codes, and the PubMed field that searches the same.
_FIELDS = {
    "ti": "ti", "ab": "tiab", "tw": "tiab", "kw": "ot", "kf": "ot", "mp": "tiab", "af": "all", "hw": "mh", "sh": "mh",
    "pt": "pt", "nm": "nm", "rn": "rn", "au": "au", "jn": "ta", "jw": "ta", "ot": "ot", "la": "la", "fs": "sh",
    "xm": "mh", "xs": "sh", "de": "mh", "tn": "tiab", "so": "ta", "id": "ot", "py": "dp", "yr": "dp",
}  # fmt: skip
_OVID_SUFFIX = re.compile(r"(?P<word>.*?)\.(?P<codes>[a-z]{2}(?:,[a-z]{2})*)\.?", re.IGNORECASE)
_COLON_SUFFIX = re.compile(r"(?P<word>.*?):(?P<codes>[a-z]{2}(?:,[a-z]{2})*)", re.IGNORECASE)
_EMTREE = re.compile(r"(?P<word>.*?)/(?:exp|de|mj|br)(?:/mj)?", re.IGNORECASE)
_NEAR = re.compile(r"(?:near|next|adj|w|pre|onear|n)/\d{1,3}|adj\d{0,2}|near\d{0,2}", re.IGNORECASE)
_TAG_FIRST = re.compile(
    r"(?:ts|ti|ab|so|au|ak|kp|py|su|wc|dt|la|title-abs-key|title-abs|title|abs|key)=.*", re.IGNORECASE
)
_AROUND = '"/*'
_EBSCO = {"MH": "mh", "MM": "majr", "TI": "ti", "AB": "tiab", "TX": "tw", "SU": "tw", "AU": "au", "SO": "ta"}
_SCOPUS = ("title-abs-key", "title-abs", "indexterms", "authkey")
_PREFIX = re.compile(
    r"\s*(?:via |in )?(?:pub ?med|medline|embase|ovid|cochrane|cinahl|scopus|psycinfo|web of science)\b"
    r"[^\"()\[\]\n:]{0,60}:(?=\s|\()",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\b(?:sort(?:ed)? by\s?:|filters(?: applied)?\s?:|limits\s?:)[^\n]{0,200}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Shape:
    platform: str
    instead: str


def platform_findings(reading: Reading) -> Iterator[Finding]:
    """Syntax of Ovid, Embase, Cochrane, Web of Science, Scopus and EBSCO, and prefixes and suffixes."""
    pieces = reading.pieces
    for position, piece in enumerate(pieces):
        if piece.kind == "tag":
            shape = _cochrane_tag(piece)
        elif piece.kind == "word":
            before = pieces[position - 1] if position else None
            after = pieces[position + 1] if position + 1 < len(pieces) else None
            shape = _shape(piece, before, after)
        else:
            continue
        if shape is not None:
            yield Finding(
                "other-platform", "error", piece.start, piece.end,
                f"{piece.text[:40]} is the syntax of {shape.platform}",
                "PubMed reads it as words, and finds something else or nothing", shape.instead, 5,
            )  # fmt: skip
    yield from _around(reading)


def _cochrane_tag(piece: Piece) -> _Shape | None:
    match = re.fullmatch(r"\[(mh|mj)\s+\^?[\"“]?(.+?)[\"”]?\]", piece.text, re.IGNORECASE)
    if match:
        return _Shape("the Cochrane Library", f'"{match[2][:80]}"[mh]')
    return None


def _shape(piece: Piece, before: Piece | None, after: Piece | None) -> _Shape | None:
    return (
        _ebsco(piece, before, after)
        or _word_first(piece, after)
        or _glued(piece, before)
        or _word_alone(piece, after)
    )


def _ebsco(piece: Piece, before: Piece | None, after: Piece | None) -> _Shape | None:
    """A field in capitals before a phrase or a bracket: MH "Ketamine+", TI (ketamine)."""
    field = _EBSCO.get(piece.text)
    alone = before is None or before.kind in ("open", "operator")
    if field is None or not alone or after is None or after.kind not in ("quote", "open"):
        return None
    phrase = after.text.replace("+", "") if after.kind == "quote" else "..."
    return _Shape("EBSCO", f"{phrase}[{field}]")


def _word_first(piece: Piece, after: Piece | None) -> _Shape | None:
    """What stands before the term that it is about, or between two."""
    text, lower = piece.text, piece.text.lower()
    if lower == "exp" and after is not None and after.kind in ("word", "quote"):
        return _Shape("Ovid", f'"{after.text.strip(_AROUND)}"[mh]')
    if _NEAR.fullmatch(text):
        number = re.search(r"\d+", text)
        return _Shape("Ovid, Embase or Web of Science", f'"word word"[tiab:~{number[0] if number else 3}]')
    if _TAG_FIRST.fullmatch(text) or (lower in _SCOPUS and after is not None and after.kind == "open"):
        field = {"ti": "ti", "title": "ti", "au": "au", "so": "ta"}.get(lower.partition("=")[0], "tiab")
        word = text.partition("=")[2] or (
            after.text if after is not None and after.kind == "quote" else "..."
        )
        return _Shape("Web of Science or Scopus", f"{word}[{field}]")
    return None


def _glued(piece: Piece, before: Piece | None) -> _Shape | None:
    """What hangs on a phrase or a bracket: "word".ti,ab. or "word":ti,ab or 'word'/exp."""
    if before is None or not piece.glued or before.kind not in ("quote", "close"):
        return None
    phrase = before.text if before.kind == "quote" else "..."
    pattern = {".": _OVID_SUFFIX, ":": _COLON_SUFFIX}.get(piece.text[0])
    if pattern is not None and (match := pattern.fullmatch(piece.text)):
        return _suffix(match, phrase)
    return _Shape("Embase", f"{phrase}[mh]") if re.fullmatch(r"/(?:exp|de|mj)(?:/mj)?", piece.text) else None


def _word_alone(piece: Piece, after: Piece | None) -> _Shape | None:
    """What a single word shows."""
    text = piece.text
    if after is None or after.kind != "tag":
        for pattern in (_OVID_SUFFIX, _COLON_SUFFIX):
            if (match := pattern.fullmatch(text)) and match["word"]:
                return _suffix(match, match["word"])
        if (match := _EMTREE.fullmatch(text)) and match["word"]:
            return _Shape("Embase", f'"{match["word"].strip(chr(39))}"[mh]')
        if len(text) > 3 and text.endswith("/") and text[:-1].replace("-", "").replace("*", "").isalpha():
            return _Shape("Ovid", f'"{text.strip(_AROUND)}"[mh]')
    if re.fullmatch(r"[^\W\d]{2,}\$\d?", text):
        return _Shape("Ovid", f"{text.partition('$')[0]}*[tiab]")
    if re.search(r"[^\W\d][?#][^\W\d]", text):
        return _Shape("Ovid", f"{text.replace('?', '*').replace('#', '*')}, or write each spelling out")
    if re.fullmatch(r"(?:or|and)/\d+(?:[-,]\d+)*", text, re.IGNORECASE):
        return _Shape("Ovid", "#1 OR #2 OR #3")
    return None


def _suffix(match: re.Match[str], word: str) -> _Shape | None:
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
    return _Shape(platform, " OR ".join(f"{word}[{tag}]" for tag in tags))


def _around(reading: Reading) -> Iterator[Finding]:
    if match := _PREFIX.match(reading.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        yield Finding(
            "prefix", "error", start, match.end(),
            f"{match[0].strip()} is no part of a query",
            "PubMed searches its words, too, and joins them by AND", "take it out", 5,
        )  # fmt: skip
    words = [piece for piece in reading.pieces if piece.kind == "word"]
    hits = {piece.start for piece in words if piece.text.lower() in _SUFFIX_WORDS or ":" in piece.text}
    for match in _SUFFIX.finditer(reading.text) if hits else ():
        if match.start() in hits:
            yield Finding(
                "suffix", "error", match.start(), match.end(),
                f"{match[0].strip()[:40]} is no part of a query",
                "it belongs to PubMed's page; pasted into a query its words are searched, joined by AND",
                "take it out" if match[0].lower().startswith("sort")
                else "write each limit as a term: english[la], 2020:3000[crdt]", 5,
            )  # fmt: skip


_SUFFIX_WORDS = ("sort", "sorted", "filters", "limits")
