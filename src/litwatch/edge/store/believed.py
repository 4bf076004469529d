"""What the receipts of a watch's good searches say of lists that were believed before.

Owns these questions. Never writes. Only receipts of the very same query count: of another one they say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select

from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import receipt


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

    def last_notes(self) -> tuple[str, ...] | None:
        """The notes of the last good search; None where there is none with this query."""
        query = select(receipt.c.document).where(self._good()).order_by(receipt.c.started_at.desc()).limit(1)
        with self.store.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return None if document is None else tuple(document.get("notes") or ())

    def translated_so(self, translation: str) -> bool:
        """Whether PubMed translated the query so in an earlier good search."""
        same = receipt.c.document["translation"].as_string() == translation
        with self.store.reading() as connection:
            return (
                connection.execute(select(receipt.c.id).where(self._good(), same).limit(1)).first()
                is not None
            )
