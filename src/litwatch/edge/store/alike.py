"""Readers who are owed the same, and know the same of it, get one and the same answer: composed once, sent to each.

Owns when two subscriptions of a watch are alike. Never writes, and owns no rule of what is owed (entitled.py,
owing.py): those rules are asked for each reader, without the records; only what they name is read once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from litwatch.edge.store import entitled, owing
from litwatch.edge.store.open import Store
from litwatch.edge.store.owing import NoticeKey, Owed, Subscribed
from litwatch.edge.store.prepared import Prepared, instant, text
from litwatch.edge.store.subscriptions import key
from litwatch.edge.store.tables import arrival, notice

KEPT = 64  # answers of some hundred kilobytes

_Named = tuple[str, frozenset[int], frozenset[int], frozenset[tuple[int, str, int]]]
"""Watch, papers, papers again, notices."""


@dataclass(slots=True)
class _Recorded:
    """A reader's history, and all that was asked of it."""

    history: Subscribed
    papers: set[int] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)

    def sent_at(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        asked = set(pmids)
        self.papers |= asked
        return self.history.sent_at(asked)

    def told(self, pmids: Iterable[int]) -> tuple[NoticeKey, ...]:
        asked = set(pmids)
        self.subjects |= asked
        return self.history.told(asked)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reader was owed, and all of their history that it rests on."""

    owed: Owed
    papers: frozenset[int]
    sent: Mapping[int, datetime]
    subjects: frozenset[int]
    told: tuple[NoticeKey, ...]

    def fits(self, history: Subscribed) -> bool:
        """Whether another reader's history says the same."""
        return history.sent_at(self.papers) == self.sent and history.told(self.subjects) == self.told


class Alike:
    """What subscriptions are owed; the same object for all that are alike, as long as it is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answers: OrderedDict[_Named, list[_Answer]] = OrderedDict()

    def owed(self, subscriber: str, watch: str, since: datetime) -> Owed:
        """As owing.owed."""
        subscriber = key(subscriber)
        with self._store.reading() as connection:
            named = _named(connection, subscriber, watch, since)
            history = Subscribed(connection, subscriber, watch)
            known = self._answers.setdefault(named, [])
            self._answers.move_to_end(named)
            for answer in known:
                if answer.fits(history):
                    return answer.owed
            recorded = _Recorded(history)
            found = owing.owed_in(connection, subscriber, watch, since, recorded)
            papers, subjects = frozenset(recorded.papers), frozenset(recorded.subjects)
            answer = _Answer(found, papers, history.sent_at(papers), subjects, history.told(subjects))
        del known[: -KEPT + 1]
        known.append(answer)
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)
        return found


def _named(connection: Connection, subscriber: str, watch: str, since: datetime) -> _Named:
    new, again, notices = _statements(watch)
    whose: dict[str, Any] = {"subscriber": subscriber, "since": since}
    return (
        watch,
        frozenset(pmid for (pmid,) in new.run(connection, **whose)),
        frozenset(pmid for (pmid,) in again.run(connection, subscriber=subscriber)),
        frozenset((pmid, kind, number) for pmid, kind, number in notices.run(connection, **whose)),
    )


@cache
def _statements(watch: str) -> tuple[Prepared, Prepared, Prepared]:
    """What is owed to a reader by name."""
    subscriber, since = text("subscriber"), instant("since")
    return (
        Prepared(entitled.new_pmids(subscriber, watch, since)),
        Prepared(entitled.papers_again(subscriber, watch).with_only_columns(arrival.c.pmid)),
        Prepared(
            entitled.notices(subscriber, watch, since).with_only_columns(
                notice.c.pmid, notice.c.kind, notice.c.notice_pmid
            )
        ),
    )
