"""Owns the logic of one query as a flat list of steps, worked out on the set of leaves that were found.

Never knows what a leaf asks. Flat, so that depth costs no stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from litwatch.query.leaves import Leaf, Vocabulary, term_leaves
from litwatch.query.tree import Group, Query, Term, clauses

_How = Literal["all", "any", "but"]


@dataclass(frozen=True, slots=True)
class Step:
    """All or any of `leaves` and earlier `steps`; "but": the first step and none of the others."""

    how: _How
    leaves: frozenset[int]
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The steps of a query, the last of which is its answer; `positive`: leaves that are not under NOT."""

    steps: tuple[Step, ...]
    positive: frozenset[int]

    def _results(self, found: set[int]) -> list[bool]:
        results: list[bool] = []
        for step in self.steps:
            if step.how == "any":
                result = not step.leaves.isdisjoint(found) or any(results[one] for one in step.steps)
            elif step.how == "all":
                result = step.leaves <= found and all(results[one] for one in step.steps)
            else:
                result = results[step.steps[0]] and not any(results[one] for one in step.steps[1:])
            results.append(result)
        return results

    def holds(self, found: set[int]) -> bool:
        """Whether the query matches a paper in which these leaves were found."""
        if len(self.steps) == 1:
            step = self.steps[0]
            return not step.leaves.isdisjoint(found) if step.how == "any" else step.leaves <= found
        return bool(self.steps) and self._results(found)[-1]

    def earned(self, found: set[int]) -> set[int]:
        """The leaves that made it true, given that it holds."""
        results = self._results(found)
        earned: set[int] = set()
        pending = [len(self.steps) - 1]
        while pending:
            step = self.steps[pending.pop()]
            earned |= step.leaves & found
            under = step.steps[:1] if step.how == "but" else step.steps
            pending.extend(one for one in under if results[one])
        return earned


def compile_program(
    query: Query, sections: frozenset[str], vocabulary: Vocabulary, number: Callable[[Leaf], int]
) -> Program:
    """The query as steps; `number` numbers the leaves. Terms that only PubMed can answer are left out."""
    steps: list[Step] = []

    def add(how: _How, leaves: frozenset[int], under: tuple[int, ...]) -> int:
        steps.append(Step(how, leaves, under))
        return len(steps) - 1

    done: list[int | frozenset[int] | None] = []  # a step, one leaf, or nothing that can be known here
    for clause in clauses(query.root):
        if isinstance(clause, Term):
            done.append(_term(clause, sections, vocabulary, number, add))
        else:
            operands = done[-len(clause.children) :]
            del done[-len(clause.children) :]
            done.append(_group(clause, operands, add))
    root = done[0]
    if root is None:
        return Program((), frozenset())
    if isinstance(root, frozenset):
        add("any", root, ())
    elif root != len(steps) - 1:
        add("any", frozenset(), (root,))
    return Program(tuple(steps), _positive(steps))


_Operand = int | frozenset[int] | None
_Add = Callable[[_How, frozenset[int], tuple[int, ...]], int]


def _term(
    term: Term, sections: frozenset[str], vocabulary: Vocabulary, number: Callable[[Leaf], int], add: _Add
) -> _Operand:
    joined = term_leaves(term, sections, vocabulary)
    if joined is None:
        return None
    numbers = frozenset(map(number, joined.leaves))
    return numbers if len(numbers) == 1 else add(joined.how, numbers, ())


def _group(group: Group, operands: list[_Operand], add: _Add) -> _Operand:
    if group.operator == "NOT":
        base = operands[0]
        if base is None:
            return None
        removed = _group_of("any", operands[1:], add)
        if removed is None:
            return base
        parts = [add("any", part, ()) if isinstance(part, frozenset) else part for part in (base, removed)]
        return add("but", frozenset(), tuple(parts))
    return _group_of("all" if group.operator == "AND" else "any", operands, add)


def _group_of(how: _How, operands: list[_Operand], add: _Add) -> _Operand:
    known = [one for one in operands if one is not None]
    if len(known) < 2:
        return known[0] if known else None
    leaves = frozenset(leaf for one in known if isinstance(one, frozenset) for leaf in one)
    return add(how, leaves, tuple(one for one in known if isinstance(one, int)))


def _positive(steps: list[Step]) -> frozenset[int]:
    positive: set[int] = set()
    pending = [len(steps) - 1]
    while pending:
        step = steps[pending.pop()]
        positive |= step.leaves
        pending.extend(step.steps[:1] if step.how == "but" else step.steps)
    return frozenset(positive)
