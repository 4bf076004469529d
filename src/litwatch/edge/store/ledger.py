"""What the runs of a period did, added up from their receipts: the small print of a digest's foot.

Owns this question. Never writes.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, or_, select

from litwatch.decide.facts import Ledger
from litwatch.edge.store.tables import receipt

JOBS = ("collect", "refresh")
FAILURES = 3  # that are named


def ledger(connection: Connection, watch_name: str, start: datetime, now: datetime) -> Ledger | None:
    """The receipts of a watch's looks, and of refreshes, after `start` up to `now`; None where there are none."""
    query = (
        select(receipt.c.job, receipt.c.ok, receipt.c.document)
        .where(
            receipt.c.job.in_(JOBS),
            or_(receipt.c.watch == watch_name, receipt.c.watch.is_(None)),
            receipt.c.started_at > start,
            receipt.c.started_at <= now,
        )
        .order_by(receipt.c.started_at, receipt.c.id)
    )
    documents = [row.document for row in connection.execute(query)]
    if not documents:
        return None
    arrivals: Counter[str] = Counter()
    retries: Counter[str] = Counter()
    failures: dict[str, None] = {}
    unreadable: dict[int, None] = {}
    for each in documents:
        arrivals.update(each.get("arrivals") or {})
        retries.update(each.get("retries") or {})
        failures.update(dict.fromkeys(each.get("failures") or ()))
        unreadable.update(dict.fromkeys(map(int, each.get("unreadable") or ())))
    disagreeing = [each.get("disagreeing") or {} for each in documents]
    good = [each for each in documents if each.get("books") and each.get("balanced")]
    return Ledger(
        enumerated=good[-1]["enumerated"] if good else None,
        arrivals=dict(arrivals),
        fetched=sum(each.get("fetched") or 0 for each in documents),
        unreadable=tuple(sorted(unreadable)),
        disagreements=sum(one.get("disagreements", 0) + one.get("unlisted", 0) for one in disagreeing),
        refreshed=sum(each.get("refreshed") or 0 for each in documents),
        changed=sum(each.get("changed") or 0 for each in documents),
        notices=sum(len(each.get("notices") or ()) for each in documents),
        requests=sum(each.get("requests") or 0 for each in documents),
        retries=dict(retries),
        seconds=sum(each.get("seconds") or 0.0 for each in documents),
        books=dict(good[-1]["books"]) if good else {},
        to_nobody=(good[-1].get("mailed_to_nobody") or 0) if good else 0,
        failures=tuple(failures)[-FAILURES:],
    )
