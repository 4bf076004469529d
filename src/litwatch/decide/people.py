"""Are the authors of two records the same? Names in full and by initials, with and without accents, in any order.

Owns the comparison of names. Never reads a record (decide/sketches.py does).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litwatch.decide.sketches import Name

#: What comparing two lists of authors says.
FIRST, SWAPPED, UNKNOWN, OTHERS = "first", "swapped", "unknown", "others"
#: Authors whose common name on two records is no chance.
TEAM = 3


def same_people(ours: Sequence[Name], theirs: Sequence[Name]) -> str:
    """FIRST (the same first author, and half of the others), SWAPPED, OTHERS, or UNKNOWN where one names nobody."""
    if not ours or not theirs:
        return UNKNOWN
    common = sum(any(_same_person(a, b) for b in theirs) for a in ours) / min(len(ours), len(theirs))
    if _same_person(ours[0], theirs[0]):
        return FIRST if common >= 0.5 else OTHERS
    return SWAPPED if common >= 0.8 and min(len(ours), len(theirs)) >= TEAM else OTHERS


def all_the_same(ours: Sequence[Name], theirs: Sequence[Name]) -> bool:
    """The same authors, two or more, in the same order, none of them known by the last name alone."""
    return 2 <= len(ours) == len(theirs) and all(
        a.initials and b.initials and _same_person(a, b) for a, b in zip(ours, theirs, strict=True)
    )


def _same_person(one: Name, other: Name) -> bool:
    if _same_last(one.last, other.last):
        if not one.initials or not other.initials:
            return True
        if one.initials[0] != other.initials[0]:
            return False
        # Both spelt out: "Yan" and "Ying" are two people, "Jon" and "Jonathan" are one.
        fores = _plain(one.fore), _plain(other.fore)
        if min(map(len, fores)) > len(one.initials) and min(map(len, fores)) > len(other.initials):
            return fores[0].startswith(fores[1][:3]) or fores[1].startswith(fores[0][:3])
        return True
    return bool(one.fore and other.fore) and one.last == other.fore and one.fore == other.last


def _same_last(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return short == long or (len(short) >= 5 and (long.startswith(short) or long.endswith(short)))


def _plain(name: str) -> str:
    """Without the e of an umlaut that was written out: Mueller, Müller."""
    return re.sub(r"(?<=[aou])e", "", name)
