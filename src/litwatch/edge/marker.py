"""The marker beside an SQLite store: until when a run finds nothing to do, and all that this rests on.

Owns the marker's bytes and its grounds. Imports the standard library alone, for it is read before anything else. Never
decides what is due (jobs/upcoming.py).

A marker counts only while its grounds are what they were to the byte: the files of the configuration, the variables
that are read, this installation, and the store's files (place, size, times) with who may write them. So whatever
another command writes, and every edit, takes its force away; nobody has to remember to remove it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import litwatch

SUFFIX = ".idle"
SUBSCRIBERS = "subscribers.toml"
DEFAULT_URL = "sqlite:///var/litwatch.sqlite3"
PREFIX, NAMES_A_FILE = "LITWATCH_", "_FILE"
URL = "LITWATCH_STORE__URL"

# They are there or not, and that is all that a run with nothing to do asks of them: no secret, hashed or not, is kept.
SECRETS = (
    "LITWATCH_PUBMED__API_KEY",
    "LITWATCH_MAIL__USERNAME",
    "LITWATCH_MAIL__PASSWORD",
    "LITWATCH_INBOX__USERNAME",
    "LITWATCH_INBOX__PASSWORD",
    "LITWATCH_MONITORING__PING_URL",
)

# What else decides how paths and time zones are read.
ALSO_READ = ("HOME", "PYTHONTZPATH")

LARGEST = 10_000_000  # bytes of a config file; what is larger is read by the full run alone
ROOM = 1_000_000  # bytes: with less on the disk the full run has something to say

# Two writes within one tick of a file system's clock leave the same times.
TICK_NS, COARSE_TICK_NS, WHOLE_NS = 100_000_000, 3_000_000_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a marker rests on, as one hash; `settled` is false where a write just now might leave no trace in it."""

    store: Path
    digest: str
    settled: bool

    @property
    def marker(self) -> Path:
        """Where the marker is."""
        return self.store.with_name(self.store.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class Marker:
    """From `begin` on, and before `until`, a run finds nothing to do.

    `folders` are those without which a run does not start; with `any_now`, `--now` may be far off the clock.
    """

    begin: datetime
    until: datetime
    folders: tuple[str, ...] = ()
    any_now: bool = False


def grounds(directory: Path, environ: Mapping[str, str]) -> Grounds | None:
    """What a run with the configuration in `directory` rests on; None where that is no plain SQLite store.

    Raises OSError and ValueError where a part is not there, or not what it should be.
    """
    files = dict(_config_files(directory))
    store = _store(directory, files, environ)
    if store is None:
        return None
    times: list[int] = []
    parts = (
        (litwatch.__version__, litwatch.__file__, sys.version, os.geteuid()),
        (str(Path.cwd()), os.path.realpath(directory)),
        tuple(_variables(environ)),
        tuple((name, hashlib.sha256(content).hexdigest()) for name, content in sorted(files.items())),
        tuple(_store_files(store, times)),
    )
    settled = all(time.time_ns() - at > _tick(at) for at in times)
    return Grounds(store, hashlib.sha256(repr(parts).encode()).hexdigest(), settled)


def _tick(at: int) -> int:
    """How long the clock of a file system may stand still, by one of its times: a round one tells of a slow clock."""
    return TICK_NS if at % WHOLE_NS else COARSE_TICK_NS


def _config_files(directory: Path) -> Iterator[tuple[str, bytes]]:
    for folder in (directory, directory / "watches"):
        for path in folder.iterdir():
            content = b""
            if path.suffix == ".toml":
                if not path.is_file() or path.stat().st_size > LARGEST:
                    raise ValueError(f"{path} is no small file")
                content = path.read_bytes()
            elif folder == directory:
                continue  # the store's own folder, what an editor leaves: no part of the configuration
            yield str(path.relative_to(directory)), content
            if path.name == SUBSCRIBERS and b"csv" in content:
                yield from _named_file(directory, content)


def _named_file(directory: Path, subscribers: bytes) -> Iterator[tuple[str, bytes]]:
    """The CSV file of readers that subscribers.toml names, if it does."""
    import tomllib

    named = tomllib.loads(subscribers.decode("utf-8-sig")).get("csv")
    if named:
        path = directory / Path(named).expanduser()
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise ValueError(f"{path} is no small file")
        yield f"csv {path}", path.read_bytes()


def _store(directory: Path, files: Mapping[str, bytes], environ: Mapping[str, str]) -> Path | None:
    """Where the store is, by a look at the plainest ways to say so; the full run knows better, and is asked then."""
    if environ.get(URL + NAMES_A_FILE):
        return None
    url, base = environ.get(URL), Path.cwd()
    if not url:
        import tomllib

        toml = tomllib.loads(files["litwatch.toml"].decode("utf-8-sig")) if "litwatch.toml" in files else {}
        url, base = toml.get("store", {}).get("url", DEFAULT_URL), directory.absolute()
    path = url.removeprefix("sqlite:///")
    if path == url or not path or set(path) & set("?%~:"):
        return None
    return base / path


def _variables(environ: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    for name, value in sorted(environ.items()):
        if name in SECRETS:
            yield name, bool(value)
        elif name.startswith(PREFIX) or name in ALSO_READ:
            yield name, value
        if name.startswith(PREFIX) and name.endswith(NAMES_A_FILE) and value:
            yield name, _standing(Path(value).expanduser().stat())


def _store_files(store: Path, times: list[int]) -> Iterator[tuple[int, ...] | None]:
    """The store, what SQLite keeps beside it (an empty file says nothing), and the folder, whose times may change."""
    found = store.stat()
    if not found.st_size:
        raise ValueError(f"{store} is empty")
    folder = store.parent.stat()
    yield folder.st_dev, folder.st_ino, folder.st_mode, folder.st_uid, folder.st_gid
    yield _standing(found)
    times.append(max(found.st_mtime_ns, found.st_ctime_ns))
    for end in ("-wal", "-journal"):
        try:
            beside = store.with_name(store.name + end).stat()
        except FileNotFoundError:
            yield None
            continue
        yield _standing(beside) if beside.st_size else None
        if beside.st_size:
            times.append(max(beside.st_mtime_ns, beside.st_ctime_ns))


def _standing(found: os.stat_result) -> tuple[int, ...]:
    return (
        found.st_dev,
        found.st_ino,
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,  # nobody can set this one back, as copying programs do with the other
    )


def write(marker: Marker, on: Grounds) -> None:
    """Leave the marker, whole or not at all. Raises OSError where that cannot be."""
    body = json.dumps(
        {
            "grounds": on.digest,
            "begin": marker.begin.isoformat(),
            "until": marker.until.isoformat(),
            "folders": marker.folders,
            "any_now": marker.any_now,
        }
    ).encode()
    begun = on.marker.with_name(f"{on.marker.name}.part")  # a kill leaves it, and the next run writes it anew
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        begun.replace(on.marker)
    except OSError:
        begun.unlink(missing_ok=True)
        raise


def read(on: Grounds) -> Marker | None:
    """The marker that rests on these grounds; None where there is another one, or where it is not this user's own.

    Raises OSError and ValueError where there is none, or none that is whole.
    """
    descriptor = os.open(on.marker, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            return None
        digest, _, body = stream.read().partition(b"\n")
    if digest.decode() != hashlib.sha256(body).hexdigest():
        return None
    told = json.loads(body)
    if told["grounds"] != on.digest:
        return None
    begin, until = datetime.fromisoformat(told["begin"]), datetime.fromisoformat(told["until"])
    return Marker(begin, until, tuple(told["folders"]), told["any_now"])


def is_hindered(on: Grounds) -> bool:
    """Whether a full run would be: another one delivers, or the disk has no room left. Raises OSError."""
    disk = os.statvfs(on.store.parent)
    if disk.f_bavail * disk.f_frsize < ROOM:
        return True
    lock = os.open(on.store.with_name(on.store.name + ".deliver.lock"), os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
