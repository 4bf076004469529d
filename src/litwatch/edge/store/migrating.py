"""Brings the store of an older litwatch up to this one, and refuses that of a newer one.

Owns the copy that is put aside before, and the one transaction in which it happens. Never knows what a layout
changed (migrations/versions/ does).
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from litwatch.edge.store import locks, migrations
from litwatch.edge.store.tables import metadata
from litwatch.edge.store.words import translated
from litwatch.errors import StoreError, StoreTooNew

if TYPE_CHECKING:
    from litwatch.edge.store.open import Store

log = logging.getLogger(__name__)


def layout_of(connection: Connection, place: str) -> str | None:
    """The layout that the store has, None where there is nothing yet.

    Raises StoreError for a database that is not litwatch's.
    """
    names = set(inspect(connection).get_table_names())
    if migrations.TABLE in names:
        revision = connection.execute(text(f"SELECT version_num FROM {migrations.TABLE}")).scalar()  # noqa: S608
        if revision is not None:
            return str(revision)
    if names & set(metadata.tables):
        raise StoreError(f"{place} holds tables that no litwatch made; give litwatch a store of its own")
    if names and connection.dialect.name == "sqlite":
        raise StoreError(f"{place} is another program's database; give litwatch a file of its own")
    return None


def refuse_other_layouts(layout: str, place: str) -> None:
    """Raise StoreTooNew for a layout that this litwatch does not know."""
    if migrations.knows(layout):
        return
    from litwatch import __version__

    raise StoreTooNew(
        f"the store {place} has layout {layout}, from a newer litwatch; litwatch {__version__} "
        f"knows layouts up to {migrations.NEWEST}. Nothing was touched: update litwatch"
    )


def bring_up(store: Store, layout: str, *, may_write: bool, now: datetime) -> None:
    """Copy an older store aside and migrate it in one transaction; leave a newer one alone.

    Raises StoreTooNew, and StoreError where it may not write, has no room for the copy, or something fails: then
    the store is as it was.
    """
    refuse_other_layouts(layout, store.place)
    if not may_write:
        raise StoreError(
            f"the store {store.place} has layout {layout}, this litwatch needs {migrations.NEWEST}: "
            "run `litwatch store upgrade` (or `collect`), which copies it aside and brings it up"
        )
    copy: Path | None = None
    with translated(store.place), _alone(store) as connection:
        # Another program may have been quicker while we waited for the write lock.
        if layout_of(connection, store.place) != layout:
            return
        if store.path is not None:
            copy = _copy_aside(store, store.path, layout, now)
        migrations.upgrade(connection)
    kept = f"; as it was, it is kept in {copy}: delete that when all is well" if copy else ""
    log.warning(
        "the store %s was brought up from layout %s to %s%s", store.place, layout, migrations.NEWEST, kept
    )


@contextmanager
def _alone(store: Store) -> Iterator[Connection]:
    """A transaction that no other writer is beside, and that may make tables anew.

    SQLite would empty every table that refers to one which is dropped to be made anew (ON DELETE CASCADE), so
    its foreign keys are off (they can be switched only outside a transaction), and checked at the end.
    """
    with store.engine.connect().execution_options(litwatch_migrating=True) as connection:
        try:
            with connection.begin():
                if store.path is None:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:key)"), {"key": locks.key("create")}
                    )
                yield connection
                if store.path is not None:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise StoreError(
                            f"the store {store.place} was left as it was: rows of {broken[0][0]} refer to nothing "
                            f"in {broken[0][2]} ({len(broken)} rows in all); put a copy back, or tell us"
                        )
        finally:
            connection.invalidate()  # its foreign keys are off


def _copy_aside(store: Store, path: Path, layout: str, now: datetime) -> Path:
    """Copy the SQLite file beside itself, whole or not at all; where it is."""
    copy = path.with_name(f"{path.name}.layout-{layout}.{now:%Y%m%dT%H%M%SZ}")
    begun = path.with_name(
        f"{path.name}.layout-{layout}.part"
    )  # a kill leaves this one, the next try begins it anew
    refused = (
        f"the store {store.place} has layout {layout} and is copied aside before it is brought up to "
        f"{migrations.NEWEST}, but {copy}"
    )
    raw = store.engine.raw_connection()
    try:
        source: sqlite3.Connection = raw.driver_connection  # type: ignore[assignment]
        size = (
            source.execute("PRAGMA page_count").fetchone()[0]
            * source.execute("PRAGMA page_size").fetchone()[0]
        )
        free = shutil.disk_usage(path.parent).free
        if free < size:
            raise StoreError(
                f"{refused} needs {_megabytes(size)} and there is room for {_megabytes(free)}; nothing was changed: "
                "make room and run again"
            )
        begun.unlink(missing_ok=True)
        _back_up(source, begun)
        shutil.copymode(path, begun)
        begun.replace(copy)
        settle(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{refused} cannot be written ({error}); nothing was changed: make room and run again"
        ) from error
    finally:
        raw.close()
        begun.unlink(missing_ok=True)
    return copy


def _back_up(source: sqlite3.Connection, path: Path) -> None:
    target = sqlite3.connect(path)
    try:
        source.backup(target)
    finally:
        target.close()


def settle(folder: Path) -> None:
    """Make a name survive a power cut: the copy must not be gone when the migration is not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
