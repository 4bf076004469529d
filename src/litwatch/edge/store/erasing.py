"""Erases a reader from the store: who they are, what they were sent, what they said.

Owns that one transaction, and that nothing is left in the pages of the file. Never touches a file beside the store.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, delete, func, select, update

from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import key
from litwatch.edge.store.tables import claim, feedback, receipt, subscription
from litwatch.edge.store.words import translated

#: What stands in receipts instead of the address.
ERASED = "(an erased reader)"

# Those who write what is erased.
JOBS = ("deliver", "inbox")


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased: subscriptions, digests, verdicts on papers, and receipts that named the reader."""

    subscriptions: int
    digests: int
    verdicts: int
    receipts: int

    @property
    def anything(self) -> bool:
        """Whether the reader was known at all."""
        return bool(self.subscriptions or self.digests or self.verdicts or self.receipts)


def erase(store: Store, address: str) -> Erased:
    """Erase the reader with that address, whatever its case; all of it or nothing.

    Raises LockHeld where a run delivers or reads answers.
    """
    who = key(address)
    with ExitStack() as held:
        for job in JOBS:
            held.enter_context(store.lock(job))
        with store.writing() as connection:
            if store.path is not None:
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            verdicts = connection.execute(delete(feedback).where(feedback.c.subscriber == who)).rowcount
            digests = connection.execute(delete(claim).where(claim.c.subscriber == who)).rowcount
            gone = connection.execute(delete(subscription).where(subscription.c.subscriber == who)).rowcount
            named = receipt.c.id, receipt.c.document
            holding = func.lower(cast(receipt.c.document, Text)).contains(who, autoescape=True)
            receipts = connection.execute(select(*named).where(holding)).all()
            for number, document in receipts:
                values = {"document": without(document, who)}
                connection.execute(update(receipt).where(receipt.c.id == number).values(values))
        _settle(store)
    return Erased(gone, digests, verdicts, len(receipts))


def without(document: Any, who: str) -> Any:
    """The document with the address taken out of every text in it, names of fields too."""
    match document:
        case str():
            return re.sub(re.escape(who), ERASED, document, flags=re.IGNORECASE)
        case dict():
            return {without(name, who): without(value, who) for name, value in document.items()}
        case list():
            return [without(value, who) for value in document]
    return document


def _settle(store: Store) -> None:
    """Empty SQLite's write-ahead log, which still holds the pages as they were."""
    if store.path is None:
        return
    with translated(store.place):
        raw = store.engine.raw_connection()
        try:
            connection: sqlite3.Connection = raw.driver_connection  # type: ignore[assignment]
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
