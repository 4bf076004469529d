"""Whether a store that is not there is a first run or a loss: what is known of it besides itself.

Owns the note beside the configuration (`store.made`) and the words for a loss. Never opens a store.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from litwatch.edge.store.aside import retired
from litwatch.errors import StoreLost

NAME = "store.made"
HEAD = (
    "# Where this configuration has had its store, and since when. One that is gone from there is no first run:\n"
    "# runs stop and make no new one. To begin anew: litwatch store create\n"
)


@dataclass(frozen=True, slots=True)
class Past:
    """The `note` that a store was made (it may lie there or not), and whether a run may make one at all.

    With `anew` a person has said that what was there before is given up.
    """

    note: Path | None = None
    may_create: bool = True
    anew: bool = False

    def refuse_loss(self, place: str, state: str, path: Path | None) -> None:
        """Raise StoreLost for a store that is not there (`path`: its SQLite file), unless it is a first run.

        A run opens its store before it takes a lock, so a first run never finds one; and in a new store all that
        readers were sent would be new or backlog once more, and who had left would be subscribed.
        """
        gone = [] if path is None or self.anew else retired(path)
        if gone:
            raise StoreLost(
                f"the store {place} was copied to another place and put aside as {gone[-1].name}: name the new "
                "place here as well (store.url, LITWATCH_STORE__URL or LITWATCH_STORE__URL_FILE); to go back to this "
                "one, give it its name again"
            )
        told = [] if self.anew else [*self._locks(path), *self._noted(place)]
        if not told and not self.may_create and not self.anew:
            told = ["store.create is false"]
        if told:
            raise StoreLost(
                f"the store {place} {state}, and this is no first run ({'; '.join(told)}): a new one would know of no "
                "paper, no mail and nobody who left. Mount its disk, put a backup back (`litwatch store restore FILE`) "
                "or mend store.url; if it is to begin anew: `litwatch store create`"
            )

    def _locks(self, path: Path | None) -> list[str]:
        if path is None:
            return []
        left = sorted(path.parent.glob(f"{glob.escape(path.name)}.*.lock"))
        return [f"runs have left {', '.join(each.name for each in left)} beside it"] if left else []

    def _noted(self, place: str) -> list[str]:
        try:
            times = [since for since, noted in self._lines() if noted == place]
        except OSError as error:
            return [f"{self.note} cannot be read: {error.strerror}"]
        return [f"{self.note} says that there was one on {times[0]}"] if times else []

    def _lines(self) -> list[tuple[str, str]]:
        """When a store was first seen, and where; the first one first."""
        try:
            text = self.note.read_text(encoding="utf-8", errors="replace") if self.note else ""
        except FileNotFoundError:
            return []
        found = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
        return [(since, place) for since, _, place in found]

    def unguarded(self, place: str) -> str:
        """What is missing for the loss of the store at `place` to be told from a first run, or "".

        A note that can be written is no fault: the next run writes it.
        """
        if not self.may_create or self.note is None:
            return ""
        try:
            lines = self._lines()
        except OSError:
            return ""
        may_write = os.access(self.note if lines else self.note.parent, os.W_OK)
        if place in (noted for _, noted in lines) or (lines and may_write):
            return ""
        return (
            f"it is true, and {self.note} does not name the store {place}: once lost, that is taken for a first run, "
            "and who left is mailed again; set store.create = false"
        )

    def keep(self, place: str, now: datetime) -> str:
        """Note that there is a store; gives what whoever has just made it should know, else ""."""
        try:
            lines = self._lines()
            if self.note is None or place in (noted for _, noted in lines):
                return ""
            with self.note.open("a", encoding="utf-8") as stream:  # one write: another run may be at it
                stream.write(f"{'' if lines else HEAD}{now:%Y-%m-%d} {place}\n")
        except OSError as error:
            return (
                f"{self.note} cannot be written ({error.strerror or error}): set store.create = false now, or this "
                "store, once lost, is taken for a first run"
            )
        return f"before, this configuration had its store in {lines[-1][1]}" if lines else ""


FIRST = Past()
"""Nothing is known: a store that is not there is a first run, where no lock of a run lies beside it."""
