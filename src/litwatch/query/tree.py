"""Owns a query once it is read: terms, the groups they stand in, and how they are written down again.

Never reads text (parse.py does) and never looks at a paper (match.py does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from litwatch.query.fields import Field, fields


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for, and where: `"treatment resistant depression"[tiab]`.

    `text` is as written, without the quotes and with single blanks. `tag` is the short name of the field
    ("" where the researcher gave none). `distance` is the N of [tiab:~N]; `explode` is False for :noexp.
    `start` and `end` are code points in the source and do not count when terms are compared.
    """

    text: str
    tag: str = ""
    quoted: bool = False
    distance: int | None = None
    explode: bool = True
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """The term as PubMed would be given it; equal terms have equal keys wherever they stand."""
        written = f'"{self.text}"' if self.quoted else self.text
        if not self.tag:
            return written
        suffix = "" if self.explode else ":noexp"
        if self.distance is not None:
            suffix = f":~{self.distance}"
        return f"{written}[{self.tag}{suffix}]"

    @property
    def field(self) -> Field:
        """The field that the term searches; untagged text searches all fields."""
        return fields()[self.tag or "all"]

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Group:
    """Clauses that one operator joins, left to right; of NOT, the first without all the others.

    `start` and `end` are code points in the source: from the first clause to the last, their own brackets
    included, or the references (#1) that stand for them.
    """

    operator: str
    children: tuple[Clause, ...]
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        return written(self)

    def __repr__(self) -> str:
        return f"<Group {self.operator} of {len(self.children)}>"

    def __reduce__(self) -> tuple[Callable[..., Group], tuple[Term | _Flat, ...]]:
        """Pickled and copied as a list: Python would call itself once a level, and end at some 300."""
        return _regrouped, tuple(
            one if isinstance(one, Term) else (one.operator, len(one.children), one.start, one.end)
            for one in clauses(self)
        )


Clause = Term | Group
_Flat = tuple[str, int, int, int]  # a group without its clauses: operator, how many, start, end


def _regrouped(*flat: Term | _Flat) -> Group:
    """The group whose clauses those are, children before the group that holds them."""
    done: list[Clause] = []
    for one in flat:
        if isinstance(one, Term):
            done.append(one)
            continue
        operator, count, start, end = one
        children = tuple(done[-count:])
        del done[-count:]
        done.append(Group(operator, children, start, end))
    group = done[0]
    assert isinstance(group, Group)
    return group


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a numbered strategy: `start` and `end` are the code points of its query in the source.

    `used` says whether the last line needs it, itself or through others.
    """

    number: int
    start: int
    end: int
    used: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Query:
    """A query as written (`source`) and as read (`root`).

    `str(query)` is its canonical form, with every bracket that PubMed's left-to-right reading implies;
    two queries are equal when their canonical forms are. `lines` are those of a numbered strategy, of which
    the query is the last, with the lines that it refers to written out; () where the text has no numbers.
    """

    source: str
    root: Clause
    canonical: str
    lines: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return self.canonical

    def __repr__(self) -> str:
        return f"Query({self.canonical!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)


def written(root: Clause) -> str:
    """The canonical text of a clause: short tags, upper-case operators, each inner group in brackets."""
    parts: list[str] = []
    pending: list[Clause | str] = [root]
    while pending:
        clause = pending.pop()
        if isinstance(clause, str):
            parts.append(clause)
        elif isinstance(clause, Term):
            parts.append(clause.key)
        else:
            for position in range(len(clause.children) - 1, -1, -1):
                child = clause.children[position]
                pending.extend((")", child, "(") if isinstance(child, Group) else (child,))
                if position:
                    pending.append(f" {clause.operator} ")
    return "".join(parts)


def clauses(root: Clause) -> Iterator[Clause]:
    """Every clause, children before the group that holds them, left to right."""
    pending: list[tuple[Clause, bool]] = [(root, False)]
    while pending:
        clause, opened = pending.pop()
        if opened or isinstance(clause, Term):
            yield clause
            continue
        pending.append((clause, True))
        pending.extend((child, False) for child in reversed(clause.children))


def leaves(query: Query | Clause) -> tuple[Term, ...]:
    """Every term of a query or clause in the order in which it is written; one that stands twice comes twice."""
    root = query.root if isinstance(query, Query) else query
    return tuple(clause for clause in clauses(root) if isinstance(clause, Term))


def evaluate(query: Query, truth: Callable[[Term], int], universe: int) -> int:
    """The query worked out on sets: `truth(term)` is a bitmask of the papers that the term matches.

    `universe` is the bitmask of all papers that count; bits outside it never come back.
    """
    done: list[int] = []
    for clause in clauses(query.root):
        if isinstance(clause, Term):
            done.append(truth(clause) & universe)
            continue
        operands = done[-len(clause.children) :]
        del done[-len(clause.children) :]
        result = operands[0]
        for operand in operands[1:]:
            if clause.operator == "AND":
                result &= operand
            elif clause.operator == "OR":
                result |= operand
            else:
                result &= ~operand
        done.append(result)
    return done[0]
