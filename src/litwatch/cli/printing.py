"""What commands print in common: tables on stdout, one line on stderr.

Owns the terminal. Never knows what a row means.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from litwatch.errors import LockHeld

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
    """How lines on stderr look: which job writes them, if one does, with their time or as JSON."""

    job: str | None = None
    dated = False
    as_json = False


def log_of(job: str | None) -> None:
    """From now on lines on stderr are those of a job: a log, each line with its time, where no terminal shows them."""
    _Log.job = job
    _Log.dated = job is not None and not sys.stderr.isatty()


def log_as(form: str) -> None:
    """`json`: each line of a job's log is an object; `text`: a sentence. What is no job goes on in sentences."""
    _Log.as_json = form == "json"


def logs_json() -> bool:
    """Whether lines on stderr are objects."""
    return _Log.as_json and _Log.job is not None


def in_log(message: str, level: str = "info", **facts: Any) -> str:
    """A message as a line of stderr; `facts` stand in JSON alone."""
    if logs_json():
        now = written(datetime.now(UTC))
        told = {"time": now, "level": level, "program": "litwatch", "job": _Log.job, "message": message}
        return json.dumps({**told, **facts}, ensure_ascii=False)
    return f"{written(datetime.now(UTC))} litwatch: {message}" if _Log.dated else f"litwatch: {message}"


def complain(message: str, level: str = "info", **facts: Any) -> None:
    """One message on stderr; where that cannot take it (a full disk), the exit code still tells."""
    with contextlib.suppress(OSError):
        sys.stderr.write(in_log(message, level, **facts) + "\n")


def level_of(failed: int | bool) -> str:
    """The level of a line in the log, by an exit code or whether anything failed."""
    return "error" if failed and failed != LockHeld.exit_code else "info"
