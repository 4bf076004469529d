"""What stands beside a paper in a digest: other records of the same paper, other reports of the same trial.

Owns these values and how they are made of a record. Never decides what is a version or a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from litwatch.decide.shown import cut
from litwatch.paper import Paper
from litwatch.study.registrations import is_preprint

#: Reports of a trial that are named beside a paper; of more the number is told.
MOST_REPORTS = 4


@dataclass(frozen=True, slots=True)
class Version:
    """Another record of the same paper, in PubMed's words.

    `sent_at`: when we sent it to this reader (None: never). `here`: it is new in this mail, and has its place on
    this card. `retracted`: PubMed says so of it.
    """

    pmid: int
    title: str
    journal: str
    date: str
    doi: str
    preprint: bool
    sent_at: datetime | None = None
    here: bool = False
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another report of the same registered trial, and when we sent it (None: we did not).

    `here`: it is new in this mail, too. `retracted`: PubMed says so of it.
    """

    pmid: int
    title: str
    registration: str
    sent_at: datetime | None = None
    journal: str = ""
    date: str = ""
    here: bool = False
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """The reports of one trial as a paper among them tells them.

    `position`: the paper's own, in the order in which they came to PubMed (None: not all are named here).
    """

    registration: str
    position: int | None
    total: int
    sent: tuple[Earlier, ...]
    others: tuple[Earlier, ...]


def threads(pmid: int, reports: Iterable[Earlier], more: int = 0) -> tuple[Thread, ...]:
    """The other reports of each trial of a paper; of the first trial there are so many more."""
    of_trial: dict[str, list[Earlier]] = {}
    for report in reports:
        of_trial.setdefault(report.registration, []).append(report)
    return tuple(
        Thread(
            registration=registration,
            position=None if unnamed else 1 + sum(bool(each.sent_at) or each.pmid < pmid for each in found),
            total=1 + len(found) + unnamed,
            sent=tuple(each for each in found if each.sent_at),
            others=tuple(each for each in found if not each.sent_at),
        )
        for (registration, found), unnamed in zip(
            of_trial.items(), (more, *(0 for _ in of_trial)), strict=False
        )
    )


def version_of(
    paper: Paper, *, sent_at: datetime | None = None, here: bool = False, retracted: bool = False
) -> Version:
    """That record as a version of another."""
    return Version(
        pmid=paper.pmid,
        title=paper.title or paper.vernacular_title,
        journal=paper.journal_abbreviation or paper.journal,
        date=cut(paper.publication_date),
        doi=paper.doi,
        preprint=is_preprint(paper),
        sent_at=sent_at,
        here=here,
        retracted=retracted,
    )


def report_of(
    paper: Paper,
    registration: str,
    *,
    sent_at: datetime | None = None,
    here: bool = False,
    retracted: bool = False,
) -> Earlier:
    """That record as another report of the trial with this number."""
    return Earlier(
        pmid=paper.pmid,
        title=paper.title or paper.vernacular_title,
        registration=registration,
        sent_at=sent_at,
        journal=paper.journal_abbreviation or paper.journal,
        date=cut(paper.publication_date),
        here=here,
        retracted=retracted,
    )
