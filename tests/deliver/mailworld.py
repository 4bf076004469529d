"""A store with papers that have arrived, readers who wait for them, and the real way from there to a mail.

Owns what stands in that store. Never collects: rows are written as `collect` leaves them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from litwatch.edge.config import (
    BackfillSettings,
    CollectSettings,
    Config,
    GuardSettings,
    InboxSettings,
    MailSettings,
    MeshSettings,
    OperatorSettings,
    PubMedSettings,
    Settings,
    StoreSettings,
    Subscriber,
    SubscriptionSetting,
    Watch,
)
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.render import Renderer
from litwatch.edge.shipped import templates_directory
from litwatch.edge.store import tables
from litwatch.edge.store.open import Store, open_store
from litwatch.edge.store.subscriptions import sync_subscriptions
from litwatch.edge.transports import Transport
from litwatch.jobs.beginning import wanted_subscriptions
from litwatch.jobs.deliver import deliver
from litwatch.jobs.delivery_receipt import DeliveryReceipt
from litwatch.paper import Span
from litwatch.query.parse import parse
from litwatch.study.facets import Entry, Facet, Rules
from litwatch.study.findings import Findings

BEGIN = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # a Tuesday
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """That instant, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weekly(watch: str = "ketamine") -> SubscriptionSetting:
    return SubscriptionSetting(watch, "weekly", "monday", 1, time(7), "UTC", ())


def reader(address: str, *settings: SubscriptionSetting) -> Subscriber:
    return Subscriber(address, "", settings or (weekly(),))


def watch(name: str = "ketamine") -> Watch:
    query = parse("ketamine")
    topics = tuple(Entry(topic, topic.title(), query) for topic in ("efficacy", "safety", "long_term"))
    return Watch(
        name=name,
        title="Ketamine & depression",
        query=query,
        query_text="ketamine",
        look="weekly",  # these tests are of mail: one search a week, on the day of BEGIN, is all that is due
        look_weekday="tuesday",
        look_time=time(5),
        time_zone="UTC",
        sentinels=(),
        rules=Rules(name, (Facet("topics", topics),)),
    )


@dataclass
class World:
    """A config directory's values, its store and its outbox."""

    folder: Path
    store: Store
    subscribers: tuple[Subscriber, ...] = (reader("you@example.org"),)
    watches: tuple[Watch, ...] = field(default_factory=lambda: (watch(),))
    mail: Mapping[str, Any] = field(default_factory=dict)
    """What stands otherwise in [mail]."""
    inbox: InboxSettings = field(default_factory=InboxSettings)

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox"

    @property
    def config(self) -> Config:
        sender = "litwatch@clinic.example"
        mail = MailSettings(
            transport="folder",
            outbox=self.outbox,
            templates=None,
            host="127.0.0.1",
            port=25,
            security="none",
            username=None,
            password=None,
            sender=sender,
            sender_name="litwatch",
            envelope_from=f"bounce@{sender[9:]}",
            reply_to=sender,
            unsubscribe_address=sender,
            timeout_seconds=5.0,
        )
        mail = replace(mail, **self.mail)
        settings = Settings(
            PubMedSettings(
                "http://127.0.0.1/entrez/eutils/",
                "http://127.0.0.1/pubmed/",
                "litwatch",
                "",
                None,
                3.0,
                60.0,
                300.0,
                1.0,
                100_000,
            ),
            StoreSettings("sqlite:///x", "sqlite:///x"),
            mail,
            OperatorSettings("ops@clinic.example"),
            CollectSettings(7, 14, 730),
            BackfillSettings(polite_hours=True),
            GuardSettings(20),
            MeshSettings(Path("mesh.sqlite3")),
            self.inbox,
        )
        return Config(self.folder, settings, self.watches, self.subscribers)

    def begin(self, now: datetime = BEGIN) -> None:
        """The readers subscribe, as `run` sees to it before it collects."""
        sync_subscriptions(self.store, wanted_subscriptions(self.config), now)

    def collected(
        self,
        now: datetime,
        pmids: Iterable[int] = (),
        state: str = "new",
        watch_name: str = "ketamine",
        *,
        topic: str = "",
    ) -> None:
        """A good search with its refresh, and what it brought; with a topic, its title has earned it."""
        title = Span("title", 0, 5, "Paper")
        tags = {topic: (title,)} if topic else {}
        with self.store.writing() as connection:
            if (
                connection.execute(select(tables.watch).where(tables.watch.c.name == watch_name)).first()
                is None
            ):
                connection.execute(
                    insert(tables.watch).values(name=watch_name, query="ketamine", translation="")
                )
            connection.execute(
                update(tables.watch)
                .where(tables.watch.c.name == watch_name)
                .values(last_good_run=now, fates_at=now)
            )
            for pmid in pmids:
                if (
                    connection.execute(select(tables.paper).where(tables.paper.c.pmid == pmid)).first()
                    is None
                ):
                    connection.execute(
                        insert(tables.paper).values(
                            pmid=pmid,
                            record=zlib.compress(record(pmid)),
                            content_hash="",
                            status="Publisher",
                            fetched_at=now,
                        )
                    )
                connection.execute(
                    insert(tables.arrival).values(
                        watch=watch_name, pmid=pmid, state=state, first_seen=now, arrived_at=now
                    )
                )
                connection.execute(
                    insert(tables.finding).values(
                        watch=watch_name,
                        pmid=pmid,
                        document=Findings(relevant=True, design="rct", setting="treatment", tags=tags),
                        rules_hash="",
                        content_hash="",
                    )
                )

    def noticed(self, now: datetime, pmid: int, kind: str = "retraction", notice_pmid: int = 0) -> None:
        """PubMed says that something has happened to a paper."""
        with self.store.writing() as connection:
            connection.execute(
                insert(tables.notice).values(
                    pmid=pmid, kind=kind, notice_pmid=notice_pmid, date="2026", source="J", first_seen=now
                )
            )

    def deliver(self, now: datetime, transport: Transport | None = None) -> DeliveryReceipt:
        """One run, with the real templates."""
        return deliver(
            self.config,
            self.store,
            transport or FolderTransport(self.outbox),
            Renderer(templates_directory()),
            now,
        )

    def mails(self) -> list[EmailMessage]:
        """What stands in the outbox, by file name."""
        return [opened(path.read_bytes()) for path in sorted(self.outbox.glob("*.eml"))]

    def wires(self) -> list[bytes]:
        """The same mails, byte for byte."""
        return [path.read_bytes() for path in sorted(self.outbox.glob("*.eml"))]

    def claims(self) -> list[tuple[str, str, str, str]]:
        """subscriber, watch, period and state of every claim, in the order in which they were made."""
        with self.store.reading() as connection:
            rows = connection.execute(select(tables.claim).order_by(tables.claim.c.id))
            return [(row.subscriber, row.watch, row.period, row.state) for row in rows]

    def held(self) -> list[tuple[str, str, int]]:
        """subscriber, watch and PMID for every paper in a claim that counts."""
        query = (
            select(tables.claim.c.subscriber, tables.claim.c.watch, tables.claim_paper.c.pmid)
            .join(tables.claim_paper, tables.claim_paper.c.claim == tables.claim.c.id)
            .where(tables.claim.c.state.in_(("open", "sent")))
        )
        with self.store.reading() as connection:
            return sorted((row.subscriber, row.watch, row.pmid) for row in connection.execute(query))

    def readers(self, addresses: Sequence[str]) -> None:
        """These are in subscribers.toml from now on."""
        self.subscribers = tuple(reader(address) for address in addresses)


def opened(content: bytes) -> EmailMessage:
    """The mail as a mail program reads it."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def plain(message: EmailMessage) -> str:
    """Its text part."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def record(pmid: int) -> bytes:
    """PubMed's record of a made-up paper."""
    return (
        "<PubmedArticle><MedlineCitation Status='Publisher'>"
        f"<PMID Version='1'>{pmid}</PMID><Article><Journal><Title>Journal of Made-Up</Title></Journal>"
        f"<ArticleTitle>Paper number {pmid} of esketamine.</ArticleTitle>"
        "<Abstract><AbstractText>Made up.</AbstractText></Abstract></Article></MedlineCitation>"
        "<PubmedData><PublicationStatus>ppublish</PublicationStatus></PubmedData></PubmedArticle>"
    ).encode()


@contextmanager
def world(folder: Path, url: str | None = None) -> Iterator[World]:
    """A world on a fresh store (SQLite in `folder` unless a URL is given)."""
    store = open_store(url or f"sqlite:///{folder / 'store.sqlite3'}", create=True, now=BEGIN)
    try:
        yield World(folder, store)
    finally:
        store.close()


__all__ = [
    "BEGIN",
    "MONDAY",
    "World",
    "at",
    "opened",
    "plain",
    "reader",
    "replace",
    "watch",
    "weekly",
    "world",
]
