"""What the numbers of a paper are read from: its abstract, or the one of the corrected paper that a notice repeats.

Owns where such an abstract begins. Never reads a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study.cues import Cued
from litwatch.study.statements import Statement

_REPEATS = Cued(r"\babstract of the (?:original|corrected|retracted)\b|\boriginal abstract\b")


def told_of_people(parts: Sequence[Statement], design: str | None) -> tuple[Sequence[Statement], str | None]:
    """The sentences that tell of the study's people, and its design; those of a notice begin where it repeats them.

    A notice that repeats no abstract has none of them.
    """
    if design != "notice":
        return parts, design
    begins = next((place for place, part in enumerate(parts, 1) if part.has(_REPEATS)), None)
    return (parts[begins:], None) if begins is not None else ((), design)
