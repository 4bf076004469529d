"""What PubMed said to a question, for the rest of the day; and records that it sent.

Owns how they are kept. Never asks.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from litwatch.edge.workbook.file import Workbook

_SOME = 500


def answer_kept(workbook: Workbook, question: str, today: date) -> Mapping[str, Any] | None:
    """What PubMed said to the question today, None where it was not asked."""
    query = "SELECT answer FROM asked WHERE question = ? AND day = ?"
    row = workbook.connection.execute(query, (question, today.isoformat())).fetchone()
    return None if row is None else json.loads(row[0])


def keep_answer(workbook: Workbook, question: str, answer: Mapping[str, Any], today: date) -> None:
    """Keep what PubMed said; what it said on other days is dropped. Where it cannot be kept it is asked again."""
    day = today.isoformat()
    with suppress(sqlite3.OperationalError):
        workbook.connection.execute("DELETE FROM asked WHERE day != ?", (day,))
        workbook.connection.execute(
            "INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (question, day, json.dumps(answer))
        )


def records_kept(workbook: Workbook, pmids: Sequence[int], today: date) -> dict[int, bytes]:
    """The XML of those of these papers that PubMed sent today."""
    found: dict[int, bytes] = {}
    for start in range(0, len(pmids), _SOME):
        some = pmids[start : start + _SOME]
        marks = ", ".join("?" * len(some))
        query = f"SELECT pmid, record FROM kept WHERE day = ? AND pmid IN ({marks})"  # noqa: S608 question marks
        for pmid, record in workbook.connection.execute(query, (today.isoformat(), *some)):
            found[pmid] = zlib.decompress(record)
    return found


def keep_records(workbook: Workbook, records: Iterable[tuple[int, bytes]], today: date) -> None:
    """Keep what PubMed sent for the rest of the day."""
    day = today.isoformat()
    with suppress(sqlite3.OperationalError):
        workbook.connection.execute("DELETE FROM kept WHERE day != ?", (day,))
        workbook.connection.executemany(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)",
            ((pmid, day, zlib.compress(raw)) for pmid, raw in records),
        )
