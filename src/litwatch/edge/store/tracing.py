"""The whole story of one paper, and of one reader, as the store remembers it.

Owns these questions. Never writes, and never decides: what is owed is asked of `owing`, as a digest asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from litwatch.edge.store import owing, searched, subscriptions
from litwatch.edge.store.beside import Beside, beside
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import (
    arrival,
    claim,
    claim_notice,
    claim_paper,
    finding,
    guard_paper,
    guard_run,
    notice,
    paper,
    paper_change,
)
from litwatch.edge.store.unpacking import read_record
from litwatch.study.findings import Findings, from_json


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest of one subscription; `state` is open, sent, given-up or withdrawn."""

    subscriber: str
    watch: str
    period: str
    state: str
    claimed_at: datetime
    sent_at: datetime | None
    attempts: int
    next_attempt: datetime | None
    last_error: str | None
    papers: int = 0
    notices: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscription beside one paper: the digests that held it, and whether the next one will."""

    subscriber: str
    standing: str
    since: datetime
    digests: tuple[Digest, ...]
    owed: bool


@dataclass(frozen=True, slots=True)
class InWatch:
    """How a paper came to a watch, what the rules make of it now, and who was sent it.

    `wanted_tries`: how often it could not be had. `unmatched_since`: since when PubMed no longer lists it.
    """

    watch: str
    state: str
    first_seen: datetime
    arrived_at: datetime | None
    unmatched_since: datetime | None
    wanted_since: datetime | None
    wanted_reason: str | None
    wanted_tries: int
    findings: Findings | None
    failure: str | None
    readers: tuple[Reader, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """A notice: what happened to `pmid`, told by `notice_pmid` (None: PubMed names none), and who was told."""

    pmid: int
    kind: str
    notice_pmid: int | None
    date: str
    source: str
    first_seen: datetime
    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """A paper that the guard of a watch found and its search did not.

    `seen_at`: when it was new there (None: when the guard began); `place`: in that month's sample (None: not drawn).
    """

    watch: str
    seen_at: datetime | None
    place: int | None
    missed: bool | None
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaperStory:
    """All that the store knows of a PMID. `title` and what follows are None where it was never fetched."""

    pmid: int
    title: str | None
    status: str | None
    create_date: str | None
    fetched_at: datetime | None
    gone: str | None
    watches: tuple[InWatch, ...]
    changes: tuple[tuple[datetime, tuple[str, ...]], ...]
    notices: tuple[Happened, ...]
    guards: tuple[Outside, ...]
    beside: Beside


@dataclass(frozen=True, slots=True)
class SubscriptionStory:
    """One subscription: its digests, and what it is owed now."""

    subscriber: str
    watch: str
    standing: str
    since: datetime
    standing_since: datetime
    digests: tuple[Digest, ...]
    owed: tuple[int, ...]
    owed_notices: int
    last_claim: datetime | None
    last_good_search: datetime | None


def paper_story(store: Store, pmid: int) -> PaperStory | None:
    """What happened to a paper here; None where it was never heard of."""
    with store.reading() as connection:
        record = connection.execute(select(paper).where(paper.c.pmid == pmid)).one_or_none()
        arrivals = connection.execute(
            select(arrival, finding.c.document, finding.c.failure)
            .outerjoin(finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == arrival.c.pmid))
            .where(arrival.c.pmid == pmid)
            .order_by(arrival.c.watch)
        ).all()
        held = select(claim_paper.c.claim).where(claim_paper.c.pmid == pmid)
        digests = _digests(connection, claim.c.id.in_(held))
        changes = connection.execute(
            select(paper_change).where(paper_change.c.pmid == pmid).order_by(paper_change.c.changed_at)
        ).all()
        notices = _notices(connection, pmid)
        guards = connection.execute(
            select(guard_paper, guard_run.c.ran_at)
            .outerjoin(guard_run, guard_run.c.id == guard_paper.c.run)
            .where(guard_paper.c.pmid == pmid)
            .order_by(guard_paper.c.watch)
        ).all()
        others = beside(connection, [pmid]).get(pmid, Beside())
    mark = record.gone if record is not None else next((row.gone for row in arrivals if row.gone), None)
    if record is None and not (arrivals or notices or guards):
        return None
    return PaperStory(
        pmid,
        read_record(record.record).title if record is not None else None,
        record.status if record is not None else None,
        record.create_date if record is not None else None,
        record.fetched_at if record is not None else None,
        others.gone(mark),
        tuple(
            InWatch(
                row.watch,
                row.state,
                row.first_seen,
                row.arrived_at,
                row.unmatched_since,
                row.wanted_since,
                row.wanted_reason,
                row.wanted_tries,
                from_json(row.document) if row.document is not None else None,
                row.failure,
                _readers(store, row.watch, pmid, digests),
            )
            for row in arrivals
        ),
        tuple((row.changed_at, tuple(row.parts)) for row in changes),
        notices,
        tuple(Outside(row.watch, row.ran_at, row.place, row.missed, row.judged_at) for row in guards),
        others,
    )


def _readers(store: Store, watch_name: str, pmid: int, digests: tuple[Digest, ...]) -> tuple[Reader, ...]:
    return tuple(
        Reader(
            one.subscriber,
            one.standing,
            one.since,
            tuple(each for each in digests if (each.subscriber, each.watch) == (one.subscriber, watch_name)),
            one.standing == subscriptions.ACTIVE
            and pmid in owing.owed(store, one.subscriber, watch_name, one.since).pmids,
        )
        for one in subscriptions.subscriptions(store)
        if one.watch == watch_name
    )


def _digests(connection: Connection, which: object) -> tuple[Digest, ...]:
    counts = [
        select(func.count()).select_from(table).where(table.c.claim == claim.c.id).scalar_subquery()
        for table in (claim_paper, claim_notice)
    ]
    query = (
        select(
            claim.c.subscriber,
            claim.c.watch,
            claim.c.period,
            claim.c.state,
            claim.c.claimed_at,
            claim.c.sent_at,
            claim.c.attempts,
            claim.c.next_attempt,
            claim.c.last_error,
            counts[0].label("papers"),
            counts[1].label("notices"),
        )
        .where(which)  # type: ignore[arg-type]
        .order_by(claim.c.claimed_at, claim.c.id)
    )
    return tuple(Digest(**row._mapping) for row in connection.execute(query))  # noqa: SLF001


def _notices(connection: Connection, pmid: int) -> tuple[Happened, ...]:
    """What happened to a paper, and what it tells of others where it is a notice itself."""
    rows = connection.execute(
        select(notice)
        .where((notice.c.pmid == pmid) | (notice.c.notice_pmid == pmid))
        .order_by(notice.c.first_seen, notice.c.pmid, notice.c.kind, notice.c.notice_pmid)
    ).all()
    found = []
    for row in rows:
        held = select(claim_notice.c.claim).where(
            claim_notice.c.pmid == row.pmid,
            claim_notice.c.kind == row.kind,
            claim_notice.c.notice_pmid == row.notice_pmid,
        )
        named = row.notice_pmid if row.notice_pmid > 0 else None
        digests = _digests(connection, claim.c.id.in_(held))
        found.append(Happened(row.pmid, row.kind, named, row.date, row.source, row.first_seen, digests))
    return tuple(found)


def reader_story(store: Store, address: str) -> tuple[SubscriptionStory, ...]:
    """Every subscription of an address that the store knows, by watch."""
    stories = []
    for one in subscriptions.subscriptions(store, address):
        mine = and_(claim.c.subscriber == one.subscriber, claim.c.watch == one.watch)
        with store.reading() as connection:
            digests = _digests(connection, mine)
        active = one.standing == subscriptions.ACTIVE
        owed = owing.owed(store, one.subscriber, one.watch, one.since) if active else owing.Owed((), ())
        stories.append(
            SubscriptionStory(
                one.subscriber,
                one.watch,
                one.standing,
                one.since,
                one.standing_since,
                digests,
                owed.pmids,
                len(owed.notices),
                max((each.claimed_at for each in digests), default=None),
                searched.last_good_search(store, one.watch),
            )
        )
    return tuple(stories)
