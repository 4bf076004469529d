"""Owns why a paper matches, or not: the query's tree with what was found of each clause.

Never prints and never reads a file; the command line shows what comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.paper import Paper, Passage, Span
from litwatch.query.leaves import Vocabulary, only_pubmed_knows
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.tree import Clause, Query, Term, clauses, leaves

_BY_NAME = Vocabulary()


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One clause: whether it holds for the paper (None: only PubMed knows) and where a term's words stand.

    `takes_away` marks what stands behind a NOT: where it holds, the paper is thrown out. `approximate` marks
    a term without a tag, which PubMed would map to headings and synonyms.
    """

    clause: Clause
    matched: bool | None
    spans: tuple[Span, ...] = ()
    children: tuple[Explanation, ...] = ()
    takes_away: bool = False
    approximate: bool = False

    @property
    def label(self) -> str:
        """The term as PubMed takes it, or the operator of a group."""
        return self.clause.key if isinstance(self.clause, Term) else self.clause.operator

    def walk(self) -> Iterator[tuple[int, Explanation]]:
        """Every clause with its depth, from the top, in the order of the query."""
        pending: list[tuple[int, Explanation]] = [(0, self)]
        while pending:
            depth, explanation = pending.pop()
            yield depth, explanation
            pending.extend((depth + 1, child) for child in reversed(explanation.children))


def explain(
    query: Query,
    paper: Paper,
    passages: Sequence[Passage] = (),
    sections: frozenset[str] = frozenset(),
    *,
    vocabulary: Vocabulary = _BY_NAME,
    today: date | None = None,
) -> Explanation:
    """The tree of `query` with what each clause found in `paper`.

    `passages` and `sections` as in match.Scope. A clause that hangs on what only PubMed knows is None,
    unless the rest decides it.
    """
    terms = {term.key: term for term in leaves(query)}
    scopes = [Scope(Query(key, term, key), sections) for key, term in terms.items()]
    reading = compile_scopes(scopes, vocabulary).read(paper, passages, today)
    numbers = {key: number for number, key in enumerate(terms)}
    removed = _behind_not(query)
    done: list[Explanation] = []
    for clause in clauses(query.root):
        takes_away = id(clause) in removed
        if isinstance(clause, Term):
            number = numbers[clause.key]
            matched = None if only_pubmed_knows(clause) else reading.matches(number)
            spans = reading.spans(number)
            done.append(
                Explanation(clause, matched, spans, takes_away=takes_away, approximate=not clause.tag)
            )
            continue
        children = tuple(done[-len(clause.children) :])
        del done[-len(clause.children) :]
        matched = _decided(clause.operator, [child.matched for child in children])
        done.append(Explanation(clause, matched, (), children, takes_away=takes_away))
    return done[0]


def _behind_not(query: Query) -> set[int]:
    return {
        id(child)
        for clause in clauses(query.root)
        if not isinstance(clause, Term) and clause.operator == "NOT"
        for child in clause.children[1:]
    }


def _decided(operator: str, known: Sequence[bool | None]) -> bool | None:
    """AND, OR, NOT with an unknown third value."""
    if operator == "NOT":
        known = [known[0], *(None if one is None else not one for one in known[1:])]
    if operator == "OR":
        return True if True in known else None if None in known else False
    return False if False in known else None if None in known else True
