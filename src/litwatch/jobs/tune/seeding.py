"""Seeds looked up and held against a query: found or not, and why not.

Owns the order of the questions: the store, then PubMed. Never writes either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from litwatch.edge.pubmed.client import PAGE
from litwatch.jobs.tune.desk import Desk
from litwatch.paper import Paper
from litwatch.query.explain import Explainer
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.numbers import article_id_key
from litwatch.query.tree import Query, Term, leaves
from litwatch.query.verdict import verdict
from litwatch.tuning.clauses import Weighed, weigh
from litwatch.tuning.missing import Failing, failing
from litwatch.tuning.recall import Share
from litwatch.tuning.seeds import Seed, SeedFile, halves

DOIS = 40
"""DOIs in one question."""


@dataclass(frozen=True, slots=True)
class Known:
    """A seed with its record, or why there is none."""

    seed: Seed
    paper: Paper | None
    in_store: bool
    problem: str = ""

    @property
    def pmid(self) -> int | None:
        """Its PMID, where it is known."""
        return self.paper.pmid if self.paper is not None else self.seed.pmid


@dataclass(frozen=True, slots=True)
class Held:
    """A seed held against a query.

    Attributes:
        found: whether the search finds it: PubMed's word, else what its record says here; None where nobody can say.
        here: what its record says here; None where only PubMed can say.
        reasons: the clauses for which its record is not found here.
        sentence: what decided here, in words.
        to_validate: whether it is of the half to validate on.
    """

    known: Known
    found: bool | None
    here: bool | None
    reasons: tuple[Failing, ...]
    sentence: str
    to_validate: bool

    @property
    def why(self) -> str:
        """Why it is not found, in words."""
        if self.known.problem:
            return self.known.problem
        if self.here and not self.found:
            return f"its record matches here ({self.sentence}), and PubMed does not list it"
        return "; ".join(one.text for one in self.reasons) or self.sentence


@dataclass(frozen=True, slots=True)
class Seeds:
    """All seeds of a file held against one query; `unread`: what of the file names no paper."""

    held: tuple[Held, ...]
    unread: tuple[str, ...] = ()

    def half(self, *, to_validate: bool) -> tuple[Held, ...]:
        """Those to develop on, or to validate on, that have a record."""
        return tuple(one for one in self.held if one.to_validate is to_validate and not one.known.problem)

    def recall(self, *, to_validate: bool | None = None) -> Share:
        """How many are found of a half, or of all."""
        asked = [
            one for one in self.held
            if not one.known.problem and (to_validate is None or one.to_validate is to_validate)
        ]  # fmt: skip
        return Share(sum(one.found is True for one in asked), len(asked))

    @property
    def without_record(self) -> tuple[Held, ...]:
        """Those of which no record could be had."""
        return tuple(one for one in self.held if one.known.problem)


@dataclass(slots=True)
class SeedPapers:
    """Seeds that are looked up, ready to be held against query after query."""

    known: tuple[Known, ...]
    unread: tuple[str, ...]
    without_number: int = 0
    to_validate: frozenset[int] = field(default=frozenset())

    @property
    def named(self) -> int:
        """How many papers the file names, with or without a number, a record or neither."""
        return len(self.known) + self.without_number

    @property
    def papers(self) -> list[Paper]:
        """Their records."""
        return [one.paper for one in self.known if one.paper is not None]

    @property
    def developing(self) -> list[Paper]:
        """The records of the half to develop on."""
        return [paper for paper in self.papers if paper.pmid not in self.to_validate]


def look_up(desk: Desk, file: SeedFile) -> SeedPapers:
    """The records of seeds, from the store where it has them, else from PubMed.

    A DOI that stands beside a PMID and is not that record's may be another paper's: if PubMed knows it, it is a seed.
    """
    found = _looked_up(desk, file.seeds)
    beside = _looked_up(desk, [Seed(None, one.seed.doi, one.seed.place) for one in found if _differ(one)])
    known: dict[int | str, Known] = {}
    for one in (*found, *(one for one in beside if one.paper is not None)):
        known.setdefault(one.pmid if one.pmid is not None else one.seed.doi, one)
    all_known = tuple(known.values())
    _, second = halves(one.pmid for one in all_known if one.paper is not None and one.pmid is not None)
    return SeedPapers(all_known, file.unread, file.without_number, second)


def _looked_up(desk: Desk, seeds: Sequence[Seed]) -> list[Known]:
    by_doi = _pmids_of_dois(desk, [one.doi for one in seeds if one.pmid is None])
    pmids = {one: one.pmid if one.pmid is not None else by_doi.get(one.doi) for one in seeds}
    wanted = list(dict.fromkeys(pmid for pmid in pmids.values() if pmid is not None))
    stored = {paper.pmid: paper for paper in desk.answers.read(desk.answers.papers_of(wanted))}
    fetched = desk.fetch([pmid for pmid in wanted if pmid not in stored])
    known: list[Known] = []
    for seed, pmid in pmids.items():
        paper = None if pmid is None else stored.get(pmid) or fetched.get(pmid)
        problem = "" if paper is not None else _problem(desk, seed, pmid)
        known.append(Known(seed, paper, pmid in stored, problem))
    return known


def _differ(one: Known) -> bool:
    """Whether its PMID and its DOI may be two papers'."""
    doi = article_id_key(one.paper.doi) if one.paper is not None and one.paper.doi else ""
    return one.seed.pmid is not None and bool(one.seed.doi and doi) and one.seed.doi != doi


def _problem(desk: Desk, seed: Seed, pmid: int | None) -> str:
    if desk.pubmed is None:
        return "it is not in the store, and PubMed was not asked"
    if desk.failures:
        return "it is not in the store, and PubMed cannot be asked"
    return "no paper in PubMed has this DOI" if pmid is None else "PubMed has no record of this number"


def _pmids_of_dois(desk: Desk, dois: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for doi in dois:
        papers = desk.answers.term(Term(doi, "doi", quoted=True))
        for pmid in desk.answers.pmids_of(papers or 0)[:1]:
            found[doi] = pmid
    left = [doi for doi in dict.fromkeys(dois) if doi not in found]
    for start in range(0, len(left), DOIS):
        some = left[start : start + DOIS]
        answer = desk.search(" OR ".join(Term(doi, "doi", quoted=True).key for doi in some), PAGE)
        if answer is None:
            break
        for paper in desk.fetch(answer.pmids).values():
            found.setdefault(article_id_key(paper.doi), paper.pmid)
    return {doi: found[doi] for doi in dois if doi in found}


def hold(desk: Desk, query: Query, seeds: SeedPapers, listed: frozenset[int] | None = None) -> Seeds:
    """The seeds held against a query; `listed`: all that PubMed lists for it, where that is known."""
    explainer = Explainer(query, vocabulary=desk.vocabulary)
    pmids = [paper.pmid for paper in seeds.papers]
    found = listed if listed is not None else found_by_pubmed(desk, query, pmids)
    held: list[Held] = []
    for one in seeds.known:
        if one.paper is None:
            held.append(Held(one, None, None, (), "", to_validate=False))
            continue
        explained = explainer.explain(one.paper, (), desk.today)
        here = explained.matched
        held.append(
            Held(
                one,
                here if found is None else one.paper.pmid in found,
                here,
                failing(explained, one.paper),
                verdict(explained).sentence,
                to_validate=one.paper.pmid in seeds.to_validate,
            )
        )
    return Seeds(tuple(held), seeds.unread)


def found_by_pubmed(desk: Desk, query: Query, pmids: Iterable[int]) -> frozenset[int] | None:
    """Which of these papers PubMed finds for the query, in one question; None where it cannot be asked."""
    numbers = sorted(pmids)
    if not numbers:
        return frozenset()
    answer = desk.search(f"({query}) AND ({' OR '.join(f'{pmid}[uid]' for pmid in numbers)})", PAGE)
    return None if answer is None else frozenset(answer.pmids)


def weigh_on(desk: Desk, query: Query, papers: Sequence[Paper]) -> Weighed:
    """Every clause of the query on some papers: bit n is the nth of them."""
    terms = list({term.key: term for term in leaves(query)}.values())
    matcher = compile_scopes([Scope(Query(term.key, term, term.key)) for term in terms], desk.vocabulary)
    known: dict[str, int] = dict.fromkeys((term.key for term in terms), 0)
    for place, paper in enumerate(papers):
        for index in matcher.read(paper, (), desk.today).matching():
            known[terms[index].key] |= 1 << place
    unknown = {term.key for term in terms if desk.answers.term(term) is None}
    return weigh(query, lambda term: None if term.key in unknown else known[term.key], (1 << len(papers)) - 1)


def by_clause(weighed: Weighed) -> Mapping[str, Weighed]:
    """The clauses by their places: "" is the whole, "2.1" the first clause of the second."""
    found: dict[str, Weighed] = {}
    pending = [("", weighed)]
    while pending:
        number, one = pending.pop()
        found[number] = one
        pending += [
            (f"{number}.{place}" if number else str(place), child)
            for place, child in enumerate(one.children, 1)
        ]
    return found
