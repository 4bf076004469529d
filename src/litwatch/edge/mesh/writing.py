"""Owns making a MeSH file: the same headings give the same bytes.

Never reads NLM's files and never replaces a file that is in use: it writes beside it, and then renames.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from litwatch.edge.mesh.file import APPLICATION, SCHEMA, SEPARATOR
from litwatch.errors import LitwatchError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading
from litwatch.query.tokens import normal

_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE heading (
    id INTEGER PRIMARY KEY, ui TEXT NOT NULL, name TEXT NOT NULL, trees TEXT NOT NULL, entry_terms TEXT NOT NULL
);
CREATE TABLE name (key TEXT PRIMARY KEY, heading INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tree (number TEXT, heading INTEGER, PRIMARY KEY (number, heading)) WITHOUT ROWID;
CREATE TABLE subheading (
    id INTEGER PRIMARY KEY, abbreviation TEXT NOT NULL, name TEXT NOT NULL, trees TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a MeSH file is to hold."""

    year: str
    source: str
    headings: Sequence[Heading]
    subheadings: Sequence[Subheading]


def write(path: Path, contents: Contents) -> None:
    """Make the file, or put it in the place of the one that is there; on any failure that one stays.

    Raises LitwatchError where the folder cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        try:
            _fill(beside, contents)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise LitwatchError(f"{path}: the MeSH file cannot be written: {error}") from error


def _fill(path: Path, contents: Contents) -> None:
    headings = sorted(contents.headings, key=lambda one: (not one.ui, one.ui, one.name))
    keys = dict(_keys(headings))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = OFF")  # the file counts once it has its name
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        facts = {
            "year": contents.year,
            "source": contents.source,
            "headings": str(len(headings)),
            "entry_terms": str(sum(len(one.entry_terms) for one in headings)),
            "subheadings": str(len(contents.subheadings)),
        }
        connection.executemany("INSERT INTO about VALUES (?, ?)", sorted(facts.items()))
        connection.executemany(
            "INSERT INTO heading VALUES (?, ?, ?, ?, ?)",
            (
                (number, one.ui, one.name, SEPARATOR.join(one.trees), SEPARATOR.join(one.entry_terms))
                for number, one in enumerate(headings, 1)
            ),
        )
        connection.executemany("INSERT INTO name VALUES (?, ?)", sorted(keys.items()))
        trees = {(tree, number) for number, one in enumerate(headings, 1) for tree in one.trees}
        connection.executemany("INSERT INTO tree VALUES (?, ?)", sorted(trees))
        subheadings = sorted(contents.subheadings, key=lambda one: one.name)
        connection.executemany(
            "INSERT INTO subheading VALUES (?, ?, ?, ?)",
            (
                (number, one.abbreviation, one.name, SEPARATOR.join(one.trees))
                for number, one in enumerate(subheadings, 1)
            ),
        )
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _keys(headings: Sequence[Heading]) -> Iterator[tuple[str, int]]:
    """What each heading is found by, the strongest last: entry terms, then names, then UIs."""
    numbered = list(enumerate(headings, 1))
    for number, one in reversed(numbered):  # of two that share an entry term, the one of the lower UI
        yield from ((key, number) for term in one.entry_terms if (key := normal(term)))
    yield from ((normal(one.name), number) for number, one in reversed(numbered))
    yield from ((one.ui.lower(), number) for number, one in numbered if one.ui)
