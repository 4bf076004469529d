"""Automatic term mapping: what PubMed makes of words without a tag, by a table that a test hands in.

Owns the replacement. Never knows NLM's own tables, which are not public and change every year
(PubMed User Guide, "How PubMed works: Automatic Term Mapping").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from litwatch.query.parse import parse
from litwatch.query.tokens import normal
from litwatch.query.tree import Clause, Group, Query, Term, clauses, written


def mapped(query: Query, mappings: Mapping[str, str]) -> Query:
    """`query` with each untagged, unquoted term that the table knows (as words) replaced by what it maps to."""
    if not mappings:
        return query
    table = {normal(words): text for words, text in mappings.items()}
    done: list[Clause] = []
    for clause in clauses(query.root):
        if isinstance(clause, Term):
            text = table.get(normal(clause.text)) if not clause.tag and not clause.quoted else None
            done.append(clause if text is None else parse(text).root)
        else:
            children = tuple(done[-len(clause.children) :])
            del done[-len(clause.children) :]
            done.append(Group(clause.operator, children, clause.start, clause.end))
    return replace(query, root=done[0], canonical=written(done[0]))
