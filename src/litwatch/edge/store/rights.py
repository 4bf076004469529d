"""Who may read and write an SQLite store and what lies beside it.

Owns the rights of these files. Never opens a store.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

ENDS = ("-wal", "-shm")


def beside(store: Path) -> tuple[Path, Path]:
    """What SQLite keeps beside a store that is open, or was when its program was killed: log and index."""
    log, index = (store.with_name(f"{store.name}{end}") for end in ENDS)
    return log, index


def may_be_read_by_all(path: Path) -> bool:
    """Whether other users of this machine may read an SQLite store, as far as its folder and itself tell."""
    try:
        return bool(path.stat().st_mode & 0o004 and path.parent.stat().st_mode & 0o001)
    except OSError:
        return False


def prepare(path: Path, *_arguments: object) -> None:
    """Make the file of a new store for this user alone, and give what lies beside one back its rights.

    SQLite makes -wal and -shm with the rights of the store. A store that was read-only for a while leaves them so, and
    stays read-only for it. What cannot be done is told by what SQLite says.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    for each in beside(path):
        if each.exists() and os.access(path, os.W_OK) and not os.access(each, os.W_OK):
            with suppress(OSError):
                each.chmod(path.stat().st_mode & 0o777)


def lies_still(path: Path) -> bool:
    """Whether nobody has the file open and we may not write it, or not beside it.

    Even to read, SQLite would make its -wal and -shm files there, and leave them read-only as the file is; told that
    the file does not change, it does not need them. An empty -wal without its -shm is what a full disk may leave.
    """
    if os.access(path.parent, os.W_OK) and os.access(path, os.W_OK):
        return False
    log, index = beside(path)
    return not log.exists() or (log.stat().st_size == 0 and not index.exists())


def of_a_lock(store: Path) -> int:
    """The rights that a lock is made with: who may read the store may ask for its locks."""
    return 0o600 | (store.stat().st_mode & 0o044 if store.exists() else 0)
