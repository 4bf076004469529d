"""The facets of some rules as places among the scopes of a matcher, and which of their entries hold.

Owns that arrangement. Never matches (query.match does).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from litwatch.paper import Span
from litwatch.query.match import Reading, Scope
from litwatch.query.spans import rank
from litwatch.study.facets import Entry, Facet


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's places among the scopes: its query, its `unless` and its `sentence` (-1: none)."""

    id: str
    query: int
    unless: int
    sentence: int

    def earned_among(self, matched: Collection[int]) -> bool:
        """Whether the query or the sentence is among the scopes that match."""
        return self.query in matched or self.sentence in matched

    def spans(self, reading: Reading) -> tuple[Span, ...]:
        """Where the words stand that earned the entry, in the order of fields and places."""
        spans = reading.spans(self.query)
        if self.sentence < 0 or not (together := reading.spans(self.sentence)):
            return spans
        return tuple(sorted({*spans, *together}, key=lambda one: (rank(one.field), one.start, one.end)))


class PlacedFacets:
    """Facets as places among `scopes`, and which of their entries hold when some of these match."""

    def __init__(self, facets: Iterable[Facet], relevance: Entry | None) -> None:
        self.scopes: list[Scope] = []
        self.relevance = placed(relevance, self.scopes) if relevance is not None else None
        # By the places of the query and the sentence: what matched is a handful, what could match is not.
        self._entries = {
            facet.name: {
                place: entry
                for entry in (placed(each, self.scopes) for each in facet.entries)
                for place in (entry.query, entry.sentence)
                if place >= 0
            }
            for facet in facets
        }

    def holding(self, matched: frozenset[int], name: str) -> list[Placed]:
        """The entries of a facet that hold, in order, when those scopes match."""
        entries = self._entries.get(name)
        if not entries:
            return []
        found = {entries[place].query for place in matched.intersection(entries)}
        return [entry for query in sorted(found) if (entry := entries[query]).unless not in matched]


def placed(entry: Entry, scopes: list[Scope]) -> Placed:
    """The entry with its scopes put behind those."""
    query = place(Scope(entry.query, entry.sections), scopes)
    unless = place(Scope(entry.unless, entry.sections), scopes) if entry.unless is not None else -1
    sentence = -1
    if entry.sentence is not None:
        sentence = place(Scope(entry.sentence, entry.sections, in_sentence=True), scopes)
    return Placed(entry.id, query, unless, sentence)


def place(scope: Scope, scopes: list[Scope]) -> int:
    """Where the scope stands, put behind those."""
    scopes.append(scope)
    return len(scopes) - 1


def holds(matched: frozenset[int], entry: Placed) -> bool:
    """Whether an entry holds when those scopes match."""
    return entry.earned_among(matched) and entry.unless not in matched


def first_of(entries: Sequence[Placed]) -> str | None:
    """The id of the first entry, where there is one."""
    return entries[0].id if entries else None
