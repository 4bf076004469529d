"""Looks for many short pieces of bytes in one pass: with hyperscan where it is installed, else in several.

Owns that choice; both answer the same. Never knows what the pieces mean.

hyperscan (Intel, BSD; MIT wrapper) reads 4 KB in 3 microseconds for ten pieces as for a thousand. Without it a few
pieces are looked for by `in`, more by pyahocorasick, and the mark by re.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import ahocorasick

try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None

Seeker = Callable[[bytes], tuple[bool, bool]]
"""Text -> whether it holds one of the wanted, in any case of ASCII letters; whether it holds the mark.

Of the mark nothing is said where something wanted was found.
"""

_FEW = 12


def seeker(wanted: Sequence[bytes], mark: bytes) -> Seeker:
    """One that finds `wanted` (small letters and digits) and `mark`, a regular expression on bytes."""
    return plain_seeker(wanted, mark) if hyperscan is None else _compiled(wanted, mark)


def plain_seeker(wanted: Sequence[bytes], mark: bytes) -> Seeker:
    """As `seeker`, without hyperscan."""
    holds = _one_by_one(wanted) if len(wanted) <= _FEW else _at_once(wanted)
    marked = re.compile(mark).search

    def look(text: bytes) -> tuple[bool, bool]:
        found = holds(text.lower())
        return found, not found and marked(text) is not None

    return look


def _one_by_one(wanted: Sequence[bytes]) -> Callable[[bytes], bool]:
    return lambda small: any(one in small for one in wanted)


def _at_once(wanted: Sequence[bytes]) -> Callable[[bytes], bool]:
    automaton = ahocorasick.Automaton()
    for one in wanted:
        automaton.add_word(one.decode("latin-1"), one)
    automaton.make_automaton()
    return lambda small: next(automaton.iter(small.decode("latin-1")), None) is not None


def _compiled(wanted: Sequence[bytes], mark: bytes) -> Seeker:
    once = hyperscan.HS_FLAG_SINGLEMATCH
    database = hyperscan.Database()
    database.compile(
        expressions=[*wanted, mark],
        ids=[1] * len(wanted) + [0],
        elements=len(wanted) + 1,
        flags=[once | hyperscan.HS_FLAG_CASELESS] * len(wanted) + [once],
    )
    scan = database.scan
    met: list[int] = []

    def meet(kind: int, _from: int, _to: int, _flags: int, _context: object) -> bool:
        met.append(kind)
        return bool(kind)  # True ends the pass

    def look(text: bytes) -> tuple[bool, bool]:
        met.clear()
        try:
            scan(text, match_event_handler=meet)
        except hyperscan.ScanTerminated:
            return True, False
        return (True, False) if 1 in met else (False, bool(met))

    return look
