"""Brings the index up to what the store holds: only what came or changed since is read.

Owns slots: a paper that changed gets a new one and its old one dies, so that nothing is ever taken out of the index.
Never reads a store: what to index comes from outside, already gathered.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from litwatch.edge.workbook.file import Workbook
from litwatch.edge.workbook.shown import (
    BETWEEN,
    DATE,
    REST,
    ROOMS,
    SUBJECTS,
    SUBSET,
    Gathered,
    Room,
    gathered,
)
from litwatch.paper import Paper
from litwatch.query.mesh import UNDER

Papers = Callable[[Sequence[int]], Iterable[tuple[int, Paper | None]]]
"""(PMID, paper) of those of these papers that are filed; None where the record cannot be read."""
Gather = Callable[[Sequence[int], Sequence[Room]], Iterable[Gathered]]
"""What these rooms take of those of these papers that are filed."""
Told = Callable[[int, int], None]
"""Called with how many papers are read, of how many."""

TOGETHER = 1_000
"""Papers that are gathered and written together: the more, the fewer rows, and the more memory."""
MOST_DEAD = 0.5
_VALUES_BITS = 24
"""Values of some papers are numbered from their first slot, so many bits up."""


def is_filled(workbook: Workbook, mark: str) -> bool:
    """Whether the index was last brought up to just that."""
    row = workbook.connection.execute("SELECT value FROM about WHERE key = 'filled'").fetchone()
    return bool(row == (mark,))


def in_turn(papers: Papers) -> Gather:
    """Gathers in this process."""

    def gather(pmids: Sequence[int], rooms: Sequence[Room]) -> Iterator[Gathered]:
        for start in range(0, len(pmids), TOGETHER):
            yield gathered(papers(pmids[start : start + TOGETHER]), rooms)

    return gather


def has_rest(workbook: Workbook) -> bool:
    """Whether the second room is filled, too."""
    row = workbook.connection.execute("SELECT value FROM about WHERE key = 'rest'").fetchone()
    return row is not None


def add_rest(workbook: Workbook, gather: Gather, told: Told | None = None) -> None:
    """Fill the second room for all papers that are in the first: the slots stay."""
    connection = workbook.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        slots = dict(connection.execute("SELECT pmid, slot FROM paper WHERE alive ORDER BY slot"))
        done = 0
        for some in gather(list(slots), (REST,)) if slots else ():
            _fill(connection, [slots[pmid] for pmid in some.pmids], some)
            done += len(some.pmids)
            if told is not None:
                told(done, len(slots))
        connection.execute("INSERT OR REPLACE INTO about VALUES ('rest', '')")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def bring_up(
    workbook: Workbook,
    filed: Mapping[int, str],
    gather: Gather,
    told: Told | None = None,
    mark: str = "",
    *,
    whole: bool = False,
) -> int:
    """Index the papers of `filed`, PMID -> a stamp that changes when its record does; how many were to be read.

    What is not in `filed` no longer counts. All of it or, where it is broken off, nothing. `mark` stands for all of
    `filed` (is_filled). The second room is kept up where there is one, and made with the first in an empty workbook
    where it is `whole`.
    """
    connection = workbook.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        known = {
            pmid: (slot, stamp)
            for slot, pmid, stamp in connection.execute("SELECT slot, pmid, stamp FROM paper WHERE alive")
        }
        dead = [(slot,) for pmid, (slot, stamp) in known.items() if filed.get(pmid) != stamp]
        (slots,) = connection.execute("SELECT coalesce(max(slot), 0) FROM paper").fetchone()
        if len(dead) + slots - len(known) > MOST_DEAD * max(slots, 1):
            _empty(connection)
            known, slots = {}, 0
        else:
            connection.executemany("UPDATE paper SET alive = 0 WHERE slot = ?", dead)
        wanted = [pmid for pmid, stamp in filed.items() if pmid not in known or known[pmid][1] != stamp]
        if whole and not known and wanted:
            connection.execute("INSERT OR REPLACE INTO about VALUES ('rest', '')")
        rooms = ROOMS if has_rest(workbook) else (SUBJECTS,)
        done = 0
        for some in gather(wanted, rooms) if wanted else ():
            places = range(slots + 1, slots + 1 + len(some.pmids))
            connection.executemany(
                "INSERT INTO paper (slot, pmid, stamp) VALUES (?, ?, ?)",
                ((slot, pmid, filed[pmid]) for slot, pmid in zip(places, some.pmids, strict=True)),
            )
            _fill(connection, places, some)
            slots += len(some.pmids)
            done += len(some.pmids)
            if told is not None:
                told(done, len(wanted))
        connection.execute("INSERT OR REPLACE INTO about VALUES ('filled', ?)", (mark,))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise
    return len(wanted)


def _empty(connection: sqlite3.Connection) -> None:
    for room in ROOMS:
        connection.execute(f"INSERT INTO {room.name} ({room.name}) VALUES ('delete-all')")  # noqa: S608 our own
    for table in ("paper", "shown", "shown_key"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 names of our own


def _fill(connection: sqlite3.Connection, slots: Sequence[int], some: Gathered) -> None:
    """Index some papers, whose slots are these."""
    for room in ROOMS:
        marks = ", ".join("?" * (len(room.columns) + 1))
        connection.executemany(
            f"INSERT INTO {room.name} (rowid, {', '.join(room.columns)}) VALUES ({marks})",  # noqa: S608 our own
            ((slots[place], *texts) for place, texts in some.texts.get(room.name, ())),
        )
    values = sorted(some.values.items())  # a table that is filled in its own order takes less time
    begin = slots[0] << _VALUES_BITS
    connection.executemany(
        "INSERT INTO shown VALUES (?, ?, ?, ?)",
        (
            (kind, of, value, array("I", [slots[place] for place in places]).tobytes())
            for of, ((kind, value), places) in enumerate(values, begin)
        ),
    )
    keys = sorted(_keys((each for each, _ in values), begin))
    connection.executemany("INSERT OR IGNORE INTO shown_key VALUES (?, ?, ?)", keys)


def _keys(shown: Iterable[tuple[str, str]], first: int) -> Iterator[tuple[str, str, int]]:
    """By which keys each whole value is found; those of subheadings are only asked for beside a heading's own."""
    for number, (kind, value) in enumerate(shown, first):
        if kind != SUBSET and not kind.startswith(DATE):
            for key in value.split(BETWEEN):
                if key and key[:1] != UNDER:
                    yield kind, key, number
