"""What a researcher might change in a search, each change with its price.

Owns which changes are tried and how they are priced. Never applies one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from litwatch.decide.guarding import sample
from litwatch.errors import QueryError
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.seeding import weigh_on
from litwatch.paper import Paper
from litwatch.query.lint import lint
from litwatch.query.mesh import asks_mesh
from litwatch.query.parse import parse
from litwatch.query.tokens import query_words, words
from litwatch.query.tree import Query, Term, leaves
from litwatch.query.verdict import counted
from litwatch.study.facets import Rules
from litwatch.study.student import compile_rules
from litwatch.tuning.candidates import (
    RECKONED,
    SHORTEST,
    Candidate,
    begins,
    frequent,
    general,
    is_said_by,
    log_likelihood,
    stems,
    terms_of,
)
from litwatch.tuning.clauses import Weighed, concepts
from litwatch.tuning.editing import with_beside, without
from litwatch.tuning.missing import near

Kind = Literal["add", "not", "variant", "truncation", "no effect"]

PRICED = 12
"""So many terms to add, and so many other suggestions, are priced at PubMed: a request or two each."""
OF_A_KIND = 6
CANDIDATES = 1_000
TOLD_TWICE = 2
"""Of so many missed seeds a phrase or a heading is offered that is only likely to go with the concept."""
MOST_ENDINGS = 12
NAMED = 5
READ = 20
LOOKED_AT = 400
"""So many of the papers found are read for frequent terms."""
LIKELY, SURE = 3.84, 10.83
"""Log-likelihood from which a difference is likely, or past doubt (chi-square, one degree of freedom, 0.05, 0.001)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change and its price.

    Attributes:
        says: the change in words; why: what speaks for it.
        query: the whole search after it, to paste or to give to `--query`.
        store: papers of the store that it gains, and loses.
        seeds: seeds to develop on that it gains, and loses.
        pubmed: papers that it gains and loses at PubMed; None where that was not asked.
    """

    kind: Kind
    says: str
    why: str
    query: Query
    store: tuple[int, int]
    seeds: tuple[int, int]
    pubmed: tuple[int, int] | None = None


def suggest(desk: Desk, query: Query, seeds: list[Paper], rules: Rules) -> tuple[Suggestion, ...]:
    """What might be changed, by kind, the best of each first; the first dozen priced at PubMed."""
    bench = _Bench(desk, query, seeds, rules)
    found: list[Suggestion] = []
    adding = _priced(desk, query, list(islice(bench.additions(), PRICED)))
    for each in (bench.negations, bench.variants, bench.truncations, bench.idle):
        found += list(each())[:OF_A_KIND]
    return (*sorted(adding, key=_dearness)[:OF_A_KIND], *_priced(desk, query, found))


def _priced(desk: Desk, query: Query, some: list[Suggestion]) -> list[Suggestion]:
    """The same, the first dozen with their prices at PubMed."""
    found: list[Suggestion] = []
    for place, one in enumerate(some[:PRICED], 1):
        desk.told("asking PubMed for prices", place, min(len(some), PRICED))
        found.append(replace(one, pubmed=_price(desk, query, one.query)))
    return [*found, *some[PRICED:]]


def _dearness(one: Suggestion) -> tuple[float, int]:
    """The most seeds for a paper first, the papers counted by PubMed where it could be asked."""
    seeds = one.seeds[0]
    papers = one.store[0] if one.pubmed is None else one.pubmed[0]
    return -seeds / (papers + RECKONED), papers if seeds else 0


def _price(desk: Desk, old: Query, new: Query) -> tuple[int, int] | None:
    if str(new) == str(old):
        return None
    more, less = desk.count(f"({new}) NOT ({old})"), desk.count(f"({old}) NOT ({new})")
    return None if more is None or less is None else (more, less)


class _Bench:
    """A query weighed on the store and on the seeds, on which changes are tried."""

    def __init__(self, desk: Desk, query: Query, seeds: list[Paper], rules: Rules) -> None:
        self._desk, self._query, self._seeds = desk, query, seeds
        self._whole = desk.weigh(query)
        self._on_seeds = weigh_on(desk, query, seeds)
        self._found = self._whole.papers or 0
        self._seeds_found = self._on_seeds.papers or 0
        self._study = compile_rules(rules, desk.vocabulary).study if rules.relevance is not None else None

    def additions(self) -> Iterator[Suggestion]:
        """Terms of the seeds that are missed (or, where none is, of all that is found) that go with a concept."""
        missed = self._seeds_found != (1 << len(self._seeds)) - 1
        tried: list[tuple[Candidate, Weighed, str]] = []
        for concept, on_seeds in zip(concepts(self._whole), concepts(self._on_seeds), strict=True):
            if concept.nots:
                continue
            if missed:
                here = [paper for place, paper in enumerate(self._seeds) if on_seeds.lacking >> place & 1]
                least, among = 1, f"of {len(here)} missed seeds that fail there"
            else:
                numbers = sample(self._desk.answers.pmids_of(self._found), LOOKED_AT, str(self._query))
                here = list(self._desk.answers.read(self._desk.answers.papers_of(numbers)))
                least, among = max(3, len(here) // 50), f"of {len(here)} papers found"
            offered = general(self._candidates(concept, here, least, missed=missed))
            tried += [(one, concept, among) for one in offered]
        alike: set[tuple[bool, bool, bool, frozenset[int]]] = set()
        for one, concept, among in sorted(tried, key=lambda it: it[0].order):
            if missed and one.alike in alike:
                continue
            alike.add(one.alike)
            new = with_beside(self._query, concept.clause, one.term.key)
            why = f"stands in {one.count} {among}"
            yield self._tried("add", f"add {one.term.key} beside {counted(concept.clause)}", why, new)

    def negations(self) -> Iterator[Suggestion]:
        """Terms behind a NOT that take seeds away, those that take most first."""
        found: dict[str, int] = {}
        for _, one in self._on_seeds.walk():
            if isinstance(one.clause, Term) and one.takes_away and one.only_this:
                found[one.clause.key] = found.get(one.clause.key, 0) | one.only_this
        for key, seeds in sorted(found.items(), key=lambda it: -it[1].bit_count()):
            new = without(self._query, {key})
            if new is not None:
                many = seeds.bit_count()
                why = f"it takes {many} seed{'s' if many > 1 else ''} away that all the rest finds"
                yield self._tried("not", f"take {key} out of the NOT", why, new)

    def _candidates(
        self, concept: Weighed, papers: list[Paper], least: int, *, missed: bool
    ) -> Iterator[Candidate]:
        answers = self._desk.answers
        inside = concept.papers or 0
        apart = answers.universe & ~inside
        terms = leaves(concept.clause)
        elsewhere = list({term.key: term for term in leaves(self._query) if term not in terms}.values())
        close = {word for paper in papers for word, _ in near(terms, paper)} if missed else set()
        known = {paper.pmid: terms_of(paper) for paper in papers} if missed else {}
        often = sorted(frequent(papers, least), key=lambda it: (-it[1], it[0].key))[:CANDIDATES]
        asked = {word.removesuffix("*") for term in terms for word in query_words(term.text)}
        for term in stems(asked, close):
            here = {pmid for pmid, listed in known.items() if any(begins(one, term) for one in listed)}
            known = {pmid: {*listed, term} if pmid in here else listed for pmid, listed in known.items()}
            often.append((term, len(here)))
        for term, count in often:
            matching = answers.term(term) or 0
            rank = log_likelihood(
                (matching & inside).bit_count(),
                inside.bit_count(),
                (matching & apart).bit_count(),
                apart.bit_count(),
            )
            gains = (matching & concept.lacking).bit_count()
            seeds = frozenset(pmid for pmid, listed in known.items() if term in listed)
            if any(is_said_by(one, term) for one in elsewhere):
                continue  # beside this concept it would let in all that the other one asks for
            is_near = term.text[-1] == "*" or not close.isdisjoint(words(term.text))
            is_phrase = " " in term.text or term.tag == "mh"
            tells = is_near or rank >= SURE or (is_phrase and len(seeds) >= TOLD_TWICE and rank >= LIKELY)
            if (seeds and tells) or (not missed and gains and rank >= SURE):
                yield Candidate(term, count, rank, is_near, seeds, gains)

    def variants(self) -> Iterator[Suggestion]:
        """Other spellings, numbers and names, as lint knows them, those that gain most first."""
        mesh = self._desk.vocabulary.mesh if asks_mesh(self._query) else None
        source = self._query.source
        found: list[Suggestion] = []
        for finding in lint(self._query, mesh):
            if finding.code.startswith("missing-") and finding.instead:
                text = f"{source[: finding.start]}{finding.instead}{source[finding.end :]}"
                with suppress(QueryError):
                    says = f"write {finding.instead}"
                    found.append(self._tried("variant", says, finding.message, parse(text)))
        yield from sorted(found, key=lambda one: (-one.seeds[0], -one.store[0]))

    def truncations(self) -> Iterator[Suggestion]:
        """Endings of a truncated term by which alone papers are found that the watch's rules call off the subject."""
        if self._study is None:
            return
        answers = self._desk.answers
        for _, one in self._whole.walk():
            term = one.clause
            if not isinstance(term, Term) or one.nots or not is_truncated(term):
                continue
            endings = {
                word: answers.term(replace(term, text=word)) or 0 for word in answers.endings(term.text[:-1])
            }
            for word, papers in endings.items():
                if word == term.text[:-1]:
                    continue  # what was meant
                alone = papers & one.only_this
                for other, others in endings.items():
                    alone &= ~others if other != word else -1
                read = list(answers.read(answers.papers_of(answers.pmids_of(alone)[:READ])))
                off = sum(self._study(paper).relevant is False for paper in read)
                if read and off * 2 > len(read):
                    said = f"{alone.bit_count()} papers are found by this ending alone; of {len(read)} read {off} are"
                    kept = " OR ".join(replace(term, text=each).key for each in endings if each != word)
                    new = without(with_beside(self._query, term, kept), {term.key}) if kept else None
                    if new is None or self._loses_seeds(new):
                        continue
                    if len(endings) <= MOST_ENDINGS:
                        says = f"write the endings of {term.key} out, without `{word}`"
                        yield self._tried(
                            "truncation", says, f"{said} off the subject by the watch's rules", new
                        )
                    else:
                        says = f"{term.key} also takes `{word}`"
                        why = f"{said} off the subject by the watch's rules"
                        yield Suggestion("truncation", says, why, self._query, (0, 0), (0, 0))

    def _loses_seeds(self, new: Query) -> bool:
        return bool(self._seeds_found & ~(weigh_on(self._desk, new, self._seeds).papers or 0))

    def idle(self) -> Iterator[Suggestion]:
        """Terms that bring nothing of their own, here or at PubMed: all that can go together."""
        keys: list[str] = []
        for (_, one), (_, on_seeds) in zip(self._whole.walk(), self._on_seeds.walk(), strict=True):
            if (
                isinstance(one.clause, Term)
                and one.role == "brings"
                and one.papers is not None
                and not one.only_this
                and not on_seeds.only_this
            ):
                # One after the other: of two that bring the same only one can go.
                shorter = without(self._query, {*keys, one.clause.key})
                if shorter is not None and self._desk.weigh(shorter).papers == self._found:
                    keys.append(one.clause.key)
        keys = self._idle_at_pubmed(keys)
        shorter = without(self._query, set(keys)) if keys else None
        if shorter is not None:
            listed = ", ".join(keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")
            why = "they bring nothing of their own, at PubMed or among the papers stored"
            made = self._tried("no effect", f"take out {listed}", why, shorter)
            if not made.seeds[1]:
                yield made

    def _idle_at_pubmed(self, keys: list[str]) -> list[str]:
        """Those of the terms without which PubMed, too, finds all that it does; none where it cannot be asked."""
        sure: list[str] = []
        pending, asked = ([keys] if keys else []), 0
        while pending and asked < PRICED:
            some = pending.pop()
            shorter = without(self._query, {*sure, *some})
            asked += 1
            lost = None if shorter is None else self._desk.count(f"({self._query}) NOT ({shorter})")
            if lost == 0:
                sure += some
            elif lost is not None and len(some) > 1:
                middle = len(some) // 2
                pending += [some[middle:], some[:middle]]
        return sure

    def _tried(self, kind: Kind, says: str, why: str, new: Query) -> Suggestion:
        after = self._desk.weigh(new).papers or 0
        on_seeds = weigh_on(self._desk, new, self._seeds).papers or 0
        store = (after & ~self._found).bit_count(), (self._found & ~after).bit_count()
        seeds = (on_seeds & ~self._seeds_found).bit_count(), (self._seeds_found & ~on_seeds).bit_count()
        return Suggestion(kind, says, why, new, store, seeds)


def is_truncated(term: Term) -> bool:
    """Whether it is one word with a star behind it that counts, looked for in text."""
    word = term.text[:-1]
    return term.text.endswith("*") and term.field.kind == "words" and word.isalnum() and len(word) >= SHORTEST
