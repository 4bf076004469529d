"""The searches that were tried on a watch, each with its last figures.

Owns how they are kept. Never says what a figure means.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from litwatch.edge.workbook.file import Workbook


def keep_tried(
    workbook: Workbook, watch: str, seeds: str, query: str, told: Mapping[str, Any], now: datetime
) -> None:
    """Keep the last figures of a search on these seeds (a name for them), and when it was first tried.

    Where they cannot be kept they are not.
    """
    with suppress(sqlite3.OperationalError):
        workbook.connection.execute(
            "INSERT INTO tried VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET told = excluded.told",
            (watch, seeds, query, json.dumps(told), now.isoformat()),
        )


def tried(workbook: Workbook, watch: str, seeds: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """(query, figures) of all that was tried on a watch with these seeds, the earliest first."""
    query = "SELECT query, told FROM tried WHERE watch = ? AND seeds = ? ORDER BY at"
    rows = workbook.connection.execute(query, (watch, seeds))
    return tuple((text, json.loads(told)) for text, told in rows)
