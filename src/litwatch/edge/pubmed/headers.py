"""What the headers of an answer say of time: how long to wait, and what time it is at PubMed.

Owns how they are read. Never waits.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

A_DAY = 86_400.0  # seconds that PubMed's clock and ours may be apart


def retry_after(header: str) -> float | None:
    """Seconds that a server asks us to wait: a number, or a date against its own clock being ours."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    said = _moment(header)
    return None if said is None else max(0.0, said.timestamp() - time.time())


def another_time(header: str, ours: float) -> str | None:
    """What is wrong where Date and our clock (seconds since 1970) are more than a day apart; None: nothing is."""
    there = _moment(header)
    if there is None or abs(ours - there.timestamp()) <= A_DAY:
        return None
    here = datetime.fromtimestamp(ours, UTC)
    return (
        f"the time as {there:%Y-%m-%d %H:%M} UTC where this machine's clock says {here:%Y-%m-%d %H:%M} UTC, more "
        "than a day apart: set the clock, or see pubmed.base_url and any proxy"
    )


def _moment(header: str) -> datetime | None:
    """The date of a header (RFC 9110, 5.6.7) in UTC; None where there is none that can be read."""
    try:
        said = parsedate_to_datetime(header)
    except (ValueError, TypeError, OverflowError):
        return None
    return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
