"""The mark that a paper by its title needs where its title may promise more than its abstract found.

Owns the marks and when one is due. Never chooses the sentences behind them: study/ does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from litwatch.decide.badges import COMPARING
from litwatch.decide.denials import denied
from litwatch.decide.ordering import is_preclinical

if TYPE_CHECKING:  # reading a digest needs no matcher
    from litwatch.study.findings import Findings

NO_DIFFERENCE, IN_PART, NOT_MET = "No difference", "No difference in part", "An outcome not met"
_GAIN = re.compile(
    r"\b(?:superior|greater|higher|lower|fewer|better|worse|significant(?:ly)?|improve\w*|reduc\w*|decreas\w*|increas\w*|"
    r"more (?:effective|efficacious|likely))\b",
    re.IGNORECASE,
)
#: That each group improved, or what differed in numbers alone, is no gain of one over the other.
_NO_GAIN = re.compile(
    r"\b(?:both|each|numerical\w*|all (?:the |three |four )?(?:groups|arms))\b", re.IGNORECASE
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_CLAUSES = re.compile(r"[,;:]\s|\s(?=(?:but|although|though|whereas|while|with no)\b)", re.IGNORECASE)
#: Takes back the clause before it: "6 points greater, although this was not significant".
_TAKES_BACK = re.compile(r"\b(?:this|it|these|which)\b(?: \w+)? (?:was|were|did) not\b", re.IGNORECASE)


def doubt(findings: Findings | None, *, told: bool) -> str:
    """The mark of a paper, or ""; `told`: the sentence behind it stands beside its result already."""
    from litwatch.study import harm_cues
    from litwatch.study import quote_cues as cues

    if findings is None or findings.design not in COMPARING or is_preclinical(findings):
        return ""
    result = findings.quotes.result
    if "null" in findings.spans:
        return NO_DIFFERENCE
    if result is not None and cues.NO_DIFFERENCE.search(result.text) and not _over_time(result.text):
        if harm_cues.HARM_STRONG.search(result.text) or (
            cues.BEFORE.search(result.text) and not cues.CHANGE.search(result.text)
        ):
            return ""
        return IN_PART if _gains(result.text) else NO_DIFFERENCE
    if told:
        return ""
    if "not_met" in findings.spans:
        return NOT_MET
    taken_back = any(
        cues.NULL.search(span.text) and not harm_cues.HARM_STRONG.search(span.text)
        for span in findings.spans.get("caveat", ())
    )
    return IN_PART if taken_back or "no_difference" in findings.spans else ""


def _over_time(sentence: str) -> bool:
    """Whether the same people were alike at two times: a relapse is no null trial."""
    from litwatch.study.result_cues import OTHER_ARM, OVER_TIME

    return OVER_TIME.search(sentence) is not None and OTHER_ARM.search(sentence) is None


def _gains(sentence: str) -> bool:
    """Whether a clause of it that denies nothing tells a gain."""
    return not _TAKES_BACK.search(sentence) and any(
        _GAIN.search(clause) and not _NO_GAIN.search(clause) and not denied(clause)
        for clause in _CLAUSES.split(_ASIDE.sub("", sentence))
    )
