"""What the guard of a watch found that its search did not: listings, samples, judgements.

Owns the tables guard_run and guard_paper. Never decides what is new or what is missed, and never begins or ends a
transaction.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, or_, select, update

from litwatch.decide.arrivals import LATE, NEW, OLD
from litwatch.decide.changes import content_hash
from litwatch.decide.guarding import MONTHS, Month, is_broader, recall
from litwatch.edge.store.inserting import in_hundreds, insert_new
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import arrival, finding, guard_paper, guard_run, paper, receipt, watch
from litwatch.edge.store.unpacking import read_record
from litwatch.paper import Paper

# What the search found of its own; an edit of it is no finding of the month.
FOUND = (NEW, LATE, OLD)


@dataclass(frozen=True, slots=True)
class Searched:
    """When a watch was first and last searched well, and its guard's last run with the queries of that time."""

    first_good: datetime
    last_guard: datetime | None
    guard: str
    query: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper of a sample. `paper` is None where it could not be fetched; `missed` until it is judged."""

    watch: str
    pmid: int
    ran_at: datetime
    place: int
    missed: bool | None
    judged_at: datetime | None
    found_since: bool
    paper: Paper | None


def searched(connection: Connection, name: str) -> Searched | None:
    """What is known before a guard run; None where the watch was never searched well."""
    first = connection.execute(
        select(watch.c.first_good_run).where(watch.c.name == name)
    ).scalar_one_or_none()
    if first is None:
        return None
    last = connection.execute(
        select(guard_run)
        .where(guard_run.c.watch == name)
        .order_by(guard_run.c.ran_at.desc(), guard_run.c.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return Searched(first, None, "", "")
    return Searched(first, last.ran_at, last.guard, last.query)


def last_try(connection: Connection, name: str) -> datetime | None:
    """When the guard of a watch last ran, well or not."""
    query = select(func.max(receipt.c.started_at)).where(receipt.c.job == "guard", receipt.c.watch == name)
    tried: datetime | None = connection.execute(query).scalar_one()
    return tried


def arrived(connection: Connection, name: str) -> dict[int, bool]:
    """Every PMID that ever came to a watch: whether PubMed still lists it."""
    query = select(arrival.c.pmid, arrival.c.unmatched_since).where(arrival.c.watch == name)
    return {row.pmid: row.unmatched_since is None for row in connection.execute(query)}


def outside_before(connection: Connection, name: str) -> frozenset[int]:
    """What stood outside in any earlier run."""
    query = select(guard_paper.c.pmid).where(guard_paper.c.watch == name)
    return frozenset(connection.execute(query).scalars())


def write_run(
    connection: Connection,
    name: str,
    *,
    guard: str,
    query: str,
    now: datetime,
    since: datetime,
    outside: Collection[int],
    fresh: Collection[int],
    drawn: Sequence[int],
) -> None:
    """Write a listing down: all that stood outside, what of it is new, and the sample in its order."""
    number = connection.execute(
        insert(guard_run)
        .values(
            watch=name,
            guard=guard,
            query=query,
            ran_at=now,
            since=since,
            outside=len(outside),
            fresh=len(fresh),
        )
        .returning(guard_run.c.id)
    ).scalar_one()
    places = {pmid: place for place, pmid in enumerate(drawn, 1)}
    rows = [
        {
            "watch": name,
            "pmid": pmid,
            "run": number if pmid in fresh else None,
            "place": places.get(pmid),
        }
        for pmid in sorted(outside)
    ]
    if rows:
        connection.execute(insert_new(connection, guard_paper), rows)


def unfetched(connection: Connection, name: str) -> tuple[int, ...]:
    """The papers of all samples that are not here yet."""
    query = (
        select(guard_paper.c.pmid)
        .outerjoin(paper, paper.c.pmid == guard_paper.c.pmid)
        .where(guard_paper.c.watch == name, guard_paper.c.place.is_not(None), paper.c.pmid.is_(None))
        .order_by(guard_paper.c.pmid)
    )
    return tuple(connection.execute(query).scalars())


def keep(connection: Connection, records: Iterable[tuple[Paper, bytes]], now: datetime) -> None:
    """Keep the records of a sample, without making them papers of a watch; what is here already stays as it is."""
    rows = [
        {
            "pmid": each.pmid,
            "record": zlib.compress(record),
            "content_hash": content_hash(each),
            "status": each.status,
            "create_date": each.create_date.isoformat() if each.create_date else None,
            "fetched_at": now,
            "gone": None,
        }
        for each, record in records
    ]
    if rows:
        connection.execute(insert_new(connection, paper), rows)


def drawn(connection: Connection, names: Sequence[str], *, unjudged_only: bool = True) -> tuple[Drawn, ...]:
    """The samples of these watches, in the order in which they are to be judged: by watch, run and place."""
    query = (
        select(guard_paper, guard_run.c.ran_at, paper.c.record, arrival.c.pmid.label("arrived"))
        .join(guard_run, guard_run.c.id == guard_paper.c.run)
        .outerjoin(paper, paper.c.pmid == guard_paper.c.pmid)
        .outerjoin(
            arrival, and_(arrival.c.watch == guard_paper.c.watch, arrival.c.pmid == guard_paper.c.pmid)
        )
        .where(guard_paper.c.watch.in_(tuple(names)), guard_paper.c.place.is_not(None))
        .order_by(guard_paper.c.watch, guard_paper.c.run, guard_paper.c.place)
    )
    if unjudged_only:
        query = query.where(guard_paper.c.missed.is_(None))
    return tuple(
        Drawn(
            row.watch,
            row.pmid,
            row.ran_at,
            row.place,
            row.missed,
            row.judged_at,
            row.arrived is not None,
            read_record(row.record) if row.record is not None else None,
        )
        for row in connection.execute(query)
    )


def to_judge(connection: Connection, name: str) -> int:
    """How many papers of the samples of a watch wait for a judgement."""
    query = select(func.count()).select_from(guard_paper)
    waiting = (guard_paper.c.watch == name, guard_paper.c.place.is_not(None), guard_paper.c.missed.is_(None))
    return connection.execute(query.where(*waiting)).scalar_one()


def not_drawn(connection: Connection, names: Sequence[str], pmids: Iterable[int]) -> tuple[int, ...]:
    """Those of these PMIDs that stand in no sample of these watches."""
    known: set[int] = set()
    wanted = frozenset(pmids)
    for some in in_hundreds(wanted):
        query = select(guard_paper.c.pmid).where(
            guard_paper.c.watch.in_(tuple(names)),
            guard_paper.c.place.is_not(None),
            guard_paper.c.pmid.in_(some),
        )
        known.update(connection.execute(query).scalars())
    return tuple(sorted(wanted - known))


def judge(connection: Connection, names: Sequence[str], verdicts: Mapping[int, bool], now: datetime) -> None:
    """Write down whether the search should have found these papers; a later judgement replaces an earlier one."""
    for pmid, missed in verdicts.items():
        connection.execute(
            update(guard_paper)
            .where(
                guard_paper.c.watch.in_(tuple(names)),
                guard_paper.c.place.is_not(None),
                guard_paper.c.pmid == pmid,
            )
            .values(missed=missed, judged_at=now)
        )


def months(connection: Connection, name: str, guard: str, query: str, now: datetime) -> tuple[Month, ...]:
    """The guard runs of the last twelve months with these very queries, in figures, the earliest first."""
    runs = connection.execute(
        select(guard_run)
        .where(
            guard_run.c.watch == name,
            guard_run.c.guard == guard,
            guard_run.c.query == query,
            guard_run.c.ran_at > now - timedelta(days=31 * MONTHS),
        )
        .order_by(guard_run.c.ran_at, guard_run.c.id)
    ).all()
    found_since = and_(arrival.c.watch == guard_paper.c.watch, arrival.c.pmid == guard_paper.c.pmid)
    is_missed = and_(guard_paper.c.missed.is_(True), arrival.c.pmid.is_(None))
    judged = (
        select(
            guard_paper.c.run,
            func.count(guard_paper.c.missed).label("judged"),
            func.sum(case((is_missed, 1), else_=0)).label("missed"),
        )
        .outerjoin(arrival, found_since)
        .where(guard_paper.c.run.in_([row.id for row in runs]), guard_paper.c.place.is_not(None))
        .group_by(guard_paper.c.run)
    )
    figures = {row.run: (row.judged, int(row.missed)) for row in connection.execute(judged)}
    return tuple(
        Month(_found(connection, name, row.since, row.ran_at), row.fresh, *figures.get(row.id, (0, 0)))
        for row in runs
    )


def _found(connection: Connection, name: str, since: datetime, until: datetime) -> int:
    """How many papers the search found in that time that the rules do not call irrelevant."""
    relevant = finding.c.document["relevant"].as_boolean()
    query = (
        select(func.count())
        .select_from(
            arrival.outerjoin(
                finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == arrival.c.pmid)
            )
        )
        .where(
            arrival.c.watch == name,
            arrival.c.state.in_(FOUND),
            arrival.c.first_seen > since,
            arrival.c.first_seen <= until,
            or_(relevant.is_(None), relevant.is_(True)),
        )
    )
    return connection.execute(query).scalar_one()


_BREADTH = ("outside_now", "lacking", "matching")


def breadth_of(connection: Connection, name: str, guard: str, query: str) -> dict[str, int]:
    """How broad the guard was at its last run with these very queries, from its receipt; empty where that is not known.

    `outside_now`: how many papers only the guard found; `lacking`: how many of the `matching` ones only the search.
    """
    known = searched(connection, name)
    if known is None or (known.guard, known.query) != (guard, query):
        return {}
    documents = connection.execute(
        select(receipt.c.document)
        .where(receipt.c.job == "guard", receipt.c.watch == name, receipt.c.started_at == known.last_guard)
        .order_by(receipt.c.id.desc())
    ).scalars()
    told: list[dict[str, Any]] = [document.get("guard") or {} for document in documents]
    return next(
        ({part: one[part] for part in _BREADTH} for one in told if one.get("lacking") is not None), {}
    )


def too_narrow(breadth: Mapping[str, int]) -> bool:
    """Whether a guard is known not to be broader than the search: then it measures nothing."""
    return bool(breadth) and not is_broader(*(breadth[part] for part in _BREADTH))


def standing(
    store: Store,
    name: str,
    guard: str,
    query: str,
    now: datetime,
    *,
    breadth: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """What is known of what the search of a watch misses, as plain values.

    `recall` is None where nothing was judged, and where the guard is not `broader` than the search. `breadth`: what a
    run has just seen of that, before there is a receipt of it.
    """
    with store.reading() as connection:
        known = searched(connection, name)
        figures = months(connection, name, guard, query, now)
        waiting = to_judge(connection, name)
        seen = breadth or breadth_of(connection, name, guard, query)
    narrow = too_narrow(seen)
    estimate = None if narrow else recall(figures)
    last = known.last_guard if known else None
    return {
        **{part: seen.get(part) for part in _BREADTH},
        "broader": not narrow if seen else None,
        "last_run": f"{last:%Y-%m-%dT%H:%M:%SZ}" if last else None,
        "months": len(figures),
        "outside": sum(month.outside for month in figures),
        "judged": sum(month.judged for month in figures),
        "to_judge": waiting,
        "recall": asdict(estimate) if estimate else None,
    }
