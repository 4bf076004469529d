"""Puts an SQLite store aside under another name, with what SQLite keeps beside it.

Owns that rename. Never deletes, and never opens a store.
"""

from __future__ import annotations

import glob
from pathlib import Path

BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a file that is open, or was when its program was killed
RETIRED = "retired"


def move_aside(store: Path, aside: Path) -> bool:
    """Whether there was a store; what lies beside it goes with it, or a store that is put there would read it."""
    was_there = store.exists()
    for end in ("", *BESIDE):
        beside = store.with_name(store.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    return was_there


def retired(store: Path) -> list[Path]:
    """What `store copy --retire` has made of the store that was here."""
    found = sorted(store.parent.glob(f"{glob.escape(store.name)}.{RETIRED}.*Z"))
    return [each for each in found if not each.name.endswith(BESIDE)]
