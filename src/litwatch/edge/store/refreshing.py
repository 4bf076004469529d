"""Which papers refresh asks for again, and what is written down when one changed or is gone.

Owns these statements. Never begins or ends a transaction; papers themselves are filed by `collecting`. What can
be as many as the store's papers is counted in pages or bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select, update

from litwatch.decide.arrivals import WANTED
from litwatch.decide.changes import CONCERN, FINAL, GRAVE, REPUBLISHED, RETRACTION
from litwatch.edge.store.inserting import in_hundreds, insert_new
from litwatch.edge.store.tables import (
    arrival,
    claim,
    claim_paper,
    finding,
    notice,
    paper,
    paper_change,
    struck,
)

# What a row of `struck` says -> the kinds of notices that say so, too.
_SAY_SO = {RETRACTION: (RETRACTION, REPUBLISHED), CONCERN: (CONCERN,), "": GRAVE}
#: Whether a notice says what a row of `struck` says.
BORNE_OUT = or_(*(and_(struck.c.kind == kind, notice.c.kind.in_(kinds)) for kind, kinds in _SAY_SO.items()))


def mailed_pmids(connection: Connection, above: int, most: int) -> tuple[int, ...]:
    """The first `most` papers above a PMID that were ever mailed to anybody, ascending."""
    sent = exists().where(claim.c.id == claim_paper.c.claim, claim.c.state == "sent")
    query = (
        select(claim_paper.c.pmid)
        .where(claim_paper.c.pmid > above, sent)
        .group_by(claim_paper.c.pmid)
        .order_by(claim_paper.c.pmid)
        .limit(most)
    )
    return tuple(connection.execute(query).scalars())


def kinds_of_notices(connection: Connection, pmids: Iterable[int]) -> dict[int, frozenset[str]]:
    """PMID -> the kinds of notices that are known of it; without those of which none is known."""
    found: dict[int, frozenset[str]] = {}
    for some in in_hundreds(pmids):
        query = select(notice.c.pmid, notice.c.kind).where(notice.c.pmid.in_(some))
        for pmid, kind in connection.execute(query):
            found[pmid] = found.get(pmid, frozenset()) | {kind}
    return found


def fetched_before(
    connection: Connection, pmids: Iterable[int], moment: datetime
) -> tuple[tuple[datetime, int], ...]:
    """Those of these papers that were fetched last before that moment, as (when, PMID)."""
    found: list[tuple[datetime, int]] = []
    for some in in_hundreds(pmids):
        query = select(paper.c.fetched_at, paper.c.pmid).where(
            paper.c.pmid.in_(some), paper.c.fetched_at < moment, paper.c.gone.is_(None)
        )
        found += [(row.fetched_at, row.pmid) for row in connection.execute(query)]
    return tuple(found)


def changeable(
    connection: Connection, names: Iterable[str], young_from: str, fresh_from: datetime, most: int
) -> tuple[tuple[datetime, int], ...]:
    """Filed papers of these watches that can still change, as (when fetched last, PMID), most stale first.

    They are not final, or were created on `young_from` (ISO) or later; one that PubMed had dropped is asked
    for again once it matches again. What was fetched at `fresh_from` or later is fresh.
    """
    here = and_(arrival.c.pmid == paper.c.pmid, arrival.c.watch.in_(tuple(names)))
    open_end = or_(paper.c.status.not_in(tuple(FINAL)), paper.c.create_date >= young_from)
    query = (
        select(paper.c.fetched_at, paper.c.pmid)
        .where(
            paper.c.fetched_at < fresh_from,
            or_(
                and_(paper.c.gone.is_(None), open_end, exists().where(here)),
                and_(
                    paper.c.gone.is_not(None), exists().where(and_(here, arrival.c.unmatched_since.is_(None)))
                ),
            ),
        )
        .order_by(paper.c.fetched_at, paper.c.pmid)
        .limit(most)
    )
    return tuple((row.fetched_at, row.pmid) for row in connection.execute(query))


def befallen(connection: Connection, names: Iterable[str], most: int) -> dict[int, tuple[str, ...]]:
    """Papers whose record has to be read because of what befell them, with the watches that they belong to.

    News of `struck` that no record fetched since bears out; papers that a notice speaks of and papers that left
    PubMed's list, of which no record was ever read (the first for its title, the second for it may be gone), and
    what left the list after it was read. At most so many of each kind.
    """
    watches = tuple(names)
    known = exists().where(notice.c.pmid == struck.c.pmid, BORNE_OUT)
    news = (
        select(struck.c.pmid, struck.c.watch)
        .outerjoin(paper, paper.c.pmid == struck.c.pmid)
        .where(
            struck.c.watch.in_(watches),
            struck.c.news,
            or_(paper.c.pmid.is_(None), paper.c.fetched_at < struck.c.first_seen, ~known),
            paper.c.gone.is_(None),
        )
    )
    told_of = (
        select(arrival.c.pmid, arrival.c.watch)
        .join(notice, notice.c.pmid == arrival.c.pmid)
        .outerjoin(paper, paper.c.pmid == arrival.c.pmid)
        .where(arrival.c.watch.in_(watches), paper.c.pmid.is_(None), arrival.c.gone.is_(None))
        .distinct()
    )
    left = (
        select(arrival.c.pmid, arrival.c.watch)
        .outerjoin(paper, paper.c.pmid == arrival.c.pmid)
        .where(
            arrival.c.watch.in_(watches),
            arrival.c.unmatched_since.is_not(None),
            arrival.c.gone.is_(None),
            or_(
                paper.c.pmid.is_(None),
                and_(paper.c.gone.is_(None), paper.c.fetched_at <= arrival.c.unmatched_since),
            ),
        )
    )
    found: dict[int, tuple[str, ...]] = {}
    for query in (news, told_of, left):
        ordered = query.order_by(query.selected_columns.pmid, query.selected_columns.watch).limit(most)
        for pmid, name in connection.execute(ordered):
            if name not in found.get(pmid, ()):
                found[pmid] = (*found.get(pmid, ()), name)
    return found


def studied_contents(connection: Connection, pmids: Iterable[int]) -> dict[int, dict[str, str]]:
    """PMID -> watch -> the hash of the content that the rules of the watch have read."""
    found: dict[int, dict[str, str]] = {}
    for some in in_hundreds(pmids):
        query = select(finding.c.pmid, finding.c.watch, finding.c.content_hash).where(
            finding.c.pmid.in_(some)
        )
        for pmid, name, content in connection.execute(query):
            found.setdefault(pmid, {})[name] = content
    return found


def mark_seen(connection: Connection, pmids: Iterable[int], now: datetime) -> None:
    """Note that these papers came again."""
    for some in in_hundreds(pmids):
        connection.execute(update(paper).where(paper.c.pmid.in_(some)).values(fetched_at=now, gone=None))
        back = and_(arrival.c.pmid.in_(some), arrival.c.gone.is_not(None))
        connection.execute(update(arrival).where(back).values(gone=None))


def mark_gone(connection: Connection, pmids: Iterable[int], now: datetime) -> None:
    """Note that PubMed no longer has these papers; what is known of them stays."""
    for some in in_hundreds(pmids):
        connection.execute(update(paper).where(paper.c.pmid.in_(some)).values(fetched_at=now, gone="deleted"))
        unread = or_(~exists().where(paper.c.pmid == arrival.c.pmid), arrival.c.state == WANTED)
        connection.execute(update(arrival).where(arrival.c.pmid.in_(some), unread).values(gone="deleted"))


def note_changes(connection: Connection, parts: Mapping[int, tuple[str, ...]], now: datetime) -> None:
    """Write down which parts of these papers are others now."""
    rows = [{"pmid": pmid, "changed_at": now, "parts": list(names)} for pmid, names in parts.items()]
    if rows:
        connection.execute(insert_new(connection, paper_change), rows)
