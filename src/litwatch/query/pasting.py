"""Owns what of a query cannot be pasted into PubMed as it is, or means something else there.

Never changes a query: its canonical form (`str(query)`) is what can be pasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.query.fields import find_field
from litwatch.query.leaves import is_approximate, only_pubmed_knows
from litwatch.query.lexemes import Lexeme, lexemes
from litwatch.query.terms import is_idle, without_idle
from litwatch.query.tokens import without_idle_stars
from litwatch.query.tree import Query, Term, leaves

_PIECES = re.compile(r'"[^"\n]*"|(?P<remark>#(?=\s|\Z)[^\n]*)', re.MULTILINE)
SHOWN = 3
STAR_PASSED_OVER = "PubMed passes the star over, fewer than four characters before it"


def unlike_pubmed(query: Query) -> tuple[str, ...]:
    """A sentence for each thing in the query as written that PubMed would not take as litwatch does."""
    found: list[str] = []
    if any(match["remark"] for match in _PIECES.finditer(query.source)):
        found.append(
            "remarks (# to the end of the line) are litwatch's own: PubMed would search for their words"
        )
    if query.lines:
        found.append(
            "numbered lines are put together here; in PubMed #1 is a line of your own search history"
        )
    idle = tuple(dict.fromkeys(idle_words(query)))
    if idle:
        joins, them = ("join", "them") if len(idle) > 1 else ("joins", "it")
        found.append(
            f"{', '.join(f'`{word}`' for word in idle)} in small letters {joins} nothing: passed over here, so that"
            f" AND joins what stands beside {them}; PubMed may read {them} otherwise: write"
            f" {', '.join(word.upper() for word in idle)}, or take {them} out"
        )
    terms = tuple({term.key: term for term in leaves(query)}.values())
    chemicals = [term for term in terms if term.quoted and "(" in term.text and not _quoted(query, term)]
    if chemicals:
        found.append(
            f"{_named(chemicals)}: read as one word here; pasted without quotes, its bracket would group"
        )
    readings: dict[str, list[Term]] = {}
    for term in filter(is_approximate, terms):
        readings.setdefault(untagged_reading(term), []).append(term)
    found += [f"{_named(told)}: no tag; {reading}; here it is words" for reading, told in readings.items()]
    short = [term for term in terms if passes_over_star(term)]
    if short:
        found.append(f"{_named(short)}: {STAR_PASSED_OVER}")
    unknown = [term for term in terms if only_pubmed_knows(term)]
    if unknown:
        found.append(f"{_named(unknown)}: PubMed only; no record can answer it here")
    return tuple(found)


def untagged_reading(term: Term) -> str:
    """What PubMed does with a term that has no tag.

    PubMed User Guide, "Truncating search terms": "Truncation turns off automatic term mapping". "Searching for a
    phrase": where a quoted phrase is not in the index, "the quotes are ignored and the terms are processed using
    automatic term mapping".
    """
    if "*" in term.text:
        return "PubMed searches it in all fields, without mapping"
    if term.quoted:
        return "PubMed searches the phrase in all fields, or maps its words where its phrase index lacks it"
    return "PubMed maps it to headings and synonyms"


def untagged(query: Query) -> tuple[str, ...]:
    """The terms without a tag, which litwatch reads as words; each once."""
    return tuple(dict.fromkeys(term.key for term in leaves(query) if is_approximate(term)))


def passes_over_star(term: Term) -> bool:
    """Whether a star of the term is passed over, because too little stands before it."""
    return term.field.kind in ("words", "whole") and without_idle_stars(term.text) != term.text


def idle_words(query: Query) -> Iterator[str]:
    """Each lower-case and, or, not that was passed over, as it is written."""
    stretches = [(line.start, line.end) for line in query.lines] or [(0, len(query.source))]
    searched = {term.start for term in leaves(query) if not term.tag and is_idle(term.text)}
    for start, end in stretches:
        run: list[Lexeme] = []
        for piece in (*lexemes(query.source, start, end), Lexeme("end", "", end, end)):
            if piece.kind == "word":
                run.append(piece)
                continue
            tagged = piece.kind == "tag"
            kept = without_idle(run, find_field(piece.text[1:-1].partition(":")[0]) if tagged else None)
            yield from (one.text for one in run if one not in kept)
            if len(kept) == 1 and not tagged and is_idle(kept[0].text) and run[0].start not in searched:
                yield kept[0].text
            run = []


def _quoted(query: Query, term: Term) -> bool:
    return query.source[term.start : term.start + 1] == '"'


def _named(terms: list[Term]) -> str:
    names = ", ".join(term.key for term in terms[:SHOWN])
    return names + (f" and {len(terms) - SHOWN} more" if len(terms) > SHOWN else "")
