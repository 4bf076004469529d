"""What stands beside a paper: other records of it, and other reports of its trials, as `papers` and `trace` show them.

Owns these questions to paper_group, paper_version and paper_trial. Never decides what is a version (decide/versions.py)
and never writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.related import versions_of
from litwatch.edge.store.tables import paper, paper_trial, paper_version

DELETED, MERGED = "deleted", "merged"


@dataclass(frozen=True, slots=True)
class Version:
    """Another record of the paper. `how` they are linked: pubmed, doi or title; None where only by a third one."""

    pmid: int
    how: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Another paper that reports the trial of this registration number."""

    pmid: int
    trial: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What PubMed still has beside a paper, by PMID."""

    versions: tuple[Version, ...] = ()
    reports: tuple[Report, ...] = ()

    def gone(self, mark: str | None) -> str | None:
        """What became of the paper's own record, by the mark that PubMed does not know it any more.

        PubMed answers alike for a PMID that was withdrawn and for one that was merged into another. Merged it is where
        PubMed still has a record with the same DOI here; what cannot be shown is called deleted.
        """
        if mark is None:
            return None
        return MERGED if any(each.how == "doi" for each in self.versions) else DELETED


def beside(connection: Connection, pmids: Iterable[int]) -> dict[int, Beside]:
    """What stands beside each of these papers, of those that have something."""
    asked = tuple(pmids)
    others, hows, reports = (
        versions_of(connection, asked),
        _hows(connection, asked),
        _reports(connection, asked),
    )
    return {
        pmid: Beside(
            tuple(Version(other, hows.get((pmid, other))) for other in others.get(pmid, ())),
            tuple(each for each in reports.get(pmid, ()) if each.pmid not in others.get(pmid, ())),
        )
        for pmid in others.keys() | reports.keys()
    }


def _hows(connection: Connection, pmids: Iterable[int]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for some in in_hundreds(pmids):
        for row in connection.execute(select(paper_version).where(paper_version.c.pmid.in_(some))):
            found[row.pmid, row.other] = row.how
    return found


def _reports(connection: Connection, pmids: Iterable[int]) -> dict[int, tuple[Report, ...]]:
    mine, theirs = paper_trial.alias("mine"), paper_trial.alias("theirs")
    found: dict[int, tuple[Report, ...]] = {}
    for some in in_hundreds(pmids):
        query = (
            select(mine.c.pmid, theirs.c.pmid.label("other"), mine.c.number)
            .join(theirs, theirs.c.number == mine.c.number)
            .join(paper, paper.c.pmid == theirs.c.pmid)
            .where(mine.c.pmid.in_(some), theirs.c.pmid != mine.c.pmid, paper.c.gone.is_(None))
            .order_by(mine.c.pmid, theirs.c.pmid, mine.c.number)
        )
        for row in connection.execute(query):
            found[row.pmid] = (*found.get(row.pmid, ()), Report(row.other, row.number))
    return found
