"""Reads record files on an existing Dask cluster: the same function as in a process, one file a task.

Owns the cluster's errors in words. Never starts a cluster. `pip install litwatch[dask]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from litwatch.errors import LitwatchError, UsageError
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.many_files import Way
from litwatch.jobs.scanning.one_file import Asked, Scanner
from litwatch.query.leaves import Vocabulary

CONNECT_SECONDS = 20
RETRIES = 2  # of a task whose worker died; Dask itself gives up when it has killed three


def on_cluster(address: str) -> Way:
    """The cluster whose scheduler is at `address` (tcp://host:8786). Raises UsageError without Dask."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise UsageError("--dask needs `pip install litwatch[dask]`, here and on every worker") from error

    def way(paths: Sequence[Path], asked: Asked, vocabulary: Vocabulary) -> Iterator[Found]:
        if not paths:
            return
        try:
            client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise LitwatchError(f"no Dask scheduler answers at {address}: {error}") from error
        try:
            shared = client.scatter((asked, vocabulary), broadcast=True)
            tasks = [
                client.submit(scan_one, str(path.absolute()), shared, retries=RETRIES, pure=False)
                for path in paths
            ]
            for path, task in zip(paths, tasks, strict=True):
                yield _result(path, task, address)
                task.release()
        finally:
            client.close(timeout=CONNECT_SECONDS)

    return way


def _result(path: Path, task: Any, address: str) -> Found:
    distributed: Any = import_module("distributed")
    try:
        found: Found = task.result()
    except distributed.KilledWorker as error:
        raise LitwatchError(
            f"{path}: the workers that read it died, one after the other (out of memory?); what was kept is whole"
        ) from error
    except (distributed.CancelledError, OSError, TimeoutError) as error:  # CommClosedError is an OSError
        raise LitwatchError(
            f"the Dask scheduler at {address} went away while {path} was read; what was kept before is whole"
        ) from error
    return found


def scan_one(path: str, shared: tuple[Asked, Vocabulary]) -> Found:
    """What a file holds, read where this runs."""
    file = Path(path)
    if not file.exists():
        found = Found()
        found.cut = f"{path}: a worker of the cluster does not see it; put the files where every worker does"
        return found
    return _scanner(*shared).scan(file)


@lru_cache(maxsize=4)
def _ready(asked: Asked, version: str, holder: _Held) -> Scanner:
    return Scanner(asked, holder.vocabulary)


class _Held:
    """A vocabulary that compares by nothing: the one that came with what is asked."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


def _scanner(asked: Asked, vocabulary: Vocabulary) -> Scanner:
    return _ready(asked, vocabulary.mesh.version if vocabulary.mesh is not None else "", _Held(vocabulary))
