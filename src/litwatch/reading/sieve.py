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

from litwatch.query.tokens import fold
from litwatch.reading.seeking import seeker

_PLAIN = bytes(range(128))
# Markup that the DTD allows inside of text (%text; of https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd), where
# it stands inside of a word; formulas, and characters by number, wherever they stand.
_SMALL = rb"</?(?:i|b|u|su[bp])>"
_LETTER = rb"[a-zA-Z0-9\x80-\xff]"
_INSIDE_WORDS = _LETTER + rb"(?:" + _SMALL + rb")+" + _LETTER + rb"|<mml:|<DispFormula|&#"
_SMALL_TAG = re.compile(_SMALL)
_FORMULAS = (b"<mml:", b"<DispFormula")
_NUMBERED = b"&#"
_FEW = 4096
"""Sets of characters whose letters are remembered."""


class Sieve:
    """Lets through every record whose text, in the normal form of queries, holds any of `literals`.

    `everywhere`: they may stand among authors, affiliations and numbers, too.
    """

    def __init__(self, literals: Iterable[str], *, everywhere: bool = False) -> None:
        self._literals = tuple(sorted(literals))
        self._everywhere = everywhere
        self._look = seeker([one.encode() for one in self._literals], _INSIDE_WORDS)
        self._known: dict[bytes, tuple[tuple[bytes, bytes], ...]] = {}

    def passes(self, raw: bytes) -> bool:
        """Whether the record of these bytes (UTF-8) may hold a literal; True where that cannot be seen."""
        try:
            return self._passes(raw)
        except UnicodeDecodeError:
            return True  # the reader will say what is wrong with it

    def _passes(self, raw: bytes) -> bool:
        if b"!" in raw and b"<!" in raw:
            return True  # a comment or CDATA may hide anything
        seen = raw if self._everywhere else citation_without_authors(raw)
        found, marked = self._look(seen)
        if found:
            return True
        if not marked and (seen.isascii() or not self._letters(seen)):
            return False
        return self._spelt_out(seen)

    def _letters(self, text: bytes) -> tuple[tuple[bytes, bytes], ...]:
        """The characters outside ASCII that have a part in words, and what becomes of each.

        Raises UnicodeDecodeError.
        """
        others = text.translate(None, _PLAIN)
        known = self._known.get(others)
        if known is None:
            if len(self._known) >= _FEW:
                self._known.clear()
            folded = {each: fold(each) for each in others.decode()}
            known = self._known[others] = tuple(
                (each.encode(), plain.encode()) for each, plain in sorted(folded.items()) if _tells(plain)
            )
        return known

    def _spelt_out(self, text: bytes) -> bool:
        """Whether a literal stands in the text without markup, its letters as queries have them."""
        if any(mark in text for mark in _FORMULAS):
            return True  # the reader makes words of them in its own way
        text = _SMALL_TAG.sub(b"", text)
        if _NUMBERED in text:
            text = html.unescape(text.decode()).encode("utf-8", "surrogatepass")
        for each, plain in self._letters(text):
            text = text.replace(each, plain)
        return self._look(text)[0]


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
