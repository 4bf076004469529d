"""A query with one change: a clause beside another, or terms taken out.

Owns how the tree is rebuilt. Never says which change is good.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from litwatch.query.parse import parse
from litwatch.query.tree import Clause, Group, Query, Term, clauses, written


def with_beside(query: Query, clause: Clause, text: str) -> Query:
    """The query with `text`, a query of its own, joined by OR to the clause of it that is given."""
    added = parse(text).root
    done: list[Clause] = []
    for one in clauses(query.root):
        rebuilt: Clause = one
        if isinstance(one, Group):
            rebuilt = Group(one.operator, tuple(done[-len(one.children) :]))
            del done[-len(one.children) :]
        if one is clause:
            is_or = isinstance(rebuilt, Group) and rebuilt.operator == "OR"
            beside = rebuilt.children if isinstance(rebuilt, Group) and is_or else (rebuilt,)
            rebuilt = Group("OR", (*beside, added))
        done.append(rebuilt)
    return parse(written(done[0]))


def without_clause(query: Query, clause: Clause) -> Query | None:
    """The query without the clause of it that is given; None where nothing is left, or a NOT would lose its first."""
    done: list[Clause | None] = []
    for one in clauses(query.root):
        if isinstance(one, Term):
            done.append(None if one is clause else one)
            continue
        children = done[-len(one.children) :]
        del done[-len(one.children) :]
        done.append(None if one is clause else _group(one, children))
    root = done[0]
    return None if root is None else parse(written(root))


def _group(group: Group, children: Sequence[Clause | None]) -> Clause | None:
    """The group of what is left of its clauses."""
    kept = tuple(child for child in children if child is not None)
    if not kept or (group.operator == "NOT" and children[0] is None):
        return None
    return kept[0] if len(kept) == 1 else Group(group.operator, kept)


def without(query: Query, keys: Collection[str]) -> Query | None:
    """The query without these terms; None where nothing is left. A NOT without its first clause is nothing."""
    done: list[Clause | None] = []
    for one in clauses(query.root):
        if isinstance(one, Term):
            done.append(None if one.key in keys else one)
            continue
        children = done[-len(one.children) :]
        del done[-len(one.children) :]
        done.append(_group(one, children))
    root = done[0]
    return None if root is None else parse(written(root))
