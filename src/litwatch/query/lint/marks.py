"""Owns characters that a word processor or a web page puts into a query, and those that PubMed blanks.

Never reads words, only characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from litwatch.query.fields import find_field
from litwatch.query.finding import Finding
from litwatch.query.lexemes import QUOTES
from litwatch.query.lint.rough_reading import Reading

_SINGLE = "‘’‚‛′″`´〝〞"
_DASHES = "‐‑‒–—―−"
_ODD_BLANKS = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC, _LATIN = re.compile("[\u0400-\u052f]"), re.compile("[A-Za-z]")
_ALIKE = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u04bb"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408",
    "abekmhopctyxsijhABEKMHOPCTYXSIJ",
)
_ODD = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]|[^\x00-\x7f]")
# PubMed User Guide, "PubMed character conversions": these become blanks. Not here: - . , ' / : within words,
# which everybody writes, and * ~ # [ ], which mean something.
_BLANKED = re.compile(r"[!$%+;<>=?\\^_{}]")


def mark_findings(reading: Reading) -> Iterator[Finding]:
    """Typographic, invisible and blanked characters outside comments."""
    text, comments, passed = reading.text, reading.comments, 0
    for match in _ODD.finditer(text):
        while passed < len(comments) and comments[passed][1] <= match.start():
            passed += 1
        if passed < len(comments) and comments[passed][0] <= match.start():
            continue
        if found := _odd(match[0], match.start()):
            yield found
    for piece in reading.pieces:
        if piece.kind in ("quote", "unclosed") and not {piece.text[0], piece.text[-1]} & set(QUOTES) <= {'"'}:
            marks = "".join(
                dict.fromkeys(mark for mark in (piece.text[0], piece.text[-1]) if mark in QUOTES[1:])
            )
            yield Finding(
                "smart-quote", "warning", piece.start, piece.end,
                f"{marks} are typographic quotation marks" if len(marks) > 1
                else f"{marks} is a typographic quotation mark",
                "NLM promises only that straight ones mark a phrase; other programs read these as letters",
                f'"{piece.text.strip(QUOTES)}"' if piece.kind == "quote" and len(piece.text) > 2 else "", 5,
                "write straight ones",
            )  # fmt: skip
    yield from _mixed_scripts(reading)
    for mark in reading.marks:
        yield Finding(
            "blanked-character", "hint", mark.start, mark.end,
            f"PubMed reads {mark.text[:20]} as a blank", "it changes nothing",
            "", 5, "it may be taken out",
        )  # fmt: skip
    for term in reading.terms:
        field = find_field(term.tag.text[1:-1].partition(":")[0]) if term.tag else None
        if field is not None and field.kind != "words":
            continue  # y_5[filter], a DOI: PubMed reads those as they stand
        for piece in term.words:
            if piece.kind in ("word", "quote") and (blanked := _blanked(text[piece.start : piece.end])):
                # Not where nothing is left of the word: the operator or tag beside it would lose its term.
                left = _BLANKED.sub(" ", piece.text)
                kept = any(map(str.isalnum, left)) and not {"AND", "OR", "NOT"} & set(left.split())
                yield Finding(
                    "blanked-character", "hint", piece.start + blanked.start(), piece.start + blanked.end(),
                    f"PubMed reads {blanked[0]} as a blank in {piece.text[:60]}", "the term is searched without it",
                    " " if kept and not left.startswith("#") else "", 5,
                )  # fmt: skip


def _mixed_scripts(reading: Reading) -> Iterator[Finding]:
    """Words with Latin and Cyrillic letters in them, as a text that was copied or typed on two keyboards has."""
    if reading.text.isascii():
        return
    wordings = (piece for piece in reading.pieces if piece.kind in ("word", "quote", "unclosed"))
    for match in (
        one for piece in wordings for one in _LETTERS.finditer(reading.text, piece.start, piece.end)
    ):
        word = match[0]
        if not (_CYRILLIC.search(word) and _LATIN.search(word)):
            continue
        strange = ", ".join(dict.fromkeys(_CYRILLIC.findall(word)))
        latin = word.translate(_ALIKE)
        yield Finding(
            "mixed-script", "warning", match.start(), match.end(),
            f"Cyrillic letters stand in {word[:60]}: {strange[:30]}",
            "they look like Latin ones and are others: no paper has the word",
            latin if not _CYRILLIC.search(latin) else "", 5, "type the word again",
        )  # fmt: skip


def _blanked(text: str) -> re.Match[str] | None:
    # S(+)- is part of a chemical's name, and the blank does no harm there.
    return _BLANKED.search(text.replace("(+)", "(-)"))


def _odd(character: str, place: int) -> Finding | None:
    if character in QUOTES:
        return None  # told once for the phrase
    if character in _SINGLE:
        return Finding(
            "smart-apostrophe", "hint", place, place + 1,
            f"{character} is a typographic apostrophe or prime",
            "PubMed reads it as '; other databases do not", "'", 5,
        )  # fmt: skip
    if character in _DASHES:
        name = unicodedata.name(character, "dash").lower()
        return Finding(
            "typographic-dash", "warning", place, place + 1,
            f"{character} ({name}) is no hyphen", "a term with it may find nothing", "-", 5,
        )  # fmt: skip
    if character in _ODD_BLANKS:
        return _odd_blank(character, place)
    if character in _WIDE:
        return Finding(
            "wide-character", "warning", place, place + 1,
            f"{character} is the full-width form of {_WIDE[character]}",
            "it is no bracket, operator or letter to PubMed", _WIDE[character] if _WIDE[character].isalnum() else "", 5,
            f"write {_WIDE[character]}",
        )  # fmt: skip
    if unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn"):
        return _invisible(character, place)
    return None


def _odd_blank(character: str, place: int) -> Finding:
    name = unicodedata.name(character, "blank").lower()
    return Finding(
        "odd-blank", "warning", place, place + 1,
        f"this blank is a {name} (U+{ord(character):04X})",
        "copied from a web page or a word processor; it may glue two words into one", " ", 5, "write a plain blank",
    )  # fmt: skip


def _invisible(character: str, place: int) -> Finding:
    name = unicodedata.name(character, "control character").lower()
    return Finding(
        "invisible-character", "warning", place, place + 1,
        f"an invisible character stands here: {name} (U+{ord(character):04X})",
        "it is part of the word to other programs, and the word is not found", "", 5, "delete it",
    )  # fmt: skip
