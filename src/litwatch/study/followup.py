"""How long a study watched its people: the longest observation that the abstract states, in days, or nothing.

Owns which of the durations (durations.py) is one, by weights (followup.tsv, learnt by scripts/learn-choices), and which
designs watch anybody. Never shows a number that is likelier wrong than missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study.choosing import Count, chosen
from litwatch.study.durations import durations
from litwatch.study.statements import Statement
from litwatch.study.weighing import highest

_WATCHES_NOBODY = frozenset(("review", "guideline", "comment", "notice", "other"))
#: The least chance of a duration that is shown.
LEAST = 0.74


def followup(parts: Sequence[Statement], design: str | None = None) -> Count | None:
    """The longest observation stated, in whole days (a week 7, a month 30, a year 365), with where it stands.

    Less than a day, or no duration that is surely an observation: None. A review or a model watches nobody.
    """
    if not watches(design):
        return None
    return chosen(durations(parts, design), "followup", highest, LEAST)


def watches(design: str | None) -> bool:
    """Whether a paper of that design watches people over time."""
    return design not in _WATCHES_NOBODY
