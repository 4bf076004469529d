"""Locks that die with their owner: a file lock beside SQLite, a session lock on PostgreSQL.

Owns one lock a name. Never waits, and never decides by a clock who is still alive.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from litwatch.edge.store.words import READ_ONLY, translated
from litwatch.errors import LockHeld, StoreBusy, StoreError

# Far longer than it takes to ask whether a file is locked.
ASKED_SECONDS = 0.02


def beside(store: Path, name: str) -> Path:
    """The file that is the lock `name` of an SQLite store."""
    return store.with_name(f"{store.name}.{name}.lock")


@contextmanager
def file_lock(path: Path, name: str, rights: int = 0o600) -> Iterator[None]:
    """Hold `path` by flock; the file itself stays, and names its last owner. Raises LockHeld, StoreError.

    Made with these `rights`, less the umask.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, rights)
    except OSError as error:
        if error.errno == errno.EROFS:
            raise StoreError(f"the store of {path}: {READ_ONLY}") from error
        raise StoreError(
            f"the lock {path} cannot be opened ({error.strerror}): may this user write there?"
        ) from error
    try:
        _give(descriptor, path, name)
        try:
            _take(descriptor)
        except BlockingIOError as error:
            owner = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"
            seconds = max(0.0, time.time() - os.fstat(descriptor).st_mtime)  # it wrote its name when it came
            raise LockHeld(f"another {name} is at work ({owner}); this one did not start", seconds) from error
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        except OSError:
            pass  # a full disk: the lock holds all the same, only the name of its owner is missing
        yield
    finally:
        os.close(descriptor)


def _give(descriptor: int, path: Path, name: str) -> None:
    """What root makes belongs to whom the store belongs to, or its folder, whose runs must be able to open it."""
    if os.geteuid() != 0:
        return
    store = path.with_name(path.name.removesuffix(f".{name}.lock"))
    with suppress(OSError):  # root of a container may be forbidden to
        owner = (store if store.exists() else path.parent).stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _take(descriptor: int) -> None:
    """Lock it. Whoever only asks whether it is locked (`file_is_locked`) is out of the way at the second attempt."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(ASKED_SECONDS)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def file_is_locked(path: Path) -> bool:
    """Whether somebody holds `path`; writes nothing. Raises StoreError where it cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            f"the lock {path} cannot be opened ({error.strerror}): may this user read there?"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def key(name: str) -> int:
    """The 63-bit number of a lock on PostgreSQL."""
    return int.from_bytes(hashlib.sha256(f"litwatch {name}".encode()).digest()[:8], "big") >> 1


@contextmanager
def advisory_lock(engine: Engine, name: str) -> Iterator[Connection]:
    """Hold a session advisory lock of the database, and give the session, with which it ends. Raises LockHeld."""
    place = engine.url.set(query={}).render_as_string(hide_password=True)
    with translated(place):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with translated(place):
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key(name)}).scalar()
            if not taken:
                owner = connection.execute(
                    _OWNER, {"high": key(name) >> 32, "low": key(name) & 0xFFFFFFFF}
                ).first()
                who = f"process {owner[0]} of {owner[1] or 'this host'}" if owner else "another process"
                seconds = float(owner[2] or 0.0) if owner else 0.0
                raise LockHeld(f"another {name} is at work ({who}); this one did not start", seconds)
        try:
            yield connection
        finally:
            # The server may notice only later that the session has ended, and who comes next must find it free.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key(name)})
    finally:
        connection.invalidate()  # end the session, and the lock with it, whatever state it is in
        connection.close()


def refuse_lost(session: Connection, place: str, name: str) -> None:
    """Raise StoreBusy where the session that held an advisory lock has ended: another run may be at work by now."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise StoreBusy(
            f"the store {place}: the session that held the lock of {name} was ended (by the database, or on the way "
            "there), and another run may be at work: nothing of this step was written; the next run takes it up"
        ) from error


def advisory_is_locked(connection: Connection, name: str) -> bool:
    """Whether a session holds that lock of the database; takes nothing."""
    halves = {"high": key(name) >> 32, "low": key(name) & 0xFFFFFFFF}
    return connection.execute(_OWNER, halves).first() is not None


_OWNER = text(
    "SELECT l.pid, a.client_addr, extract(epoch FROM clock_timestamp() - a.backend_start) "
    "FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = :high AND l.objid::bigint = :low"
)
