"""Decides by a record's bytes whether it can hold any of some letters; what cannot need not be parsed.

Owns how text hides letters in XML: accents, Greek, characters by number, markup inside words. Never parses, never
says that a record matches, and lets through whatever it cannot see into.

Nearly every record is decided by one look for plain bytes. Where that finds nothing, and characters outside ASCII that
are letters, tags inside words or characters by number stand in the record, its text is folded as queries are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from litwatch.query.seeking import WANTED, seeker
from litwatch.query.tokens import fold

_PLAIN = bytes(range(128))
# Markup that the DTD allows inside of text (%text; of https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd), where
# it stands inside of a word; formulas, comments, CDATA and characters by number, wherever they stand.
_SMALL = rb"</?(?:i|b|u|su[bp])>"
_LETTER = rb"[a-zA-Z0-9\x80-\xff]"
_MARKUP = _LETTER + rb"(?:" + _SMALL + rb")+" + _LETTER + rb"|<mml:|<DispFormula|<!|&#"
_IN_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") | frozenset(
    range(128, 256)
)
_SMALL_TAG = re.compile(_SMALL)
_UNSEEN = (b"<mml:", b"<DispFormula", b"<!")
_NUMBERED = b"&#"
_FEW = 4096
"""Sets of characters whose letters are remembered."""


@dataclass(frozen=True, slots=True)
class _Letters:
    """The characters outside ASCII of a text that have a part in words, and what becomes of each.

    `enough`: one of them alone holds a literal (β and "beta").
    """

    spelt: tuple[tuple[bytes, bytes], ...]
    enough: bool


class Sieve:
    """Lets through every record whose text, in the normal form of queries, holds any of `literals`.

    `everywhere`: they may stand among authors, affiliations and numbers, too.
    """

    def __init__(self, literals: Iterable[str], *, everywhere: bool = False) -> None:
        self._literals = _shortest(literals)
        self._everywhere = everywhere
        self._look = seeker([one.encode() for one in self._literals], [_MARKUP])
        self._known: dict[bytes, _Letters] = {}

    def passes(self, raw: bytes) -> bool:
        """Whether the record of these bytes (UTF-8) may hold a literal; True where that cannot be seen."""
        seen = raw if self._everywhere else citation_without_authors(raw)
        met = self._look(seen)
        if WANTED in met:
            return True
        if not met and seen.isascii():
            return False
        try:
            letters = self._letters(seen)
            if letters.enough:
                return True
            if met:
                return self._without_markup(seen)
            return _inside_words(letters, seen) and self._spelt_out(seen, letters)
        except UnicodeDecodeError:
            return True  # the reader will say what is wrong with it

    def _letters(self, text: bytes) -> _Letters:
        others = text.translate(None, _PLAIN)
        known = self._known.get(others)
        if known is None:
            if len(self._known) >= _FEW:
                self._known.clear()
            folded = [(each, fold(each)) for each in sorted(set(others.decode()))]
            known = self._known[others] = _Letters(
                tuple((each.encode(), plain.encode()) for each, plain in folded if _tells(plain)),
                any(literal in plain for _, plain in folded for literal in self._literals),
            )
        return known

    def _without_markup(self, text: bytes) -> bool:
        if any(mark in text for mark in _UNSEEN):
            return True  # the reader makes words of a formula in its own way; a comment or CDATA may hide anything
        text = _SMALL_TAG.sub(b"", text)
        if _NUMBERED in text:
            text = html.unescape(text.decode()).encode("utf-8", "surrogatepass")
        return self._spelt_out(text, self._letters(text))

    def _spelt_out(self, text: bytes, letters: _Letters) -> bool:
        """Whether a literal stands in the text once its letters are those of queries."""
        for each, plain in letters.spelt:
            text = text.replace(each, plain)
        return WANTED in self._look(text)


def _shortest(literals: Iterable[str]) -> tuple[str, ...]:
    """Those that hold no other of them: where a longer one stands, a shorter one does."""
    kept: list[str] = []
    for one in sorted(set(literals), key=lambda each: (len(each), each)):
        if not any(short in one for short in kept):
            kept.append(one)
    return tuple(kept)


def _inside_words(letters: _Letters, text: bytes) -> bool:
    """Whether any of these characters stands beside a letter, a digit or another one outside ASCII."""
    for each, _ in letters.spelt:
        at = text.find(each)
        while at >= 0:
            after = at + len(each)
            if text[at - 1] in _IN_WORDS or (after < len(text) and text[after] in _IN_WORDS):
                return True
            at = text.find(each, after)
    return False


def _tells(plain: str) -> bool:
    """Whether a character that becomes this makes a word that ASCII shows otherwise."""
    return not plain or any(each.isascii() and each.isalnum() for each in plain)


def citation_without_authors(raw: bytes) -> bytes:
    """A <PubmedArticle> up to its <PubmedData>, without its <AuthorList>; anything else as it is."""
    if not raw.startswith(b"<PubmedArticle>"):
        return raw
    authors = raw.find(b"<AuthorList")
    if authors < 0:
        end = raw.find(b"<PubmedData>")
        return raw if end < 0 else raw[:end]
    after = raw.find(b"</AuthorList>", authors)
    if after < 0:
        return raw
    end = raw.find(b"<PubmedData>", after)
    return raw[:authors] + (raw[after:] if end < 0 else raw[after:end])
