"""What PubMed lists for each watch on each day of the long run, worked out from the made-up lives of its papers alone.

Owns that truth and the watches' subjects. Never asks the sandbox or litwatch's matcher: they are on trial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from year.papers import FIRST_DAY, FIRST_PMID, Life, Subject, Version, year

# MeSH knows each, none below another.
DRUGS = (
    *(
        "Ketamine",
        "Midazolam",
        "Diazepam",
        "Lorazepam",
        "Clonazepam",
        "Fluoxetine",
        "Sertraline",
        "Citalopram",
    ),
    *(
        "Paroxetine",
        "Mirtazapine",
        "Bupropion",
        "Trazodone",
        "Clozapine",
        "Olanzapine",
        "Risperidone",
        "Haloperidol",
    ),
    *("Aripiprazole", "Methylphenidate", "Modafinil", "Naltrexone", "Morphine", "Fentanyl", "Buprenorphine"),
    *("Methadone", "Amitriptyline", "Imipramine"),
)
PMIDS_EACH = 20_000
DAILY = (0, 0, 0, 1)  # new papers of a watch on a day, drawn from these
CHANGE_OF_HEADINGS = (12, 9)  # each year


def subjects(watches: int, weeks: int) -> list[Subject]:
    """So many, with PMIDs of their own; each stands beside the next one in some papers."""
    last = FIRST_DAY + timedelta(weeks=weeks - 4)
    years = range(FIRST_DAY.year, last.year + 1)
    changes = tuple(day for one in years if (day := date(one, *CHANGE_OF_HEADINGS)) <= last)
    names = DRUGS[:watches]
    return [
        Subject(
            drug,
            names[(number + 1) % watches] if watches > 1 else "",
            FIRST_PMID + number * PMIDS_EACH,
            DAILY,
            changes,
        )
        for number, drug in enumerate(names)
    ]


def lives_of(all_subjects: Sequence[Subject], seed: int, weeks: int) -> dict[int, Life]:
    """Every paper of every subject, by PMID."""
    return {
        life.pmid: life
        for number, subject in enumerate(all_subjects)
        for life in year(seed + number, weeks, subject)
    }


class Truth:
    """The list of each drug on a day; days are asked in order."""

    def __init__(self, lives: Iterable[Life], drugs: Sequence[str]) -> None:
        self.listed: dict[str, set[int]] = {drug: set() for drug in drugs}
        self._changes: defaultdict[date, list[tuple[str, int, bool]]] = defaultdict(list)
        for life in lives:
            for drug in drugs:
                before = False
                for day, version in life.versions:
                    if (now := names(version, drug)) != before:
                        self._changes[day].append((drug, life.pmid, now))
                        before = now
                if before and life.deleted is not None:
                    self._changes[life.deleted].append((drug, life.pmid, False))
        self._days = sorted(self._changes, reverse=True)

    def move_to(self, day: date) -> None:
        """Let everything happen up to that day."""
        while self._days and self._days[-1] <= day:
            for drug, pmid, here in self._changes.pop(self._days.pop()):
                (self.listed[drug].add if here else self.listed[drug].discard)(pmid)


def names(version: Version, drug: str) -> bool:
    """Whether the search for a drug finds a record: its word in title or abstract, or its heading."""
    return drug in version.headings or drug in version.title or drug in version.abstract
