"""Papers read in step: each goes as far as its next stop before any goes on.

Owns the turns. What a reader of evidence needs, its code and its patterns, is in the processor's cache for the next
paper when it was just used for one. A paper by itself finds there what was used since, and takes up to a third longer.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import TypeVar

Found = TypeVar("Found")

#: Work on one paper that stops between its parts, and tells at its end what it found.
Steps = Generator[None, None, Found]

#: So many papers go together. Of more, what was read of them crowds out what reads them.
TOGETHER = 20


def in_step(works: Iterable[Steps[Found]]) -> Iterator[Found]:
    """What each finds, in order."""
    waiting = iter(works)
    while some := list(islice(waiting, TOGETHER)):
        found: dict[int, Found] = {}
        going = list(enumerate(some))
        while going:
            going = [each for each in going if not _is_done(*each, found)]
        yield from (found[place] for place in range(len(some)))


def alone(work: Steps[Found]) -> Found:
    """What one finds."""
    return next(in_step((work,)))


def _is_done(place: int, work: Steps[Found], found: dict[int, Found]) -> bool:
    """Takes one step; whether it was the last."""
    try:
        next(work)
    except StopIteration as end:
        found[place] = end.value
        return True
    return False
