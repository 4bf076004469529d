"""Tells when a template was saved.

Owns the looking. Never reads a template.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

#: Seconds between two looks.
PAUSE = 0.3


def changes(folders: Sequence[Path]) -> Iterator[None]:
    """At once, then whenever a file of a folder is new, changed or gone; ends with Ctrl-C."""
    seen = None
    try:
        while True:
            state = _state(folders)
            if state != seen:
                seen = state
                yield
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        return


def _state(folders: Sequence[Path]) -> frozenset[tuple[str, int, int]]:
    found = set()
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            try:
                about = path.stat()
            except OSError:
                continue  # an editor has just renamed it
            found.add((str(path), about.st_mtime_ns, about.st_size))
    return frozenset(found)
