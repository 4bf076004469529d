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
_Known = tuple[Mapping[int, datetime], Mapping[int, datetime], tuple[NoticeKey, ...]]
"""When papers were sent by this watch, when by any, and what was told."""


@dataclass(slots=True)
class _Recorded:
    """A reader's history, and all that was asked of it."""

    history: Subscribed
    papers: set[int] = field(default_factory=set)
    befallen: set[int] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)

    def sent_at(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        asked = set(pmids)
        self.papers |= asked
        return self.history.sent_at(asked)

    def sent_by_any(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        asked = set(pmids)
        self.befallen |= asked
        return self.history.sent_by_any(asked)

    def told(self, pmids: Iterable[int]) -> tuple[NoticeKey, ...]:
        asked = set(pmids)
        self.subjects |= asked
        return self.history.told(asked)

    def of(self, history: Subscribed) -> _Known:
        """What a history says of all that was asked."""
        sent, befell = history.sent_at(self.papers), history.sent_by_any(self.befallen)
        return sent, befell, history.told(self.subjects)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reader was owed, what of their history was asked for it, and what that said."""

    owed: Owed
    asked: _Recorded
    known: _Known

    def fits(self, history: Subscribed) -> bool:
        """Whether another reader's history says the same."""
        return self.asked.of(history) == self.known


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
            answer = _Answer(found, recorded, recorded.of(history))
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
