"""Whose work a paper is: whether a maker stands behind it, and whether it reports a trial again.

Owns both readings. Never knows a maker's name (the watch lists them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from litwatch.paper import Paper, Passage, Span
from litwatch.study.cues import Cued

_SECONDARY = Cued(
    r"\bpost[- ]?hoc\b|\bsecondary (?:data )?(?:analys[ei]s|outcomes? analys[ei]s|stud(?:y|ies))\b|"
    r"\bsub-?(?:group |study\b|-?analys[ei]s)|\bpooled (?:data|analys[ei]s)\b|\bancillary (?:study|analysis)|"
    r"\bre-?analys[ei]s\b|\b(?:data|participants|samples|subjects|patients|results) (?:were |was |are |"
    r"is )?(?:pooled|drawn|derived|taken|obtained|collected)? ?from (?:(?:a|an|the|our|two|three|four|"
    r"five|one|several|previous|prior|six)\s)*"
    r"(?:[\w,'’()/-]+\s){0,7}?(?:trials?|RCTs?)\b|\bpart of (?:a|an|the|"
    r"our) (?:[\w,'’()/-]+\s){0,7}?(?:trial|RCT)\b|\bin (?:the context of )?(?:two|"
    r"three) (?:\w+\s)?(?:controlled )?trials\b|\bexploratory analysis of (?:a|an|the|data)\b",
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


def secondary(paper: Paper, parts: Sequence[Passage], design: str | None) -> tuple[bool | None, Span | None]:
    """Whether a paper analyses again a trial whose main result it does not itself report, and the words that say so.

    False for designs that are no trial; None without an abstract or title to tell by.
    """
    if design is None:
        return None, None
    if design not in _TRIAL_DESIGNS:
        return False, None
    match = _SECONDARY.search(paper.title)
    if match:
        return True, Span("title", match.start(), match.end(), match[0])
    if not paper.abstract:
        return None, None
    for part in parts:
        if part.role not in ("aim", "methods"):
            continue
        match = _SECONDARY.search(paper.abstract, part.start, part.end)
        if match:
            return True, Span("abstract", match.start(), match.end(), match[0])
    return False, None
