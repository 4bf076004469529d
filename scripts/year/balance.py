"""Judges the year: for each paper that PubMed lists, was it mailed once, or is it said why not?

Owns the sums and the tables. Never plays anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from year.papers import FIRST_DAY, Life
from year.play import Week
from year.usual import Script

LOOK_BACK, OLD = timedelta(days=7), timedelta(days=730)
BOOKS = ("backlog", "mailed", "owed", "held", "excluded", "wanted")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The PMIDs that were due in the year, and what is wrong; nothing is where litwatch is right.

    `lost`: PubMed lists it, it was due, and it was neither mailed nor is it held or wanted. `twice`: in two mails, and
    not because its abstract came. `undue`: mailed though it was backlog or old. `untold`: retracted, and that was not
    told, or not once.
    """

    due: frozenset[int]
    lost: frozenset[int]
    twice: frozenset[int]
    undue: frozenset[int]
    untold: frozenset[int]
    imbalanced: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.twice or self.undue or self.untold or self.imbalanced)


def judge(lives: Mapping[int, Life], weeks: Sequence[Week]) -> Verdict:
    """What came of every paper that PubMed listed on some Friday of the year."""
    last = weeks[-1]
    first_seen: dict[int, Week] = {}
    for week in weeks:
        for pmid in week.true:
            first_seen.setdefault(pmid, week)
    due = frozenset(
        pmid
        for pmid, week in first_seen.items()
        if lives[pmid].created >= FIRST_DAY - LOOK_BACK
        or (week is not weeks[0] and lives[pmid].created >= week.monday - OLD + timedelta(days=7))
    )
    waiting = {pmid for pmid, state in last.ending.arrived.items() if state in ("wanted", "held")}
    deleted = first_seen.keys() - last.true
    lost = due - last.mailed.keys() - waiting - deleted
    twice = {pmid for pmid, times in last.mailed.items() if times - last.again[pmid] > 1}
    backlog = weeks[0].true - due
    told = Counter(pmid for pmid, kind, _ in last.ending.told.elements() if kind == "retraction")
    retracted = {
        pmid
        for pmid in last.true
        if lives[pmid].kind == "retracted" and lives[pmid].versions[-1][0] <= last.monday
    }
    return Verdict(
        due,
        frozenset(lost),
        frozenset(twice),
        frozenset(last.mailed.keys() & backlog - told.keys()),
        frozenset(pmid for pmid in retracted | told.keys() if told[pmid] != 1),
        tuple(imbalances(weeks)),
    )


def imbalances(weeks: Sequence[Week]) -> list[str]:
    """Weeks whose books do not add up, in sentences."""
    found = []
    for week in weeks:
        books = week.ending.books
        total = sum(books[name] for name in BOOKS)
        if total != books["matches"]:
            found.append(f"week of {week.monday}: the books hold {total}, not {books['matches']}")
    last = weeks[-1]
    if last.ending.arrived.keys() != last.true:
        missing, extra = last.true - last.ending.arrived.keys(), last.ending.arrived.keys() - last.true
        found.append(f"at the end PubMed lists what we do not ({sorted(missing)}) or lacks {sorted(extra)}")
    return found


HEAD = (
    f"{'week of':10}  {'PubMed':>6} ="
    + "".join(f"{name:>9}" for name in BOOKS)
    + "   runs failed faults retries"
)


def row(week: Week) -> str:
    """A week in a line; what PubMed lists and we have not seen yet stands at its end."""
    books = week.ending.books
    line = f"{week.monday}  {books['matches']:>6} =" + "".join(f"{books[name]:>9}" for name in BOOKS)
    line += f"   {week.runs:>4} {week.failed:>6} {week.faults:>6} {week.retries:>7}"
    unseen = len(week.true - week.ending.arrived.keys())
    unlisted = len(week.ending.arrived.keys() - week.true)
    told = [f"{unseen} of today not seen yet"] if unseen else []
    told += [f"{unlisted} listed that are gone"] if unlisted else []
    told += ["a person accepted what was held"] if week.accepted else []
    return line + ("   " + ", ".join(told) if told else "")


def compared(
    lives: Mapping[int, Life], verdict: Verdict, weeks: Sequence[Week], usual: Mapping[str, Script]
) -> str:
    """What each lost of the papers that were due and are still listed, as a Markdown table."""
    still = verdict.due & weeks[-1].true
    ways: dict[str, tuple[frozenset[int], int]] = {
        f"the usual script, {way}": (frozenset(still - script.mailed), script.crashes)
        for way, script in usual.items()
    }
    lines = [
        f"| of {len(still)} papers that were due | mailed | lost | of these |",
        "| --- | ---: | ---: | --- |",
        f"| litwatch | {len(still & weeks[-1].mailed.keys())} | {len(verdict.lost)} | |",
    ]
    for way, (lost, crashes) in ways.items():
        kinds = Counter(lives[pmid].kind for pmid in lost).most_common()
        which = ", ".join(f"{count} {kind}" for kind, count in kinds)
        lines.append(f"| {way} ({crashes} crashes) | {len(still) - len(lost)} | {len(lost)} | {which} |")
    return "\n".join(lines)
