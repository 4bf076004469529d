"""Owns what of a record a term found that is no running text: headings, dates, names, numbers.

Never decides whether a term holds; explain.py asks only about terms that do (and about dates, which say why not).
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.paper import Paper
from litwatch.query.leaves import Leaf, Person, Subset, Uids, Vocabulary, When, Whole, Words, term_leaves
from litwatch.query.names import is_named
from litwatch.query.record import DATES, PEOPLE, VALUES, ZONES, qualifier_key
from litwatch.query.spans import whole_holds
from litwatch.query.stars import stands_in
from litwatch.query.tokens import normal
from litwatch.query.tree import Term

_HEADINGS = ("mesh", "major_mesh")


def record_values(term: Term, paper: Paper, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The record's own values that answer the term, each once: "Ketamine/adverse effects", "2026-03-01".

    Nothing for words that Spans of the paper show.
    """
    joined = term_leaves(term, frozenset(), vocabulary)
    if joined is None:
        return ()
    found = (value for leaf in joined.leaves for value in _values(leaf, paper))
    return tuple(dict.fromkeys(value for value in found if value))


def _values(leaf: Leaf, paper: Paper) -> Iterator[str]:
    if isinstance(leaf, Words):
        yield from _texts(leaf, paper)
    elif isinstance(leaf, Whole):
        if leaf.values in _HEADINGS:
            yield from _headings(leaf, paper)
        elif not VALUES[leaf.values].span_field:
            for keys in VALUES[leaf.values].keys(paper):
                yield from [key for key in keys if whole_holds(leaf, (key,))][:1]
    elif isinstance(leaf, When):
        yield from _dates(leaf, paper)
    elif isinstance(leaf, Person):
        for author in PEOPLE[leaf.people](paper):
            if is_named(leaf, author):
                yield author.collective_name or f"{author.last_name} {author.initials}".strip()
    elif isinstance(leaf, Uids):
        yield str(paper.pmid)
    elif isinstance(leaf, Subset) and leaf.filter.status:
        yield f"status {paper.status}"


def _dates(leaf: When, paper: Paper) -> Iterator[str]:
    yield from (str(value) for value in DATES[leaf.values].written(paper) if value)


def _texts(leaf: Words, paper: Paper) -> Iterator[str]:
    """Texts of zones that have no Spans (grants, publishers, names of groups)."""
    if leaf.distance is not None:
        return
    for zone in leaf.zones:
        if not ZONES[zone].span_field:
            texts = ZONES[zone].texts(paper)
            yield from (text for text in texts if stands_in(f" {normal(text)} ", leaf.words))


def _headings(leaf: Whole, paper: Paper) -> Iterator[str]:
    for heading, keys in zip(paper.mesh, VALUES[leaf.values].keys(paper), strict=True):
        if not whole_holds(leaf, keys):
            continue
        names = [
            f"{heading.descriptor}/{qualifier.name}"
            for qualifier in heading.qualifiers
            if qualifier_key(qualifier.name) in leaf.qualifiers.intersection(keys)
        ]
        if names:
            yield from names
        else:
            yield heading.descriptor
