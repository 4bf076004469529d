"""When something that should have happened is so late that somebody has to be told.

Owns these spans and what they mean. Never reads a clock; `now` is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from litwatch.decide.due import DigestDue, Schedule, digest_due, next_due

# A look or a digest may be this late: cron's quarter of an hour, and a long run before it.
GRACE = timedelta(hours=1)

# While another run collects or refreshes, mail is left to it, at the longest for so long (jobs/run.py).
GRACE_AT_WORK = timedelta(hours=24)

# A mail that a server does not take for the moment is no failure at first: greylisting passes within minutes. One that
# has waited for so long is; and one that has waited for a day is as bad as one that never left.
REFUSED_FOR = timedelta(hours=4)
REFUSED_FOR_LONG = timedelta(hours=24)

# A watch is silent when no new paper came for longer than twice its longest gap; so much must be known of it before.
FEWEST_GAPS = 10
SHORTEST_HISTORY = timedelta(days=28)

# PubMed lists a paper before it gives its record out: that passes within hours.
WANTED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Silence:
    """No new paper came since then, though never before had there been a gap longer than `longest_gap`."""

    since: datetime
    longest_gap: timedelta


def silence(came: Sequence[datetime], now: datetime) -> Silence | None:
    """Whether a watch has fallen silent, by when new papers came (the earliest first).

    None where it has not, or too little is known of it.
    """
    if len(came) <= FEWEST_GAPS or came[-1] - came[0] < SHORTEST_HISTORY:
        return None
    longest = max(later - earlier for earlier, later in pairwise(came))
    return Silence(came[-1], longest) if now - came[-1] > 2 * longest else None


def unclaimed_since(
    schedule: Schedule,
    now: datetime,
    grace: timedelta,
    *,
    since: datetime,
    last_claim: datetime | None,
    look: Schedule,
    last_good: datetime | None,
) -> datetime | None:
    """Since when a digest is due that no run has made; None where none is, or it is not late yet.

    One that waits for a search is not late: the search is. The arguments are those of `digest_due`.
    """
    then, at_once = (
        digest_due(schedule, moment, since=since, last_claim=last_claim, look=look, last_good=last_good)
        for moment in (now - grace, now)
    )
    if not isinstance(then, DigestDue) or not isinstance(at_once, DigestDue):
        return None
    return next_due(schedule, since if last_claim is None else max(since, last_claim))


def refused_for_hours(claimed_at: datetime, now: datetime) -> bool:
    """Whether a mail that a server refuses for the moment has waited for so long that somebody has to look."""
    return now - claimed_at >= REFUSED_FOR


def untried(next_attempt: datetime | None, now: datetime, grace: timedelta) -> bool:
    """Whether nobody has tried to send a mail though it was time: no run came, or it was killed while it tried."""
    return next_attempt is None or now - next_attempt > grace
