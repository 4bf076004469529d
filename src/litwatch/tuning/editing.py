"""A query with one change: a clause beside another, or terms taken out.

Owns how the tree is rebuilt. Never says which change is good.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class _Found:
    """What is left of a clause: what `clause` finds (None: nothing) or, where `but`, everything but that."""

    clause: Clause | None
    but: bool = False

    @property
    def turned(self) -> _Found:
        """What it does not find."""
        return _Found(self.clause, not self.but)


def without_clause(query: Query, clause: Clause) -> Query | None:
    """The query as it would be had the clause of it that is given never been written.

    A condition of an AND, or what a NOT takes from, no longer holds anything back; an OR's clause, or what stands
    behind NOT, no longer finds anything. None where no query says what is left: nothing, or everything but something.
    """
    done: list[_Found] = []
    for one in clauses(query.root):
        if isinstance(one, Term):
            done.append(_Found(one))
            continue
        below = done[-len(one.children) :]
        del done[-len(one.children) :]
        for place, child in enumerate(one.children):
            if child is clause:
                holds_back = one.operator == "AND" or (one.operator == "NOT" and place == 0)
                below[place] = _Found(None, but=holds_back)
        done.append(_joined(one.operator, below))
    left = done[0]
    return None if left.clause is None or left.but or clause is query.root else parse(written(left.clause))


def _joined(operator: str, parts: Sequence[_Found]) -> _Found:
    if operator == "OR":
        return _all_of([one.turned for one in parts]).turned
    if operator == "NOT":
        return _all_of([parts[0], *(one.turned for one in parts[1:])])
    return _all_of(parts)


def _all_of(parts: Sequence[_Found]) -> _Found:
    """What all of them find."""
    if any(one.clause is None and not one.but for one in parts):
        return _Found(None)
    kept = [one.clause for one in parts if one.clause is not None and not one.but]
    taken = [one.clause for one in parts if one.clause is not None and one.but]
    if not kept:
        return _Found(_group_of("OR", taken), but=True) if taken else _Found(None, but=True)
    first = _group_of("AND", kept)
    return _Found(Group("NOT", (first, *taken)) if taken else first)


def _group_of(operator: str, some: Sequence[Clause]) -> Clause:
    return some[0] if len(some) == 1 else Group(operator, tuple(some))


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


def _group(group: Group, children: Sequence[Clause | None]) -> Clause | None:
    """The group of what is left of its clauses."""
    kept = [child for child in children if child is not None]
    if not kept or (group.operator == "NOT" and children[0] is None):
        return None
    return _group_of(group.operator, kept)
