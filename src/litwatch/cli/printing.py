"""What commands print in common: tables on stdout, one line on stderr.

Owns the terminal. Never knows what a row means.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A plain table; without rows only its head."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if row[column] is None else str(row[column])) for column in columns))
    Console(highlight=False).print(table)


def complain(message: str) -> None:
    """One message on stderr; where that cannot take it (a full disk), the exit code still tells."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"litwatch: {message}\n")
