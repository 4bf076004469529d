"""Owns the logic of one query as a flat list of steps, worked out on the set of leaves that were found.

Never knows what a leaf asks. Flat, so that depth costs no stack.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from litwatch.query.leaves import Joined, Leaf, Vocabulary, term_leaves
from litwatch.query.tree import Group, Query, Term, clauses

_How = Literal["all", "any", "but"]


class Step(NamedTuple):
    """All or any of `parts`, or ("but") `base` and none of them.

    A number from 0 up is a leaf; ~number is the earlier step of that number.
    """

    how: _How
    parts: frozenset[int]
    base: int = 0


@dataclass(frozen=True)
class Program:
    """The steps of a query, the last of which is its answer; `positive`: leaves that are not under NOT."""

    steps: tuple[Step, ...]
    positive: frozenset[int]

    @cached_property
    def leaves(self) -> frozenset[int]:
        """Every leaf, those under NOT, too."""
        asked = frozenset().union(*(step.parts | _asked(step) for step in self.steps))
        return frozenset(number for number in asked if number >= 0)

    def may_answer(self, found: AbstractSet[int]) -> bool:
        """Whether the query can match on some of these leaves: those behind NOT may be among the others."""
        true = set(found)
        for number, (how, parts, base) in enumerate(self.steps):
            if (
                not parts.isdisjoint(true)
                if how == "any"
                else parts <= true
                if how == "all"
                else base in true
            ):
                true.add(~number)
        return self.answers(true)

    def true(self, found: set[int]) -> set[int]:
        """The leaves that were found, and ~number of each step that holds."""
        true = found.copy()
        for number, (how, parts, base) in enumerate(self.steps):
            if how == "any":
                holds = not parts.isdisjoint(true)
            elif how == "all":
                holds = parts <= true
            else:
                holds = base in true and parts.isdisjoint(true)
            if holds:
                true.add(~number)
        return true

    @property
    def one_leaf_is_enough(self) -> bool:
        """Whether it holds as soon as any positive leaf is found."""
        return len(self.steps) == 1 and self.steps[0].how == "any"

    def answers(self, true: set[int]) -> bool:
        """Whether the query matches, given what `true` made of the leaves that were found."""
        return bool(self.steps) and ~(len(self.steps) - 1) in true

    def earned(self, true: set[int]) -> set[int]:
        """The leaves that made it true, given that it holds and what `true` made of the leaves."""
        if len(self.steps) == 1:
            return true & self.positive
        earned: set[int] = set()
        pending = [~(len(self.steps) - 1)]
        while pending:
            number = pending.pop()
            if number >= 0:
                earned.add(number)
            else:
                pending.extend(_asked(self.steps[~number]) & true)
        return earned


def _asked(step: Step) -> frozenset[int]:
    """What must or may hold for the step to hold."""
    return frozenset((step.base,)) if step.how == "but" else step.parts


def compile_program(
    query: Query, sections: frozenset[str], vocabulary: Vocabulary, number: Callable[[Leaf], int]
) -> Program:
    """The query as steps; `number` numbers the leaves. Terms that only PubMed can answer are left out."""
    steps: list[Step] = []
    terms: dict[Term, int | None] = {}  # a term that stands there again is the same leaf or step

    def add(how: _How, parts: frozenset[int], base: int = 0) -> int:
        steps.append(Step(how, parts, base))
        return ~(len(steps) - 1)

    done: list[int | None] = []  # a leaf, ~number of a step, or nothing that can be known here
    for clause in clauses(query.root):
        if isinstance(clause, Term):
            if clause not in terms:
                terms[clause] = _term(term_leaves(clause, sections, vocabulary), number, add)
            done.append(terms[clause])
        else:
            operands = done[-len(clause.children) :]
            del done[-len(clause.children) :]
            done.append(_group(clause, operands, add))
    root = done[0]
    if root is None:
        return Program((), frozenset())
    if root >= 0 or ~root != len(steps) - 1:
        add("any", frozenset((root,)))
    return Program(tuple(steps), _positive(steps))


def _term(
    joined: Joined | None, number: Callable[[Leaf], int], add: Callable[[_How, frozenset[int]], int]
) -> int | None:
    if joined is None:
        return None
    numbers = frozenset(map(number, joined.leaves))
    return add(joined.how, numbers) if len(numbers) != 1 else next(iter(numbers))


def _group(
    group: Group, operands: list[int | None], add: Callable[[_How, frozenset[int], int], int]
) -> int | None:
    base, *others = operands
    known = frozenset(one for one in operands if one is not None)
    if group.operator == "NOT":
        removed = frozenset(one for one in others if one is not None)
        return base if base is None or not removed else add("but", removed, base)
    if len(known) < 2:
        return next(iter(known), None)
    return add("all" if group.operator == "AND" else "any", known, 0)


def _positive(steps: list[Step]) -> frozenset[int]:
    positive: set[int] = set()
    pending = [~(len(steps) - 1)]
    while pending:
        number = pending.pop()
        if number >= 0:
            positive.add(number)
        else:
            pending.extend(_asked(steps[~number]))
    return frozenset(positive)
