"""Gathers what the index takes of the papers of a store: of many at once, in several processes.

Owns those processes. The index itself is written by one, the caller's (workbook/filling.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from litwatch.edge.store.open import Store
from litwatch.edge.store.records import packed_records
from litwatch.edge.workbook.filling import TOGETHER, Gather
from litwatch.edge.workbook.shown import Gathered, Room
from litwatch.jobs.processes import cores
from litwatch.jobs.tune.parcels import Parcel, gather_parcel, work
from litwatch.reading.batching import batches

WORTH_A_PROCESS = 4 * TOGETHER
"""Papers for which the start of another process pays."""
MOST_PROCESSES = 4
"""More would wait for the one that writes the index."""

Parcels = Callable[[Sequence[int]], Iterator[Parcel]]
"""Those of these papers that are filed, TOGETHER in a parcel."""


def gather_from(parcels: Parcels, processes: int | None = None) -> Gather:
    """What the index takes of papers; in so many `processes`, else in as many as there are processors and work for."""

    def gather(pmids: Sequence[int], rooms: Sequence[Room]) -> Iterator[Gathered]:
        most = min(cores(), MOST_PROCESSES, 1 + len(pmids) // WORTH_A_PROCESS)
        packed = parcels(pmids)
        if (processes or most) > 1:
            return _in_processes(packed, rooms, processes or most)
        return (gather_parcel(parcel, rooms) for parcel in packed)

    return gather


def parcels_of(store: Store) -> Parcels:
    """The papers of a store."""

    def parcels(pmids: Sequence[int]) -> Iterator[Parcel]:
        with store.reading() as connection:
            yield from batches(packed_records(connection, pmids), TOGETHER)

    return parcels


def _in_processes(parcels: Iterator[Parcel], rooms: Sequence[Room], processes: int) -> Iterator[Gathered]:
    """Each parcel's, in order; what a process was killed over (for its memory, say) is done here."""
    context = get_context("spawn")
    workers: list[tuple[BaseProcess, Connection]] = []
    try:
        waiting: deque[tuple[Parcel, Connection]] = deque()
        for parcel in islice(parcels, processes):
            here, there = context.Pipe()
            worker = context.Process(target=work, args=(there,), daemon=True)
            worker.start()
            there.close()
            workers.append((worker, here))
            waiting.append((_sent(parcel, rooms, here), here))
        while waiting:
            parcel, connection = waiting.popleft()
            answer = _received(connection)
            for following in islice(parcels, 1):
                waiting.append((_sent(following, rooms, connection), connection))
            yield gather_parcel(parcel, rooms) if answer is None else answer
    finally:
        for begun, connection in workers:
            connection.close()  # by which it ends
            begun.join()


def _sent(parcel: Parcel, rooms: Sequence[Room], connection: Connection) -> Parcel:
    with suppress(OSError):  # it was killed: so will its answer tell
        connection.send((parcel, rooms))
    return parcel


def _received(connection: Connection) -> Gathered | None:
    try:
        answer: Gathered = connection.recv()
    except (EOFError, OSError):
        return None
    return answer
