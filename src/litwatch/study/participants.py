"""How many people a study analysed, with where it stands; or nothing where the abstract does not say so plainly.

Owns which of the candidates (arms.py, people.py) is chosen, by weights (participants.tsv, learnt by
scripts/learn-choices), and which designs have people. Never shows a number that is likelier wrong than missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.paper import Paper
from litwatch.study.arms import told
from litwatch.study.choosing import Count, chosen
from litwatch.study.statements import Statement
from litwatch.study.told import Told
from litwatch.study.weighing import likeliest

_WITHOUT_PEOPLE = frozenset(("notice", "review", "guideline", "comment", "other"))
_WITHOUT_HUMANS = frozenset(("animal", "laboratory"))
#: The least chance of a number that is shown.
LEAST = 0.70


def participants(
    paper: Paper, parts: Sequence[Statement], design: str | None, *, humans_too: bool = False
) -> Count | None:
    """The people analysed, of the abstract only; None where it does not say so plainly.

    Pooled people of a synthesis, the planned number of a protocol, the one of a case report; notices, guidelines and
    narrative reviews have none, nor have animals and laboratory work without `humans_too`.
    """
    return chosen(numbers_told(paper, parts, design, humans_too=humans_too), "participants", likeliest, LEAST)


def numbers_told(
    paper: Paper, parts: Sequence[Statement], design: str | None, *, humans_too: bool
) -> Sequence[Told]:
    """The numbers of its abstract that may be the people of a paper; none of a design that counts nobody."""
    if design == "review" and "scoping" in paper.title.lower():
        design = "systematic-review"
    return told(parts, paper.title, design) if has_people(design, humans_too=humans_too) else ()


def has_people(design: str | None, *, humans_too: bool = False) -> bool:
    """Whether a paper of that design counts its people."""
    return design not in _WITHOUT_PEOPLE and (humans_too or design not in _WITHOUT_HUMANS)
