"""What a database says when it refuses, in words that tell what to do.

Owns these words and the two kinds of error. Never hides a mistake of our own (a key, a statement): those pass.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from litwatch.edge.store.rights import beside
from litwatch.errors import StoreBusy, StoreError, StoreForbidden

# Who is asked to stop can do so only between two waits of SQLite's, and has 20 s.
BUSY_SECONDS = 15


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn what a database says into a StoreError that tells what to do; our own mistakes pass."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        if isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) != _MAY_NOT:
            raise
        raise in_words(place, error.orig) from error
    except sqlite3.Error as error:
        raise in_words(place, error) from error


_SQLITE_WORDS = (
    (
        "SQLITE_FULL",
        "the disk is full: nothing of this step was written; make room and run again",
    ),
    ("SQLITE_IOERR", "the disk refuses (full, a quota, or damaged): make room or mend it and run again"),
    ("SQLITE_READONLY", "it is read-only: give this user the right to write it and its directory"),
    ("SQLITE_PERM", "this user may not open it"),
    ("SQLITE_CANTOPEN", "it cannot be opened: does its directory exist, and may this user write there?"),
    ("SQLITE_BUSY", f"another program kept it locked for {BUSY_SECONDS} s: run again"),
    ("SQLITE_LOCKED", "another connection kept it locked: run again"),
    ("SQLITE_NOTADB", "it is no SQLite database: mend store.url or move that file away"),
    ("SQLITE_CORRUPT", "it is damaged: put a copy back (sqlite3 .recover may save the rest)"),
)


_MAY_NOT = "42501"
_POSTGRESQL_WORDS = (
    ("53100", "the disk of the database is full: nothing of this step was written; make room and run again"),
    ("25006", "the database takes no changes now (read-only, or a standby): name the one that does"),
    ("57P0", "the database was shut down meanwhile: run again when it is up"),
    ("53300", "the database has no connection left for us: run again, or raise its max_connections"),
    (_MAY_NOT, "this user may not do that there: GRANT it the right to create tables and to write"),
)


READ_ONLY = "it is read-only, as the whole file system that it lies on: mount that for writing"


def lies_on_what_is_read_only(path: Path) -> bool:
    """Whether the file system of a file, or of the folder where it would be, takes no changes."""
    there = path if path.exists() else path.parent
    return there.exists() and bool(os.statvfs(there).f_flag & os.ST_RDONLY)


def in_words(place: str, error: Any) -> StoreError:
    """The error to raise for what sqlite3 or psycopg said."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for beginning, words in _SQLITE_WORDS:
        if name.startswith(beginning):
            kind = StoreBusy if beginning in ("SQLITE_BUSY", "SQLITE_LOCKED") else StoreError
            if Path(place).exists() and not os.access(place, os.R_OK):
                kind = StoreForbidden
            if beginning in ("SQLITE_CANTOPEN", "SQLITE_READONLY") and lies_on_what_is_read_only(Path(place)):
                return StoreError(f"the store {place}: {READ_ONLY}")
            if beginning == "SQLITE_READONLY" and os.access(place, os.W_OK):
                closed = [
                    str(each)
                    for each in beside(Path(place))
                    if each.exists() and not os.access(each, os.W_OK)
                ]
                if closed:
                    words = f"it is read-only: give this user the right to write {' and '.join(closed)}"
            return kind(f"the store {place}: {words}")
    state = getattr(error, "sqlstate", None) or ""
    for beginning, words in _POSTGRESQL_WORDS:
        if state.startswith(beginning):
            return StoreError(f"the store {place}: {words}")
    first_line = str(error).strip().split("\n")[0] or type(error).__name__
    return StoreError(f"the store {place} cannot be used: {first_line}")
