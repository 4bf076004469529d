"""Facets: ordered tables of named PubMed queries that say what a paper is about.

Owns their values and which Spans a paper earns by them. Never reads a file and never parses TOML.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.query.tree import Query

#: The roles that `sections` may name. Keywords, MeSH and publication types are never restricted by them.
ROLES = ("title", "background", "aim", "methods", "results", "conclusion")

#: Facets of which the first entry that matches is the value; of all others every match counts.
FIRST_ONLY = ("design", "setting", "subjects")

#: The facets of a Rules, in the order in which they are shown.
FACETS = ("topics", "design", "setting", "subjects", "population", "drugs", "routes")


@dataclass(frozen=True, slots=True)
class Entry:
    """One named query of a facet.

    `sections` (of ROLES; empty: everywhere) says in which parts of a paper the text clauses of `query`
    count, and those of `unless`, which takes the entry away. `sentence` earns it, too, where all of it holds in one
    sentence of these parts; the title is one, and words elsewhere do not count there.
    """

    id: str
    label: str
    query: Query
    sections: frozenset[str] = frozenset()
    unless: Query | None = None
    sentence: Query | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """An ordered table of entries; with `first_only` the first that matches is the value."""

    name: str
    entries: tuple[Entry, ...]
    first_only: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a watch says about studying a paper; `makers` are names of firms, as affiliations spell them."""

    watch: str
    facets: tuple[Facet, ...] = ()
    relevance: Entry | None = None
    makers: tuple[str, ...] = ()

    def facet(self, name: str) -> Facet | None:
        """The facet of that name, if the rules have it."""
        return next((facet for facet in self.facets if facet.name == name), None)
