"""Numbers that are told of each group ("n = 20 per group"), and how many groups a study has.

Owns the multiplication. Never guesses how many groups there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litwatch.study.cues import Cued
from litwatch.study.numbers import value
from litwatch.study.statements import Statement
from litwatch.study.told import OF_EACH, Told

_PER_GROUP = re.compile(
    r"[\s(,]*(?:(?:patients?|participants?|subjects?)\s)?"
    r"(?:/group|per\s(?:\w+\s)?(?:group|arm|treatment)|"
    r"(?:(?:(?:were\s)?(?:randomi[sz]ed|assigned|allocated|included|enrolled)\s)?(?:in|to|into)\s)(?:each|both|either|every)\b|"
    r"each\b)"
)
# Who is left at a time: "94 participants at 6 months".
_AT_A_TIME = re.compile(
    r"\s?\)?,?\s(?:were left\s|remained\s|completed\s)?(?:at|by)\s(?:the\s)?"
    r"(?:day|week|month|year|follow-?up|end|(?:\d+|[a-z]+)[\s-](?:day|week|month|year))"
)
# One of several groups: "15 participants in the ketamine group".
_IN_ONE_GROUP = re.compile(
    r"\s(?:were\s)?(?:randomi[sz]ed\s|assigned\s|allocated\s)?(?:in|to)\s(?:the|an?)\s"
    r"(?!(?:study|same|whole|entire|total|final|overall)\b)[\w-]+(?:\s[\w-]+)?\s(?:group|arm)\b"
)
# Two groups that are named: in each of the ketamine (intervention) and propofol (control) groups.
_OF_THE_TWO = re.compile(
    r"\sin (?:each|both) of the (?:[\w()-]+\s){1,3}?and\s(?:[\w()-]+\s){1,3}?(?:groups|arms)\b"
)
_GROUPS = Cued(r"\b(?P<n>two|three|four|five|six|[2-6])\s(?:[\w-]+\s){0,2}?(?:groups|arms)\b")
_GROUPS_OF = re.compile(r"\b(?P<n>two|three|four|five|six|[2-6])\s(?:[\w-]+\s){0,2}?(?:groups|arms)\sof\s$")
_NAMED_GROUPS = re.compile(r"\b(?:[\w-]+ group \((?:group )?\w+\)|group (?:\w|[ivx]+)\b)")


def number_of_groups(parts: Sequence[Statement]) -> int:
    """How many groups the abstract says there are; 0 where it says nothing or says different things."""
    said = {value(match["n"]) for part in parts if (match := part.find(_GROUPS))}
    return (said.pop() or 0) if len(said) == 1 else 0


def times_groups(one: Told, groups: int) -> Told:
    """The number times the groups, where it is told of each of them; marked OF_EACH where these are not known."""
    lowered = one.part.small
    said = _GROUPS_OF.search(lowered[max(0, one.start - 40) : one.start])
    if said is None and not _PER_GROUP.match(lowered, one.end):
        if _AT_A_TIME.match(lowered, one.end):
            one.known["at a time behind"] = 1.0
        elif _IN_ONE_GROUP.match(lowered, one.end):
            one.known["in one group"] = 1.0
        return one
    if said is None and _OF_THE_TWO.match(lowered, one.end):
        groups = 2
    groups = (
        (value(said["n"]) or 0) if said else groups or len(set(_NAMED_GROUPS.findall(lowered[: one.start])))
    )
    if groups < 2:
        one.known[OF_EACH] = 1.0
        return one
    one.number *= groups
    one.known["times the groups"] = 1.0
    return one
