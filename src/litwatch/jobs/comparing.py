"""PubMed as the oracle of our matcher: what was fetched lately, matched here and held against PubMed's list.

Owns which papers are compared, and that no paper can stop the others. Never asks PubMed; what a disagreement
is, decide/agreement.py says.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Collection
from datetime import date, datetime

from litwatch.decide.agreement import Agreement
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import fetched_since, packed_records
from litwatch.edge.store.unpacking import read_record
from litwatch.jobs.receipt import Receipt
from litwatch.paper import Paper
from litwatch.query.texts import Texts

MOST = 300  # papers a watch: a tenth of a second of work
KEPT = (
    2 * MOST
)  # papers that a run keeps read; which ones a watch chooses differs by what PubMed lists for it

log = logging.getLogger(__name__)


class Filed:
    """Filed papers as a run has read them: each once, for however many watches they are compared.

    Keeps the last that were asked for; one that was filed anew is read anew.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[bytes, Texts]] = OrderedDict()

    def texts(self, pmid: int, packed: bytes) -> Texts:
        """The texts of the paper in a record as the store keeps it."""
        before, texts = self._known.pop(pmid, (b"", None))
        if texts is None or before != packed:
            texts = Texts(read_record(packed))
        self._known[pmid] = packed, texts
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return texts


def compare(
    agreement: Agreement,
    paper: Paper,
    today: date,
    receipt: Receipt,
    *,
    listed: bool,
    texts: Texts | None = None,
) -> None:
    """Put into the receipt whether we agree with PubMed, which lists the paper or does not."""
    try:
        receipt.compare(agreement.disagreement(paper, today, listed=listed, texts=texts))
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
    filed: Filed,
) -> None:
    """Put into the receipt where we differ from PubMed's list on the papers that came since the last good run.

    Those of any watch, refreshed ones too; what PubMed does not list goes first, for every listed paper was
    compared when it came. Records that are older than that may have changed at PubMed: they tell nothing.
    """
    with store.reading() as connection:
        fetched = [pmid for pmid in fetched_since(connection, since) if pmid not in leave_out]
        chosen = sorted(fetched, key=lambda pmid: pmid in listed)[:MOST]
        for pmid, packed in packed_records(connection, chosen):
            texts = filed.texts(pmid, packed)
            compare(agreement, texts.paper, now.date(), receipt, listed=pmid in listed, texts=texts)
