"""What the sentence of a harm tells: an event that people had, or that all was well.

Owns the two labels and which is right. Never chooses a sentence: study/ does.
"""

from __future__ import annotations

import re

from litwatch.decide.denials import clauses, denies

HARM, TOLERABILITY = "Harm", "Tolerability"

#: That hardly anything happened, or no more than elsewhere.
_HARDLY = re.compile(
    r"\b(?:minimal(?:ly)?|(?<!a )few|rare(?:ly)?|absent|absence|uncommon|infrequent|free of|similar(?:ly)?|comparable|"
    r"fewer|less|lower|lowered|reduc\w*|decreas\w*|alleviat\w*)\b",
    re.IGNORECASE,
)
#: What is not made less remains ("failed to attenuate the side effects"), and what was not studied may have happened.
_ALL_THE_SAME = re.compile(
    r"\b(?:not|nor|neither|never|(?:fail\w*|unable) to)\s(?:\w+\s){0,2}?"
    r"(?:attenuat\w*|reduc\w*|decreas\w*|prevent\w*|lessen\w*|block\w*|lower\w*)\b|"
    r"\bnot (?:\w+ ){0,2}?(?:stud|examin|assess|measur|monitor|investigat|robust)|"
    r"\breport\w* less\b|\breporting\b",
    re.IGNORECASE,
)
_MOST = re.compile(r"\bmost (?:common|frequent)", re.IGNORECASE)
_COUNTED = re.compile(r"\d\s?%|\d+\s?/\s?\d+|\bn\s?=\s?\d", re.IGNORECASE)
_ADVERSE = re.compile(r"\badverse\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\swithout\s", re.IGNORECASE)
_GOES_ON = re.compile(r",?\s*(?:or|nor)\b", re.IGNORECASE)


def harm_label(sentence: str) -> str:
    """Harm, or Tolerability where no clause tells an event that people had.

    So for praise ("was safe and well tolerated"), what is denied ("no serious adverse events"), what hardly happened
    and what was no more frequent than elsewhere, unless events are counted.
    """
    from litwatch.study.harm_cues import EVENT, TOLERATED

    events = [match.start() for pattern in (EVENT, _ADVERSE) for match in pattern.finditer(sentence)]
    if events and _MOST.search(sentence):
        return HARM
    before = False  # whether the part before was denied, and this one goes on with it
    for start, end in _parts(sentence):
        part = sentence[start:end]
        no = denies(part) or (before and _GOES_ON.match(part) is not None)
        if any(start <= at < end for at in events) and _happened(part, denied=no):
            return HARM
        before = no
    return TOLERABILITY if events or TOLERATED.search(sentence) else HARM


def _parts(sentence: str) -> list[tuple[int, int]]:
    """Its clauses, parted before "without", which denies only what follows."""
    parts: list[tuple[int, int]] = []
    for start, end in clauses(sentence):
        cuts = [found.start() for found in _WITHOUT.finditer(sentence, start, end)]
        parts += zip((start, *cuts), (*cuts, end), strict=True)
    return parts


def _happened(part: str, *, denied: bool) -> bool:
    if _ALL_THE_SAME.search(part):
        return True
    return not denied and (_COUNTED.search(part) is not None or _HARDLY.search(part) is None)
