"""Whether the files of a configuration are what they were when it was read, by their times and sizes.

Owns which files those are. Never reads one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from litwatch.edge.config.environment import PREFIX
from litwatch.edge.config.files import WATCHES

NAMES_A_FILE = "_FILE"

# Of two writes within one tick of a file system's clock the second leaves no trace; a round time tells of a slow clock.
TICK_NS, COARSE_TICK_NS, WHOLE_NS = 100_000_000, 3_000_000_000, 10_000_000

Standing = tuple[tuple[str, tuple[int, ...] | None], ...]


def standing(directory: Path, environ: Mapping[str, str], also: Iterable[Path]) -> Standing | None:
    """How each file stands, `also` those that are read besides; None where one has changed just now."""
    found = tuple((str(path), _of(path)) for path in _files(directory, environ, also))
    settled = all(
        time.time_ns() - changed > (TICK_NS if changed % WHOLE_NS else COARSE_TICK_NS)
        for _, times in found
        if times is not None
        for changed in times[-1:]
    )
    return found if settled else None


def _files(directory: Path, environ: Mapping[str, str], also: Iterable[Path]) -> Iterator[Path]:
    for folder in (directory, directory / WATCHES):
        try:
            yield from sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        except OSError:
            yield folder
    yield from also
    for name, value in sorted(environ.items()):
        if name.startswith(PREFIX) and name.endswith(NAMES_A_FILE) and value:
            yield Path(value).expanduser()


def _of(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
