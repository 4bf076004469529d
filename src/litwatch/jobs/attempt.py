"""One attempt at a job: measured, and its receipt filed whatever came of it.

Owns what an attempt does when PubMed, the store or a signal ends it. Never knows what the job is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from litwatch.edge.store import balancing
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError, StoreError
from litwatch.jobs import stopping
from litwatch.jobs.receipt import NO_RECEIPT, Measured, Receipt

if TYPE_CHECKING:
    from litwatch.edge.pubmed import Tally

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how much of it is done, of how much; 0 where that is not known)."""


def quiet(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def attempt(
    receipt: Receipt,
    store: Store,
    tally: Tally,
    work: Callable[[], None],
    close: Callable[[], None],
    *,
    survived: tuple[type[Exception], ...] = (PubMedError,),
    stopped: str = stopping.SAID,
) -> Receipt:
    """Do `work`, then `close`, which files the receipt; gives the receipt back.

    What ends the work early stands in the receipt's failures: an error of `survived`, or a signal (`stopped` says
    it, and Stopped goes on with the receipt). Raises StoreError, whose `receipt` is what could not be filed.
    """
    measured = Measured(tally, receipt)
    try:
        try:
            _begin(receipt, store)
            work()
        except survived as error:
            receipt.failures.append(str(error))
        except KeyboardInterrupt as signalled:
            receipt.failures.append(stopped)
            measured.stop()
            close()
            raise stopping.Stopped(receipt) from signalled
        measured.stop()
        close()
    except StoreError as error:
        measured.stop()
        receipt.failures.append(str(error))
        error.receipt = receipt.to_json()
        raise
    return receipt


def _begin(receipt: Receipt, store: Store) -> None:
    """Leave word in the store that this run is at work, and say of one before it that it left no receipt."""
    with store.writing() as connection:
        earlier = balancing.begin(connection, receipt.job, receipt.watch, receipt.started_at)
    if earlier is not None:
        receipt.notes.append(
            f"{NO_RECEIPT} {earlier:%Y-%m-%d %H:%M} UTC: it was killed, or the machine or the store failed; "
            "this run takes it up"
        )
