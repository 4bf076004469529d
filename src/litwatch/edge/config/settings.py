"""What the rest of litwatch gets from the configuration: plain frozen values, checked and complete.

Owns their types. Never reads a file, never knows TOML or pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal

from litwatch.decide.due import Schedule
from litwatch.errors import Problem
from litwatch.query.tree import Query
from litwatch.study.facets import Rules

Frequency = Literal["daily", "weekly", "monthly"]
Detail = Literal["full", "brief"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Secret:
    """A password or key; nothing but `reveal()` shows it, so that no log or traceback can."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


@dataclass(frozen=True, slots=True)
class PubMedSettings:
    """[pubmed]: where PubMed is and how politely it is asked."""

    base_url: str
    files_url: str
    tool: str
    email: str
    api_key: Secret | None
    requests_per_second: float
    timeout_seconds: float
    retry_budget_seconds: float
    retry_pause_seconds: float
    enumerate_limit: int


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]: an SQLAlchemy URL (an SQLite path is absolute by now) and the same without a password.

    `create`: whether a run may make a store where there is none.
    """

    url: str = field(repr=False)
    shown_url: str
    create: bool = True


@dataclass(frozen=True, slots=True)
class MailSettings:
    """[mail]: all addresses are filled in; `sender` is the key `from`."""

    transport: Literal["folder", "smtp"]
    outbox: Path
    templates: Path | None
    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: Secret | None
    password: Secret | None
    sender: str
    sender_name: str
    envelope_from: str
    reply_to: str
    unsubscribe_address: str
    timeout_seconds: float
    unsubscribe_url: str = ""
    feedback: bool = False
    messages_per_minute: int = 0


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """[inbox]: where answers by mail are read; `host` is "" where they are not."""

    host: str = ""
    port: int = 993
    security: Literal["none", "starttls", "tls"] = "tls"
    username: Secret | None = None
    password: Secret | None = None
    folder: str = "INBOX"
    done_folder: str = "litwatch"
    other_folder: str = "litwatch-other"
    every_minutes: int = 15
    verp: bool = True
    timeout_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """[operator]: whom readers tell when no mail comes, and who is told of trouble by mail ("": nobody)."""

    address: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class MonitoringSettings:
    """[monitoring]: what is written and asked for other programs that watch this one."""

    log: Literal["text", "json"] = "text"
    textfile: Path | None = None
    ping_url: Secret | None = None


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """[collect]: what is backlog on the first run, what is late, and what is too old to mail."""

    look_back_days: int
    late_days: int
    old_days: int


@dataclass(frozen=True, slots=True)
class BackfillSettings:
    """[backfill]: whether NCBI's hours for large jobs are kept."""

    polite_hours: bool


@dataclass(frozen=True, slots=True)
class FeedsSettings:
    """[feeds]: `folder` is None where `run` writes none."""

    folder: Path | None
    entries: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """[guard]: how many papers of each guard run are kept for judging."""

    sample: int


@dataclass(frozen=True, slots=True)
class MeshSettings:
    """[mesh]: where a newer MeSH lies, if there is one; the shipped one counts otherwise."""

    file: Path


@dataclass(frozen=True, slots=True)
class Settings:
    """litwatch.toml with what the environment changed."""

    pubmed: PubMedSettings
    store: StoreSettings
    mail: MailSettings
    operator: OperatorSettings
    collect: CollectSettings
    backfill: BackfillSettings
    guard: GuardSettings
    mesh: MeshSettings
    inbox: InboxSettings = InboxSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    feeds: FeedsSettings = FeedsSettings(None, 50)


@dataclass(frozen=True, slots=True)
class Watch:
    """One file of watches/: what is watched, when, and what its papers are tagged by.

    `headings` maps a topic's id to the words above its section of the digest, where they differ from the
    label. `query_text` is the query as it stands in the file. `guard` is a broader query by which is measured what
    the watch misses; None: it is not.
    """

    name: str
    title: str
    query: Query
    query_text: str
    look: Literal["daily", "weekly"]
    look_weekday: Weekday
    look_time: time
    time_zone: str
    sentinels: tuple[int, ...]
    rules: Rules
    headings: tuple[tuple[str, str], ...] = ()
    guard: Query | None = None

    @property
    def look_schedule(self) -> Schedule:
        """When PubMed is searched."""
        return Schedule(self.look, self.look_weekday, 1, self.look_time, self.time_zone)


@dataclass(frozen=True, slots=True)
class SubscriptionSetting:
    """One subscriber's wish for one watch; no `topics` or `designs` means all of them."""

    watch: str
    frequency: Frequency
    weekday: Weekday
    day_of_month: int
    time: time
    time_zone: str
    topics: tuple[str, ...]
    designs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    detail: Detail = "full"
    limit: int = 7

    @property
    def schedule(self) -> Schedule:
        """When a digest is due."""
        return Schedule(self.frequency, self.weekday, self.day_of_month, self.time, self.time_zone)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader: a mail address and the subscriptions to it."""

    address: str
    name: str
    subscriptions: tuple[SubscriptionSetting, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """A whole config directory; `warnings` are oddities that stop nothing, `also_read` files that its files name."""

    directory: Path
    settings: Settings
    watches: tuple[Watch, ...]
    subscribers: tuple[Subscriber, ...]
    warnings: tuple[Problem, ...] = ()
    also_read: tuple[Path, ...] = ()
