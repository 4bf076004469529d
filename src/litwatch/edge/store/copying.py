"""Copies a store into an empty one, on SQLite or PostgreSQL either way: all of it, read back and compared, or nothing.

Owns that one transaction. Never changes what the store that is copied holds, and never overwrites one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Row,
    String,
    Table,
    Text,
    cast,
    column,
    func,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.exc import IntegrityError

from litwatch.edge.store import migrations
from litwatch.edge.store.aside import RETIRED, move_aside
from litwatch.edge.store.migrating import layout_of
from litwatch.edge.store.open import Store, connected, making, open_store, write_ahead
from litwatch.edge.store.tables import Instant, create_all, metadata
from litwatch.errors import StoreError, UsageError

AT_ONCE = 500  # rows in one statement
JOBS = (
    "collect",
    "deliver",
    "backfill",
    "inbox",
)  # whose locks are held, so that nothing is written meanwhile

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """How many rows of each table were copied, from where to where (without passwords).

    `retired` is where the source was put aside, so that nothing works with it any more.
    """

    source: str
    target: str
    rows: dict[str, int]
    retired: Path | None = None


@dataclass(slots=True)
class _Sum:
    """What a table holds, whatever the order in which a database gives its rows."""

    rows: int = 0
    content: int = 0

    def add(self, row: Row[Any]) -> None:
        written = repr(tuple(bytes(value) if isinstance(value, memoryview) else value for value in row))
        self.rows += 1
        self.content = (self.content + int.from_bytes(sha256(written.encode()).digest(), "big")) % (1 << 256)


def copy_store(
    source_url: str, target_url: str, now: datetime, progress: Progress | None = None, *, retire: bool = False
) -> Copied:
    """Copy every row, in one transaction of the target, and compare what the target then holds with what was read.

    No job can run on the source meanwhile. A copy that fails or is killed leaves the target empty. With `retire` the
    source, an SQLite file, is put aside when the copy is done.

    Raises:
        UsageError: an address that is no store, a target that holds something, PostgreSQL to be retired.
        LockHeld: a job is at work on the source. StoreError: no source, one of another layout, or a failure.
    """
    source = open_store(source_url, create=False, now=now)
    if source is None:
        raise StoreError(f"there is no store to copy at {connected(source_url, create=False).place}")
    with ExitStack() as closing:
        closing.callback(source.close)
        if retire and source.path is None:
            raise UsageError(
                f"{source.place} is PostgreSQL: rename that database, --retire is for SQLite files"
            )
        if source.path is None or os.access(
            source.path.parent, os.W_OK
        ):  # else nobody can write there anyway
            for job in JOBS:
                closing.enter_context(source.lock(job))
        target = connected(target_url, create=True)
        new = target.path if target.path is not None and not target.path.exists() else None
        closing.callback(target.close)
        try:
            rows = _copy(source, target, progress or (lambda *_: None))
        except BaseException as error:
            target.close()
            if new is not None:
                new.unlink(missing_ok=True)  # what SQLite made to hold nothing
            if isinstance(error, IntegrityError):
                said = str(error.orig).strip().split("\n")[0]
                raise StoreError(
                    f"{target.place} does not take what {source.place} holds ({said}); nothing was copied"
                ) from error
            raise
        write_ahead(target)
        aside = _put_aside(source, now) if retire else None
    return Copied(source.place, target.place, rows, aside)


def _put_aside(source: Store, now: datetime) -> Path | None:
    """Where the file of the store lies now; its locks stay, and say that there was one."""
    if source.path is None:
        return None
    aside = source.path.with_name(f"{source.path.name}.{RETIRED}.{now:%Y%m%dT%H%M%SZ}")
    source.close()
    try:
        move_aside(source.path, aside)
    except OSError as error:
        raise StoreError(
            f"{source.place} was copied, but cannot be put aside ({error.strerror}): it still takes commands"
        ) from error
    return aside


def _copy(source: Store, target: Store, progress: Progress) -> dict[str, int]:
    copied: dict[str, int] = {}
    with source.reading() as reading, making(target) as writing:
        if layout_of(writing, target.place) is not None:
            raise UsageError(
                f"{target.place} holds a store already; nothing was copied: name an empty database, or a file that "
                "is not there"
            )
        create_all(writing)
        for each in metadata.sorted_tables:
            read = _Sum()
            of = reading.execute(select(func.count()).select_from(each)).scalar_one()
            progress(f"copying {each.name}", 0, of)
            insert = _as_written(each).insert()
            for rows in _rows(reading, each):
                for row in rows:
                    read.add(row)
                writing.execute(insert, [dict(row._mapping) for row in rows])  # noqa: SLF001
                progress(f"copying {each.name}", read.rows, of)
            _compare(writing, each, read, target.place, progress)
            _count_on(writing, each)
            copied[each.name] = read.rows
        migrations.stamp(writing)
    return copied


def _compare(writing: Connection, copied: Table, read: _Sum, place: str, progress: Progress) -> None:
    """Read the copy back. Raises StoreError where it is not what was read from the source."""
    found = _Sum()
    for rows in _rows(writing, copied):
        for row in rows:
            found.add(row)
        progress(f"comparing {copied.name}", found.rows, read.rows)
    if found != read:
        raise StoreError(
            f"{place} gave back other rows of {copied.name} than it was given ({found.rows:,} of {read.rows:,}); "
            "nothing was copied: this should never be, please tell us"
        )


def _rows(connection: Connection, read: Table) -> Iterator[list[Row[Any]]]:
    """The rows, as they are written: an instant as its text, JSON as its text, so that nothing is read into them."""
    query = select(*(_as_read(each).label(each.name) for each in read.columns))
    result = connection.execute(query, execution_options={"yield_per": AT_ONCE})
    for rows in result.partitions():
        yield list(rows)


def _as_read(each: Column[Any]) -> Any:
    if isinstance(each.type, JSON):
        return cast(each, Text)
    return type_coerce(each, String) if isinstance(each.type, Instant) else each


def _as_written(made: Table) -> Any:
    """The table with columns that take what `_rows` gives."""

    def kind(each: Column[Any]) -> Any:
        if isinstance(each.type, JSON):
            return None  # PostgreSQL takes text for JSON where it is not told that it is text
        return String() if isinstance(each.type, Instant) else each.type

    return table(made.name, *(column(each.name, kind(each)) for each in made.columns))


def _count_on(writing: Connection, copied: Table) -> None:
    """Let PostgreSQL's numbers go on behind the last one that was copied."""
    if writing.dialect.name != "postgresql":
        return
    for each in copied.primary_key:
        if each.autoincrement is True:
            writing.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{copied.name}', '{each.name}'), max({each.name})) "  # noqa: S608
                    f"FROM {copied.name} HAVING max({each.name}) IS NOT NULL"
                )
            )
