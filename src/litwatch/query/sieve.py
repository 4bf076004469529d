"""Decides by a record's bytes whether it can hold any of some letters; what cannot need not be parsed.

Owns how text hides letters in XML: accents, Greek, characters by number, markup inside words. Never parses, never
says that a record matches, and lets through whatever it cannot see into.

Nearly every record is decided by one look for plain bytes. Where that finds nothing, and characters outside ASCII that
are letters, tags inside words or characters by number stand in the record, its text is folded as queries are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from litwatch.query.seeking import FOUND, seeker
from litwatch.query.tokens import fold

_PLAIN = bytes(range(128))
# Markup that the DTD allows inside of text (%text; of https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd), where
# it stands inside of a word.
_SMALL = rb"</?(?:i|b|u|su[bp])>"
_LETTER = rb"[a-zA-Z0-9\x80-\xff]"
_MARKUP = _LETTER + rb"(?:" + _SMALL + rb")+" + _LETTER
# What only the reader can tell: formulas, comments, CDATA and instructions; characters by number; other entities than
# XML's own; any other tag that begins with a small letter (<sup/>, <m:mi>, <em>), as no element around a text does.
_UNSEEN = (
    rb"<DispFormula|<[!?]|"
    rb"&(?:[^aglq]|a(?:[^mp]|m(?:[^p]|p[^;])|p(?:[^o]|o(?:[^s]|s[^;])))|[gl](?:[^t]|t[^;])|"
    rb"q(?:[^u]|u(?:[^o]|o(?:[^t]|t[^;]))))|"
    rb"</?(?:[ac-hj-rtv-z]|[biu][^>]|s[^u]|su[^bp]|su[bp][^>])"
)
# UTF-8 of all characters outside ASCII that have a part in words, and of some others: the signs and punctuation that
# texts are full of are left out.
_OTHER = (
    rb"[\xc3-\xdf\xe0\xe1\xe3-\xff]|\xc2[^\xa0-\xa9\xab\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf]|"
    rb"\xe2[^\x80\x88\x89\x94-\x97]|\xe2\x80[^\x80-\x8a\x90-\xa9\xaf-\xbf]"
)
_SMALL_TAG = re.compile(_SMALL)
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
    """Lets through every record whose text, in the normal form of queries, holds any of `literals` (literals.py).

    `everywhere`: they may stand among authors, affiliations and numbers, too.
    """

    def __init__(self, literals: Iterable[str], *, everywhere: bool = False) -> None:
        self._literals = _shortest(literals)
        self._everywhere = everywhere
        self._look = seeker([one.encode() for one in self._literals], [_UNSEEN], [_MARKUP, _OTHER])
        self._known: dict[bytes, _Letters] = {}

    def passes(self, raw: bytes) -> bool:
        """Whether the record of these bytes (UTF-8) may hold a literal; True where that cannot be seen."""
        seen = raw if self._everywhere else citation_without_authors(raw)
        met = self._look(seen)
        if met is FOUND:
            return True
        if not met:
            return False
        try:
            seen.decode()
        except UnicodeDecodeError:
            return True
        return self._odd_words(seen, met)

    def _odd_words(self, seen: bytes, met: Sequence[int]) -> bool:
        """Whether a literal stands in the words that do not stand there as they are: those are looked at alone."""
        words = b" ".join(_words_at(seen, sorted(met)))
        if b"<" in words:
            words = _SMALL_TAG.sub(b"", words)
        letters = self._letters(words)
        for each, plain in letters.spelt:
            words = words.replace(each, plain)
        return letters.enough or self._look(words) is FOUND

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


def _shortest(literals: Iterable[str]) -> tuple[str, ...]:
    """Those that hold no other of them: where a longer one stands, a shorter one does."""
    kept: list[str] = []
    for one in sorted(set(literals), key=lambda each: (len(each), each)):
        if not any(short in one for short in kept):
            kept.append(one)
    return tuple(kept)


def _words_at(text: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """What stands around the bytes before these places (in order), from one blank to the next; each word once."""
    end = 0
    for place in places:
        if place > end:
            begin = text.rfind(b" ", end, place - 1) + 1 or end
            end = text.find(b" ", place)
            if end < 0:
                end = len(text)
            yield text[begin:end]


def _tells(plain: str) -> bool:
    """Whether a character that becomes this makes a word that ASCII shows otherwise."""
    return not plain or any(each.isascii() and each.isalnum() for each in plain)


def citation_without_authors(raw: bytes) -> bytes:
    """A <PubmedArticle> up to its <PubmedData>, without its <AuthorList>; anything else as it is."""
    if not raw.startswith(b"<PubmedArticle>"):
        return raw
    authors = raw.find(b"<AuthorList")
    after = raw.find(b"</AuthorList>", authors) if authors >= 0 else 0
    end = raw.find(b"<PubmedData>", after)
    if after < 0 or end < 0:
        return raw
    return raw[:authors] + raw[after:end] if authors >= 0 else raw[:end]
