"""The file of the workbook: where it lies, its tables, and when it is thrown away.

Owns the connection. Never holds anything that cannot be made again: a file that is damaged, or that another version of
our reading or matching wrote, is replaced without a word. Of the latter the searches that were tried are taken over.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import litwatch
from litwatch.edge.workbook.shown import ROOMS
from litwatch.errors import LitwatchError

LAYOUT = 3
WAIT_SECONDS = 60.0
GATHERED = 16 << 20
"""Bytes of the index that are gathered in memory before they are written: a third less work than with FTS5's 1 MB."""
_WORDS = "CREATE VIRTUAL TABLE {} USING fts5({}, content='', columnsize=0, tokenize='ascii')"

_WORD_TABLES = ";\n".join(_WORDS.format(room.name, ", ".join(room.columns)) for room in ROOMS)

_TABLES = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE paper (
    slot INTEGER PRIMARY KEY, pmid INTEGER NOT NULL, stamp TEXT NOT NULL, alive INTEGER NOT NULL DEFAULT 1
);
{_WORD_TABLES};
CREATE TABLE shown (
    kind TEXT, id INTEGER, value TEXT NOT NULL, slots BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE shown_key (kind TEXT, key TEXT, id INTEGER, PRIMARY KEY (kind, key, id)) WITHOUT ROWID;
CREATE TABLE asked (
    question TEXT PRIMARY KEY, day TEXT NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tried (
    watch TEXT, seeds TEXT, query TEXT, told TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (watch, seeds, query)
) WITHOUT ROWID;
CREATE TABLE kept (pmid INTEGER PRIMARY KEY, day TEXT NOT NULL, record BLOB NOT NULL);
"""


class WorkbookError(LitwatchError):
    """The workbook cannot be read or written: another `tune` keeps it locked, a full disk, a damaged file."""


@contextmanager
def told_apart(path: Path) -> Iterator[None]:
    """SQLite's errors inside become WorkbookError, with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise WorkbookError(
            f"the workbook {path} cannot be used: {error}; it can be deleted at any time and is made again"
        ) from error


class Workbook:
    """An open workbook. `path` is None where it lies in a temporary place, because nothing can be written there."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def open_workbook(path: Path) -> Workbook:
    """The workbook at `path`, made where there is none or an unusable one.

    Where nothing can be written there it is made in memory: everything works, and nothing is kept.
    """
    try:
        connection = _connected(path)
    except sqlite3.Error:
        connection = _made(sqlite3.connect("", isolation_level=None))  # a temporary file of SQLite's own
        return Workbook(connection, None)
    return Workbook(connection, path)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS)
    try:
        if _is_ours(connection):
            return connection
    except sqlite3.OperationalError:
        connection.close()
        raise  # locked, or it cannot be written
    except sqlite3.DatabaseError:
        pass
    tried = _tried(connection)
    connection.close()
    path.unlink()
    made = _made(sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS))
    made.executemany("INSERT INTO tried VALUES (?, ?, ?, ?, ?)", tried)
    return made


def _tried(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    """The searches that were tried, all that a file of another version is good for; none of one that is damaged."""
    try:
        return connection.execute("SELECT watch, seeds, query, told, at FROM tried").fetchall()
    except sqlite3.DatabaseError:
        return []


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether it can be used; an empty one is made ready."""
    _set_up(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not tables:
            _make_tables(connection)
            return True
        if "about" not in tables:
            return False
        known = connection.execute("SELECT value FROM about WHERE key = 'made by'").fetchone()
        return bool(known == (maker(),))
    finally:
        connection.execute("COMMIT")


def _made(connection: sqlite3.Connection) -> sqlite3.Connection:
    _set_up(connection)
    connection.execute("BEGIN IMMEDIATE")
    _make_tables(connection)
    connection.execute("COMMIT")
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    """Fast rather than safe: what a lost machine leaves half written is made anew."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-32000")
    connection.execute("PRAGMA temp_store=MEMORY")


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for room in ROOMS:
        connection.execute(
            f"INSERT INTO {room.name} ({room.name}, rank) VALUES ('hashsize', ?)",  # noqa: S608 names of our own
            (GATHERED // len(ROOMS),),
        )
    connection.execute("INSERT INTO about VALUES ('made by', ?)", (maker(),))


@cache
def maker() -> str:
    """What the content of a workbook rests on: our code that reads records and makes words of them."""
    folder = Path(litwatch.__file__).parent
    sources = [folder / "paper.py", Path(__file__)]
    for room in ("reading", "query", "edge/workbook"):
        sources += sorted((folder / room).glob("*.py")) + sorted((folder / room).glob("*.toml"))
    found = hashlib.sha256(f"{LAYOUT} {sqlite3.sqlite_version} {sys.byteorder}".encode())
    for source in sources:
        found.update(source.read_bytes())
    return found.hexdigest()
