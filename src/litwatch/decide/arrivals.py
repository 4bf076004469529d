"""Decides what PubMed's list of matches means, given what a watch knows already.

Owns the rules of new, late, old, by-edit, backlog, held and wanted, and when a list is not believed.
Never asks PubMed, reads a clock or writes: the store applies what is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

# How a paper came to a watch (arrival.state), or why it has not come yet.
NEW, LATE, OLD, BY_EDIT, BACKLOG = "new", "late", "old", "by-edit", "backlog"
WANTED, HELD = "wanted", "held"
# Only in arrival.arrives_as, and only of older litwatch: PubMed itself read the query anew, nobody edited it.
BY_TRANSLATION = "by-translation"

FEW_GONE, GONE_SHARE = 20, 0.02
EDIT_SHARE = 0.5  # of the known papers; an edit that loses more is taken for a slip until a person agrees
FEW_LATE, WEEKS_OF_LATE = 50, 4
WANTED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Horizons:
    """[collect] of litwatch.toml, in days.

    Created before `look_back` is backlog on the first run; more than `late` before the last good run is late;
    more than `old` ago is old.
    """

    look_back: int = 7
    late: int = 14
    old: int = 730


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store knows of a PMID in a watch: its state, and whether it matched when last looked at."""

    state: str
    matching: bool = True


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a watch remembers between runs; `normal_week` is how many new papers a week brings."""

    query: str
    translation: str
    last_good_run: datetime | None = None
    kept: Mapping[int, Kept] = field(default_factory=dict)
    normal_week: float = 0.0

    @property
    def matching(self) -> frozenset[int]:
        """The PMIDs that matched when last looked at."""
        return frozenset(pmid for pmid, kept in self.kept.items() if kept.matching)

    @property
    def held(self) -> frozenset[int]:
        """The PMIDs that wait for --accept."""
        return frozenset(pmid for pmid, kept in self.kept.items() if kept.state == HELD)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the store is to write down before anything is fetched; all PMIDs ascending.

    `wanted` are (PMID, how it will arrive, or None where its dates decide); `unmatched` no longer match,
    `matching_again` do.
    """

    backlog: tuple[int, ...] = ()
    wanted: tuple[tuple[int, str | None], ...] = ()
    held: tuple[int, ...] = ()
    accepted: tuple[int, ...] = ()
    unmatched: tuple[int, ...] = ()
    matching_again: tuple[int, ...] = ()


def distrust(
    matching: frozenset[int],
    errors: Sequence[tuple[str, str]],
    remembered: Remembered | None,
    sentinels: Sequence[int] = (),
    *,
    edited: bool = False,
    accept: bool = False,
) -> tuple[str, ...]:
    """Why an enumeration is not believed, in sentences; none: it is.

    `errors` are what ESearch's ErrorList said. With `edited` the query is not the one that the known PMIDs
    matched; with `accept` a person has seen that they no longer match.
    """
    reasons = [
        f"PubMed does not know the field {text!r} and searched all fields for it instead: mend the query"
        for name, text in errors
        if name == "FieldNotFound"
    ]
    if not matching and errors:
        said = "; ".join(f"{name}: {text}" for name, text in errors)
        reasons.append(f"PubMed found nothing and reported errors ({said})")
    missing = [pmid for pmid in sentinels if pmid not in matching]
    if missing:
        listed = ", ".join(map(str, missing))
        reasons.append(f"sentinels no longer match: {listed}")
    if remembered is not None and not accept:
        known = remembered.matching
        gone = len(known - matching)
        if edited and not matching:
            reasons.append(
                "the query was edited and PubMed finds nothing by it now: mend it (see `litwatch check --online`), "
                "or, if that is right, `litwatch collect --accept`"
            )
        elif edited and gone > EDIT_SHARE * len(known):
            reasons.append(
                f"the query was edited and {gone} of {len(known)} known papers no longer match: mend it, or, if that "
                "is right, `litwatch collect --accept`"
            )
        elif not edited and (gone > most_that_may_go(len(known)) or (known and not matching)):
            reasons.append(
                f"{gone} of {len(known)} known papers no longer match, though the query is the same; "
                "if that is right, `litwatch collect --accept`"
            )
    return tuple(reasons)


def most_that_may_go(known: int) -> float:
    """How many of so many papers may be missing from a list before it is not believed."""
    return max(FEW_GONE, GONE_SHARE * known)


def hold_above(normal_week: float) -> int:
    """How many late papers may come at once; more are held."""
    return int(max(FEW_LATE, WEEKS_OF_LATE * normal_week))


def late_before(remembered: Remembered, now: datetime, horizons: Horizons) -> date:
    """The day before which a paper that comes now was created late."""
    return ((remembered.last_good_run or now) - timedelta(days=horizons.late)).date()


def old_before(now: datetime, horizons: Horizons) -> date:
    """The day before which a paper that comes now was created too long ago to be mailed."""
    return (now - timedelta(days=horizons.old)).date()


def news_from(remembered: Remembered, now: datetime, horizons: Horizons, *, translated: bool) -> date:
    """The day from which on a paper is news to the reader, though only an edit or a new translation brought it.

    The readers have heard of nothing that was created since the last good run. A translation may have been garbled for
    days, and every run of them good: what it brings once it is mended is news back to the limit of late ones.
    """
    if remembered.last_good_run is None:
        return recent_from(now, horizons)
    return late_before(remembered, now, horizons) if translated else remembered.last_good_run.date()


def recent_from(tried: datetime, horizons: Horizons) -> date:
    """The day from which on a paper is no backlog on the first run that is good; `tried`: when the first one was."""
    return (tried - timedelta(days=horizons.look_back)).date()


def plan_first(matching: frozenset[int], recent: frozenset[int]) -> Plan:
    """The first run: what was created before the look-back is backlog, the rest is new."""
    return Plan(
        backlog=tuple(sorted(matching - recent)),
        wanted=tuple((pmid, NEW) for pmid in sorted(matching & recent)),
    )


def plan_next(
    matching: frozenset[int],
    remembered: Remembered,
    *,
    added: frozenset[int] = frozenset(),
    late: frozenset[int] = frozenset(),
    accept: bool = False,
) -> Plan:
    """Any later run: what matches and is not known arrives.

    `added` match only since the query was edited or translated anew, and were there before: they are no news. `late`
    are those created late but not too long ago: so many at once that they may have to be held, else leave it empty.
    """
    known = remembered.kept
    fresh = frozenset(matching) - known.keys()
    late_now = (fresh & late) - added
    hold = len(late_now) + len(remembered.held) > hold_above(remembered.normal_week) and not accept
    held = late_now if hold else frozenset()
    return Plan(
        wanted=tuple((pmid, BY_EDIT if pmid in added else None) for pmid in sorted(fresh - held)),
        held=tuple(sorted(held)),
        accepted=tuple(sorted(remembered.held)) if accept else (),
        unmatched=tuple(sorted(remembered.matching - matching)),
        matching_again=tuple(pmid for pmid in sorted(known) if not known[pmid].matching and pmid in matching),
    )


def arrives(
    create_date: date | None,
    arrives_as: str | None,
    last_good_run: datetime | None,
    seen: datetime,
    horizons: Horizons,
) -> str:
    """The state of a paper that can be read now and was first listed at `seen`: new, late, old or by-edit.

    A paper without a create date is new: better mailed than lost. One that was wanted or held for long grew no older.
    """
    if arrives_as in (NEW, BY_EDIT):
        return arrives_as
    if create_date is None:
        return NEW
    reference = last_good_run or seen
    if arrives_as == BY_TRANSLATION and create_date < reference.date():
        return BY_EDIT
    if create_date < old_before(seen, horizons):
        return OLD
    if create_date < (reference - timedelta(days=horizons.late)).date():
        return LATE
    return NEW
