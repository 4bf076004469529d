"""Why a reader was sent a paper or was not, and when a subscription's next digest comes: in words.

Owns these sentences. Never decides what is owed: the store is asked (edge/store/owing.py), as a digest asks it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from litwatch.decide.arrivals import BACKLOG, BY_EDIT, HELD, OLD, WANTED
from litwatch.decide.due import DigestDue, DigestWaits, Schedule, digest_due, next_due

_NEVER_MAILED = {
    BACKLOG: "it was there before the watch began",
    OLD: "it was too old when it came",
    BY_EDIT: "an edit of the query brought it",
}
_NOT_YET = {
    WANTED: "PubMed listed it and has not sent it yet",
    HELD: "it is held until `litwatch collect --accept`",
}


def why_not_owed(
    state: str,
    arrived_at: datetime | None,
    *,
    gone: str | None,
    standing: str,
    since: datetime,
    standing_since: datetime | None = None,
) -> str:
    """Why a paper that stands in no digest of a subscription is not owed to it either."""
    if state in _NEVER_MAILED:
        return f"not sent: {_NEVER_MAILED[state]}"
    if gone is not None:
        return "not sent: PubMed no longer has it"
    if state in _NOT_YET:
        return f"not yet: {_NOT_YET[state]}"
    if standing != "active":
        when = f" since {standing_since:%Y-%m-%d}" if standing_since else ""
        return f"not sent: the subscription is {standing}{when}"
    if arrived_at is not None and arrived_at < since:
        return f"not sent: it came before the subscription began or resumed ({since:%Y-%m-%d %H:%M} UTC)"
    return "not sent: it is not owed"


def next_digest(
    schedule: Schedule,
    now: datetime,
    *,
    since: datetime,
    last_claim: datetime | None,
    look: Schedule,
    last_good: datetime | None,
) -> tuple[datetime, str]:
    """When the next digest of a subscription comes (UTC), and in words why not sooner ("" where that is plain)."""
    past = last_claim if last_claim is None or last_claim <= now + timedelta(hours=1) else None
    due = digest_due(schedule, now, since=since, last_claim=past, look=look, last_good=last_good)
    if isinstance(due, DigestDue):
        return now, f"the digest {due.period.id} is due with the next run"
    if isinstance(due, DigestWaits):
        return (
            due.until,
            f"the digest {due.period.id} waits for a search of PubMed, at the longest until then",
        )
    return next_due(schedule, now), ""
