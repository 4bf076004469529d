"""Claims that must not go out: their frozen bytes show a paper as a finding that was retracted or questioned since.

Owns the state `withdrawn`. What such a claim holds is owed again, and its period is due again. Never composes or
sends.

Where the last attempt ended without an answer, the mail may have gone out all the same: then the papers come twice,
which is the lesser evil.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from litwatch.edge.store.entitled import shown_as_findings_though_struck
from litwatch.edge.store.open import Store
from litwatch.edge.store.prepared import Prepared
from litwatch.edge.store.prepared import number as number_of
from litwatch.edge.store.tables import claim

WITHDRAWN = "withdrawn"
_STRUCK = Prepared(shown_as_findings_though_struck(number_of("number")))
_MARK = " #"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A claim that was withdrawn, and why."""

    subscriber: str
    watch: str
    period: str
    why: str


def withdraw_struck(store: Store) -> tuple[Withdrawn, ...]:
    """Withdraws every open claim that shows a struck paper as a finding."""
    with store.reading() as connection:
        waiting = connection.execute(
            select(claim.c.id).where(claim.c.state == "open").order_by(claim.c.id)
        ).scalars()
        struck = [
            number
            for number in waiting.all()
            if connection.execute(shown_as_findings_though_struck(number).limit(1)).first() is not None
        ]
    withdrawn = []
    for number in struck:
        with store.writing() as connection:
            found = withdraw(connection, number)
        if found is not None:
            withdrawn.append(found)
    return tuple(withdrawn)


def withdraw(connection: Connection, number: int) -> Withdrawn | None:
    """Withdraws an open claim if a paper in it was struck; its period gets a mark, so that it can be claimed anew."""
    struck = [pmid for (pmid,) in _STRUCK.run(connection, number=number)]
    if not struck:
        return None
    row = connection.execute(
        select(claim.c.subscriber, claim.c.watch, claim.c.period).where(
            claim.c.id == number, claim.c.state == "open"
        )
    ).one_or_none()
    if row is None:
        return None
    why = f"retracted or questioned before it went out: {', '.join(map(str, sorted(struck)))}"
    connection.execute(
        update(claim)
        .where(claim.c.id == number, claim.c.state == "open")
        .values(state=WITHDRAWN, period=f"{row.period}{_MARK}{number}", next_attempt=None, last_error=why)
    )
    return Withdrawn(row.subscriber, row.watch, row.period, why)


def withdrawn_before(store: Store) -> Counter[tuple[str, str, str]]:
    """How many claims of a subscriber, watch and period were withdrawn: the next is another mail, with its own id."""
    query = select(claim.c.subscriber, claim.c.watch, claim.c.period).where(claim.c.state == WITHDRAWN)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return Counter((row.subscriber, row.watch, row.period.partition(_MARK)[0]) for row in rows)
