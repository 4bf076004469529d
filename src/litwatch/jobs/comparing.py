"""PubMed as the oracle of our matcher: what was fetched lately, matched here and held against PubMed's list.

Owns which papers are compared, and that no paper can stop the others. Never asks PubMed; what a disagreement
is, decide/agreement.py says.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime

from litwatch.decide.agreement import Agreement
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import fetched_since, filed_records
from litwatch.jobs.receipt import Receipt
from litwatch.paper import Paper
from litwatch.reading.pubmed_xml import read_article

MOST = 300  # papers a run: a tenth of a second of work

log = logging.getLogger(__name__)


def compare(agreement: Agreement, paper: Paper, today: date, receipt: Receipt, *, listed: bool) -> None:
    """Put into the receipt whether we agree with PubMed, which lists the paper or does not."""
    try:
        receipt.compare(agreement.disagreement(paper, today, listed=listed))
    except Exception as error:  # per record: what cannot be compared stops no run
        log.exception("PMID %d could not be compared", paper.pmid)
        receipt.notes.append(f"PMID {paper.pmid} could not be matched here: {type(error).__name__}: {error}")


def compare_fetched(
    store: Store,
    agreement: Agreement,
    listed: frozenset[int],
    since: datetime | None,
    now: datetime,
    receipt: Receipt,
    leave_out: Collection[int],
) -> None:
    """Put into the receipt where we differ from PubMed's list on the papers that came since the last good run.

    Those of any watch, refreshed ones too; what PubMed does not list goes first, for every listed paper was
    compared when it came. Records that are older than that may have changed at PubMed: they tell nothing.
    """
    with store.reading() as connection:
        fetched = [pmid for pmid in fetched_since(connection, since) if pmid not in leave_out]
        chosen = sorted(fetched, key=lambda pmid: pmid in listed)[:MOST]
        for _, record in filed_records(connection, chosen):
            paper = read_article(record)
            compare(agreement, paper, now.date(), receipt, listed=paper.pmid in listed)
