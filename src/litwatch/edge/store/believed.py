"""What the receipts of a watch's searches say of lists that were believed before, and of when it was first tried.

Owns these questions. Never writes. Of lists only receipts of the very same query count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import arrival, receipt

FIRST_TRY = timedelta(days=90)
"""What was noted before is an abandoned try, or a clock's that was wrong."""


@dataclass(frozen=True, slots=True)
class Believed:
    """The good searches of a watch with one query."""

    store: Store
    watch: str
    query: str

    def _good(self) -> ColumnElement[bool]:
        return and_(
            receipt.c.job == "collect",
            receipt.c.watch == self.watch,
            receipt.c.ok,
            receipt.c.document["query"].as_string() == self.query,
        )

    def first_try(self, now: datetime) -> datetime | None:
        """When the watch was first searched, well or not, in the last three months; None where it was not."""
        tried = select(func.min(receipt.c.started_at)).where(
            receipt.c.job == "collect",
            receipt.c.watch == self.watch,
            receipt.c.started_at > now - FIRST_TRY,
            receipt.c.started_at <= now,
        )
        with self.store.reading() as connection:
            first: datetime | None = connection.execute(tried).scalar_one()
        return first

    def last_notes(self) -> tuple[str, ...] | None:
        """The notes of the last good search; None where there is none with this query."""
        query = select(receipt.c.document).where(self._good()).order_by(receipt.c.started_at.desc()).limit(1)
        with self.store.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return None if document is None else tuple(document.get("notes") or ())

    def searched_before(self) -> bool:
        """Whether a list of this query was ever believed: all that it found then is known."""
        listed = select(receipt.c.id).where(
            receipt.c.job == "collect",
            receipt.c.watch == self.watch,
            receipt.c.document["query"].as_string() == self.query,
            receipt.c.document["balanced"].as_boolean(),
        )
        with self.store.reading() as connection:
            return connection.execute(listed.limit(1)).first() is not None

    def translated_so(self, translation: str) -> bool:
        """Whether PubMed translated the query so in an earlier good search."""
        same = receipt.c.document["translation"].as_string() == translation
        with self.store.reading() as connection:
            return (
                connection.execute(select(receipt.c.id).where(self._good(), same).limit(1)).first()
                is not None
            )

    def left_since(self, moment: datetime) -> tuple[int, ...]:
        """The PMIDs that left the list after `moment`, and after the last run that a person had a hand in.

        That is a run after an edit of the query, or with --accept: what left by then was meant to.
        """
        document = receipt.c.document
        by_hand = select(func.max(receipt.c.started_at)).where(
            receipt.c.job == "collect",
            receipt.c.watch == self.watch,
            receipt.c.started_at > moment,
            or_(document["edited"].as_boolean(), document["accepted"].as_boolean()),
        )
        with self.store.reading() as connection:
            since = connection.execute(by_hand).scalar_one() or moment
            left = select(arrival.c.pmid).where(
                arrival.c.watch == self.watch, arrival.c.unmatched_since > since
            )
            return tuple(connection.execute(left.order_by(arrival.c.pmid)).scalars())
