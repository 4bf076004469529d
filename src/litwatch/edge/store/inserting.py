"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps in two places.

Owns these two statements, and how many PMIDs one statement holds. Never begins or ends a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

from litwatch.edge.store.prepared import driver

SOME = 500  # PMIDs in one statement


def _insert(connection: Connection, table: Table) -> SqliteInsert:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import (
            insert as insert_postgresql,  # a fifth of a second to import
        )

        statement: Any = insert_postgresql(table)
        answer: SqliteInsert = statement  # the methods used here are the same
        return answer
    return SqliteInsert(table)


def insert_new(connection: Connection, table: Table) -> SqliteInsert:
    """An INSERT that leaves a row alone that is there already: ON CONFLICT DO NOTHING."""
    return _insert(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or bring those with the same key up to them."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def insert_plain(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of whole numbers, bytes and texts, in the order of the table's columns, just as they are.

    SQLAlchemy's own way looks at every value for its type, which takes as long as the database does.
    """
    names = tuple(column.name for column in table.columns)
    _run(connection, _plain(connection.dialect, table, names), rows)


def upsert_plain(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert such rows of the columns of these names, or bring those with the same key up to them."""
    _run(
        connection,
        _plain(connection.dialect, table, names) + _instead(connection.dialect, table, names),
        rows,
    )


def _run(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        driver(connection).executemany(statement, rows)
    else:
        connection.exec_driver_sql(statement, list(rows))


@cache
def _plain(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    quoted = dialect.identifier_preparer.quote
    marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(names))
    return " ".join(
        ("INSERT INTO", quoted(table.name), f"({', '.join(map(quoted, names))})", "VALUES", f"({marks})")
    )


@cache
def _instead(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    quoted = dialect.identifier_preparer.quote
    keys = [column.name for column in table.primary_key]
    changed = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in names if name not in keys)
    return f" ON CONFLICT ({', '.join(map(quoted, keys))}) DO UPDATE SET {changed}"


def in_hundreds(pmids: Iterable[int]) -> Iterator[list[int]]:
    """PMIDs in parts that one statement can hold, ascending."""
    ordered = sorted(pmids)
    for start in range(0, len(ordered), SOME):
        yield ordered[start : start + SOME]
