"""What a subscription is owed: papers and notices that stand in no sent or open claim of it.

Owns these questions to the store, and the figures of a digest's foot. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true

from litwatch.decide.arrivals import WANTED_DAYS
from litwatch.decide.changes import notice_quote, notices_in
from litwatch.decide.digest import DigestPaper, NoticeFacts, SearchFacts
from litwatch.edge.store import entitled
from litwatch.edge.store.entitled import MAILED_STATES
from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.ledger import ledger
from litwatch.edge.store.open import Store
from litwatch.edge.store.related import Related, related
from litwatch.edge.store.searched import fates_asked
from litwatch.edge.store.subscriptions import key
from litwatch.edge.store.tables import arrival, claim, claim_notice, claim_paper, paper, receipt, tag, watch
from litwatch.edge.store.unpacking import read_record
from litwatch.paper import Paper
from litwatch.study import findings as study

WEEKS = 12
LONG_WANTED = timedelta(days=WANTED_DAYS)

NoticeKey = tuple[int, str, int]
"""pmid, kind, PMID of the notice (0 or below where PubMed gives none)."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a digest has to hold: each paper and each notice once, by PMID.

    `told` are the notices that the reader has had, of these papers and of those that these records speak of.
    """

    papers: tuple[DigestPaper, ...]
    notices: tuple[NoticeFacts, ...]
    notice_keys: tuple[NoticeKey, ...] = ()
    told: tuple[NoticeKey, ...] = ()

    @property
    def pmids(self) -> tuple[int, ...]:
        """The papers."""
        return tuple(each.paper.pmid for each in self.papers)


class History(Protocol):
    """What a reader was sent and told, as far as it is asked for."""

    def sent_at(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        """When this watch, or one that was left, first sent each of these papers to the reader, if it did."""
        ...

    def sent_by_any(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        """The same by any watch."""
        ...

    def told(self, pmids: Iterable[int]) -> tuple[NoticeKey, ...]:
        """The notices about these papers that the reader has had."""
        ...


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The history of one subscription, in one view of the store."""

    connection: Connection
    subscriber: str
    watch: str

    def sent_at(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        left = entitled.left_watches(self.subscriber)
        return self._sent(pmids, or_(claim.c.watch == self.watch, claim.c.watch.in_(left)))

    def sent_by_any(self, pmids: Iterable[int]) -> Mapping[int, datetime]:
        return self._sent(pmids, true())

    def told(self, pmids: Iterable[int]) -> tuple[NoticeKey, ...]:
        return _told(self.connection, self.subscriber, self.watch, pmids)

    def _sent(self, pmids: Iterable[int], by: ColumnElement[bool]) -> dict[int, datetime]:
        found: dict[int, datetime] = {}
        for some in in_hundreds(pmids):
            query = (
                select(claim_paper.c.pmid, func.min(claim.c.sent_at).label("sent_at"))
                .join(claim, claim.c.id == claim_paper.c.claim)
                .where(
                    claim.c.subscriber == self.subscriber,
                    by,
                    claim.c.state == "sent",
                    claim_paper.c.pmid.in_(some),
                )
                .group_by(claim_paper.c.pmid)
            )
            found.update((row.pmid, row.sent_at) for row in self.connection.execute(query))
        return found


def owed(store: Store, subscriber: str, watch_name: str, since: datetime) -> Owed:
    """What no sent or open claim of a subscription holds (entitled.py says what it is entitled to)."""
    subscriber = key(subscriber)
    with store.reading() as connection:
        history = Subscribed(connection, subscriber, watch_name)
        return owed_in(connection, subscriber, watch_name, since, history)


def owed_in(
    connection: Connection, subscriber: str, watch_name: str, since: datetime, history: History
) -> Owed:
    """The same in a view of the store that is open, by what `history` says of the reader."""
    new = connection.execute(entitled.new_papers(subscriber, watch_name, since)).all()
    again = connection.execute(entitled.papers_again(subscriber, watch_name)).all()
    notices = connection.execute(entitled.notices(subscriber, watch_name, since)).all()
    pmids = {row.pmid for row in (*new, *again)}
    others = {row.pmid for row in notices} | {row.notice_pmid for row in notices}
    records = _papers(connection, others - pmids)
    sent = history.sent_at({row.pmid for row in again})
    befell = history.sent_by_any({row.pmid for row in notices})
    beside = related(connection, watch_name, pmids, history.sent_at, partial(_papers, connection))
    papers = [_digest_paper(row, beside) for row in new]
    papers += [_digest_paper(row, beside, sent_without_abstract=sent[row.pmid]) for row in again]
    told = history.told({told.pmid for each in papers for told in notices_in(each.paper)})
    records |= {each.paper.pmid: each.paper for each in papers}
    return Owed(
        tuple(sorted(papers, key=lambda each: each.paper.pmid)),
        tuple(_notice_facts(row, records, befell) for row in notices),
        tuple((row.pmid, row.kind, row.notice_pmid) for row in notices),
        told,
    )


def _papers(connection: Connection, pmids: Iterable[int]) -> dict[int, Paper]:
    found: dict[int, Paper] = {}
    for some in in_hundreds(pmids):
        query = select(paper.c.pmid, paper.c.record).where(paper.c.pmid.in_(some))
        found.update((row.pmid, read_record(row.record)) for row in connection.execute(query))
    return found


def _told(
    connection: Connection, subscriber: str, watch_name: str, pmids: Iterable[int]
) -> tuple[NoticeKey, ...]:
    found: list[NoticeKey] = []
    for some in in_hundreds(pmids):
        query = entitled.notices_in_claims(subscriber, watch_name).where(claim_notice.c.pmid.in_(some))
        found += [(row.pmid, row.kind, row.notice_pmid) for row in connection.execute(query)]
    return tuple(sorted(found))


def _digest_paper(
    row: Row[tuple[object, ...]],
    beside: Mapping[int, Related],
    sent_without_abstract: datetime | None = None,
) -> DigestPaper:
    told = beside.get(row.pmid, Related())
    return DigestPaper(
        paper=read_record(row.record),
        findings=None if row.document is None else study.from_json(row.document),
        arrival=row.state,
        first_seen=row.first_seen,
        failure=row.failure or "",
        sent_without_abstract=sent_without_abstract,
        versions=told.versions,
        earlier=told.reports,
        more_earlier=told.more_reports,
    )


def _notice_facts(
    row: Row[tuple[object, ...]], records: Mapping[int, Paper], sent: Mapping[int, datetime]
) -> NoticeFacts:
    told = records.get(row.notice_pmid)
    return NoticeFacts(
        pmid=row.pmid,
        kind=row.kind,
        notice_pmid=row.notice_pmid if row.notice_pmid > 0 else None,
        date=row.date,
        source=row.source,
        quote=notice_quote(told) if told else None,
        notice_paper=told,
        paper=records.get(row.pmid),
        sent_at=sent.get(row.pmid),
    )


def weeks(store: Store, watch_name: str, now: datetime) -> dict[str, tuple[int, ...]]:
    """Arrivals (new and late) of each of the last twelve weeks by topic id, oldest first."""
    query = (
        select(tag.c.topic, arrival.c.arrived_at)
        .join(arrival, and_(arrival.c.watch == tag.c.watch, arrival.c.pmid == tag.c.pmid))
        .where(
            tag.c.watch == watch_name,
            arrival.c.state.in_(MAILED_STATES),
            arrival.c.arrived_at > now - timedelta(weeks=WEEKS),
            arrival.c.arrived_at <= now,
        )
    )
    counts: dict[str, list[int]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            ago = min((now - row.arrived_at) // timedelta(weeks=1), WEEKS - 1)
            counts.setdefault(row.topic, [0] * WEEKS)[WEEKS - 1 - ago] += 1
    return {topic: tuple(each) for topic, each in counts.items()}


def search_facts(
    store: Store,
    watch_name: str,
    *,
    query: str,
    start: datetime,
    now: datetime,
    not_searched_since: datetime | None,
) -> SearchFacts:
    """What the foot of a digest says about the searches after `start`."""
    in_period = (arrival.c.watch == watch_name) & (arrival.c.arrived_at > start)
    with store.reading() as connection:
        known = connection.execute(select(watch).where(watch.c.name == watch_name)).one_or_none()
        states = {
            row.state: row.papers
            for row in connection.execute(
                select(arrival.c.state, func.count().label("papers"))
                .where(in_period)
                .group_by(arrival.c.state)
            )
        }
        waiting = connection.execute(
            select(arrival.c.pmid, arrival.c.state, arrival.c.wanted_since)
            .where(
                arrival.c.watch == watch_name,
                arrival.c.state.in_(("wanted", "held")),
                arrival.c.unmatched_since.is_(None),
                arrival.c.gone.is_(None),
            )
            .order_by(arrival.c.pmid)
        ).all()
        matches = connection.execute(
            select(func.count()).where(arrival.c.watch == watch_name, arrival.c.unmatched_since.is_(None))
        ).scalar_one()
        runs = connection.execute(
            select(receipt.c.ok, receipt.c.document, receipt.c.started_at)
            .where(
                receipt.c.job == "collect",
                receipt.c.watch == watch_name,
                receipt.c.started_at > start,
                receipt.c.started_at <= now,
            )
            .order_by(receipt.c.started_at, receipt.c.id)
        ).all()
        told = ledger(connection, watch_name, start, now)
        fates_at, fates_unasked = fates_asked(connection, watch_name, now)
    last = runs[-1] if runs else None
    good: Mapping[str, object] = next((run.document for run in reversed(runs) if run.ok), {})
    return SearchFacts(
        last_searched=known.last_good_run if known else None,
        searches=sum(run.ok for run in runs) or None,
        matches=matches if known else None,
        new=states.get("new", 0),
        late=states.get("late", 0),
        wanted=tuple(row.pmid for row in waiting if row.state == "wanted"),
        long_wanted=tuple(
            row.pmid
            for row in waiting
            if row.state == "wanted" and (row.wanted_since or now) < now - LONG_WANTED
        ),
        held=sum(row.state == "held" for row in waiting),
        balanced=None if good.get("balanced") is None else bool(good["balanced"]),
        query=query,
        translation=known.translation if known else "",
        failed=not_searched_since is not None,
        not_searched_since=not_searched_since,
        reason=_why(last.document) if last is not None and not last.ok else "",
        ledger=told,
        fates_unasked=fates_unasked,
        fates_asked=fates_at,
    )


def _why(document: Mapping[str, object]) -> str:
    failures = document.get("failures")
    return str(failures[0]) if isinstance(failures, list) and failures else ""
