"""Owns what lint asks of a tree: where each term stands, what is ORed, what is ANDed, what the concepts are.

Never judges; linear, without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from litwatch.query.tokens import query_words
from litwatch.query.tree import Clause, Group, Query, Term, clauses

#: Fields that search text, and how much of a record each reads: a wider one finds what a narrower one does.
TEXT_WIDTH = {"ti": 1, "ot": 1, "tiab": 2, "tw": 3, "all": 4, "": 4}
HEADING_TAGS = ("mh", "majr")


def reads(tag: str, narrower: str | None) -> bool:
    """Whether [tag] searches all that [narrower] does (None: whatever it is).

    Titles and authors' keywords ([ti], [ot]) are two fields; [tiab], [tw] and all fields hold both. PubMed User Guide,
    "Title/Abstract [tiab]": "Words and numbers included in a citation's title, collection title, abstract, other
    abstract and author keywords".
    """
    if narrower is None or tag == narrower:
        return True
    return TEXT_WIDTH[tag] > TEXT_WIDTH[narrower] or (TEXT_WIDTH[tag] == TEXT_WIDTH[narrower] == 4)


@dataclass(frozen=True, slots=True)
class Standing:
    """A term and its place: somewhere behind a NOT, below some OR, the operator right above it ("" for none)."""

    term: Term
    negated: bool
    below_or: bool
    operator: str


@dataclass(frozen=True, slots=True)
class Concept:
    """What must match: a clause that AND joins with the others. `everything` are the terms that can make it match."""

    clause: Clause
    alternatives: tuple[Term, ...]
    everything: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Terms that OR joins, however they are bracketed; a term that stands alone is a group of one."""

    terms: tuple[Term, ...]
    negated: bool
    joined: bool  # an OR stands beside each of them; a term by itself at the top needs no brackets either


@dataclass(frozen=True, slots=True)
class Chain:
    """Clauses that AND and NOT join, however they are bracketed: all `kept` ones must match, and none of `taken`.

    A kept clause stands before those that it is made of.
    """

    kept: tuple[Clause, ...]
    taken: tuple[Clause, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms each of which must match."""
        return tuple(one for one in self.kept if isinstance(one, Term))


@dataclass(frozen=True, slots=True)
class Structure:
    """All of it, in the order in which it is written.

    `negations` are those that no other NOT takes back, `chains` what AND and NOT join, the whole query's first.
    """

    standings: tuple[Standing, ...]
    concepts: tuple[Concept, ...]
    alternatives: tuple[Alternatives, ...]
    groups: tuple[Group, ...]
    negations: tuple[Group, ...]
    identities: dict[int, Hashable]
    chains: tuple[Chain, ...]


def structure_of(query: Query) -> Structure:
    """The tree of a query, taken apart."""
    standings: list[Standing] = []
    alternatives: list[tuple[list[Term], bool, bool]] = []
    groups: list[Group] = []
    negations: list[Group] = []
    # clause, the operator above it, the list of terms of the OR above it, taken away, below some OR
    pending: list[tuple[Clause, str, int, bool, bool]] = [(query.root, "", -1, False, False)]
    while pending:
        clause, operator, gathering, negated, below_or = pending.pop()
        if isinstance(clause, Term):
            standings.append(Standing(clause, negated, below_or, operator))
            if operator == "OR":
                alternatives[gathering][0].append(clause)
            else:
                alternatives.append(([clause], negated, not operator))
            continue
        groups.append(clause)
        if clause.operator == "NOT" and not negated:
            negations.append(clause)
        if clause.operator == "OR" and operator != "OR":
            alternatives.append(([], negated, True))
            gathering = len(alternatives) - 1
        for position in range(len(clause.children) - 1, -1, -1):
            taken = clause.operator == "NOT" and position > 0
            below = below_or or clause.operator == "OR"
            pending.append((clause.children[position], clause.operator, gathering, negated or taken, below))
    return Structure(
        tuple(standings),
        _concepts(query.root),
        tuple(
            Alternatives(tuple(terms), negated, joined) for terms, negated, joined in alternatives if terms
        ),
        tuple(groups),
        tuple(negations),
        _identities(query.root),
        _chains(query.root),
    )


def _chains(root: Clause) -> tuple[Chain, ...]:
    """Each clause stands in one chain, and is looked at once."""
    found: list[Chain] = []
    tops = [root]
    while tops:
        kept: list[Clause] = []
        taken: list[Clause] = []
        pending = [tops.pop()]
        while pending:
            clause = pending.pop()
            kept.append(clause)
            if isinstance(clause, Group):
                if clause.operator == "OR":
                    tops.extend(clause.children)
                else:
                    pending.extend(reversed(_kept(clause)))
                    taken.extend(clause.children[len(_kept(clause)) :])
        tops.extend(taken)
        if len(kept) > 1:
            found.append(Chain(tuple(kept), tuple(sorted(taken, key=lambda one: one.start))))
    return tuple(found)


def _concepts(root: Clause) -> tuple[Concept, ...]:
    found: list[Concept] = []
    pending = [root]
    while pending:
        clause = pending.pop()
        if isinstance(clause, Group) and clause.operator in ("AND", "NOT"):
            pending.extend(reversed(_kept(clause)))
            continue
        found.append(Concept(clause, alternatives_of(clause), wanted_terms(clause)))
    return tuple(found)


def alternatives_of(clause: Clause) -> tuple[Term, ...]:
    """The terms each of which is enough to make the clause match."""
    return tuple(one for one in enough(clause) if isinstance(one, Term))


def enough(clause: Clause) -> tuple[Clause, ...]:
    """The clause itself, and all below it each of which is enough to make it match, left to right."""
    found: list[Clause] = []
    pending = [clause]
    while pending:
        one = pending.pop()
        found.append(one)
        if isinstance(one, Group) and one.operator == "OR":
            pending.extend(reversed(one.children))
    return tuple(found)


def wanted_terms(clause: Clause) -> tuple[Term, ...]:
    """The terms below a clause that no NOT takes away."""
    return _terms_of(clause, _kept)


def _kept(group: Group) -> tuple[Clause, ...]:
    """What a group joins, without what its NOT takes away."""
    return group.children[:1] if group.operator == "NOT" else group.children


def _terms_of(clause: Clause, below: Callable[[Group], tuple[Clause, ...]]) -> tuple[Term, ...]:
    """The terms that are reached from a clause, left to right, where `below` says what of a group is looked at."""
    found: list[Term] = []
    pending = [clause]
    while pending:
        one = pending.pop()
        if isinstance(one, Term):
            found.append(one)
        else:
            pending.extend(reversed(below(one)))
    return tuple(found)


def same_as(term: Term) -> Hashable:
    """Equal for two terms that PubMed reads the same: case, quotes, hyphens do not count."""
    if term.tag in HEADING_TAGS:  # Eye/injuries is not Eye Injuries
        return (tuple(map(query_words, term.text.split("/"))), term.tag, term.explode)
    if term.field.kind in ("words", "whole"):
        return (query_words(term.text) or term.text, term.tag, term.distance, term.explode)
    return term.key.lower()


def _identities(root: Clause) -> dict[int, Hashable]:
    """A small number for each clause by its id(), equal where the clauses mean the same."""
    numbers: dict[Hashable, int] = {}
    found: dict[int, Hashable] = {}
    for clause in clauses(root):
        shape: Hashable
        if isinstance(clause, Term):
            shape = same_as(clause)
        else:
            below = [found[id(child)] for child in clause.children]
            unordered = below[1:] if clause.operator == "NOT" else below
            shape = (clause.operator, below[0] if clause.operator == "NOT" else None, frozenset(unordered))
        found[id(clause)] = numbers.setdefault(shape, len(numbers))
    return found
