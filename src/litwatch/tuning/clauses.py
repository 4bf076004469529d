"""What each clause of a query does, worked out on sets of papers: what it finds, and what hangs on it alone.

Owns that arithmetic. Never finds out which papers a term matches: `truth` says so.

What hangs on a clause is found from the top down, in one pass over the query. The whole query hangs on its root for
every paper. Of what hangs on an OR, that part hangs on one of its clauses which none of the others finds; of an AND,
that which all of the others find; of a NOT, what it keeps hangs on its first clause where nothing is taken away, and
what is taken away hangs on one of the others where no other takes it. A clause that only PubMed can answer is left
out of its group, as match.matches leaves it out.

Which way it hangs is a matter of how many NOTs stand before the clause: in `a NOT (b NOT c)` what c matches is saved,
and so is what b does not match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Literal

from litwatch.query.tree import Clause, Group, Query, Term, clauses

Truth = Callable[[Term], int | None]
"""The papers that a term matches; None where only PubMed can say."""
Role = Literal["whole", "brings", "narrows", "removes", "saves"]
Joined = Literal["whole", "OR", "AND", "NOT"]
"""How a clause stands among those beside it: "NOT" where it is taken away, "AND" where all must hold."""
GAINS: frozenset[Role] = frozenset(("brings", "saves"))
"""Roles in which papers are found because of the clause; in the others they are not found because of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """One clause at its place in the query.

    Attributes:
        papers: the papers that it matches, of all that count; None where only PubMed can say.
        alone: those on which the query's answer hangs on this clause alone. Among the papers that the clause
            matches they are what only this clause brings (behind a NOT: what only this clause takes away).
        nots: behind how many NOTs it stands.
        joined: how it stands among those beside it.
    """

    clause: Clause
    papers: int | None
    alone: int
    children: tuple[Weighed, ...] = ()
    nots: int = 0
    joined: Joined = "whole"

    @property
    def takes_away(self) -> bool:
        """Whether papers that it matches can only be lost by it: it stands behind an odd number of NOTs."""
        return self.nots % 2 == 1

    @property
    def role(self) -> Role:
        """What it does to what the whole query finds.

        Outside every NOT an OR's clause brings papers and an AND's narrows. Behind an odd number of NOTs what matches
        removes papers, and a clause without which more would be removed saves them. Behind two, four and so on what
        matches saves papers.
        """
        if self.joined == "whole":
            return "whole"
        if self.joined == "AND":
            return "saves" if self.takes_away else "narrows"
        if self.takes_away:
            return "removes"
        return "saves" if self.nots else "brings"

    @property
    def hits(self) -> int | None:
        """How many papers it matches."""
        return None if self.papers is None else self.papers.bit_count()

    @property
    def only_this(self) -> int:
        """The papers that only this clause brings to the result, or takes from it."""
        return (self.papers or 0) & self.alone

    @property
    def lacking(self) -> int:
        """The papers that all the rest of the query would let through, and this clause does not."""
        return 0 if self.papers is None else self.alone & ~self.papers

    def walk(self) -> Iterator[tuple[int, Weighed]]:
        """Every clause with its depth, from the top, in the order of the query."""
        pending: list[tuple[int, Weighed]] = [(0, self)]
        while pending:
            depth, one = pending.pop()
            yield depth, one
            pending.extend((depth + 1, child) for child in reversed(one.children))


def weigh(query: Query, truth: Truth, universe: int) -> Weighed:
    """Every clause of the query, on the papers of `universe`."""
    order = list(clauses(query.root))
    papers = _found(order, truth, universe)
    alone: dict[int, int] = {}
    nots: dict[int, int] = {}
    joined: dict[int, Joined] = {}
    last = len(order) - 1
    alone[last], nots[last], joined[last] = universe, 0, "whole"
    children = _children(order)
    for place in range(last, -1, -1):
        below = children[place]
        if not below:
            continue
        clause = order[place]
        assert isinstance(clause, Group)
        hanging = _hanging(clause.operator, [papers[one] for one in below], alone[place], universe)
        for position, (one, part) in enumerate(zip(below, hanging, strict=True)):
            removed = clause.operator == "NOT" and position > 0
            alone[one], nots[one] = part, nots[place] + removed
            joined[one] = "NOT" if removed else "OR" if clause.operator == "OR" else "AND"
    made: dict[int, Weighed] = {}
    for place, clause in enumerate(order):
        made[place] = Weighed(
            clause, papers[place], alone[place],
            tuple(made.pop(one) for one in children[place]), nots[place], joined[place],
        )  # fmt: skip
    return made[last]


def _found(order: Sequence[Clause], truth: Truth, universe: int) -> list[int | None]:
    found: list[int | None] = []
    children = _children(order)
    for place, clause in enumerate(order):
        if isinstance(clause, Term):
            known = truth(clause)
            found.append(None if known is None else known & universe)
            continue
        first, *others = (found[one] for one in children[place])
        known_others = [one for one in others if one is not None]
        if clause.operator == "NOT":
            found.append(None if first is None else first & ~reduce(or_, known_others, 0))
            continue
        operands = known_others if first is None else [first, *known_others]
        if not operands:
            found.append(None)
        else:
            found.append(reduce(and_ if clause.operator == "AND" else or_, operands))
    return found


def _children(order: Sequence[Clause]) -> list[tuple[int, ...]]:
    """The places of the clauses of each group."""
    found: list[tuple[int, ...]] = []
    waiting: list[int] = []
    for place, clause in enumerate(order):
        count = 0 if isinstance(clause, Term) else len(clause.children)
        found.append(tuple(waiting[len(waiting) - count :]))
        del waiting[len(waiting) - count :]
        waiting.append(place)
    return found


def _hanging(operator: str, operands: Sequence[int | None], whole: int, universe: int) -> list[int]:
    """For each operand the papers of `whole` that hang on it alone."""
    if operator == "NOT":
        first, *others = operands
        kept = universe if first is None else first
        taken = [one or 0 for one in others]
        free = [whole & kept & ~other for other in _all_others(taken, or_, 0)]
        return [whole & ~reduce(or_, taken, 0), *free]
    if operator == "AND":
        known = [universe if one is None else one for one in operands]
        return [whole & other for other in _all_others(known, and_, universe)]
    known = [one or 0 for one in operands]
    return [whole & ~other for other in _all_others(known, or_, 0)]


def _all_others(operands: Sequence[int], join: Callable[[int, int], int], neutral: int) -> list[int]:
    """For each operand all the others joined: what stands before it and what stands behind it, each once."""
    before = [neutral]
    for one in operands[:-1]:
        before.append(join(before[-1], one))
    behind = neutral
    found: list[int] = []
    for position in range(len(operands) - 1, -1, -1):
        found.append(join(before[position], behind))
        behind = join(behind, operands[position])
    return found[::-1]


def concepts(whole: Weighed) -> tuple[Weighed, ...]:
    """The parts that a researcher thinks in: what AND joins and NOT takes away; of an OR at the top, its clauses."""
    found: list[Weighed] = []
    pending = [whole]
    while pending:
        one = pending.pop()
        if isinstance(one.clause, Group) and (one.clause.operator != "OR" or one is whole):
            pending.extend(reversed(one.children))
        else:
            found.append(one)
    return tuple(found)


def hanging(one: Weighed) -> int:
    """The papers that the search would find without the clause and does not, or finds and would not without it."""
    return one.lacking if one.joined == "AND" else one.only_this
