"""Opens the store, sets its connections up, and puts its errors into words.

Owns how a transaction begins and ends. Never knows what stands in the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, overload
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError

from litwatch.edge import as_json
from litwatch.edge.store import locks, migrations, rights
from litwatch.edge.store.migrating import bring_up, layout_of
from litwatch.edge.store.past import FIRST, Past
from litwatch.edge.store.tables import create_all
from litwatch.edge.store.words import BUSY_SECONDS, translated
from litwatch.errors import StoreError, StoreForbidden, UsageError

# What makes all statements of a transaction that reads see the same moment. (On PostgreSQL each would see its own.)
_ONE_VIEW: dict[str, dict[str, object]] = {
    "sqlite": {"litwatch_reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}

_JSON: dict[str, Any] = {"json_serializer": as_json.written, "json_deserializer": as_json.read}


class Store:
    """An open store: transactions and locks.

    Attributes:
        place: what messages call it (a path, or an address without its password).
        path: the SQLite file, or None on PostgreSQL.
        is_new: whether it was made when it was opened.
        remark: what whoever has just made it should know (edge/store/past.py), else "".
    """

    def __init__(self, engine: Engine, place: str, path: Path | None) -> None:
        self.engine = engine
        self.place = place
        self.path = path
        self.is_new = False
        self.remark = ""
        self._sessions: dict[str, Connection] = {}  # what holds our locks on PostgreSQL

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes: all of it or nothing. Raises StoreError, StoreBusy where our lock was lost."""
        with translated(self.place):
            try:
                with self.engine.begin() as connection:
                    yield connection
                    self._refuse_lost_locks()
            except IntegrityError:  # as where another run took up what we were at
                self._refuse_lost_locks()
                raise

    def _refuse_lost_locks(self) -> None:
        for name, session in self._sessions.items():
            locks.refuse_lost(session, self.place, name)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store. Raises StoreError."""
        options = _ONE_VIEW[self.engine.dialect.name]
        with (
            translated(self.place),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock `name` ("collect", "deliver") or raise LockHeld; it dies with this process."""
        if self.path is not None:
            # Who may read the store may ask for its locks.
            return locks.file_lock(locks.beside(self.path, name), name, rights.of_a_lock(self.path))
        return self._session_lock(name)

    @contextmanager
    def _session_lock(self, name: str) -> Iterator[None]:
        with locks.advisory_lock(self.engine, name) as session:
            self._sessions[name] = session
            try:
                yield
            finally:
                del self._sessions[name]

    def is_held(self, name: str) -> bool:
        """Whether anybody holds the lock `name`; for who only reads. Raises StoreError."""
        if self.path is not None:
            return locks.file_is_locked(locks.beside(self.path, name))
        with self.reading() as connection:
            return locks.advisory_is_locked(connection, name)

    def close(self) -> None:
        """Give the connections back; SQLite then folds its write-ahead log into the file."""
        self.engine.dispose()


@overload
def open_store(url: str, *, create: Literal[True], now: datetime, past: Past = ...) -> Store: ...
@overload
def open_store(url: str, *, create: bool, now: datetime, past: Past = ...) -> Store | None: ...
def open_store(url: str, *, create: bool, now: datetime, past: Past = FIRST) -> Store | None:
    """Open the store at `url`, making or migrating it where `create` is true.

    With `create` false a store that never was is None (nothing to show), and nothing is written. `past` tells a loss
    from a first run.
    The last missing directory of a SQLite path is made; more than that is a mistyped path or a disk that is
    not mounted, and an empty store there would make every paper look like backlog.

    Raises:
        UsageError: an address that is no store. StoreTooNew: a newer litwatch wrote it.
        StoreError: it cannot be opened, read or written. StoreLost: it was here and is gone.
    """
    _refuse_loss(url, past)
    store = connected(url, create=create)
    try:
        if store.path is not None and not store.path.exists() and not create:
            return None
        layout = _layout(store) if create else _layout_to_read(store)
        if layout is None:
            past.refuse_loss(store.place, "is empty", store.path)
            if not create:
                store.close()
                return None
            make_tables(store)
            store.is_new = True
        elif layout != migrations.NEWEST:
            bring_up(store, layout, may_write=create, now=now)
        if create:
            write_ahead(store)
            store.remark = past.keep(store.place, now)
    except BaseException:
        store.close()
        raise
    return store


def _refuse_loss(url: str, past: Past) -> None:
    """Before anything is made, the folder of an SQLite file included."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        try:
            holds_something = path.exists() and path.stat().st_size
        except OSError as error:
            raise StoreForbidden(
                f"the store {path} cannot be looked at ({error.strerror}): may this user read its folder?"
            ) from error
        if not holds_something:
            past.refuse_loss(str(path), "is empty" if path.exists() else "is not there", path)


def connected(url: str, *, create: bool) -> Store:
    """What is at `url`, whatever that is: nothing is read or made yet, but the directory where `create` is true.

    Raises UsageError for an address that is no store, StoreError where there can be none.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "")
        if create and not path.exists():
            _make_room(path)
        elif path.exists() and not create and rights.lies_still(path):
            address = address.set(
                database=f"file:{quote(str(path))}", query={"immutable": "1", "uri": "true"}
            )
        engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS}, **_JSON)
        place = str(path)
    else:
        path = None
        engine = create_engine(
            address, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_SECONDS}, **_JSON
        )
        place = address.set(query={}).render_as_string(hide_password=True)
    _set_up(engine)
    if create and path is not None:
        event.listen(engine, "do_connect", partial(rights.prepare, path))
    return Store(engine, place, path)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise UsageError("store.url is no address of a store (sqlite:///PATH or postgresql://...)") from error
    backend = address.get_backend_name()
    if backend == "postgresql":
        try:
            import_module("psycopg")
        except ImportError as error:
            raise UsageError(
                "a PostgreSQL store needs psycopg: pip install 'litwatch[postgresql]'"
            ) from error
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise UsageError(f"store.url: litwatch keeps its store in sqlite or postgresql, not in {backend}")
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise UsageError("store.url must name a file: sqlite:///PATH")
    return address


def _make_room(path: Path) -> None:
    directory = path.parent
    if directory.is_dir():
        return
    if not directory.parent.is_dir():
        raise StoreError(
            f"the store {path} cannot be made: there is no directory {directory.parent}; "
            "make it, or mend store.url"
        )
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the store {path} cannot be made: {directory} cannot be made ({error.strerror})"
        ) from error


def _set_up(engine: Engine) -> None:
    """Make SQLite safe: explicit transactions that take the write lock at once, and durable commits."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 commits before DDL, and a kill halves a migration
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("litwatch_migrating"):
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN" if options.get("litwatch_reading") else "BEGIN IMMEDIATE")


def _layout(store: Store) -> str | None:
    """The revision that the store is at, or None where there is nothing yet."""
    with store.reading() as connection:
        return layout_of(connection, store.place)


def _layout_to_read(store: Store) -> str | None:
    """`_layout`, on a full disk as well, on which SQLite cannot make its -shm file.

    It does without that file (and holds its index in memory) where it has the store to itself; and so it has:
    if any other program had it open, the -shm file would be there.
    """
    try:
        return _layout(store)
    except StoreError as error:
        refused = getattr(error.__cause__, "orig", error.__cause__)
        if not getattr(refused, "sqlite_errorname", "").startswith("SQLITE_IOERR_SHM"):
            raise
    store.engine.dispose()
    # Before anything else is said on a connection: later SQLite would not listen.
    event.listen(store.engine, "connect", _have_it_alone, insert=True)
    return _layout(store)


def _have_it_alone(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")


def make_tables(store: Store) -> None:
    """Make every table in one transaction: a kill leaves an empty file, which the next run fills."""
    with making(store) as connection:
        if layout_of(connection, store.place) is None:  # another run may have been quicker
            create_all(connection)
            migrations.stamp(connection)


@contextmanager
def making(store: Store) -> Iterator[Connection]:
    """A transaction that writes, and the only one of its kind on PostgreSQL, too."""
    with store.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": locks.key("create")})
        yield connection


def write_ahead(store: Store) -> None:
    """Let SQLite's readers and its writer not wait for each other, in a copy that lost this on its way, too."""
    if store.path is None:
        return
    with translated(store.place):
        raw = store.engine.raw_connection()
        try:
            if raw.cursor().execute("PRAGMA journal_mode").fetchone() != ("wal",):
                raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
