"""Whose work a paper is: whether a maker stands behind it, and whether it reports a trial again.

Owns both readings. Never knows a maker's name (the watch lists them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from litwatch.paper import Paper, Span
from litwatch.study.cues import Cued
from litwatch.study.quote_features import names_primary_outcome
from litwatch.study.statements import Statement

_SECONDARY = Cued(
    r"\b(?:post[- ]?hoc\b|secondary (?:data )?(?:analys[ei]s|outcomes? analys[ei]s|stud(?:y|ies))\b|"
    r"sub-?(?:group |study\b|-?analys[ei]s)|pooled (?:data|analys[ei]s)\b|ancillary (?:study|analysis)|"
    r"re-?analys[ei]s\b|(?:data|participants|samples|subjects|patients) (?:were |was |are |"
    r"is )?(?:analy[sz]ed|pooled|drawn|derived|taken|obtained|collected)? ?from (?:(?:a|an|the|our|two|three|four|"
    r"five|one|several|previous|prior|six)\s)*(?:[\w,'’()/-]+\s){0,7}?(?:trials?|RCTs?)\b|part of (?:a|an|"
    r"the|our) (?:[\w,'’()/-]+\s){0,7}?(?:trial|RCT)\b|in (?:the context of )?(?:two|"
    r"three) (?:\w+\s)?(?:controlled )?trials\b|"
    r"in the context of (?:a|an|the|our) (?:[\w,-]+\s){0,5}?(?:trial|study)\b|"
    r"(?:data|results|patients|participants) (?:\w+\s){0,2}?from (?:two|three|four|five|six|several|\d+) "
    r"(?:[\w,-]+\s){0,7}?(?:studies|trials)\b|enrolled in (?:a|an|the|our) (?:[\w,-]+\s){0,7}?trial of\b|"
    r"subset of (?:the )?(?:patients|participants|subjects)\b|our (?:previous|earlier|parent) (?:study|trial)\b|"
    r"the parent (?:study|trial)\b|exploratory analysis of (?:a|an|the|data)\b)",
)
# In a title: what goes with response, and subgroups against each other.
_SECONDARY_TITLE = Cued(
    r"\b(?:(?:correlates?|predictors?|moderators?|mediators?|biomarkers?) of|moderates?|mediates?|number needed to|"
    r"(?:versus|vs\.?) non-?\w+)\b"
)
# Said in the methods of a trial that names its primary outcome, these are analyses beside that of the trial itself.
_WEAK = re.compile(r"post[- ]?hoc|sub-?(?:group|-?analys)|exploratory")
_SAYS_SO = Cued(r"\bpost[- ]?hoc (?:study|analys[ei]s)\b")
_TRIAL_DESIGNS = frozenset(("rct", "trial"))


def industry_reader(makers: Sequence[str]) -> Callable[[Paper], tuple[bool | None, Span | None]]:
    """A function that says whether an affiliation or interest statement names one of `makers`, and where.

    True with the Span; False where the record has an interest statement and affiliations and none names one;
    None where there is too little to know.
    """
    if not makers:
        return lambda _paper: (None, None)
    lowered = tuple(maker.lower() for maker in makers)
    names = re.compile(
        r"(?<!\w)(?:" + "|".join(re.escape(maker) for maker in makers) + r")(?!\w)", re.IGNORECASE
    )

    def read(paper: Paper) -> tuple[bool | None, Span | None]:
        found: Span | None = None
        places = False
        for author in (*paper.authors, *paper.investigators):
            if author.affiliations:
                places = True
                break
        for field in ("affiliations", "conflict_of_interest"):
            text = paper.text(field)
            # A substring is looked for first: the pattern alone would cost more than all else that is read.
            small = text.lower()
            match = names.search(text) if any(maker in small for maker in lowered) else None
            if match:
                found = Span(field, match.start(), match.end(), match[0])
                break
        if found:
            return True, found
        return (False, None) if places and paper.conflict_of_interest else (None, None)

    return read


def secondary(
    paper: Paper, parts: Sequence[Statement], design: str | None
) -> tuple[bool | None, Span | None]:
    """Whether a paper analyses again a trial whose main result it does not itself report, and the words that say so.

    False for designs that are no trial; None without an abstract or title to tell by.
    """
    if design is None:
        return None, None
    if design not in _TRIAL_DESIGNS:
        return False, None
    match = _SECONDARY.search(paper.title) or _SECONDARY_TITLE.search(paper.title)
    if match:
        return True, paper.span("title", match.start(), match.end())
    if not paper.abstract:
        return None, None
    for part in parts:
        if part.role not in ("aim", "methods", "background"):
            continue
        match = part.find(_SECONDARY if part.role != "background" else _SAYS_SO)
        if match and not (part.role == "methods" and _WEAK.match(match[0]) and names_primary_outcome(parts)):
            return True, part.span(match.start(), match.end())
    return False, None
