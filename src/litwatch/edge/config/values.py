"""From checked models to the values that the rest of litwatch gets.

Owns defaults that depend on other keys, relative paths, and how facets become Rules. Never finds a mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from litwatch.edge.config.checks import USUAL_IMAP_PORT, USUAL_PORT
from litwatch.edge.config.environment import Overlay
from litwatch.edge.config.models import LitwatchFile
from litwatch.edge.config.problems import Place
from litwatch.edge.config.research_models import (
    EntryTable,
    FacetsFile,
    FacetTable,
    RelevanceTable,
    SubscribersFile,
    SubscriberTable,
    WatchFile,
)
from litwatch.edge.config.settings import (
    BackfillSettings,
    CollectSettings,
    FeedsSettings,
    GuardSettings,
    InboxSettings,
    MailSettings,
    MeshSettings,
    MonitoringSettings,
    OperatorSettings,
    PubMedSettings,
    Settings,
    StoreSettings,
    Subscriber,
    SubscriptionSetting,
    Watch,
)
from litwatch.study.facets import FACETS, FIRST_ONLY, Entry, Facet, Rules

if TYPE_CHECKING:
    from litwatch.edge.config.readers import Reader

#: The sender of mails that only go into a folder.
NOBODY = "litwatch@localhost"


def settings_from(ops: LitwatchFile, laid: Overlay, directory: Path) -> Settings:
    """litwatch.toml with every default filled in and every path absolute."""
    pubmed, mail = ops.pubmed, ops.mail
    sender = mail.from_ or NOBODY
    reply_to = mail.reply_to or sender
    return Settings(
        pubmed=PubMedSettings(
            base_url=pubmed.base_url,
            tool=pubmed.tool,
            email=pubmed.email,
            api_key=laid.secrets.get(("pubmed", "api_key")),
            requests_per_second=pubmed.requests_per_second,
            timeout_seconds=pubmed.timeout_seconds,
            retry_budget_seconds=pubmed.retry_budget_seconds,
            retry_pause_seconds=pubmed.retry_pause_seconds,
            enumerate_limit=pubmed.enumerate_limit,
            files_url=pubmed.files_url,
        ),
        store=store_settings(
            ops.store.url, _base(laid, ("store", "url"), directory), create=ops.store.create
        ),
        mail=MailSettings(
            transport=mail.transport,
            outbox=_absolute(mail.outbox, _base(laid, ("mail", "outbox"), directory)),
            templates=_absolute(mail.templates, _base(laid, ("mail", "templates"), directory))
            if mail.templates
            else None,
            host=mail.host,
            port=mail.port or USUAL_PORT[mail.security],
            security=mail.security,
            username=laid.secrets.get(("mail", "username")),
            password=laid.secrets.get(("mail", "password")),
            sender=sender,
            sender_name=mail.from_name,
            envelope_from=mail.envelope_from or sender,
            reply_to=reply_to,
            unsubscribe_address=mail.unsubscribe_address or sender,
            timeout_seconds=mail.timeout_seconds,
            unsubscribe_url=mail.unsubscribe_url,
            messages_per_minute=mail.messages_per_minute,
            feedback=bool(ops.inbox.host) if mail.feedback is None else mail.feedback,
        ),
        inbox=_inbox(ops, laid),
        operator=OperatorSettings(
            ops.operator.address or (reply_to if reply_to != NOBODY else ""), told=ops.operator.address
        ),
        monitoring=_monitoring(ops, laid, directory),
        collect=CollectSettings(ops.collect.look_back_days, ops.collect.late_days, ops.collect.old_days),
        backfill=BackfillSettings(ops.backfill.polite_hours),
        guard=GuardSettings(ops.guard.sample),
        feeds=FeedsSettings(
            _absolute(ops.feeds.folder, _base(laid, ("feeds", "folder"), directory))
            if ops.feeds.folder
            else None,
            ops.feeds.entries,
            ops.feeds.address,
        ),
        mesh=MeshSettings(_absolute(ops.mesh.file, _base(laid, ("mesh", "file"), directory))),
    )


def _monitoring(ops: LitwatchFile, laid: Overlay, directory: Path) -> MonitoringSettings:
    file = ops.monitoring.textfile
    return MonitoringSettings(
        log=ops.monitoring.log,
        textfile=_absolute(file, _base(laid, ("monitoring", "textfile"), directory)) if file else None,
        ping_url=laid.secrets.get(("monitoring", "ping_url")),
    )


def _inbox(ops: LitwatchFile, laid: Overlay) -> InboxSettings:
    inbox = ops.inbox
    return InboxSettings(
        host=inbox.host,
        port=inbox.port or USUAL_IMAP_PORT[inbox.security],
        security=inbox.security,
        username=laid.secrets.get(("inbox", "username")),
        password=laid.secrets.get(("inbox", "password")),
        folder=inbox.folder,
        done_folder=inbox.done_folder,
        other_folder=inbox.other_folder,
        every_minutes=inbox.every_minutes,
        verp=inbox.verp,
        timeout_seconds=inbox.timeout_seconds,
    )


def _base(laid: Overlay, place: Place, directory: Path) -> Path:
    """What a relative path counts from: the config directory, or the working directory for a variable."""
    return Path.cwd() if place in laid.source.variables else directory.absolute()


def _absolute(path: str, base: Path) -> Path:
    return base / Path(path).expanduser()


def store_settings(url: str, base: Path, *, create: bool = True) -> StoreSettings:
    """The store's URL: an SQLite path made absolute, a PostgreSQL one with the driver that is installed."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        # SQLAlchemy: sqlite:///relative, sqlite:////absolute; a query may follow.
        path, mark, query = rest[1:].partition("?")
        whole = f"sqlite:///{_absolute(path, base)}{mark}{query}"
        return StoreSettings(whole, whole, create)
    whole = f"postgresql+psycopg://{rest}"
    parts = urlsplit(whole)
    netloc = parts.netloc
    if parts.password is not None:
        user, _, host = netloc.rpartition("@")
        netloc = f"{user.partition(':')[0]}:***@{host}"
    # A query can hold a password, too (?password=...).
    hidden = parts._replace(netloc=netloc, query="")
    return StoreSettings(whole, urlunsplit(hidden), create)


def watch_from(name: str, file: WatchFile, general: FacetsFile) -> Watch:
    """A watch with its rules: its own facets, and the general ones that it does not override."""
    own: Mapping[str, Mapping[str, EntryTable] | None] = {facet: getattr(file, facet) for facet in FACETS}
    facets = []
    for facet in FACETS:
        tables = own[facet]
        if tables is None:
            tables = getattr(general, facet)
        entries = tuple(_entry(id_, table.label, table) for id_, table in tables.items())
        facets.append(Facet(facet, entries, first_only=facet in FIRST_ONLY))
    relevance = _entry("relevance", "", file.relevance) if file.relevance else None
    return Watch(
        name=name,
        title=file.title,
        query=file.query,
        query_text=file.query.source,
        look=file.look,
        look_weekday=file.look_weekday,
        look_time=file.look_time,
        time_zone=file.time_zone,
        sentinels=tuple(file.sentinels),
        rules=Rules(name, tuple(facets), relevance, tuple(file.makers)),
        headings=tuple((id_, topic.heading) for id_, topic in file.topics.items() if topic.heading),
        guard=file.guard,
    )


def _entry(id_: str, label: str, table: EntryTable | RelevanceTable) -> Entry:
    sentence = table.sentence if isinstance(table, FacetTable) else None
    return Entry(id_, label, table.query, frozenset(table.sections or ()), table.unless, sentence)


def subscribers_from(
    file: SubscribersFile, listed: Iterable[Reader], watches: Mapping[str, Watch]
) -> tuple[Subscriber, ...]:
    """The readers of both files, each once, with a subscription to each watch; topics are those that it has."""
    topics = {
        name: {entry.id for entry in facet.entries}
        for name, watch in watches.items()
        if (facet := watch.rules.facet("topics"))
    }
    found: dict[str, Subscriber] = {}
    of_sort: dict[int, tuple[SubscriptionSetting, ...]] = {}
    everybody = [(reader.address, reader.name, reader) for reader in file.subscriber]
    for address, name, wants in (*everybody, *((each.address, each.name, each.wants) for each in listed)):
        if id(wants) not in of_sort:
            of_sort[id(wants)] = tuple(
                _subscription(wants, watch, topics.get(watch, ())) for watch in wants.watches
            )
        before = found.get(address.lower())
        found[address.lower()] = Subscriber(
            address=before.address if before else address,
            name=(before.name if before else "") or name,
            subscriptions=(*(before.subscriptions if before else ()), *of_sort[id(wants)]),
        )
    return tuple(found.values())


def _subscription(reader: SubscriberTable, watch: str, topics: Collection[str]) -> SubscriptionSetting:
    return SubscriptionSetting(
        watch=watch,
        frequency=reader.frequency,
        weekday=reader.weekday,
        day_of_month=reader.day_of_month,
        time=reader.time,
        time_zone=reader.time_zone,
        topics=tuple(topic for topic in reader.topics if topic in topics),
        designs=tuple(reader.designs),
        settings=tuple(reader.settings),
        detail=reader.detail,
        limit=reader.limit,
    )
