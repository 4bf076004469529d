"""Brings the index up to what the store holds: only what came or changed since is read.

Owns slots: a paper that changed gets a new one and its old one dies, so that nothing is ever taken out of the index.
Never reads a store: papers come from outside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from litwatch.edge.workbook.file import COLUMNS, Workbook
from litwatch.edge.workbook.shown import BETWEEN, DATE, SUBSET, texts, values
from litwatch.paper import Paper
from litwatch.query.mesh import UNDER

Papers = Callable[[Sequence[int]], Iterable[tuple[int, Paper | None]]]
"""(PMID, paper) of those of these papers that are filed; None where the record cannot be read."""
Told = Callable[[int, int], None]
"""Called with how many papers are read, of how many."""

TOGETHER = 2_000
"""Papers whose values are written together: the more, the fewer rows, and the more memory."""
MOST_DEAD = 0.5
_INSERT = f"INSERT INTO words (rowid, {', '.join(COLUMNS)}) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"  # noqa: S608 names of our own


def is_filled(workbook: Workbook, mark: str) -> bool:
    """Whether the index was last brought up to just that."""
    row = workbook.connection.execute("SELECT value FROM about WHERE key = 'filled'").fetchone()
    return bool(row == (mark,))


def bring_up(
    workbook: Workbook, filed: Mapping[int, str], papers: Papers, told: Told | None = None, mark: str = ""
) -> int:
    """Index the papers of `filed`, PMID -> a stamp that changes when its record does; how many were read.

    What is not in `filed` no longer counts. All of it or, where it is broken off, nothing. `mark` stands for all of
    `filed` (is_filled).
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
        done = 0
        for start in range(0, len(wanted), TOGETHER):
            some = wanted[start : start + TOGETHER]
            slots = _fill(connection, slots, filed, papers(some))
            done += len(some)
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
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    for table in ("paper", "shown", "shown_key"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 names of our own


def _fill(
    connection: sqlite3.Connection,
    last: int,
    filed: Mapping[int, str],
    papers: Iterable[tuple[int, Paper | None]],
) -> int:
    """Index some papers, in slots after `last`; the last slot then."""
    shown: dict[tuple[str, str], list[int]] = {}
    rows: list[list[str | int]] = []
    filled: list[tuple[int, int, str]] = []
    for pmid, paper in papers:
        last += 1
        filled.append((last, pmid, filed[pmid]))
        if paper is None:  # filed, and cannot be read: it matches nothing
            continue
        rows.append([last, *texts(paper)])
        for each in values(paper):
            shown.setdefault(each, []).append(last)
    connection.executemany("INSERT INTO paper (slot, pmid, stamp) VALUES (?, ?, ?)", filled)
    connection.executemany(_INSERT, rows)
    (first,) = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM shown").fetchone()
    connection.executemany(
        "INSERT INTO shown VALUES (?, ?, ?, ?)",
        (
            (number, kind, value, np.array(slots, dtype="<u4").tobytes())
            for number, ((kind, value), slots) in enumerate(shown.items(), first)
        ),
    )
    connection.executemany("INSERT OR IGNORE INTO shown_key VALUES (?, ?, ?)", _keys(shown, first))
    return last


def _keys(shown: Iterable[tuple[str, str]], first: int) -> Iterator[tuple[str, str, int]]:
    """By which keys each whole value is found; those of subheadings are only asked for beside a heading's own."""
    for number, (kind, value) in enumerate(shown, first):
        if kind != SUBSET and not kind.startswith(DATE):
            for key in value.split(BETWEEN):
                if key and key[:1] != UNDER:
                    yield kind, key, number
