"""What a process that gathers does: records of the store to what the index takes of them.

Owns that alone, so that a process imports little. Never opens a store.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from litwatch.edge.store.unpacking import unpack
from litwatch.edge.workbook.shown import REST, Gathered, Room, gathered
from litwatch.paper import Paper
from litwatch.reading.batching import batches
from litwatch.reading.blocks import without_authors
from litwatch.reading.pubmed_xml import BATCH, records_of

Parcel = list[tuple[int, bytes]]
"""PMIDs with records as the store keeps them."""


def work(connection: Connection) -> None:
    """Answers each parcel, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the caller's to answer
    with suppress(EOFError, OSError):
        while True:
            connection.send(gather_parcel(*connection.recv()))


def gather_parcel(parcel: Parcel, rooms: Sequence[Room]) -> Gathered:
    """What these rooms take of these records; authors are read where one needs them."""
    records = ((pmid, unpack(raw)) for pmid, raw in parcel)
    if REST not in rooms:
        records = ((pmid, without_authors(raw)) for pmid, raw in records)
    return gathered(papers_in(records), rooms)


def papers_in(records: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, Paper | None]]:
    """(PMID, paper) of each record, None where it cannot be read; BATCH are read together."""
    for some in batches(records, BATCH):
        for (pmid, _), record in zip(some, records_of([raw for _, raw in some], 1), strict=True):
            yield pmid, record if isinstance(record, Paper) else None
