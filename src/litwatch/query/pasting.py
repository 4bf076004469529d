"""Owns what of a query cannot be pasted into PubMed as it is, or means something else there.

Never changes a query: its canonical form (`str(query)`) is what can be pasted.
"""

from __future__ import annotations

import re

from litwatch.query.leaves import is_approximate, only_pubmed_knows
from litwatch.query.tree import Query, Term, leaves

_PIECES = re.compile(r'"[^"\n]*"|(?P<remark>#(?=\s|\Z)[^\n]*)', re.MULTILINE)
SHOWN = 3


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
    terms = tuple({term.key: term for term in leaves(query)}.values())
    chemicals = [term for term in terms if term.quoted and "(" in term.text and not _quoted(query, term)]
    if chemicals:
        found.append(
            f"{_named(chemicals)}: read as one word here; pasted without quotes, its bracket would group"
        )
    untagged = [term for term in terms if is_approximate(term)]
    if untagged:
        found.append(f"{_named(untagged)}: no tag; PubMed maps it to headings and synonyms, here it is words")
    unknown = [term for term in terms if only_pubmed_knows(term)]
    if unknown:
        found.append(f"{_named(unknown)}: PubMed only; no record can answer it here")
    return tuple(found)


def _quoted(query: Query, term: Term) -> bool:
    return query.source[term.start : term.start + 1] == '"'


def _named(terms: list[Term]) -> str:
    names = ", ".join(term.key for term in terms[:SHOWN])
    return names + (f" and {len(terms) - SHOWN} more" if len(terms) > SHOWN else "")
