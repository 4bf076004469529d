"""All that is told of one paper when somebody asks why it is here: the query's tree and every facet.

Owns the values that the terminal, JSON and the page are made of. Never reads a file and never prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.paper import Paper, Span
from litwatch.query.explain import Explainer, Explanation
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.pasting import unlike_pubmed
from litwatch.query.tree import Query
from litwatch.query.verdict import Verdict, verdict
from litwatch.study.account import Row, rows
from litwatch.study.entries import EntryReader, FacetOutcome
from litwatch.study.evidence import evidence
from litwatch.study.facets import Entry, Rules
from litwatch.study.places import Place, Places
from litwatch.study.roles import passages_of, sentences_with_roles
from litwatch.study.student import Student


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that papers are explained by, and what it is called; `sections` and `in_sentence` as of a Scope."""

    name: str
    query: Query
    sections: frozenset[str] = frozenset()
    in_sentence: bool = False

    @property
    def unlike_pubmed(self) -> tuple[str, ...]:
        """What of it PubMed would not take as litwatch does."""
        beside = (
            (f"its words count only in {', '.join(sorted(self.sections))}: PubMed knows no such parts",)
            if self.sections
            else ()
        )
        together = (
            ("one sentence must hold all of it: PubMed knows no sentences",) if self.in_sentence else ()
        )
        return unlike_pubmed(self.query) + beside + together


@dataclass(frozen=True, slots=True)
class Tree:
    """What one query makes of a paper."""

    asked: Asked
    verdict: Verdict
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of a facet with the sentences that hold its words."""

    id: str
    label: str
    state: str
    reason: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One paper; `source` says where its record came from, `marked` the words of title and abstract that count."""

    paper: Paper
    source: str
    trees: tuple[Tree, ...]
    facets: tuple[tuple[str, tuple[Shown, ...]], ...] = ()
    marked: tuple[Span, ...] = ()


class PaperExplainer:
    """Queries, and the rules where all facets are asked for, made ready for many papers.

    `everything` and `deepest` as account.rows has them.
    """

    def __init__(
        self,
        asked: Sequence[Asked],
        student: Student | None = None,
        *,
        vocabulary: Vocabulary = BY_NAME,
        everything: bool = False,
        deepest: int | None = None,
    ) -> None:
        self.asked = tuple(asked)
        self._explainers = [Explainer(one.query, one.sections, vocabulary) for one in asked]
        self._student = student
        self._entries = EntryReader(student.rules, vocabulary) if student is not None else None
        self._everything = everything
        self._deepest = deepest

    def explain(self, paper: Paper, source: str, today: date) -> Explained:
        """All that is told of one paper."""
        statements = sentences_with_roles(paper)
        parts = passages_of(paper.abstract, statements)
        sentences = [(one.start, one.end) for one in statements]
        places = Places(paper)
        trees: list[Tree] = []
        marked: set[Span] = set()
        for asked, explainer in zip(self.asked, self._explainers, strict=True):
            found = (
                explainer.explain_nearest(paper, parts, sentences, today)
                if asked.in_sentence
                else explainer.explain(paper, parts, today)
            )
            told = rows(found, places, everything=self._everything, deepest=self._deepest)
            trees.append(Tree(asked, verdict(found), told))
            marked |= _marked(found)
        facets: tuple[tuple[str, tuple[Shown, ...]], ...] = ()
        if self._entries is not None and self._student is not None:
            findings = self._student.study(paper)
            outcomes = self._entries.read(
                paper,
                parts,
                sentences,
                findings,
                off_subject=self._student.dismiss(paper) is not None,
                today=today,
            )
            read = evidence(paper, statements, findings)
            facets = tuple((each.name, _shown(each, places)) for each in (*outcomes, read) if each.entries)
        ordered = sorted(marked, key=lambda span: (span.field, span.start, span.end))
        return Explained(paper, source, tuple(trees), facets, tuple(ordered))


def asked_of(name: str, entry: Entry) -> tuple[Asked, ...]:
    """The query of an entry and, where it has them, its `sentence` and its `unless`."""
    found = [Asked(name, entry.query, entry.sections)]
    if entry.sentence is not None:
        found.append(Asked(f"one sentence of {name}", entry.sentence, entry.sections, in_sentence=True))
    if entry.unless is not None:
        found.append(Asked(f"unless of {name}", entry.unless, entry.sections))
    return tuple(found)


def entries_by_name(rules: Rules) -> dict[str, Entry]:
    """Every entry by the name that `--entry` takes."""
    found = {f"{facet.name}.{entry.id}": entry for facet in rules.facets for entry in facet.entries}
    if rules.relevance is not None:
        found["relevance"] = rules.relevance
    return found


def _marked(explanation: Explanation) -> set[Span]:
    return {
        span for _, one in explanation.walk() for span in one.spans if span.field in ("title", "abstract")
    }


def _shown(outcome: FacetOutcome, places: Places) -> tuple[Shown, ...]:
    return tuple(
        Shown(one.id, one.label, one.state, one.reason, places.of(one.spans)) for one in outcome.entries
    )
