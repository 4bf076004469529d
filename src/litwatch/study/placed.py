"""The facets of some rules as places among the scopes of a matcher, and which of their entries hold.

Owns that arrangement. Never matches (query.match does).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from litwatch.query.match import Scope
from litwatch.study.facets import Entry, Facet


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's places among the scopes: its query and its `unless` (-1: none)."""

    id: str
    query: int
    unless: int


class PlacedFacets:
    """Facets as places among `scopes`, and which of their entries hold when some of these match."""

    def __init__(self, facets: Iterable[Facet], relevance: Entry | None) -> None:
        self.scopes: list[Scope] = []
        self.relevance = self._placed(relevance) if relevance is not None else None
        # By the place of the query: what matched is a handful, what could match is not.
        self._entries = {
            facet.name: {entry.query: entry for entry in map(self._placed, facet.entries)} for facet in facets
        }

    def _placed(self, entry: Entry) -> Placed:
        query, unless = len(self.scopes), -1
        self.scopes.append(Scope(entry.query, entry.sections))
        if entry.unless is not None:
            unless = len(self.scopes)
            self.scopes.append(Scope(entry.unless, entry.sections))
        return Placed(entry.id, query, unless)

    def holding(self, matched: frozenset[int], name: str) -> list[Placed]:
        """The entries of a facet that hold, in order, when those scopes match."""
        entries = self._entries.get(name)
        if not entries:
            return []
        found = matched.intersection(entries)
        return [entry for query in sorted(found) if (entry := entries[query]).unless not in matched]


def holds(matched: frozenset[int], entry: Placed) -> bool:
    """Whether an entry holds when those scopes match."""
    return entry.query in matched and entry.unless not in matched


def first_of(entries: Sequence[Placed]) -> str | None:
    """The id of the first entry, where there is one."""
    return entries[0].id if entries else None
