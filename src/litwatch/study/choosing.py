"""A number that was chosen among candidates, with where it stands and what was known of it.

Owns the choice by a table of weights, for participants.py and followup.py. Never finds a candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from litwatch.paper import Span
from litwatch.study.statements import Statement
from litwatch.study.weighing import Features, score, weights

Answer = Callable[[Sequence[int], Sequence[float], float], int | None]


@dataclass(frozen=True, slots=True)
class Count:
    """A number (people, studies, days) and where the text states it; `known`: the features that it was weighed by."""

    number: int
    span: Span
    known: Features = field(default_factory=dict)


class Candidate(Protocol):
    """A number that a sentence tells (from, to, in the sentence), with what speaks for it."""

    number: int
    part: Statement
    start: int
    end: int
    known: Features


def chosen(candidates: Sequence[Candidate], table: str, answer: Answer, least: float) -> Count | None:
    """The candidate that `answer` chooses by the weights of the table, as a Count; None where none is likely enough."""
    learnt = weights(table, table)
    place = answer(
        [one.number for one in candidates], [score(one.known, learnt) for one in candidates], least
    )
    if place is None:
        return None
    one = candidates[place]
    return Count(one.number, one.part.span(one.start, one.end), one.known)
