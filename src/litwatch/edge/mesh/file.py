"""Owns reading a MeSH file: SQLite, read-only, opened when a query first asks for a heading or a subheading.

Never writes one; writing.py makes it. An object is handed to other processes as the path it reads.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from litwatch.errors import LitwatchError, UsageError
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading, family_of, subheading_key, subheadings_by_key
from litwatch.query.tokens import normal

SHIPPED = Path(__file__).with_name("mesh.sqlite3")
APPLICATION = 0x4C574D48  # "LWMH"; SQLite's application_id, which tells our files from others
SCHEMA = 1
_LAST = chr(0x10FFFF)
_LONGEST_KEY = 100
_SHORTEST_BEGINNING = 4
_COMPARED = 15  # a heading has several names
_NEAR = 0.8  # of 1 (difflib's ratio): a letter in five may be another one
SEPARATOR = "\n"
"""Between the tree numbers and between the entry terms of one row."""


class MeshDamaged(LitwatchError):
    """The MeSH file cannot be read, or is something else."""


class MeshTooNew(UsageError):
    """The MeSH file was written by a newer litwatch."""


@dataclass(frozen=True, slots=True)
class About:
    """Which MeSH a file holds: the year and the source ("2021, NLM"), and how much of it."""

    year: str
    source: str
    headings: int
    entry_terms: int
    subheadings: int

    @property
    def version(self) -> str:
        return f"{self.year}, {self.source}"


class MeshFile:
    """MeSH as one file has it (litwatch.query.mesh.Mesh). Answers are remembered, so that asking again is free."""

    def __init__(self, path: Path = SHIPPED) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._headings: dict[str, Heading | None] = {}
        self._exploded: dict[tuple[str, str], tuple[Heading, ...]] = {}
        self._subheadings: tuple[Subheading, ...] | None = None
        self._subheadings_by_key: Mapping[str, Subheading] | None = None

    def __reduce__(self) -> tuple[type[MeshFile], tuple[Path]]:
        return MeshFile, (self.path,)

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:  # at the end of a program there may be no module `os` to ask
            connection.close()

    def close(self) -> None:
        """Let go of the file; it opens again when it is asked."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    @property
    def version(self) -> str:
        """The year and source: "2021, NLM"."""
        return self.about().version

    def about(self) -> About:
        """Which MeSH this is."""
        facts = dict(self._rows("SELECT key, value FROM about"))
        counts = (int(facts[key]) for key in ("headings", "entry_terms", "subheadings"))
        return self._understood(lambda: About(facts["year"], facts["source"], *counts))

    def find(self, name: str) -> Heading | None:
        """The heading of that name, entry term or UI; None where it is not loaded."""
        key = normal(name)
        if key not in self._headings:
            rows = self._rows(
                "SELECT ui, heading.name, trees, entry_terms FROM name JOIN heading ON id = heading WHERE key = ?",
                (key,),
            )
            self._headings[key] = _heading(*rows[0]) if rows else None
        return self._headings[key]

    def explode(self, heading: Heading) -> tuple[Heading, ...]:
        """The heading and every one below it, by tree number."""
        key = (heading.ui, heading.name)
        if key not in self._exploded:
            found = {key: heading}
            for number in heading.trees:
                rows = self._rows(
                    "SELECT ui, name, trees, entry_terms FROM tree JOIN heading ON id = heading"
                    " WHERE number > ? AND number < ? ORDER BY number",
                    (f"{number}.", f"{number}/"),  # "/" is the character after "."
                )
                found.update(((row[0], row[1]), _heading(*row)) for row in rows)
            self._exploded[key] = tuple(found.values())
        return self._exploded[key]

    def subheadings(self, name: str) -> frozenset[str]:
        """The subheading of that name or abbreviation and those of its family, as words; only itself where unknown."""
        return family_of(name, self.all_subheadings())

    def near(self, name: str, at_most: int) -> tuple[str, ...]:
        """Headings that may be meant by a name that none has: spelt nearly so, or else that begin so."""
        key = normal(name)[:_LONGEST_KEY]
        # A slip in the first three letters is rare, and one there and in the last two rarer: few are left to compare.
        found = self._spelt(key, key[:3], "") or self._spelt(key, key[:1], key[-2:])
        return found[:at_most] or self._beginning(key, at_most)

    def begins_with(self, word: str) -> bool:
        """Whether some name begins with the word: then it is one, and no slip."""
        key = normal(word)
        rows = self._rows(
            "SELECT 1 FROM name WHERE key = ? OR (key >= ? AND key < ?) LIMIT 1", (key, f"{key} ", f"{key}!")
        )
        return bool(rows)

    def _spelt(self, key: str, beginning: str, ending: str) -> tuple[str, ...]:
        """Headings with a name like `key`, the nearest first, among those that begin and end so."""
        room = 2 + len(key) // 8  # letters that a slip adds or leaves out
        rows = self._rows(
            "SELECT key, heading.name FROM name JOIN heading ON id = heading"
            " WHERE key >= ? AND key < ? AND length(key) BETWEEN ? AND ? AND key LIKE ?",
            (beginning, f"{beginning}{_LAST}", len(key) - room, len(key) + room, f"%{ending}"),
        )
        named = {row[0]: row[1] for row in rows if key}
        found: dict[str, None] = {}
        own_name = False  # once a heading's own name is that near, another's entry term was hardly meant
        for spelt in get_close_matches(key, named, n=_COMPARED, cutoff=_NEAR):
            is_own = normal(named[spelt]) == spelt
            if is_own or not own_name:
                found[named[spelt]] = None
            own_name |= is_own
        return tuple(found)

    def _beginning(self, key: str, at_most: int) -> tuple[str, ...]:
        """Headings that begin with as many of the words as any does."""
        while len(key) >= _SHORTEST_BEGINNING:
            rows = self._rows(
                "SELECT DISTINCT heading.name FROM name JOIN heading ON id = heading"
                " WHERE key >= ? AND key < ? ORDER BY key LIMIT ?",
                (key, f"{key}{_LAST}", at_most),
            )
            if rows:
                return tuple(row[0] for row in rows)
            key = key.rpartition(" ")[0]
        return ()

    def find_subheading(self, name: str) -> Subheading | None:
        """The subheading of that name or abbreviation; None where it is not loaded."""
        if self._subheadings_by_key is None:
            self._subheadings_by_key = subheadings_by_key(self.all_subheadings())
        return self._subheadings_by_key.get(subheading_key(name))

    def everything(self) -> tuple[Heading, ...]:
        """Every heading, by UI."""
        rows = self._rows("SELECT ui, name, trees, entry_terms FROM heading ORDER BY id")
        return tuple(_heading(*row) for row in rows)

    def all_subheadings(self) -> tuple[Subheading, ...]:
        """Every subheading, by name; the few of them are read once."""
        if self._subheadings is None:
            rows = self._rows("SELECT abbreviation, name, trees FROM subheading ORDER BY id")
            self._subheadings = tuple(Subheading(row[0], row[1], _parts(row[2])) for row in rows)
        return self._subheadings

    def _rows(self, question: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._opened().execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(str(error)) from error

    def _opened(self) -> sqlite3.Connection:
        # A connection must not cross a fork (https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database).
        if self._connection is None or self._process != os.getpid():
            self._connection, self._process = self._open(), os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        try:
            is_there = self.path.is_file()
        except OSError as error:  # a folder above it that this user may not read
            raise self._damaged(error.strerror or str(error)) from error
        if not is_there:
            raise self._damaged("there is no such file")
        # immutable: no locks and no journal, so a read-only folder will do; an update puts a new file in its place.
        address = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            schema = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error as error:
            raise self._damaged(str(error)) from error
        if application != APPLICATION:
            connection.close()
            raise self._damaged("it is no MeSH file of litwatch's")
        if schema > SCHEMA:
            connection.close()
            raise MeshTooNew(
                f"{self.path}: this MeSH file is of a newer litwatch (form {schema}, this one reads {SCHEMA});"
                " install that litwatch, or write the file anew with `litwatch mesh update FILE...`"
            )
        return connection

    def _damaged(self, reason: str) -> MeshDamaged:
        if self.path == SHIPPED:
            return MeshDamaged(
                f"{self.path}: the MeSH that litwatch ships cannot be read: {reason}; install it again"
            )
        return MeshDamaged(
            f"{self.path}: this MeSH file cannot be read: {reason}; write it anew with"
            " `litwatch mesh update FILE...`, or remove it to use the MeSH that litwatch ships"
        )

    def _understood(self, read: Callable[[], About]) -> About:
        try:
            return read()
        except (KeyError, ValueError, TypeError) as error:
            raise self._damaged(f"it does not say what it holds ({error})") from error


def _heading(ui: str, name: str, trees: str, entry_terms: str) -> Heading:
    return Heading(ui, name, _parts(trees), _parts(entry_terms))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(SEPARATOR)) if text else ()
