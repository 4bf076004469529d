"""What a reader of a watch is told beside a paper: its versions, and the other reports of its trial.

Owns these questions to paper_group and paper_trial. Never writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from litwatch.decide.changes import REPUBLISHED, RETRACTION, is_retracted
from litwatch.decide.related import MOST_REPORTS, Earlier, Version, report_of, version_of
from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.tables import arrival, notice, paper, paper_group, paper_trial
from litwatch.paper import Paper

Sent = Callable[[Iterable[int]], Mapping[int, datetime]]
"""When papers were first sent to this reader, of those that were."""
Records = Callable[[Iterable[int]], Mapping[int, Paper]]
"""The papers of PMIDs, of those that are filed."""


@dataclass(frozen=True, slots=True)
class Related:
    """Other records of a paper, and other reports of its trial: those that were sent first, then the latest."""

    versions: tuple[Version, ...] = ()
    reports: tuple[Earlier, ...] = ()
    more_reports: int = 0


def related(
    connection: Connection, watch_name: str, owed: Collection[int], sent_at: Sent, records: Records
) -> dict[int, Related]:
    """What stands beside each of these papers, of those that have something; `owed` are new in the same mail."""
    versions = versions_of(connection, owed)
    trials = _reports(connection, watch_name, owed)
    others = {other for each in versions.values() for other in each}
    sent = sent_at(others | {other for each in trials.values() for other in each})
    records_of = versions_of(connection, {other for each in trials.values() for other in each})
    chosen: dict[int, list[int]] = {}
    more: dict[int, int] = {}
    for pmid, each in trials.items():
        own = {pmid, *versions.get(pmid, ())}
        told: list[int] = []
        for other in sorted(each.keys() - own, key=lambda other: (other not in sent, -other)):
            if not set(told) & set(records_of.get(other, ())):  # one record of a report is enough
                told.append(other)
        chosen[pmid], more[pmid] = told[:MOST_REPORTS], len(told[MOST_REPORTS:])
    named = others | {other for each in chosen.values() for other in each}
    papers = records(named)
    struck = _retracted(connection, papers)
    found: dict[int, Related] = {}
    for pmid in versions.keys() | {pmid for pmid, each in chosen.items() if each}:
        found[pmid] = Related(
            tuple(
                version_of(
                    papers[other], sent_at=sent.get(other), here=other in owed, retracted=other in struck
                )
                for other in versions.get(pmid, ())
                if other in papers
            ),
            tuple(
                report_of(
                    papers[other],
                    trials[pmid][other],
                    sent_at=sent.get(other),
                    here=other in owed,
                    retracted=other in struck,
                )
                for other in chosen.get(pmid, ())
                if other in papers
            ),
            more.get(pmid, 0),
        )
    return found


def versions_of(connection: Connection, pmids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The other versions of these papers that PubMed has, of those that have any, by PMID."""
    mine, theirs = paper_group.alias("mine"), paper_group.alias("theirs")
    found: dict[int, tuple[int, ...]] = {}
    for some in in_hundreds(pmids):
        query = (
            select(mine.c.pmid, theirs.c.pmid.label("other"))
            .join(theirs, theirs.c.versions_of == mine.c.versions_of)
            .join(paper, paper.c.pmid == theirs.c.pmid)
            .where(mine.c.pmid.in_(some), theirs.c.pmid != mine.c.pmid, paper.c.gone.is_(None))
            .order_by(mine.c.pmid, theirs.c.pmid)
        )
        for row in connection.execute(query):
            found[row.pmid] = (*found.get(row.pmid, ()), row.other)
    return found


def _reports(connection: Connection, watch_name: str, pmids: Iterable[int]) -> dict[int, dict[int, str]]:
    """The other papers of the watch that name a trial of these: PMID -> other -> the number."""
    mine, theirs = paper_trial.alias("mine"), paper_trial.alias("theirs")
    found: dict[int, dict[int, str]] = {}
    for some in in_hundreds(pmids):
        query = (
            select(mine.c.pmid, theirs.c.pmid.label("other"), mine.c.number)
            .join(theirs, theirs.c.number == mine.c.number)
            .join(paper, paper.c.pmid == theirs.c.pmid)
            .join(arrival, and_(arrival.c.pmid == theirs.c.pmid, arrival.c.watch == watch_name))
            .where(mine.c.pmid.in_(some), theirs.c.pmid != mine.c.pmid, paper.c.gone.is_(None))
            .order_by(mine.c.number.desc())
        )
        for row in connection.execute(query):
            found.setdefault(row.pmid, {})[row.other] = row.number
    return found


def _retracted(connection: Connection, papers: Mapping[int, Paper]) -> frozenset[int]:
    struck = {pmid for pmid, each in papers.items() if is_retracted(each)}
    for some in in_hundreds(papers):
        query = select(notice.c.pmid).where(
            notice.c.pmid.in_(some), notice.c.kind.in_((RETRACTION, REPUBLISHED))
        )
        struck.update(connection.execute(query).scalars())
    return frozenset(struck)
