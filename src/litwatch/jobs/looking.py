"""The search half of `collect`: which lists are asked of PubMed, and in which order.

Owns when a list is asked for twice, with the old query, or by create date. Never fetches a record and never
writes; what a list means is decided in decide/arrivals.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Protocol

from litwatch.decide import arrivals
from litwatch.decide.arrivals import Horizons, Plan, Remembered
from litwatch.edge.config import Settings, Watch
from litwatch.edge.pubmed import Enumeration
from litwatch.edge.store.believed import Believed
from litwatch.errors import PubMedRefused, TooManyMatches
from litwatch.jobs.attempt import Progress
from litwatch.jobs.receipt import PUBMED_SAYS, Receipt

LOOKS = 4  # enumerations of a first run until two in a row are equal


def horizons_of(settings: Settings) -> Horizons:
    """[collect] of litwatch.toml."""
    days = settings.collect
    return Horizons(days.look_back_days, days.late_days, days.old_days)


class Lists(Protocol):
    """What is asked of PubMed here (edge.pubmed.PubMed)."""

    def enumerate(self, query: str, limit: int) -> Enumeration:
        """All PMIDs that match."""
        ...


class Looking:
    """One look of one watch; what was said goes into the receipt."""

    def __init__(
        self,
        watch: Watch,
        pubmed: Lists,
        receipt: Receipt,
        now: datetime,
        horizons: Horizons,
        limit: int,
        progress: Progress,
        believed: Believed,
        *,
        accept: bool,
    ) -> None:
        self.query = str(watch.query)  # without our comments, and the same however it is laid out
        self._sentinels = watch.sentinels
        self._pubmed, self._receipt, self._now = pubmed, receipt, now
        self._horizons, self._limit, self._progress, self._accept = horizons, limit, progress, accept
        self._believed = believed
        self._lists = 0

    def look(self, known: Remembered | None) -> tuple[Enumeration, Plan] | None:
        """PubMed's list and what is to be done about it; None where it is not believed.

        Raises PubMedUnreachable, PubMedRefused, TooManyMatches.
        """
        return self._first() if known is None else self._next(known)

    def _first(self) -> tuple[Enumeration, Plan] | None:
        """The first run's list: believed when two in a row are equal, for backlog is never mailed."""
        found = self._enumerate(self.query)
        for _ in range(LOOKS - 1):
            again = self._enumerate(self.query)
            if (again.pmids, again.translation) == (found.pmids, found.translation):
                break
            found = again
        else:
            raise PubMedRefused(
                f"PubMed's list of matches was another each of {LOOKS} times; nothing is concluded from it"
            )
        if not self._trusted(found, None, edited=False):
            return None
        if not found.pmids and not self._accept:
            self._receipt.failures.append(
                "PubMed lists nothing at the first search of this watch, and all that is there already would come "
                "as new once it does: see `litwatch check --online`; if that is right, `litwatch collect --accept`"
            )
            return None
        return found, arrivals.plan_first(frozenset(found.pmids), self._recent(frozenset(found.pmids)))

    def _recent(self, matching: frozenset[int]) -> frozenset[int]:
        """The matches that are no backlog. Backlog is never mailed, so what is older is asked for, too.

        Where earlier searches failed it counts from the first of them: readers were told that nothing is lost.
        What stands in neither list, or in both, counts as recent: better mailed than lost.
        """
        since = arrivals.recent_from(self._believed.first_try(self._now) or self._now, self._horizons)
        recent = self._created_from(since)
        before = (since - timedelta(days=1)).strftime("%Y/%m/%d")
        older = frozenset(self._enumerate(f"({self.query}) AND 1000/01/01:{before}[crdt]").pmids)
        unplaced = len(matching - recent - older) + len(recent & older)
        if unplaced > arrivals.most_that_may_go(len(matching)):
            raise PubMedRefused(
                f"PubMed's lists by create date leave out {unplaced} of {len(matching)} matches; nothing is "
                "concluded from them: the next run asks again"
            )
        return (matching - older) | (recent & matching)

    def _next(self, known: Remembered) -> tuple[Enumeration, Plan] | None:
        """Any later run's list, with the old query's where the query or its translation changed."""
        edited = known.query != self.query
        self._receipt.edited = edited
        old = self._before_the_edit(known) if edited else None
        found = self._enumerate(self.query)
        if not self._trusted(found, known, edited=edited):
            return None
        self._newly_unknown(found)
        matching = frozenset(found.pmids)
        fresh = matching - known.kept.keys()
        translated = not edited and bool(known.translation) and found.translation != known.translation
        self._receipt.translation_changed = translated
        old_query = known.query
        if translated:
            self._receipt.notes.append(f"PubMed translates the query anew: {found.translation}")
            old_query = known.translation
            old = self._translated_before(known, found) if fresh else None
        added = fresh - old if old is not None else frozenset()
        if added:  # what came to PubMed between the two lists is no edit's doing
            once_more = self._before(old_query, known)
            added = added - once_more if once_more is not None else frozenset()
        if added:  # what was created since is news, whatever brought it
            added -= self._created_from(
                arrivals.news_from(known, self._now, self._horizons, translated=translated)
            )
        return found, arrivals.plan_next(
            matching,
            known,
            added=added,
            late=self._late_among(fresh - added, known),
            accept=self._accept,
        )

    def _newly_unknown(self, found: Enumeration) -> None:
        """Fails the run, which files what came all the same, where a part of the query died since the last good one.

        The run does not count as good: what that part alone finds is news until the query is mended.
        """
        notes = self._believed.last_notes() if found.errors and not self._accept else None
        if notes is None:
            return
        dead = [text for name, text in found.errors if f"{PUBMED_SAYS} {name}: {text}" not in notes]
        if dead:
            self._receipt.failures.append(
                f"PubMed no longer knows a part of the query, and what only that finds is missing: {', '.join(dead)}; "
                "mend the query, or, if it may stay, `litwatch collect --accept`"
            )

    def _enumerate(self, query: str) -> Enumeration:
        self._lists += 1
        self._progress("searching", self._lists, 0)
        return self._pubmed.enumerate(query, self._limit)

    def _trusted(self, found: Enumeration, known: Remembered | None, *, edited: bool) -> bool:
        """Whether anything may be concluded from a list; what speaks against it goes into the receipt."""
        receipt = self._receipt
        receipt.take_list(found)
        reasons = arrivals.distrust(
            frozenset(found.pmids), found.errors, known, self._sentinels, edited=edited, accept=self._accept
        )
        receipt.failures.extend(reasons)
        return not reasons

    def _before(self, query: str, known: Remembered | None) -> frozenset[int] | None:
        """What the query matched before it was edited; None where that cannot be known.

        Then nothing counts as by-edit: what comes is judged by its dates, and no new paper is passed over.
        """
        try:
            found = self._enumerate(query)
        except (PubMedRefused, TooManyMatches) as error:
            self._receipt.notes.append(f"the query as it was before cannot be listed: {error}")
            return None
        reasons = arrivals.distrust(frozenset(found.pmids), found.errors, known)
        if reasons:
            self._receipt.notes.append(f"the query as it was before is not believed: {'; '.join(reasons)}")
            return None
        return frozenset(found.pmids)

    def _before_the_edit(self, known: Remembered) -> frozenset[int] | None:
        """What the old query matches; None where the new one is one of before, so that it brings only what came since.

        The query between was a slip, or is over: what it kept back is new or late by its dates.
        """
        if self._believed.searched_before():
            self._receipt.notes.append("it is a query of before: what comes is judged by its dates")
            return None
        return self._before(known.query, known)

    def _translated_before(self, known: Remembered, found: Enumeration) -> frozenset[int] | None:
        """What the query matched by its translation before; None where that one was garbled.

        It found the papers that are known; one that does not find those that match now says nothing of new ones. Where
        the translation is one of an earlier good run, nothing is new about it: the one between was wrong, or is over.
        """
        if self._believed.translated_so(found.translation):
            self._receipt.notes.append("it is a translation of before: what comes is judged by its dates")
            return None
        old = self._before(known.translation, known)
        still = frozenset(found.pmids) & known.kept.keys()
        if old is not None and len(still - old) > arrivals.GONE_SHARE * len(still):
            self._receipt.notes.append(
                "the translation before is not believed: it does not find what is known"
            )
            return None
        return old

    def _created_from(self, day: date) -> frozenset[int]:
        return created_from(self._enumerate, self.query, day)

    def _late_among(self, fresh: frozenset[int], known: Remembered) -> frozenset[int]:
        """Those of `fresh` that were created late but not long ago; asked only where they may be held."""
        room = arrivals.hold_above(known.normal_week) - len(known.held)
        if self._accept or not fresh or len(fresh) <= room:
            return frozenset()
        before = arrivals.late_before(known, self._now, self._horizons)
        late = fresh - self._created_from(before)
        if not late or len(late) <= room:
            return late
        return late & self._created_from(arrivals.old_before(self._now, self._horizons))


def created_from(enumerated: Callable[[str], Enumeration], query: str, day: date) -> frozenset[int]:
    """The matches of `query` that were created in PubMed on that day or later; `enumerated` asks PubMed.

    Raises PubMedRefused where PubMed did not understand the range of days.
    """
    found = enumerated(f"({query}) AND {day:%Y/%m/%d}:3000[crdt]")
    if not found.understood:
        raise PubMedRefused("PubMed did not understand a range of create dates; nothing is concluded")
    return frozenset(found.pmids)
