"""Claims: a digest of a subscription for a period, frozen with its bytes before it is sent.

Owns how one is made. Never composes, renders or sends; what becomes of it is noted in `delivering`.

Whatever two processes do: a period is claimed once, and a paper stands in one sent or open claim of a
subscription (and in one more when it is shown again). The first is a unique key; for the second the claims of one
subscription are made one after the other (its row is locked first) and each looks at those before it.

Statements are made once and run with parameters: to make one takes longer than to run it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, exists, insert, select, update

from litwatch.edge.store.entitled import HOLDING_STATES
from litwatch.edge.store.frozen import packed
from litwatch.edge.store.inserting import insert_new, insert_plain
from litwatch.edge.store.open import Store
from litwatch.edge.store.prepared import Prepared, instant, number, text
from litwatch.edge.store.subscriptions import ACTIVE, key
from litwatch.edge.store.tables import claim, claim_message, claim_notice, claim_paper, notice, subscription
from litwatch.edge.store.withdrawing import withdraw

if TYPE_CHECKING:
    from litwatch.edge.store.owing import NoticeKey


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest that is ready to be claimed: what it holds, and the bytes that will go out, now or later.

    `again`: those of the papers that it shows once more. `without_abstract`: those that had none.
    """

    subscriber: str
    watch: str
    period: str
    pmids: tuple[int, ...]
    notices: tuple[NoticeKey, ...]
    message_id: str
    envelope_from: str
    message: bytes
    again: frozenset[int] = frozenset()
    without_abstract: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that no server has taken yet; `attempts` were begun."""

    id: int
    subscriber: str
    watch: str
    period: str
    claimed_at: datetime
    message_id: str
    envelope_from: str
    attempts: int
    last_error: str | None = None


_STANDING = Prepared(
    select(subscription.c.standing)
    .where(subscription.c.subscriber == text("subscriber"), subscription.c.watch == text("watch"))
    .with_for_update()
)


_SENT = Prepared(
    update(claim)
    .where(claim.c.id == number("number"), claim.c.state == "open")
    .values(state="sent", sent_at=instant("moment"), next_attempt=None, last_error=None)
)


def note_sent(connection: Connection, claimed: int, now: datetime) -> None:
    """After the server's 250, and never before."""
    _SENT.run(connection, number=claimed, moment=now)


_MADE: dict[str, Prepared] = {}


class _TakenError(Exception):
    """Rolls a claim back."""


def make_claim(
    store: Store, draft: Draft, now: datetime, *, begun: bool = False, sent: int | None = None
) -> OpenClaim | None:
    """Claims a period with all that the draft holds, or nothing: None where that came too late.

    Too late is: the period is claimed, a paper or notice stands in another sent or open claim, a notice has got
    its PMID, a paper was retracted, or the subscription is no longer active. Then compose anew, from what is owed now.
    With `begun`, its first attempt begins with it: the draft's message is to be sent next. `sent` is a claim that a
    server has just taken: it is noted in the same commit, if the new claim is made.
    """
    try:
        with store.writing() as connection:
            if sent is not None:
                note_sent(connection, sent, now)
            return _claim(connection, draft, now, attempts=int(begun))
    except _TakenError:
        return None


def _claim(connection: Connection, draft: Draft, now: datetime, attempts: int = 0) -> OpenClaim:
    subscriber = key(draft.subscriber)
    whose = {"subscriber": subscriber, "watch": draft.watch}
    if _STANDING.run(connection, **whose) != [(ACTIVE,)]:
        raise _TakenError
    made = _made(connection).run(
        connection,
        **whose,
        period=draft.period,
        claimed_at=now,
        message_id=draft.message_id,
        envelope_from=draft.envelope_from,
        attempts=attempts,
        next_attempt=now,
    )
    if not made:
        raise _TakenError
    [(one,)] = made
    insert_plain(connection, claim_message, [(one, packed(draft.message))])
    rows = [(one, pmid, pmid in draft.again, pmid in draft.without_abstract) for pmid in draft.pmids]
    insert_plain(connection, claim_paper, rows)
    if draft.notices:
        connection.execute(
            insert(claim_notice),
            [
                {"claim": one, "pmid": pmid, "kind": kind, "notice_pmid": notice_pmid}
                for pmid, kind, notice_pmid in draft.notices
            ],
        )
    if (
        _stands_elsewhere(connection, one, draft)
        or (draft.notices and _renamed(connection, one))
        or (attempts and withdraw(connection, one))
    ):
        raise _TakenError
    return OpenClaim(
        one, subscriber, draft.watch, draft.period, now, draft.message_id, draft.envelope_from, attempts
    )


def _made(connection: Connection) -> Prepared:
    """The statement that makes a claim and gives its number, or nothing where the period is claimed."""
    name = connection.dialect.name
    if name not in _MADE:
        texts = ("subscriber", "watch", "period", "message_id", "envelope_from")
        values = {each: text(each) for each in texts} | {
            "claimed_at": instant("claimed_at"),
            "next_attempt": instant("next_attempt"),
            "attempts": number("attempts"),
            "state": "open",
        }
        _MADE[name] = Prepared(insert_new(connection, claim).values(values).returning(claim.c.id))
    return _MADE[name]


def _stands_elsewhere(connection: Connection, one: int, draft: Draft) -> bool:
    """Whether another claim that counts holds a paper or notice of this one."""
    asked: dict[str, Any] = {"number": one, "subscriber": key(draft.subscriber), "watch": draft.watch}
    papers, notices = _elsewhere()
    return bool(papers.run(connection, **asked) or (draft.notices and notices.run(connection, **asked)))


@cache
def _elsewhere() -> tuple[Prepared, ...]:
    """From the reader's few claims to their papers: a paper stands in the claims of many readers."""
    queries = []
    for table, keys in ((claim_paper, ("pmid", "again")), (claim_notice, ("pmid", "kind", "notice_pmid"))):
        mine, other = table.alias(), table.alias()
        others = select(claim.c.id).where(
            claim.c.id != number("number"),
            claim.c.subscriber == text("subscriber"),
            claim.c.watch == text("watch"),
            claim.c.state.in_(HOLDING_STATES),
        )
        there = exists().where(other.c.claim.in_(others), *(mine.c[name] == other.c[name] for name in keys))
        queries.append(Prepared(select(mine.c.claim).where(mine.c.claim == number("number"), there)))
    return tuple(queries)


def _renamed(connection: Connection, one: int) -> bool:
    """Whether a notice of this claim is known by its PMID since the digest was composed."""
    there = exists().where(
        notice.c.pmid == claim_notice.c.pmid,
        notice.c.kind == claim_notice.c.kind,
        notice.c.notice_pmid == claim_notice.c.notice_pmid,
    )
    query = select(claim_notice.c.pmid).where(claim_notice.c.claim == one, ~there).limit(1)
    return connection.execute(query).first() is not None
