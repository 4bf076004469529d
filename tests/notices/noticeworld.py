"""A PubMed whose records change from week to week, readers who get mail, and `run` at every instant that is asked for.

Owns what stands in that PubMed: update files that are written as the weeks go by. Never asserts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import select

from deliver import mailworld
from deliver.mailworld import plain, reader
from litwatch.edge.config import Watch
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.pubmed import PubMed
from litwatch.edge.render import Renderer
from litwatch.edge.shipped import templates_directory
from litwatch.edge.store import showing, tables
from litwatch.edge.store.open import open_store
from litwatch.edge.transports import Transport
from litwatch.jobs.run import run
from litwatch.jobs.run_report import RunReport
from litwatch.query.parse import parse
from litwatch.sandbox.server import Sandbox
from litwatch.study.facets import Entry, Facet, Rules

MONDAY = date(2026, 3, 2)  # the watch begins on the day before
ME, SHE = "you@example.org", "she@example.org"


def day(weeks: float) -> date:
    """So many weeks after the first Monday."""
    return MONDAY + timedelta(days=round(7 * weeks))


def record(
    pmid: int,
    *,
    created: date,
    title: str = "",
    abstract: str = "It was efficacious in 40 of 60 patients (P = 0.01).",
    status: str = "MEDLINE",
    links: Iterable[tuple[str, int | None]] = (),
    types: Iterable[tuple[str, str]] = (),
    source: str = "J Made-Up. 2026 Mar 9;1(1):1",
    doi: str = "",
) -> bytes:
    """One PubMed record; `links` are (RefType, PMID or None), `types` publication types (UI, name)."""
    on = f"<Year>{created.year}</Year><Month>{created.month}</Month><Day>{created.day}</Day>"
    results = f'<AbstractText Label="RESULTS" NlmCategory="RESULTS">{abstract}</AbstractText>'
    body = f"<Abstract>{results}</Abstract>" if abstract else ""
    kinds = "".join(f'<PublicationType UI="{ui}">{name}</PublicationType>' for ui, name in types)
    named = f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    told = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>{source}</RefSource>'
        + (f"<PMID>{other}</PMID>" if other else "")
        + "</CommentsCorrections>"
        for kind, other in links
    )
    return (
        f'<PubmedArticle><MedlineCitation Status="{status}"><PMID Version="1">{pmid}</PMID><Article><Journal>'
        "<JournalIssue><PubDate><Year>2026</Year><Month>Mar</Month><Day>9</Day></PubDate></JournalIssue>"
        f"<Title>Journal of Made-Up</Title></Journal><ArticleTitle>{title or f'Ketamine paper {pmid}'}</ArticleTitle>"
        f"{body}<PublicationTypeList>{kinds}</PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{told}</CommentsCorrectionsList></MedlineCitation>"
        f'<PubmedData><History><PubMedPubDate PubStatus="entrez">{on}</PubMedPubDate></History>'
        f'<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}'
        f"</ArticleId>{named}</ArticleIdList></PubmedData></PubmedArticle>"
    ).encode()


@dataclass
class World:
    """The whole of it; a week begins on its Monday, when the digests go out."""

    folder: Path
    mails_of: mailworld.World
    files: dict[str, list[bytes]] = field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()
    """What goes wrong in the next run: (fault of the sandbox, endpoint), once each."""
    dropped: tuple[str, ...] = ()
    """Filters that PubMed knows no more."""

    @property
    def corpus(self) -> Path:
        """The update files."""
        return self.folder / "corpus"

    def publish(self, on: date, *records: bytes) -> None:
        """These records are so from that day on."""
        told = self.files.setdefault(on.isoformat(), [])
        told.extend(records)
        whole = b'<?xml version="1.0"?>\n<PubmedArticleSet>' + b"".join(told) + b"</PubmedArticleSet>\n"
        (self.corpus / f"update-{on.isoformat()}.xml").write_bytes(whole)

    def run(
        self, on: date, *, transport: Transport | None = None, hour: int = 7, minute: int = 5
    ) -> RunReport:
        """`litwatch run` on that day, a little after seven."""
        now = datetime.combine(on, time(hour, minute), UTC)
        world = self.mails_of
        with Sandbox(self.corpus, today=on, dropped=self.dropped) as sandbox:
            for name, endpoint in self.faults:
                sandbox.fault(name, 1, endpoint)
            self.faults = ()
            pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=1)
            try:
                return run(
                    world.config,
                    world.store,
                    pubmed,
                    transport or FolderTransport(world.outbox),
                    Renderer(templates_directory()),
                    now,
                )
            finally:
                pubmed.close()

    def play(self, *days: date) -> list[RunReport]:
        """A run on each of these days, all of them good."""
        done = [self.run(each) for each in days]
        for each in done:
            assert each.exit_code == 0, each.one_line()
        return done

    def mails(self, address: str = ME) -> list[EmailMessage]:
        """What that reader got, oldest first."""
        found = [mail for mail in self.mails_of.mails() if mail["To"] == address]
        return sorted(found, key=lambda mail: mail["Date"].datetime)

    def texts(self, address: str = ME) -> list[str]:
        """Their text parts, each in one line."""
        return [" ".join(plain(mail).split()) for mail in self.mails(address)]

    def notices(self) -> list[tuple[int, str, int]]:
        """Every notice of the store: paper, kind, its own record."""
        with self.mails_of.store.reading() as connection:
            rows = connection.execute(
                select(tables.notice).order_by(tables.notice.c.pmid, tables.notice.c.kind)
            )
            return [(row.pmid, row.kind, row.notice_pmid) for row in rows]

    def shown(self, pmid: int) -> showing.Shown:
        """The paper as `papers` shows it."""
        (found,) = showing.papers(self.mails_of.store, pmid=pmid)
        return found

    def readers(self, *addresses: str) -> None:
        """These are in subscribers.toml from now on."""
        self.mails_of.subscribers = tuple(reader(address) for address in addresses)

    def get(self, watches: Sequence[Watch], *addresses: str) -> None:
        """From now on there are these watches, and these readers get each of them."""
        self.mails_of.watches = tuple(watches)
        weekly = [mailworld.weekly(each.name) for each in watches]
        self.mails_of.subscribers = tuple(reader(address, *weekly) for address in addresses)

    def ask(self, query: str) -> None:
        """The watch asks for that from now on."""
        (watch,) = self.mails_of.watches
        self.mails_of.watches = (replace(watch, query=parse(query), query_text=query),)


def watch() -> Any:
    """A watch with three topics that are told by words."""
    entries = (
        Entry("efficacy", "Efficacy", parse("efficac*[tiab]")),
        Entry("safety", "Safety", parse("harm*[tiab]")),
        Entry("long_term", "Long-term", parse('"long term"[tiab]')),
    )
    query = "ketamine[tiab]"
    return replace(
        mailworld.watch(),
        look="daily",
        query=parse(query),
        query_text=query,
        rules=Rules("ketamine", (Facet("topics", entries),)),
    )


@contextmanager
def world(folder: Path, url: str = "") -> Iterator[World]:
    """An empty PubMed, a store (SQLite in the folder, unless an address is given) and a reader of a weekly digest."""
    (folder / "corpus").mkdir()
    store = open_store(
        url or f"sqlite:///{folder / 'store.sqlite3'}", create=True, now=datetime(2026, 3, 1, tzinfo=UTC)
    )
    try:
        yield World(folder, mailworld.World(folder, store, (reader(ME),), (watch(),)))
    finally:
        store.close()
