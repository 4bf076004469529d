"""What PubMed lists and does not send: whether it has it at all, and when that is a failure.

Owns these two questions. Drops nothing: what is wanted is asked for on every run, whatever is said of it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide import arrivals
from litwatch.decide.overdue import WANTED_FOR
from litwatch.edge.store import refreshing
from litwatch.edge.store.collecting import Wanted
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError
from litwatch.jobs import stopping
from litwatch.jobs.receipt import Receipt, listed

ASKED_AFTER = timedelta(days=1)


class Summaries(Protocol):
    """What is asked of PubMed here (edge.pubmed.PubMed)."""

    def without_summary(self, pmids: Sequence[int]) -> frozenset[int]:
        """Those that PubMed says it does not have."""
        ...


def mark_unknown(
    store: Store, pubmed: Summaries, wanted: Iterable[Wanted], unsent: frozenset[int], receipt: Receipt
) -> None:
    """Mark what was not sent for over a day and ESummary does not know: PubMed deleted it, or merged it into another.

    That is a failure of this run, and of no later one: the books count it as excluded until it is sent after all.
    """
    now = receipt.started_at
    long = [
        each.pmid
        for each in wanted
        if each.pmid in unsent and each.gone is None and each.since < now - ASKED_AFTER
    ]
    if not long:
        return
    try:
        with stopping.waiting():
            unknown = sorted(pubmed.without_summary(long))
    except PubMedError as error:
        receipt.notes.append(f"whether PubMed still has {listed(long)} could not be asked: {error}")
        return
    if unknown:
        with store.writing() as connection:
            refreshing.mark_gone(connection, unknown, now)
        receipt.gone.extend(unknown)
        receipt.failures.append(
            f"PubMed lists what it no longer has, deleted or merged into others: {listed(unknown)}; it counts as "
            "excluded from now on, unless PubMed sends it after all"
        )


def tell_overdue(still: Iterable[Wanted], accepted_at: datetime | None, receipt: Receipt) -> None:
    """Fail a run while something has been wanted for long; not for what was so when a person last accepted."""
    long = timedelta(days=arrivals.WANTED_DAYS)
    overdue = [
        each.pmid
        for each in still
        if each.since + long < receipt.started_at
        and not (accepted_at is not None and each.since + long < accepted_at)
    ]
    if overdue and not receipt.accepted:
        receipt.failures.append(
            f"PubMed has listed but not sent for over {arrivals.WANTED_DAYS} days: {listed(overdue)}; `litwatch "
            "collect --accept` ends this failure, and they are asked for all the same"
        )


def tell_none_sent(unsent: Mapping[int, datetime], accepted_at: datetime | None, receipt: Receipt) -> None:
    """Fail a run that has had none of what is new for a day; not for what was so when a person last accepted.

    `unsent`: PMID -> since when it is wanted.
    """
    news = [pmid for pmid, since in unsent.items() if accepted_at is None or since + WANTED_FOR > accepted_at]
    if news and not (receipt.accepted or receipt.failures):
        receipt.failures.append(
            f"PubMed lists new papers and has sent none of them for a day: {listed(news)}"
        )
