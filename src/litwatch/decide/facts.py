"""What a digest is composed from, beside its papers and notices: the watch, the reader, the receipt.

Owns these plain values and their meaning. Never says where they come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from litwatch.decide.ordering import LEADS, Lead
from litwatch.study.facets import Rules

#: Full cards in one mail, unless the subscription says otherwise.
FULL_CARDS = 7

#: Facet name -> entry id -> what it is called.
Labels = Mapping[str, Mapping[str, str]]

_COMMENT = re.compile(r'(?P<phrase>"[^"]*")|\#(?=\s|\Z)[^\n]*')


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the watch: its id and what it is called."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """A watch as its digest speaks of it."""

    name: str
    title: str
    topics: tuple[Topic, ...]
    labels: Labels = field(default_factory=dict)
    leads: tuple[Lead, ...] = LEADS


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """Who reads, and what they asked for. Times are aware UTC; `time_zone` is the reader's (IANA name).

    `topics` and `designs` empty: all; otherwise papers without a chosen one are listed by title. `settings` are
    those beside treatment whose papers stand with it. `detail`: `full`, or `brief`, where all stand by title.
    `unsubscribe` is a mailto or https address; `feedback` what links to judge papers by are made of, or "".
    `operator` is whom to tell when no mail comes.
    """

    address: str
    name: str = ""
    topics: frozenset[str] = frozenset()
    designs: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    detail: str = "full"
    limit: int = FULL_CARDS
    frequency: str = "weekly"
    time_zone: str = "UTC"
    period_id: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None
    next_due: datetime | None = None
    operator: str = ""
    unsubscribe: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the runs of a digest's period did, added up from their receipts; `enumerated` and `books` are the last's.

    `arrivals`: how a paper came -> how many. `books`: where a match stands -> how many; they add up to `matches`.
    `to_nobody`: how many of the mailed no reader was sent. `retries`: cause -> how often it was asked again.
    `failures`: what went wrong, each once.
    """

    enumerated: int | None = None
    arrivals: Mapping[str, int] = field(default_factory=dict)
    fetched: int = 0
    unreadable: tuple[int, ...] = ()
    disagreements: int = 0
    refreshed: int = 0
    changed: int = 0
    notices: int = 0
    requests: int = 0
    retries: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    books: Mapping[str, int] = field(default_factory=dict)
    to_nobody: int = 0
    failures: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """All of it in a few sentences."""
        came = ", ".join(f"{count:,} {how}" for how, count in self.arrivals.items() if count)
        unreadable = (
            f"unreadable {', '.join(map(str, self.unreadable))}" if self.unreadable else "none unreadable"
        )
        again = ", ".join(f"{cause}: {count}" for cause, count in sorted(self.retries.items()))
        facts = [
            f"{self.enumerated:,} papers enumerated" if self.enumerated is not None else "",
            f"came: {came}" if came else "nothing came",
            f"{self.fetched:,} fetched, {unreadable}",
            f"{self.refreshed:,} fetched again, {self.changed:,} of them changed",
            _count(self.notices, "notice"),
            f"{_count(self.disagreements, 'disagreement')} with PubMed",
            _count(self.requests, "request") + (f", asked again for {again}" if again else ""),
            _count(round(self.seconds), "second"),
        ]
        words = f"In this period: {'; '.join(fact for fact in facts if fact)}."
        if self.books:
            asides = {"mailed": f" ({self.to_nobody:,} of them to nobody)" if self.to_nobody else ""}
            parts = " + ".join(
                f"{count:,} {where}{asides.get(where, '')}" for where, count in self.books.items()
            )
            words += f" When PubMed was last searched, {sum(self.books.values()):,} matches were {parts}."
        if self.failures:
            words += f" What failed: {'; '.join(self.failures)}."
        return words


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """The receipt: what was asked of PubMed and what came back; None where it is not known.

    `not_searched_since`: the last good search, where PubMed has not been searched in this period (with
    `failed` true also where it never was). `new` and `late` count the period's arrivals in the watch.
    `fates_unasked`: the last look for retractions and the like failed, or none followed the last search for a day;
    `fates_asked` the last that did not fail. `wanted`: what PubMed lists and has not given; `long_wanted` those of
    them of which that has been so for so long that a person was told: they make no week less quiet.
    """

    last_searched: datetime | None = None
    searches: int | None = None
    matches: int | None = None
    new: int | None = None
    late: int | None = None
    wanted: tuple[int, ...] = ()
    long_wanted: tuple[int, ...] = ()
    held: int = 0
    balanced: bool | None = None
    query: str = ""
    translation: str = ""
    failed: bool = False
    not_searched_since: datetime | None = None
    reason: str = ""
    ledger: Ledger | None = None
    fates_unasked: bool = False
    fates_asked: datetime | None = None

    @property
    def awaited(self) -> tuple[int, ...]:
        """What is wanted and may come any day."""
        return tuple(pmid for pmid in self.wanted if pmid not in self.long_wanted)

    @property
    def asked(self) -> str:
        """The query as one line, without the comments of the watch's file."""
        return without_comments(self.query)


def label(labels: Labels, facet: str, entry: str) -> str:
    """What the rules call an entry; its id in plain words where they say nothing."""
    return labels.get(facet, {}).get(entry) or entry.replace("-", " ").replace("_", " ")


def without_comments(query: str) -> str:
    """A query as one line, its comments left out: `#`, a blank and the rest of the line, outside quotation marks."""
    return " ".join(_COMMENT.sub(lambda found: found["phrase"] or "", query).split())


def watch_facts(name: str, title: str, rules: Rules) -> WatchFacts:
    """The facts of a watch from its rules: topics in their order, and every entry's label."""
    topics = rules.facet("topics")
    return WatchFacts(
        name=name,
        title=title,
        topics=tuple(Topic(entry.id, entry.label or entry.id) for entry in topics.entries) if topics else (),
        labels={facet.name: {entry.id: entry.label for entry in facet.entries} for facet in rules.facets},
    )


def leads_of(watch: WatchFacts) -> tuple[Lead, ...]:
    """The leading topics that the watch has; its first three where it has none of them."""
    ids = {topic.id for topic in watch.topics}
    found = tuple(lead for lead in watch.leads if lead.topic in ids)
    return found or tuple(Lead(topic.id, topic.label) for topic in watch.topics[:3])
