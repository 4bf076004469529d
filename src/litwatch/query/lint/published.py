"""Owns recognising published filters (Cochrane, Haynes, NLM's systematic[sb]) inside a query, to leave them alone.

Never holds their text: a clause is known by a fingerprint of what it means, whatever its layout and order.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from litwatch.query.lint.structure import Structure, same_as
from litwatch.query.tree import Clause, Term, clauses


@cache
def published_filters() -> Mapping[str, str]:
    """The name of each published filter by the fingerprint of its clause."""
    text = files(__package__).joinpath("published_filters.toml").read_text("utf-8")
    rows = tomllib.loads(text)["filter"]
    return {mark: row["name"] for row in rows for mark in row["fingerprints"]}


def published_places(structure: Structure, known: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    """Start and end of each clause of the query that is a published filter."""
    if not structure.groups:
        return ()
    marks = fingerprints(structure.groups[0])
    found = sorted((group.start, group.end) for group in structure.groups if marks[id(group)] in known)
    outer: list[tuple[int, int]] = []
    for start, end in found:
        if not outer or end > outer[-1][1]:
            outer.append((start, end))
    return tuple(outer)


def fingerprints(root: Clause) -> dict[int, str]:
    """A fingerprint of each clause by its id(): equal for clauses that mean the same, whatever their order."""
    found: dict[int, str] = {}
    for clause in clauses(root):
        if isinstance(clause, Term):
            said = repr((clause.tag, same_as(clause)))
        else:
            below = [found[id(child)] for child in clause.children]
            first = below[:1] if clause.operator == "NOT" else []
            said = repr((clause.operator, first, sorted(set(below[len(first) :]))))
        found[id(clause)] = blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return found
