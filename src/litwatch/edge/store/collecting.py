"""What collecting and refreshing write down, and what they need to know first.

Owns these statements. Never decides (decide/arrivals.py does) and never begins or ends a transaction:
each function runs in the one of the connection that it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, and_, delete, func, literal, select, update

from litwatch.decide.arrivals import (
    BACKLOG,
    HELD,
    NEW,
    WANTED,
    Horizons,
    Kept,
    Plan,
    Remembered,
    arrives,
)
from litwatch.decide.changes import Notice, content_hash
from litwatch.edge import as_json
from litwatch.edge.store.inserting import in_hundreds, insert_plain, upsert, upsert_plain
from litwatch.edge.store.noticing import file_notices
from litwatch.edge.store.offering import offer_again
from litwatch.edge.store.subscriptions import not_before_its_readers
from litwatch.edge.store.tables import Instant, arrival, finding, paper, tag, watch
from litwatch.edge.store.unpacking import unpack
from litwatch.paper import Paper
from litwatch.study.findings import Findings

NOT_FETCHED = "not fetched yet"

# The columns that are filed of a paper, and of what was found in it.
_OF_PAPER = ("pmid", "record", "content_hash", "status", "create_date", "fetched_at", "gone")
_OF_FINDING = ("watch", "pmid", "document", "rules_hash", "content_hash", "failure", "without_abstract")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A PMID that could not be read yet; `since` is when it was first asked for, `first_seen` when first listed.

    `gone`: what became of it, where PubMed lists it and says that it does not have it.
    """

    pmid: int
    arrives_as: str | None
    reason: str
    since: datetime
    tries: int
    first_seen: datetime
    gone: str | None = None


@dataclass(frozen=True)
class Studied:
    """A paper as it came, its bytes, and what the rules of the watch found (or why they could not)."""

    paper: Paper
    record: bytes
    findings: Findings | None
    failure: str | None = None
    notices: tuple[Notice, ...] = field(default=())

    @cached_property
    def content_hash(self) -> str:
        """The hash of all that we keep of the paper."""
        return content_hash(self.paper)


def remembered(connection: Connection, name: str, now: datetime) -> Remembered | None:
    """What a watch knows; None before its first list of matches was believed."""
    row = connection.execute(select(watch).where(watch.c.name == name)).one_or_none()
    if row is None:
        return None
    kept = {
        pmid: Kept(state, unmatched is None)
        for pmid, state, unmatched in connection.execute(
            select(arrival.c.pmid, arrival.c.state, arrival.c.unmatched_since).where(arrival.c.watch == name)
        )
    }
    return Remembered(
        row.query,
        row.translation,
        row.last_good_run,
        kept,
        _normal_week(connection, row.first_good_run, name, now),
    )


def all_known(connection: Connection) -> frozenset[int]:
    """The PMIDs that any watch knows."""
    return frozenset(connection.execute(select(arrival.c.pmid).distinct()).scalars())


def _normal_week(connection: Connection, first_good_run: datetime | None, name: str, now: datetime) -> float:
    """How many new papers a week the last twelve weeks brought, without the first run's."""
    if first_good_run is None:
        return 0.0
    since = max(first_good_run, now - timedelta(weeks=12))
    weeks = (now - since) / timedelta(weeks=1)
    if weeks < 1:
        return 0.0
    count = connection.execute(
        select(func.count())
        .select_from(arrival)
        .where(arrival.c.watch == name, arrival.c.state == NEW, arrival.c.arrived_at > since)
    ).scalar_one()
    return float(count / weeks)


def write_plan(
    connection: Connection, name: str, query: str, translation: str, plan: Plan, now: datetime
) -> None:
    """Write down a list of matches that is believed: from here on every PMID of it is known."""
    upsert(connection, watch, [{"name": name, "query": query, "translation": translation}])
    fresh = [
        {
            "pmid": pmid,
            "state": BACKLOG,
            "arrived_at": now,
            "wanted_reason": None,
            "wanted_since": None,
            "arrives_as": None,
        }
        for pmid in plan.backlog
    ]
    fresh += [
        {
            "pmid": pmid,
            "state": WANTED,
            "arrived_at": None,
            "wanted_reason": NOT_FETCHED,
            "wanted_since": now,
            "arrives_as": arrives_as,
        }
        for pmid, arrives_as in plan.wanted
    ]
    fresh += [
        {
            "pmid": pmid,
            "state": HELD,
            "arrived_at": None,
            "wanted_reason": None,
            "wanted_since": None,
            "arrives_as": None,
        }
        for pmid in plan.held
    ]
    if fresh:
        rows = [{"watch": name, "first_seen": now, "wanted_tries": 0, **row} for row in fresh]
        connection.execute(arrival.insert(), rows)
    _set(connection, name, plan.accepted, state=WANTED, wanted_reason=NOT_FETCHED, wanted_since=now)
    _set(connection, name, plan.unmatched, unmatched_since=now)
    _set(connection, name, plan.matching_again, unmatched_since=None, gone=None)


def _set(connection: Connection, name: str, pmids: Iterable[int], **values: object) -> None:
    for some in in_hundreds(pmids):
        connection.execute(
            update(arrival).where(arrival.c.watch == name, arrival.c.pmid.in_(some)).values(**values)
        )


def wanted(connection: Connection, name: str, *, unlisted: bool = False) -> tuple[Wanted, ...]:
    """Every PMID that the watch wants and PubMed still lists for it, ascending.

    With `unlisted` those, too, that left the list before they were read: refresh asks for them.
    """
    open_end = arrival.c.gone.is_(None) if unlisted else arrival.c.unmatched_since.is_(None)
    rows = connection.execute(
        select(
            arrival.c.pmid,
            arrival.c.arrives_as,
            arrival.c.wanted_reason,
            arrival.c.wanted_since,
            arrival.c.first_seen,
            arrival.c.wanted_tries,
            arrival.c.gone,
        )
        .where(arrival.c.watch == name, arrival.c.state == WANTED, open_end)
        .order_by(arrival.c.pmid)
    )
    return tuple(
        Wanted(
            row.pmid,
            row.arrives_as,
            row.wanted_reason or "",
            row.wanted_since or row.first_seen,
            row.wanted_tries,
            row.first_seen,
            row.gone,
        )
        for row in rows
    )


def file_papers(
    connection: Connection, name: str, studied: Sequence[Studied], rules_hash: str, now: datetime
) -> tuple[Notice, ...]:
    """File papers with findings, tags, notices and what relates them to others; the notices that were not known yet.

    Safe to repeat: the same papers leave the same rows.
    """
    if not studied:
        return ()
    _file_records(connection, studied, now)
    offer_again(connection, name, [(each.paper, each.findings) for each in studied], now)
    file_findings(connection, name, studied, rules_hash)
    from litwatch.edge.store.relating import relate  # a tenth of a second, which a run without papers has not

    told = file_notices(connection, [told for each in studied for told in each.notices], now)
    versions = relate(connection, [each.paper for each in studied])
    return told + file_notices(connection, versions, now)


def file_what_befell(connection: Connection, read: Sequence[Studied], now: datetime) -> tuple[Notice, ...]:
    """File papers that no watch of today has read, but one before them mailed; the notices that were not known yet."""
    if not read:
        return ()
    _file_records(connection, read, now)
    return file_notices(connection, [told for each in read for told in each.notices], now)


def _file_records(connection: Connection, read: Sequence[Studied], now: datetime) -> None:
    from litwatch.edge.inflate import deflate  # most runs file nothing

    fetched = Instant().process_bind_param(now, connection.dialect)
    rows = [
        (
            each.paper.pmid,
            deflate(each.record),
            each.content_hash,
            each.paper.status,
            each.paper.create_date.isoformat() if each.paper.create_date else None,
            fetched,
            None,
        )
        for each in read
    ]
    upsert_plain(connection, paper, _OF_PAPER, rows)


def settle_read(
    connection: Connection, name: str, papers: Iterable[Paper], now: datetime, horizons: Horizons
) -> dict[str, int]:
    """Turn those of these filed papers that were still wanted into arrivals; how many became what."""
    read = {each.pmid: each for each in papers}
    still = [each for each in wanted(connection, name, unlisted=True) if each.pmid in read]
    last = connection.execute(select(watch.c.last_good_run).where(watch.c.name == name)).scalar_one_or_none()
    states = {
        each.pmid: arrives(read[each.pmid].create_date, each.arrives_as, last, each.first_seen, horizons)
        for each in still
    }
    settle(connection, name, states, now)
    return dict(Counter(states.values()))


def settle(connection: Connection, name: str, states: Mapping[int, str], now: datetime) -> None:
    """Turn what was wanted and has been filed into arrivals: PMID -> new, late, old or by-edit."""
    by_state: dict[str, list[int]] = {}
    for pmid, state in states.items():
        by_state.setdefault(state, []).append(pmid)
    arrived = not_before_its_readers(connection, name, now)
    for state, pmids in by_state.items():
        _set(
            connection,
            name,
            pmids,
            state=state,
            arrived_at=arrived,
            wanted_reason=None,
            wanted_since=None,
            gone=None,
        )


def still_wanted(connection: Connection, name: str, reasons: Mapping[int, str]) -> None:
    """Write down why these PMIDs could not be filed this time."""
    for pmid, reason in reasons.items():
        connection.execute(
            update(arrival)
            .where(arrival.c.watch == name, arrival.c.pmid == pmid)
            .values(wanted_reason=reason, wanted_tries=arrival.c.wanted_tries + 1)
        )


def good_run(connection: Connection, name: str, now: datetime) -> None:
    """Remember that a watch's collecting did all that it should."""
    connection.execute(
        update(watch)
        .where(watch.c.name == name)
        .values(
            last_good_run=now, first_good_run=func.coalesce(watch.c.first_good_run, literal(now, Instant))
        )
    )


def studied_otherwise(connection: Connection, name: str, rules_hash: str, most: int) -> tuple[bytes, ...]:
    """Records of filed papers that other rules have read, the latest arrivals first."""
    query = (
        select(paper.c.record)
        .join(finding, finding.c.pmid == paper.c.pmid)
        .join(arrival, and_(arrival.c.pmid == paper.c.pmid, arrival.c.watch == finding.c.watch))
        .where(finding.c.watch == name, finding.c.rules_hash != rules_hash)
        .order_by(arrival.c.arrived_at.desc(), paper.c.pmid.desc())
        .limit(most)
    )
    return tuple(unpack(record) for record in connection.execute(query).scalars())


def file_findings(connection: Connection, name: str, studied: Sequence[Studied], rules_hash: str) -> None:
    """File what the rules found, instead of what they or others found before."""
    rows = [
        (
            name,
            each.paper.pmid,
            as_json.written(each.findings),
            rules_hash,
            each.content_hash,
            each.failure,
            not each.paper.abstract,
        )
        for each in studied
    ]
    upsert_plain(connection, finding, _OF_FINDING, rows)
    for some in in_hundreds(each.paper.pmid for each in studied):
        connection.execute(delete(tag).where(tag.c.watch == name, tag.c.pmid.in_(some)))
    tags = [
        (name, each.paper.pmid, topic, as_json.written(spans))
        for each in studied
        if each.findings is not None
        for topic, spans in each.findings.tags.items()
    ]
    insert_plain(connection, tag, tags)
