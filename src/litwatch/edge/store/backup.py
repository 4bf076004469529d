"""Backs an SQLite store up while runs go on, and puts such a file back in its place.

Owns both, whole or not at all. Never backs PostgreSQL up: pg_dump does that better.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from litwatch.edge.store import locks, rights
from litwatch.edge.store.aside import move_aside
from litwatch.edge.store.copying import JOBS
from litwatch.edge.store.migrating import layout_of, refuse_other_layouts, settle
from litwatch.edge.store.open import connected
from litwatch.edge.store.subscriptions import UNSUBSCRIBED
from litwatch.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup: of which store, where it is, its layout and size."""

    place: str
    file: Path
    layout: str
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put in its place. `aside` is what stood there before (None: nothing).

    `sent_since` counts the digests that `aside` knows as sent and the backup does not: what they showed is owed again.
    `left_since` are the readers, each with a watch, who had left by then and still subscribed in the backup: they stay
    out. Both are None where there was nothing that could be asked.
    """

    place: str
    layout: str
    aside: Path | None
    sent_since: int | None
    left_since: tuple[tuple[str, str], ...] | None


def back_up(url: str, target: Path, now: datetime) -> BackedUp:
    """Copy the store at `url` to a file, or into a folder under a name with the time; runs may go on meanwhile.

    A name without an ending is that of a folder, which is made where it is not there.

    Raises UsageError for PostgreSQL and for a file that is there; StoreError where there is no store, or the copy
    cannot be written or is not sound: then it is not there.
    """
    store = _sqlite_at(url, "pg_dump --format=custom --file=FILE DATABASE")
    if not store.is_file() or not store.stat().st_size:
        raise StoreError(f"there is no store to back up at {store}")
    if not target.suffix and not target.exists():
        _made(target)
    file = target / f"{store.stem}-{now:%Y%m%dT%H%M%SZ}.sqlite3" if target.is_dir() else target
    if file.exists():
        raise UsageError(f"{file} is there already; nothing was written: name a file that is not there")
    with _written(file) as part:
        _copy(store, part)
        layout = _checked(part, file)
    return BackedUp(str(store), file, layout, file.stat().st_size)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made: {error.strerror or error}; nothing was written"
        ) from error


def restore(url: str, file: Path, now: datetime) -> Restored:
    """Put a backup in the place of the store at `url`; what stood there is kept aside.

    Raises UsageError for PostgreSQL; StoreTooNew for a backup of a newer litwatch; LockHeld where a job is at work;
    StoreError where the file is no sound store, or cannot be put there: then the store is as it was.
    """
    store = _sqlite_at(url, "pg_restore --clean --if-exists --dbname=DATABASE FILE")
    try:
        file.open("rb").close()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise UsageError(f"there is no file {file}") from error
    except OSError as error:
        raise StoreError(
            f"the backup {file} cannot be read ({error.strerror}); nothing was changed: give this user the right to "
            "read the file and its folder, or run this as root"
        ) from error
    if store.exists() and file.samefile(store):
        raise UsageError(f"{file} is the store itself; name a backup of it")
    if not store.parent.is_dir():
        raise StoreError(f"there is no folder {store.parent} to put a store into; make it, or mend store.url")
    with ExitStack() as held:
        for job in JOBS:
            held.enter_context(locks.file_lock(locks.beside(store, job), job))
        aside = store.with_name(f"{store.name}.replaced.{now:%Y%m%dT%H%M%SZ}")
        with _written(store) as part:
            _copy(file, part)
            layout = _checked(part, file)
            _owned_as(store if store.exists() else store.parent, part)
            left = _kept_out(store, part) if store.exists() else None
            was_there = move_aside(store, aside)
    since = _sent_since(aside, store) if was_there else None
    return Restored(str(store), layout, aside if was_there else None, since, left)


def _sqlite_at(url: str, instead: str) -> Path:
    """Where the SQLite file is. Raises UsageError for another database, which has a program of its own."""
    place = connected(url, create=False)
    place.close()
    if place.path is None:
        raise UsageError(f"{place.place} is PostgreSQL, which has programs of its own for this: {instead}")
    return place.path


@contextmanager
def _written(file: Path) -> Iterator[Path]:
    """A file beside the one that is to be, which takes its name at the end, or is gone. Raises StoreError."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds readers' addresses
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
        settle(file.parent)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(f"{file} cannot be written: {reason or error}; nothing was changed") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """All pages of one moment, what stands in the write-ahead log included; then one file, with nothing beside it."""
    with closing(_opened(source)) as reading, closing(sqlite3.connect(target)) as writing:
        try:
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{source} is no SQLite database ({error}); nothing was changed") from error
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")


def _opened(path: Path) -> sqlite3.Connection:
    """To read, and make nothing."""
    end = "&immutable=1" if rights.lies_still(path) else ""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{end}", uri=True)


def _checked(part: Path, file: Path) -> str:
    """The layout of a store that is whole. Raises StoreError and StoreTooNew."""
    with closing(sqlite3.connect(part)) as raw:
        try:
            said = [row[0] for row in raw.execute("PRAGMA quick_check(3)")]
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{file} is damaged: {error}; nothing was changed") from error
    if said != ["ok"]:
        raise StoreError(f"{file} is damaged: {'; '.join(said)}; nothing was changed")
    looked_at = connected(f"sqlite:///{part}", create=False)
    try:
        with looked_at.reading() as connection:
            layout = layout_of(connection, str(file))
    finally:
        looked_at.close()
    if layout is None:
        raise StoreError(f"{file} holds no store of litwatch; nothing was changed")
    refuse_other_layouts(layout, str(file))
    return layout


def _owned_as(model: Path, part: Path) -> None:
    """What root puts back belongs to whom the store belonged to, who must be able to write it."""
    found = model.stat()
    if model.is_file():
        part.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(part, found.st_uid, found.st_gid)


def _kept_out(store: Path, part: Path) -> tuple[tuple[str, str], ...] | None:
    """Who has left by the store, and not by the backup, leaves the backup, too; None where the store cannot be read."""
    try:
        with closing(_opened(store)) as before:
            left = before.execute(
                "SELECT subscriber, watch, since, standing, standing_since FROM subscription WHERE standing = ?",
                (UNSUBSCRIBED,),
            ).fetchall()
    except sqlite3.Error:
        return None
    with closing(sqlite3.connect(part)) as after, after:
        out = set(
            after.execute("SELECT subscriber, watch FROM subscription WHERE standing = ?", (UNSUBSCRIBED,))
        )
        new = [row for row in left if row[:2] not in out]
        after.executemany(
            "INSERT OR REPLACE INTO subscription (subscriber, watch, since, standing, standing_since)"
            " VALUES (?, ?, ?, ?, ?)",
            new,
        )
    return tuple((row[0], row[1]) for row in new)


def _sent_since(aside: Path, store: Path) -> int | None:
    """How many digests went out that the backup knows nothing of; None where what stood there cannot be read."""
    query = "SELECT message_id FROM claim WHERE state = 'sent'"
    try:
        with closing(_opened(aside)) as before, closing(_opened(store)) as after:
            return len(set(before.execute(query)) - set(after.execute(query)))
    except sqlite3.Error:
        return None
