"""A small world to collect in: a watch, settings, a store in a folder, and a PubMed of our own making.

Owns the fakes of tests/collect. Never asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from litwatch.edge.config import Settings, Watch, load
from litwatch.edge.pubmed import Batch, Enumeration, SearchAnswer, Tally
from litwatch.edge.shipped import config_directory
from litwatch.edge.store.open import Store, open_store
from litwatch.edge.store.tables import arrival
from litwatch.query.parse import parse
from litwatch.reading.pubmed_xml import read_article
from litwatch.study.facets import Entry, Facet, Rules

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


@cache
def settings() -> Settings:
    """The settings as shipped."""
    return load(config_directory(), {}).settings


@cache
def shipped_watch() -> Watch:
    """The watch as shipped."""
    return load(config_directory(), {}).watches[0]


def watch(query: str = "ketamine[tiab]", *, sentinels: tuple[int, ...] = ()) -> Watch:
    """A watch with one topic."""
    topic = Entry("safety", "Safety", parse("harm*[tiab]"))
    rules = Rules("w", (Facet("topics", (topic,)),))
    return replace(
        shipped_watch(),
        name="w",
        query=parse(query),
        query_text=query,
        sentinels=sentinels,
        rules=rules,
    )


def record(
    pmid: int, created: date, *, title: str = "Ketamine", status: str = "Publisher", inside: str = ""
) -> bytes:
    """One PubMed record; `inside` goes into its MedlineCitation."""
    day = f"<Year>{created.year}</Year><Month>{created.month}</Month><Day>{created.day}</Day>"
    return (
        f'<PubmedArticle><MedlineCitation Status="{status}"><PMID Version="1">{pmid}</PMID>'
        f"<Article><Journal><Title>J</Title></Journal><ArticleTitle>{title}</ArticleTitle></Article>{inside}"
        f'</MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="entrez">{day}</PubMedPubDate></History>'
        f'<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}'
        "</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"
    ).encode()


def retracted_by(notice: int) -> str:
    """What a retracted paper's record says."""
    return (
        '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">'
        f"<RefSource>J. 2026 Mar 9;1(1):1</RefSource><PMID>{notice}</PMID>"
        "</CommentsCorrections></CommentsCorrectionsList>"
    )


@dataclass
class FakePubMed:
    """PubMed as a table: which PMIDs exist since when, and which a query matches.

    `matching` maps the canonical query to a test of PMIDs; every other query matches all. `withheld` come in
    lists but not as records; `broken` fail the whole of their batch.
    """

    created: dict[int, date] = field(default_factory=dict)
    records: dict[int, bytes] = field(default_factory=dict)
    matching: dict[str, Callable[[int], bool]] = field(default_factory=dict)
    withheld: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)  # to ESummary
    broken: set[int] = field(default_factory=set)
    batch_size: int = 200
    errors: tuple[tuple[str, str], ...] = ()
    errors_of_days: tuple[tuple[str, str], ...] = ()  # where a range of create dates is asked for
    miscount: int = 0
    translations: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def add(self, *pmids: int, created: date) -> None:
        """Put records in."""
        self.created.update(dict.fromkeys(pmids, created))

    def enumerate(self, query: str, limit: int) -> Enumeration:
        """All that match; understands `(QUERY) AND DAY:DAY[crdt]`."""
        self.asked.append(query)
        self.tally.requests += 1
        plain, _, dates = query.partition(") AND ")
        first, last = date.min, date.max
        if dates.endswith("[crdt]"):
            plain = plain.removeprefix("(")
            begin, end = dates.removesuffix("[crdt]").split(":")
            first = date(*map(int, begin.split("/")))
            last = date.max if end == "3000" else date(*map(int, end.split("/")))
        else:
            plain = query
        test = self.matching.get(plain, _any_paper)
        pmids = tuple(
            sorted(pmid for pmid, day in self.created.items() if test(pmid) and first <= day <= last)
        )
        translation = self.translations.get(plain, plain)
        errors = self.errors if plain == query else self.errors + self.errors_of_days
        return Enumeration(pmids, len(pmids) + self.miscount, translation, errors)

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """How many match; of what is not in `matching` none: nothing ever befell anybody here."""
        self.tally.requests += 1
        test = self.matching.get(query)
        return SearchAnswer(sum(map(test, self.created)) if test else 0, (), query)

    def without_summary(self, pmids: Sequence[int]) -> frozenset[int]:
        """Those that do not exist."""
        self.tally.requests += 1
        return frozenset(pmids) - (self.created.keys() - self.unknown)

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """Batches as edge.pubmed makes them."""
        for start in range(0, len(pmids), self.batch_size):
            asked = tuple(pmids[start : start + self.batch_size])
            self.tally.requests += 1
            if self.broken & set(asked):
                yield Batch(asked, (), asked, "no answer")
                continue
            came = [pmid for pmid in asked if pmid in self.created and pmid not in self.withheld]
            raws = [self.records.get(pmid) or record(pmid, self.created[pmid]) for pmid in came]
            yield Batch(
                asked,
                tuple((read_article(raw), raw) for raw in raws),
                tuple(pmid for pmid in asked if pmid not in came),
            )


def _any_paper(pmid: int) -> bool:
    return True


def new_store(folder: Path) -> Store:
    """A fresh store."""
    return open_store(f"sqlite:///{folder}/store.sqlite3", create=True, now=MONDAY)


def states(store: Store) -> dict[int, str]:
    """PMID -> state of the one watch."""
    with store.reading() as connection:
        return {
            row.pmid: row.state
            for row in connection.execute(select(arrival.c.pmid, arrival.c.state).order_by(arrival.c.pmid))
        }


def after(days: float) -> datetime:
    """So many days after the first Monday."""
    return MONDAY + timedelta(days=days)


def day(days: float) -> date:
    """The date of `after`."""
    return after(days).date()
