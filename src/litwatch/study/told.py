"""A number of people and where a sentence tells it.

Owns the value that people.py finds, groups.py and arms.py add up and compared.py compares. Never decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from litwatch.study.statements import Statement
from litwatch.study.weighing import Features

#: Known of a number that is told of each of groups of which nobody says how many there are.
OF_EACH = "each of unknown groups"


@dataclass(slots=True)
class Told:
    """A number and where a sentence tells it (from, to, in the sentence), with what speaks for it."""

    number: int
    part: Statement
    start: int
    end: int
    known: Features = field(default_factory=dict)
