"""Puts an SQLite store aside under another name, with what SQLite keeps beside it.

Owns that rename. Never deletes, and never opens a store.
"""

from __future__ import annotations

import glob
from pathlib import Path

from litwatch.edge.store.rights import ENDS, beside

RETIRED = "retired"


def move_aside(store: Path, aside: Path) -> bool:
    """Whether there was a store; what lies beside it goes with it, or a store that is put there would read it."""
    was_there = store.exists()
    for each, there in zip((store, *beside(store)), (aside, *beside(aside)), strict=True):
        if each.exists():
            each.rename(there)
    return was_there


def retired(store: Path) -> list[Path]:
    """What `store copy --retire` has made of the store that was here."""
    found = sorted(store.parent.glob(f"{glob.escape(store.name)}.{RETIRED}.*Z"))
    return [each for each in found if not each.name.endswith(ENDS)]
