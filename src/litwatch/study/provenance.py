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
    r"\b(?:post[- ]?hoc\b(?![- ](?:\w+[- ]){0,2}?(?:tests?|testing|comparisons?|contrasts?|corrections?|power)\b)|"
    r"secondary (?:data )?(?:analys[ei]s|outcomes? analys[ei]s|stud(?:y|ies) (?:of|on|using))\b|"
    r"sub-?(?:group |study\b|-?analys[ei]s)|pooled (?:data|analys[ei]s)\b|ancillary (?:study|analysis)|"
    r"re-?analy(?:s[ei]s\b|[sz]ed (?:a|an|the|data|previously)\b)|"
    r"(?:data|participants|samples|subjects|patients) (?:were |was |are |is )?"
    r"(?:analy[sz]ed|pooled|drawn|derived|taken|obtained|collected)? ?from (?:(?:a|an|the|our|two|three|four|"
    r"five|one|several|previous|prior|six)\s)*(?:[\w,'’()/‐-]+\s){0,7}?(?:trials?|RCTs?)\b|part of (?:a|an|"
    r"the|our) (?:[\w,'’()/‐-]+\s){0,7}?(?:trial|RCT)\b|in (?:the context of )?(?:two|"
    r"three) (?:\w+\s)?(?:controlled )?trials\b|"
    r"in the context of (?:a|an|the|our) (?:[\w,-]+\s){0,5}?(?:trial|study)\b|"
    r"(?:data|results|patients|participants) (?:\w+\s){0,2}?from (?:two|three|four|five|six|several|\d+) "
    r"(?:[\w,-]+\s){0,7}?(?:studies|trials)\b|enrolled in (?:a|an|the|our) (?:[\w,-]+\s){0,7}?trial of\b|"
    r"subset of (?:the )?(?:patients|participants|subjects)\b|our (?:previous|earlier|parent) (?:study|trial)\b|"
    r"the parent (?:study|trial)\b|the original (?:trial|rct|article|report)\b|secondary (?:publication|report)\b|"
    r"(?:two|three) (?:[\w,‐-]+ ){0,5}?trials randomi[sz]ed\b|in the phase \w+ (?:[\w‐‑-]+ ){1,3}?trial\b|"
    r"took part in (?:a|an|our|two) (?:[\w,‐-]+ ){0,7}?(?:trial|rct)\b|exploratory analysis of (?:a|an|the|data)\b|"
    r"(?:in|from|of|within) (?:a|an|the|our) (?:previously |recently )?(?:published|completed|larger|parent) "
    r"(?:[\w,-]+ ){0,6}?(?:trial|RCT)\b|"
    r"data from (?:a|an|our|the) (?:recent|previous|prior|earlier|larger|existing|published|completed) "
    r"(?:[\w,‐-]+ ){0,5}?(?:study|trial|experiment)\b|from a larger (?:study|trial)\b|"
    r"participated in (?:one|any|some) (?:or more )?of (?:[\w-]+ ){0,4}?studies\b|"
    r"in (?:an|our) (?:earlier|previous|prior) (?:article|paper|report),? we (?:reported|described|found|showed)\b|"
    r"(?:nested|embedded) (?:with)?in (?:a|an|the|our) (?:[\w,-]+ ){0,6}?(?:trial|RCT)\b|analy[sz]ed data from\b|"
    r"\bresults (?:of (?:[\w-]+ ){1,6})?(?:(?:have|were) (?:previously |already )(?:been )?(?:published|reported)|"
    r"(?:have been|were|are) (?:published|reported) (?:elsewhere|previously|before))\b)",
)
# People or data of trials that are told by what these were.
_OF_TRIALS = Cued(
    r"\b(?:data|participants|patients|subjects|samples?|volunteers) (?:[\w'’-]+ ){0,6}?from "
    r"(?:(?!this\b|these\b|participated\b|were\b|completed\b)[\w,;'’()/-]+ ){0,6}?"
    r"(?:randomi[sz]ed|(?:[\w-]+-)?controlled|double-blind(?:ed)?|cross-?over|phase[ -](?:[23]b?|i{2,3}b?)),? "
    r"(?:[\w,;'’()/-]+ ){0,8}?(?:trials?|stud(?:y|ies)|RCTs?)\b"
)
# In a title: what goes with response, and subgroups against each other.
_SECONDARY_TITLE = Cued(
    r"\b(?:(?:predictors?|moderators?|mediators?) of|predictive (?:value|factors?|markers?|biomarkers?)|"
    r"(?:correlates? of|predicts?|predicting|prediction of|associated with|associations? with) (?:[\w,'’()-]+ ){0,6}?"
    r"(?:respon\w+|remission|effects?|efficacy|outcomes?|improvements?|change)|"
    r"biomarkers? of (?:[\w-]+ ){0,4}?(?:respon\w+|remission|effects?|efficacy|outcomes?|attempts?|improvement)|"
    r"(?:sex|gender|age) differences in|genom\w+|genotyp\w+|metabolom\w+|proteom\w+|transcriptom\w+|polymorphisms?|"
    r"correlate with|moderates|mediates|number needed to|(?:versus|vs\.?) non-?\w+)\b"
)
# Said in the methods of a trial that names its primary outcome, these are analyses beside that of the trial itself.
_WEAK = re.compile(r"post[- ]?hoc|sub-?(?:group|-?analys)|exploratory")
# Several that are not said to be of something are those of the paper itself.
_OWN = re.compile(r"secondary (?:data |outcomes? )?analyses\Z")
_OF_SOMETHING = re.compile(r"(?: (?:was|were|is|are)(?: \w+){1,2})? (?:of|on|from|using)\b")
# Who stays after a trial was in it, and is followed here for the first time.
_EXTENSION = Cued(r"\bextension\b")
# The paper's own word for itself, wherever it stands; in its background, what others did besides.
_SAYS_SO = Cued(
    r"\b(?:(?:this|these|the present|the current) (?:\w+ ){0,3}?(?:post[- ]?hoc|secondary|pooled|sub-?group|ancillary) "
    r"(?:\w+ )?(?:analys[ei]s|findings)|parent (?:study|trial) (?:for|of) the)\b"
)
_SAYS_SO_EARLY = Cued(
    r"\b(?:post[- ]?hoc (?:study|analys[ei]s)\b|"
    r"we (?:have )?(?:previously|recently) (?:reported|published|described|conducted) [^.;]{0,120}\b(?:trial|RCT)\b)"
)
# A cohort is the study itself, unless it says whose analysis it is.
_OF_A_STUDY = Cued(
    r"\b(?:post[- ]?hoc|secondary)(?: \w+)? analys[ei]s of (?:(?:data|results|patients|participants|outcomes) "
    r"(?:from|of|in) )?(?:a|an|the|our|two|three) (?:[\w,'’()/-]+ ){0,7}?(?:stud(?:y|ies)|trials?)\b"
)
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
    if design == "cohort":
        return _of_a_study(parts)
    if design not in _TRIAL_DESIGNS:
        return False, None
    match = _SECONDARY.search(paper.title) or _SECONDARY_TITLE.search(paper.title)
    if match:
        return True, paper.span("title", match.start(), match.end())
    if not paper.abstract:
        return None, None
    for part in parts:
        match = _told_again(part)
        if match and not (part.role == "methods" and _WEAK.match(match[0]) and names_primary_outcome(parts)):
            if match[0].startswith("the parent") and _EXTENSION.search(paper.title):
                continue
            return True, part.span(match.start(), match.end())
    return False, None


def _of_a_study(parts: Sequence[Statement]) -> tuple[bool, Span | None]:
    """Whether a cohort says that it is an analysis of another study."""
    for part in parts:
        if part.role in ("aim", "methods") and (match := part.find(_OF_A_STUDY)):
            return True, part.span(match.start(), match.end())
    return False, None


def _told_again(part: Statement) -> re.Match[str] | None:
    """Where a sentence says that a trial is analysed again."""
    own_word = part.find(_SAYS_SO) or (part.find(_SAYS_SO_EARLY) if part.role == "background" else None)
    if own_word or part.role not in ("aim", "methods"):
        return own_word
    match = part.find(_SECONDARY)
    if match and _OWN.search(match[0]) and not _OF_SOMETHING.match(part.small, match.end()):
        return None
    return match or part.find(_OF_TRIALS)
