"""Notices, and the papers of a watch that PubMed's search says are struck: each written down once.

Owns the tables notice and struck. Never decides what is the same event or what is news (decide/ does), and
never begins or ends a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, distinct, func, select, update

from litwatch.decide.arrivals import BY_EDIT, BY_TRANSLATION
from litwatch.decide.changes import Notice, news
from litwatch.decide.refreshed import newly_struck
from litwatch.edge.store.entitled import who_is_not_told
from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.refreshing import kinds_of_notices
from litwatch.edge.store.subscriptions import not_before_its_readers
from litwatch.edge.store.tables import arrival, claim_notice, notice, struck, watch


def file_notices(connection: Connection, told: Sequence[Notice], now: datetime) -> tuple[Notice, ...]:
    """File notices, each event exactly once; those that were not known yet.

    Where PubMed gives the PMID of a notice only now, the notice is the one that it was, in the claims as well.
    """
    if not told:
        return ()
    known: list[Notice] = []
    for some in in_hundreds({each.pmid for each in told}):
        query = select(notice).where(notice.c.pmid.in_(some))
        known += [
            Notice(row.pmid, row.kind, row.notice_pmid, row.date, row.source)
            for row in connection.execute(query)
        ]
    found = news(told, known)
    for before, after in found.identified:
        for table in (notice, claim_notice):
            same = (
                (table.c.pmid == before.pmid)
                & (table.c.kind == before.kind)
                & (table.c.notice_pmid == before.notice_pmid)
            )
            connection.execute(update(table).where(same).values(notice_pmid=after.notice_pmid))
    if found.fresh:
        rows = [
            {
                "pmid": each.pmid,
                "kind": each.kind,
                "notice_pmid": each.notice_pmid,
                "date": each.date[:40],
                "source": each.source,
                "first_seen": now,
            }
            for each in found.fresh
        ]
        connection.execute(notice.insert(), rows)
    return found.fresh


def query_of(connection: Connection, name: str) -> tuple[str, bool] | None:
    """The query of the last list of a watch that was believed, and whether its struck papers were asked for before.

    None where the watch was never searched well.
    """
    row = connection.execute(
        select(watch.c.query, watch.c.struck_at).where(watch.c.name == name)
    ).one_or_none()
    return None if row is None else (row.query, row.struck_at is not None)


def file_struck(connection: Connection, name: str, lists: Mapping[str, Iterable[int]], now: datetime) -> int:
    """Write down PubMed's lists of the struck papers of a watch, by kind; how many papers are held from now on.

    What the watch does not know yet comes to it first, and here with the next list.
    """
    asked_at = connection.execute(select(watch.c.struck_at).where(watch.c.name == name)).scalar_one()
    before = connection.execute(select(struck).where(struck.c.watch == name)).all()
    known = frozenset((row.pmid, row.kind) for row in before if row.kind)
    unsorted = {row.pmid: row for row in before if not row.kind}
    listed = {kind: frozenset(pmids) for kind, pmids in lists.items()}
    here: set[int] = set()
    by_edit: set[int] = set()
    for some in in_hundreds({pmid for kind in listed for pmid in listed[kind] if (pmid, kind) not in known}):
        query = select(arrival.c.pmid, arrival.c.state, arrival.c.arrives_as, arrival.c.first_seen).where(
            arrival.c.watch == name, arrival.c.pmid.in_(some)
        )
        for row in connection.execute(query):
            here.add(row.pmid)
            edited = row.state == BY_EDIT or row.arrives_as in (BY_EDIT, BY_TRANSLATION)
            if edited and asked_at is not None and row.first_seen > asked_at:
                by_edit.add(row.pmid)
    kinds = kinds_of_notices(connection, unsorted)
    found = newly_struck(
        {kind: pmids & here for kind, pmids in listed.items()},
        known,
        frozenset(by_edit),
        first=asked_at is None,
        unsorted={pmid: kinds.get(pmid, frozenset()) for pmid in unsorted},
    )
    came = not_before_its_readers(connection, name, now)
    filed = {
        fate: {"first_seen": came, "news": is_news and fate not in found.held, "held": fate in found.held}
        for fate, is_news in found.fates.items()
    }
    for pmid, kind in found.sorted_in:
        was = unsorted[pmid]
        filed[pmid, kind] = {"first_seen": was.first_seen, "news": was.news, "held": False}
    for some in in_hundreds({pmid for pmid, _ in filed} & unsorted.keys()):
        sorted_now = and_(struck.c.watch == name, struck.c.kind == "", struck.c.pmid.in_(some))
        connection.execute(delete(struck).where(sorted_now))
    if filed:
        rows = [
            {"watch": name, "pmid": pmid, "kind": kind, **filed[pmid, kind]} for pmid, kind in sorted(filed)
        ]
        connection.execute(struck.insert(), rows)
    connection.execute(update(watch).where(watch.c.name == name).values(struck_at=now))
    return len({pmid for pmid, _ in found.held})


def fates_asked(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Note that of these watches all was asked that it takes to hear of a retraction, answered and read."""
    connection.execute(update(watch).where(watch.c.name.in_(tuple(names))).values(fates_at=now))


def held_fates(connection: Connection, name: str) -> int:
    """How many papers of a watch are held because so many were listed as retracted or questioned at once."""
    held = select(func.count(distinct(struck.c.pmid))).where(struck.c.watch == name, struck.c.held)
    return int(connection.execute(held).scalar_one())


def accept_fates(connection: Connection, name: str, now: datetime) -> None:
    """A person agrees that what is held is news: the next refresh reads it."""
    came = not_before_its_readers(connection, name, now)
    held = and_(struck.c.watch == name, struck.c.held)
    connection.execute(update(struck).where(held).values(news=True, held=False, first_seen=came))


def untold(connection: Connection, pmids: Iterable[int]) -> dict[int, frozenset[str]]:
    """PMID -> the readers of a watch that is no more, who were sent it and get no digest that could tell them."""
    found: dict[int, frozenset[str]] = {}
    for some in in_hundreds(pmids):
        for row in connection.execute(who_is_not_told(some)):
            found[row.pmid] = found.get(row.pmid, frozenset()) | {row.subscriber}
    return found
