"""Whether the figures of a sentence say that groups were alike: an interval across "none", or a P from 0.05 on.

Owns reading these figures. Never decides whose result they are (study.beside does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from litwatch.study import quote_cues as cues
from litwatch.study import result_cues
from litwatch.study.cues import Cued
from litwatch.study.statements import Statement

_ALPHA = 0.05
_NUMBER = r"[-−–]?\s?\d*[.·]?\d+"
_INTERVAL = re.compile(
    r"\b(?:ci|cis|cri|confidence intervals?|credible intervals?)\b[\])]?[^\d\-−–;.]{0,12}?[\s(\[]*"
    rf"(?P<low>{_NUMBER})\s?(?:to|and|,|;|[-−–~])\s?(?P<high>{_NUMBER})"
)
# "The difference (95% CI) was -3.6 (-7.20, 0.07)".
_ANNOUNCED = re.compile(
    rf"\b(?:ci|confidence intervals?|cri|credible intervals?)[\])][^.;\d]{{0,60}}?{_NUMBER}\s?[(\[]\s?"
    rf"(?P<low>{_NUMBER})\s?(?:to|and|,|;)\s?(?P<high>{_NUMBER})[)\]]"
)
_P = re.compile(r"\bp\s?(?:-?values?\s?)?(?P<sign>[=<>≥≤]+)\s?(?P<value>[01]?[.·]\d+)")
# What lies between groups as a ratio, where "no difference" is 1.
_RATIO = re.compile(r"\b(?:rr|hr|irr|ror|aor|ahr|arr|ratios?|relative risks?)\b")
# In capitals, or it is the word "or".
_ODDS_RATIO = re.compile(r"\bOR\b")
_RELATIVE = Cued(r"\brr\b")
_DIFFERENCE = re.compile(r"\b(?:differences?|md|smd|wmd|rd|hedges|cohen)\b")
# What a P beside it is of; the same people at two times are not set against others.
_SET_AGAINST = Cued(r"\b(?:differences?|versus|vs)\b")
# P of something else than the effect.
_OF_ANOTHER = re.compile(
    r"\b(?:heterogeneity|interactions?|i\s?\(?2\)?|i²|homogeneity|trend|egger|normality)\b"
)


def null_in_figures(part: Statement) -> bool:
    """Whether all that the sentence says of the difference between groups is that there was none, in figures alone.

    An interval outweighs a P, which may be of heterogeneity. Where one of several differs, it is none.
    """
    if not part.has(cues.STATISTIC) or not _compares(part):
        return False
    found = list(_intervals(part))
    if not found and (
        part.has(result_cues.OTHER_ARM) or (part.has(_SET_AGAINST) and not part.has(cues.WITHIN))
    ):
        found = list(_chances(part.small))
    return bool(found) and all(found)


def _compares(part: Statement) -> bool:
    """Whether it sets groups against each other, and does not say in words what came of it."""
    said = part.has(cues.NO_DIFFERENCE) or part.has(cues.ALIKE) or part.has(result_cues.SAYS_DIFFERENCE)
    return not said and (part.has(cues.CONTRAST) or part.has(result_cues.OTHER_ARM) or part.has(_RELATIVE))


def _intervals(part: Statement) -> Iterator[bool]:
    """Of each interval whether it holds what would be no difference."""
    for found in chain(_INTERVAL.finditer(part.small), _ANNOUNCED.finditer(part.small)):
        low, high = _value(found["low"]), _value(found["high"])
        before = part.small[: found.start()]
        odds = _last(_ODDS_RATIO, part.text[: found.start()])
        ratio = max(odds, _last(_RATIO, before)) > _last(_DIFFERENCE, before)
        yield low <= (1.0 if ratio else 0.0) <= high


def _chances(small: str) -> Iterator[bool]:
    """Of each P whether it is 0.05 or more."""
    if _OF_ANOTHER.search(small):
        return
    for found in _P.finditer(small):
        yield _value(found["value"]) >= _ALPHA and "<" not in found["sign"] and "≤" not in found["sign"]


def _value(text: str) -> float:
    text = text.replace("·", ".").replace(" ", "")
    return -float(text[1:]) if text[0] in "-−–" else float(text)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)
