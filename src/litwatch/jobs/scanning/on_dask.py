"""Reads record files on an existing Dask cluster: the same function as in a process, one file a task.

Owns the cluster's errors in words. Never starts a cluster. `pip install litwatch[dask]`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from litwatch import __version__
from litwatch.errors import LitwatchError, UsageError
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.many_files import Way
from litwatch.jobs.scanning.one_file import Asked, Scanner
from litwatch.query.leaves import Vocabulary

CONNECT_SECONDS = 20
LOOK_SECONDS = 5
"""After so long without a result one looks whether any worker is left."""
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
        logging.getLogger("asyncio").setLevel(
            logging.CRITICAL
        )  # it tells of each connection that Dask gives up

        def begin(path: Path) -> Any:
            # Each with all that it needs: what is put on the workers beforehand is gone with them.
            words = (str(path.absolute()), asked, vocabulary, __version__)
            return client.submit(scan_one, *words, retries=RETRIES, pure=False)

        try:
            tasks = deque(map(begin, paths))
            for path in paths:
                task = tasks.popleft()
                while (found := _result(path, task, client, address)) is None:
                    task = begin(path)
                yield found
                task.release()
        finally:
            client.close(timeout=CONNECT_SECONDS)

    return way


def _result(path: Path, task: Any, client: Any, address: str) -> Found | None:
    """What the task found; None where that was lost with its worker. Raises LitwatchError."""
    distributed: Any = import_module("distributed")
    whole = "what was kept before is whole"
    while True:
        try:
            found: Found = task.result(timeout=LOOK_SECONDS)
        except distributed.KilledWorker as error:
            words = "the workers that read it died, one after the other (out of memory?)"
            raise LitwatchError(f"{path}: {words}; {whole}") from error
        except Exception as error:
            if task.status == "error":
                raise LitwatchError(_failed(path, error)) from error
            workers = _workers(client)
            if workers is None:
                words = f"the Dask scheduler at {address} went away while {path} was read"
                raise LitwatchError(f"{words}; {whole}") from error
            if not workers:
                words = f"no worker is left at {address}, and {path} is still to be read"
                raise LitwatchError(f"{words}; {whole}") from error
            if not isinstance(error, TimeoutError):
                return None
        else:
            return found


def _workers(client: Any) -> int | None:
    """How many workers there are; None where the scheduler is gone."""
    if client.status != "running":
        return None
    try:
        # Not client.scheduler_info(): where the scheduler is gone that tells what was known before, without its workers
        # (distributed's Client._update_scheduler_info swallows the OSError).
        identity = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=LOOK_SECONDS)
        return len(identity["workers"])
    except Exception:  # noqa: BLE001 - whatever it is, the scheduler does not answer
        return None


def _failed(path: Path, error: Exception) -> str:
    if isinstance(error, LitwatchError):
        return f"{path}: {error}"
    return (
        f"{path}: a worker of the cluster cannot read files ({type(error).__name__}: {error}); is litwatch "
        f"{__version__} installed there, with the same files of its configuration?"
    )


def scan_one(path: str, asked: Asked, vocabulary: Vocabulary, version: str) -> Found:
    """What a file holds, read where this runs. Raises LitwatchError where another version of litwatch is there."""
    if version != __version__:
        raise LitwatchError(f"a worker of the cluster has litwatch {__version__}, here is {version}")
    file = Path(path)
    if not file.exists():
        distributed: Any = import_module("distributed")
        worker = distributed.get_worker().address
        found = Found()
        found.cut = f"{path}: the worker {worker} does not see it; put the files where every worker does"
        return found
    return _scanner(asked, vocabulary).scan(file)


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
