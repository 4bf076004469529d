"""Owns why a paper matches, or not: the query's tree with what was found of each clause.

Never prints and never reads a file; verdict.py says what decided, study/account.py what a reader is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from litwatch.paper import Paper, Passage, Span
from litwatch.query.evidence import record_values
from litwatch.query.leaves import BY_NAME, Vocabulary, is_approximate, only_pubmed_knows
from litwatch.query.match import Reading, Scope, compile_scopes
from litwatch.query.texts import Texts
from litwatch.query.together import Sentences
from litwatch.query.tree import Clause, Query, Term, clauses


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One clause: whether it holds for the paper (None: only PubMed knows) and where a term's words stand.

    `values` are what it found that is no running text: the record's own heading, a date, a name.
    `takes_away` marks what stands behind a NOT: where it holds, the paper is thrown out. `approximate` marks
    a term without a tag, which PubMed would map to headings and synonyms.
    """

    clause: Clause
    matched: bool | None
    spans: tuple[Span, ...] = ()
    children: tuple[Explanation, ...] = ()
    takes_away: bool = False
    approximate: bool = False
    values: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The term as PubMed takes it, or the operator of a group."""
        return self.clause.key if isinstance(self.clause, Term) else self.clause.operator

    @property
    def only_pubmed(self) -> bool:
        """Whether this is a term that no record can answer."""
        return self.matched is None and isinstance(self.clause, Term)

    def walk(self) -> Iterator[tuple[int, Explanation]]:
        """Every clause with its depth, from the top, in the order of the query."""
        pending: list[tuple[int, Explanation]] = [(0, self)]
        while pending:
            depth, explanation = pending.pop()
            yield depth, explanation
            pending.extend((depth + 1, child) for child in reversed(explanation.children))


class Explainer:
    """A query made ready to be explained for many papers; `sections` as in match.Scope."""

    def __init__(
        self, query: Query, sections: frozenset[str] = frozenset(), vocabulary: Vocabulary = BY_NAME
    ) -> None:
        self.query = query
        self._vocabulary = vocabulary
        numbers: dict[str, int] = {}
        # Every clause, children first, each term with its number.
        self._clauses = [
            (clause, numbers.setdefault(clause.key, len(numbers)) if isinstance(clause, Term) else -1)
            for clause in clauses(query.root)
        ]
        terms = list({number: term for term, number in self._clauses if isinstance(term, Term)}.values())
        self._whole = len(terms)
        self._unknown = frozenset(number for number, term in enumerate(terms) if only_pubmed_knows(term))
        self._approximate = frozenset(number for number, term in enumerate(terms) if is_approximate(term))
        scopes = [Scope(Query(key, term, key), sections) for key, term in zip(numbers, terms, strict=True)]
        # The whole query comes last: of most papers nothing else is asked.
        self._matcher = compile_scopes([*scopes, Scope(query, sections)], vocabulary)

    def read(
        self,
        paper: Paper,
        passages: Sequence[Passage] = (),
        today: date | None = None,
        texts: Texts | None = None,
    ) -> Reading:
        """What the matcher found; `explain` and `holds` go on from there. `texts` as in Matcher.read."""
        return self._matcher.read(paper, passages, today, texts)

    def holds(self, reading: Reading) -> bool | None:
        """Whether the paper matches; None where only PubMed knows."""
        if self._unknown:
            return self._tree(reading, None).matched
        return reading.matches(self._whole)

    def explain(
        self, paper: Paper, passages: Sequence[Passage] = (), today: date | None = None
    ) -> Explanation:
        """The tree of the query with what each clause found in `paper`.

        A clause that hangs on what only PubMed knows is None, unless the rest decides it.
        """
        return self._tree(self.read(paper, passages, today), paper)

    def explain_nearest(
        self,
        paper: Paper,
        passages: Sequence[Passage],
        sentences: Sequence[tuple[int, int]],
        today: date | None = None,
    ) -> Explanation:
        """The tree with what each clause found in one sentence: the first that holds all of it, or most of its parts.

        `sentences` are those of the abstract; the title is one more.
        """
        reading = self.read(paper, passages, today)
        bounds = Sentences(sentences)
        by_sentence: dict[int, set[Span]] = {}
        for number in range(self._whole):
            for span in reading.spans(number):
                sentence = bounds.of(span.field, span.start, span.end)
                if sentence is not None:
                    by_sentence.setdefault(sentence, set()).add(span)
        trees = [self._tree(reading, paper, by_sentence[number]) for number in sorted(by_sentence)]
        return max(trees or [self._tree(reading, paper, set())], key=_parts_held)

    def decided(self, reading: Reading) -> Explanation:
        """The tree without where its words stand."""
        return self._tree(reading, None)

    def _tree(self, reading: Reading, paper: Paper | None, within: set[Span] | None = None) -> Explanation:
        done: list[Explanation] = []
        told: dict[int, Explanation] = {}
        for clause, number in self._clauses:
            if isinstance(clause, Term):
                if number not in told:
                    told[number] = self._term(clause, number, reading, paper, within)
                done.append(replace(told[number], clause=clause))
                continue
            children = done[-len(clause.children) :]
            del done[-len(clause.children) :]
            if clause.operator == "NOT":
                children[1:] = [replace(child, takes_away=True) for child in children[1:]]
            matched = _decided(clause.operator, [child.matched for child in children])
            done.append(Explanation(clause, matched, (), tuple(children)))
        return done[0]

    def _term(
        self, term: Term, number: int, reading: Reading, paper: Paper | None, within: set[Span] | None
    ) -> Explanation:
        approximate = number in self._approximate
        if number in self._unknown:
            return Explanation(term, None, approximate=approximate)
        if within is not None:
            spans = tuple(span for span in reading.spans(number) if span in within)
            return Explanation(term, bool(spans), spans, approximate=approximate)
        matched = reading.matches(number)
        if paper is None:
            return Explanation(term, matched, approximate=approximate)
        values: tuple[str, ...] = ()
        if matched or term.field.kind == "date":
            values = record_values(term, paper, self._vocabulary)
        spans = reading.spans(number)
        return Explanation(term, matched, spans, approximate=approximate, values=values)


def explain(
    query: Query,
    paper: Paper,
    passages: Sequence[Passage] = (),
    sections: frozenset[str] = frozenset(),
    *,
    vocabulary: Vocabulary = BY_NAME,
    today: date | None = None,
) -> Explanation:
    """The tree of `query` with what each clause found in `paper`; for many papers, Explainer."""
    return Explainer(query, sections, vocabulary).explain(paper, passages, today)


def _parts_held(explanation: Explanation) -> tuple[bool, int]:
    """Whether all of it holds, and how many of the clauses that stand at its top do."""
    held = sum(child.matched is True for child in explanation.children)
    return explanation.matched is True, held


def _decided(operator: str, known: Sequence[bool | None]) -> bool | None:
    """AND, OR, NOT with an unknown third value."""
    if operator == "NOT":
        known = [known[0], *(None if one is None else not one for one in known[1:])]
    if operator == "OR":
        return True if True in known else None if None in known else False
    return False if False in known else None if None in known else True
