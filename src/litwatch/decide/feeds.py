"""What a feed holds: the newest papers of a watch or of one of its topics, each as a card, for programs that read Atom.

Owns identities and instants, which stay until something happens to a paper. Never renders, never reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from litwatch.decide.alerts import GRAVE, Alert, NoticeFacts, alerts
from litwatch.decide.cards import Card, DigestPaper, Line, card, line
from litwatch.decide.facts import Topic, WatchFacts
from litwatch.decide.ordering import ELSEWHERE, elsewhere
from litwatch.decide.sections import tags_of

ENDING = ".atom"


@dataclass(frozen=True, slots=True)
class FeedPaper:
    """A paper that arrived, what befell it, and when the last of all this was."""

    owed: DigestPaper
    arrived_at: datetime
    touched_at: datetime
    notices: tuple[NoticeFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper in a feed.

    `card` is None for what is withdrawn, or not on treatment of people (`place` says so): these stand by their title.
    """

    pmid: int
    title: str
    published: datetime
    updated: datetime
    place: str
    topics: tuple[Topic, ...]
    authors: tuple[str, ...]
    line: Line
    card: Card | None
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed; `name` is its file's, without ending; `topic` is None for that of the whole watch."""

    id: str
    name: str
    watch: WatchFacts
    topic: Topic | None
    updated: datetime
    entries: tuple[Entry, ...]
    address: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.name + ENDING


def compose_feed(
    watch: WatchFacts, topic: Topic | None, papers: Iterable[FeedPaper], *, begun: datetime, address: str = ""
) -> Feed:
    """The feed of these papers, the newest arrival first; `begun` is its instant while there are none.

    `address`: of the folder on the web, or "".
    """
    entries = tuple(
        _entry(watch, each)
        for each in sorted(papers, key=lambda each: (each.arrived_at, each.owed.paper.pmid), reverse=True)
    )
    name = f"{watch.name}.{topic.id}" if topic else watch.name
    return Feed(
        id=uuid5(NAMESPACE_URL, f"litwatch/feed/{name}").urn,
        name=name,
        watch=watch,
        topic=topic,
        updated=max((each.updated for each in entries), default=begun),
        entries=entries,
        address=f"{address.rstrip('/')}/{name}{ENDING}" if address else "",
    )


def _entry(watch: WatchFacts, each: FeedPaper) -> Entry:
    owed = each.owed
    befell = [alert for alert in alerts((owed,), each.notices) if alert.pmid == owed.paper.pmid]
    grave = tuple(alert for alert in befell if alert.kind in GRAVE and not alert.unidentified)
    place = elsewhere(owed, [topic.id for topic in watch.topics])
    short = line(owed, watch.labels, owed.failure)
    corrected = any(alert.kind == "correction" for alert in befell)
    in_full = not grave and place is None
    return Entry(
        pmid=owed.paper.pmid,
        title=short.title,
        published=each.arrived_at,
        updated=max(each.arrived_at, each.touched_at),
        place=dict(ELSEWHERE)[place] if place else "",
        topics=tuple(topic for topic in watch.topics if topic.id in tags_of(owed)),
        authors=_names(owed),
        line=short,
        card=card(owed, watch.topics, watch.labels, harms=True, corrected=corrected) if in_full else None,
        alerts=grave,
    )


def _names(owed: DigestPaper) -> tuple[str, ...]:
    names = (
        " ".join(filter(None, (each.last_name, each.initials))) or each.collective_name
        for each in owed.paper.authors
    )
    return tuple(name for name in names if name)
