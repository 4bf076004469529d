"""Owns cutting a query into its marks and words, each with its place in the text.

Never knows what a tag or an operator means. Linear: every character is looked at a fixed number of times.

    quote      " any text "       typographic marks too: “ ” „ ‟ « » are what a word processor makes of "
    tag        [ any text ]
    operator   AND OR NOT & |     upper case, a word of its own; no blank is needed beside a bracket or a mark
    reference  # and a number     a line of a numbered strategy
    mark       . , ; ! ? + that belong to no word: blanks to PubMed (User Guide, "Character conversions")
    word       everything else up to a blank, a bracket, a quotation mark, & or |
    chemical   "(" up to 20 characters ")-" word: (S)-ketamine is one word, S(+)-ketamine and [18F]FDG too
    number     a DOI or a publisher's number is one word, too, with the brackets that close in it:
               10.9999/s9999-000x(97)00036-5, S9999-0000(97)00036-5
    comment    # and a blank, to the end of the line (ours, for config files)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litwatch.errors import QueryError

#: What opens or closes a phrase. In the records NLM writes every double quotation mark as " (NLM Tech Bull 2010
#: Jul-Aug;(375):e13), so no phrase can hold one of the others.
QUOTES = '"“”„‟«»＂'
#: Zero-width characters and direction marks: they are nothing, in a query as in a record (tokens.py).
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_CONTROL = "\x00-\x1f\x7f-\x9f"
_STOP = rf"\s{_CONTROL}()\[\]&|{QUOTES}"
#: As chemists write one: a single digit goes with a light element alone, so that [1Au] stays the tag of first authors.
_ISOTOPE = r"(?:\d{2,3}m?[A-Z][a-z]?|[1-9](?:H|He|Li|Be|B|C))"
#: Square brackets stand in the DOIs that publishers made of SICIs: 10.9999/0005-2086(2007)51[59:ABCD]2.0.CO;2.
_DOI = rf"""(?:https?://(?:dx\.|www\.)?doi\.org/|doi:)?10\.\d{{4,9}}/
    (?:[^{_STOP}]|\((?:[^{_STOP}]|\([^{_STOP}]*\))*\)|\[\d+:[^{_STOP}]*\])+"""
#: Publisher Item Identifier: an ISSN, the year, a number, a check digit.
_PII = rf"S?\d{{4}}-?\d{{3}}[\dX]\(\d\d\)\d{{5}}-?[\dX](?=[{_STOP}]|\Z)"
_LEXEME = re.compile(
    rf"""(?P<blank>[\s{_CONTROL}]+|\#(?=[()\[\]&|{QUOTES}]))
    |(?P<comment>\#(?=[\s{_CONTROL}]|\Z)[^\n\r]*)
    |(?P<chemical>(?:(?:\([^{_STOP}]{{1,20}}\)-){{1,3}}|\[{_ISOTOPE}\]-?)[^{_STOP}]+)
    |(?P<number>(?i:{_DOI}|{_PII}))
    |(?P<open>\()
    |(?P<close>\))
    |(?P<quote>[{QUOTES}][^{QUOTES}]*[{QUOTES}]?)
    |(?P<tag>\[[^\[\]]*\]?)
    |(?P<stray>\])
    |(?P<operator>[&|]|(?:AND|OR|NOT)(?=[{_STOP}]|\Z))
    |(?P<reference>\#\d{{1,9}}(?=[.;]?(?:[{_STOP}]|\Z)))
    |(?P<mark>[.,;!?+]+(?=[{_STOP}]|\Z))
    |(?P<word>[^{_STOP}]+)""",
    re.VERBOSE,
)
_DAMAGED = re.compile("[\ud800-\udfff]")
_NOTHING = re.compile(f"[{INVISIBLE}]")
_BLANK = re.compile(rf"[\s{_CONTROL}]+")
#: Kinds of pieces that say nothing.
UNREAD = ("comment", "mark")
_UNCLOSED = {"quote": "this quotation mark is never closed", "tag": "this [ is never closed"}


class Lexeme(NamedTuple):
    """A piece of a query; `start` and `end` are code points in its source."""

    kind: str
    text: str
    start: int
    end: int


def lexemes(
    source: str, start: int = 0, end: int | None = None, *, tolerant: bool = False
) -> Iterator[Lexeme]:
    """The pieces of `source` between two places; blanks, marks that are some, and comments left out.

    Raises QueryError where a quotation mark or a square bracket is never closed, and where the text is damaged.
    `tolerant`, which lint is, never raises: what a quotation mark opens for good is an `unclosed` piece, a tag may
    lack its "]", and marks and comments are pieces, too.
    """
    stop = len(source) if end is None else end
    if source.isascii():
        yield from _cut(source, source, start, stop, None, tolerant=tolerant)
        return
    damaged = None if tolerant else _DAMAGED.search(source, start, stop)
    if damaged:
        hint = "the text was broken on its way here; type it again"
        raise QueryError("half a character stands here", source, damaged.start(), damaged.end(), hint)
    if not _NOTHING.search(source, start, stop):
        yield from _cut(source, source, start, stop, None, tolerant=tolerant)
        return
    places = [place for place in range(start, stop) if not _NOTHING.match(source[place])]
    visible = "".join(source[place] for place in places)
    yield from _cut(source, visible, 0, len(visible), places, tolerant=tolerant)


def _cut(
    source: str, text: str, start: int, stop: int, places: Sequence[int] | None, *, tolerant: bool
) -> Iterator[Lexeme]:
    """The pieces of `text`, which is `source`, or what stands at `places` of it."""
    position, before, match_at = start, "", _LEXEME.match
    while position < stop:
        match = match_at(text, position, stop)
        assert match is not None  # every character begins some lexeme
        kind, begin, position = str(match.lastgroup), position, match.end()
        if kind == "blank" or (kind in UNREAD and not tolerant):
            continue
        found = match[0]
        if kind in ("chemical", "number"):
            kind = "word"
        elif kind == "word" and found[0] == ":" and before in ("tag", "quote"):
            kind, found, position = "colon", ":", begin + 1
        before = kind if kind not in UNREAD else before
        first, last = (places[begin], places[position - 1] + 1) if places else (begin, position)
        if kind in _UNCLOSED and (len(found) < 2 or found[-1] not in (QUOTES if kind == "quote" else "]")):
            if not tolerant:
                raise QueryError(_UNCLOSED[kind], source, first, first + 1)
            kind = "unclosed" if kind == "quote" else kind
        yield Lexeme(kind, found, first, last)


def one_line(text: str) -> str:
    """`text` with single blanks between its words, without control characters."""
    return _BLANK.sub(" ", text).strip()
