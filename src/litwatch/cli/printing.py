"""What commands print in common: tables on stdout, one line on stderr.

Owns the terminal. Never knows what a row means.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

WIDE = 200


def print_table(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, fold_last_only: bool = False
) -> None:
    """A plain table; without rows only its head. With `fold_last_only` the other columns stay on one line.

    Where nobody looks (a pipe, a file), such a table is as wide as it needs to be.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=fold_last_only and column != columns[-1])
    for row in rows:
        table.add_row(*(Text("" if row[column] is None else str(row[column])) for column in columns))
    console = Console(highlight=False)
    if fold_last_only and not console.is_terminal:
        console.width = max(console.width, WIDE)
    console.print(table)


def written(moment: datetime | None) -> str | None:
    """An instant in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None


class _Log:
    """Whether lines on stderr begin with their time."""

    dated = False


def date_lines(is_job: bool) -> None:
    """From now on lines on stderr begin with their time, if a job writes them and no terminal shows them: a log."""
    _Log.dated = is_job and not sys.stderr.isatty()


def head() -> str:
    """How a line on stderr begins."""
    return f"{written(datetime.now(UTC))} litwatch: " if _Log.dated else "litwatch: "


def complain(message: str) -> None:
    """One message on stderr; where that cannot take it (a full disk), the exit code still tells."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{head()}{message}\n")
