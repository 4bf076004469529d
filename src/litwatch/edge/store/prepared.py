"""A statement that is compiled once and run for each of thousands of readers.

Owns that short way. SQLAlchemy makes keys, looks a statement up and converts each value anew whenever it is run, which
takes several times as long as the database does. Never knows what a statement asks.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Executable, Integer, String, bindparam
from sqlalchemy.sql.compiler import SQLCompiler

from litwatch.edge.store.tables import Instant

_INSTANT = Instant()


def text(name: str) -> BindParameter[str]:
    """The place of a text."""
    return bindparam(name, None, type_=String())


def number(name: str) -> BindParameter[int]:
    """The place of a number."""
    return bindparam(name, None, type_=Integer())


def instant(name: str) -> BindParameter[datetime]:
    """The place of an instant."""
    return bindparam(name, None, type_=_INSTANT)


def driver(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection under one of SQLAlchemy's, in its transaction."""
    own: Any = connection.connection.dbapi_connection
    answer: sqlite3.Connection = own
    return answer


class Prepared:
    """A Core statement with named parameters (`text`, `number`, `instant`); it gives rows as the driver has them.

    On SQLite the driver is asked itself, within SQLAlchemy's transaction: what stood around a statement took five
    times as long as the statement.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def run(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """The rows of one statement with these values, none where it gives none; instants are as the store has them."""
        known = self._compiled.get(connection.dialect.name)
        if known is None:
            known = self._compiled[connection.dialect.name] = self._compile(connection)
        text, order, fixed = known
        given = {
            name: _INSTANT.process_bind_param(value, connection.dialect)
            if isinstance(value, datetime)
            else value
            for name, value in values.items()
        }
        whole = {**fixed, **given}
        asked: Any = whole if order is None else tuple(whole[name] for name in order)
        if connection.dialect.name == "sqlite":
            rows: list[tuple[Any, ...]] = driver(connection).execute(text, asked).fetchall()
            return rows
        result = connection.exec_driver_sql(text, asked)
        return [tuple(row) for row in result] if result.returns_rows else []

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._statement.compile(  # type: ignore[attr-defined]
            dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
        )
        assert isinstance(compiled, SQLCompiler)
        order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        fixed = compiled.construct_params(_check=False)
        return str(compiled), order, dict(fixed)
