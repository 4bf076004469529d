"""What readers and mail servers have answered: feedback, digests that came back, and when we last looked.

Owns the tables feedback and inbox_look, and what a bounce does to its claim. Never reads a mail.

Each answer is stored under a key, so that the same one counts once, however often it comes: a bounce by the state of
its claim, a verdict by reader, paper and verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from litwatch.decide.tokens import Bounced, Feedback, Verdict
from litwatch.edge.store.delivering import REFUSED_ADDRESS
from litwatch.edge.store.inserting import insert_new, upsert
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import key
from litwatch.edge.store.tables import claim, feedback, inbox_look

_ONLY = 1


@dataclass(frozen=True, slots=True)
class Look:
    """When the inbox was last read, or could not be."""

    at: datetime
    ok: bool


def come_back(store: Store, bounced: Bounced, words: str, *, counts: bool) -> bool:
    """Takes a digest that came back for one that was never sent: its papers are owed again. False: known already.

    With `counts` it stands against the address, as a refusal to take it would (`delivering.refusals`).
    """
    error = (REFUSED_ADDRESS if counts else "") + f"came back: {words}"
    statement = (
        update(claim)
        .where(
            claim.c.subscriber == key(bounced.subscriber),
            claim.c.watch == bounced.watch,
            claim.c.period == bounced.period,
            claim.c.state == "sent",
        )
        .values(state="given-up", last_error=error, sent_at=None, next_attempt=None)
    )
    with store.writing() as connection:
        return bool(connection.execute(statement).rowcount)


def file_feedback(store: Store, said: Feedback, now: datetime) -> bool:
    """Keeps a verdict. False where this reader has said the same of this paper before."""
    with store.writing() as connection:
        row = insert_new(connection, feedback).values(
            subscriber=key(said.subscriber), watch=said.watch, pmid=said.pmid, verdict=said.verdict, at=now
        )
        return connection.execute(row.returning(feedback.c.id)).first() is not None


def verdicts(store: Store, watch: str) -> Iterator[tuple[int, Mapping[Verdict, int]]]:
    """PMID and how many readers say what of it now, by PMID: of each reader the verdict that came last."""
    latest = (
        select(func.max(feedback.c.id))
        .where(feedback.c.watch == watch)
        .group_by(feedback.c.subscriber, feedback.c.pmid)
    )
    query = select(feedback.c.pmid, feedback.c.verdict).where(feedback.c.id.in_(latest))
    counted: dict[int, Counter[Verdict]] = {}
    with store.reading() as connection:
        for row in connection.execute(query.order_by(feedback.c.pmid)):
            counted.setdefault(row.pmid, Counter())[row.verdict] += 1
    yield from counted.items()


def last_look(store: Store) -> Look | None:
    """When the inbox was last read, or tried."""
    with store.reading() as connection:
        row = connection.execute(select(inbox_look.c.at, inbox_look.c.ok)).one_or_none()
    return None if row is None else Look(row.at, row.ok)


def note_look(store: Store, now: datetime, *, ok: bool) -> None:
    """Notes that it was."""
    with store.writing() as connection:
        upsert(connection, inbox_look, [{"id": _ONLY, "at": now, "ok": ok}])
