"""What stands around a number, in classes of words that a reader understands: "enrolled before", "percent behind".

Owns the classes and how far they reach. Never decides what a number means.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litwatch.study.weighing import Features

_REACH_BEFORE, _REACH_BEHIND = 70, 70
_BEFORE, _BEHIND = 8, 8  # words

# By the beginning of a word; words in full have a =.
_CLASSES = {
    "randomised": "randomi allocated assigned",
    "enrolled": "enrol includ recruit participat consist involv compris entered",
    "analysed": "analy evaluat examin assess studied investigat review tested",
    "completed": "complet",
    "screened": "screen eligib approach invit contact referr consent potential identif search",
    "treated": "treated received receiving underwent given administered infus",
    "total": "total overall altogether",
    "sample": "sample cohort",
    "of": "=of",
    "of these": "these those whom them",
    "in or among": "=in =among",
    "only": "=only",
    "one group": "group arm placebo saline midazolam control comparator",
    "what became of them": "respon remit remission relaps experienc reported develop improv achiev fail show =died "
    "observed seen occurred noted found =had",
    "left": "withdr discontinu exclud drop lost refus declin missing",
    "sex": "women men male female girls boys",
    "each": "=each =per =every =both =either =respectively",
    "earlier": "previous prior earlier another",
    "will be": "will planned plan estimate intend",
    "studies": "studies trials rcts articles publications reports",
    "study": "study trial report =series",
    "healthy": "healthy volunteer",
    "database": "database registr claims records chart ehr =data",
    "who": "=who =whose =aged =with",
    "places": "clinic clinics hospital site sites center centre practitioner physician",
    "model": "model simulat",
    "matched": "match yield resulting final",
    "estimate": "=rr =smd =md =ci =hr =nnt",
    "consecutive": "consecutive retrospective prospective",
}
_STEMS = [(stem, name) for name, stems in _CLASSES.items() for stem in stems.split()]
_WORD = re.compile(r"[a-z][a-z'’-]*|%")
# What is said of this number ends with the next one, and with its clause.
_ENDS_BEHIND = re.compile(r"[;:]|[.]\s|(?:,|\band|\bor)\s(?=\d)")
_ENDS_BEFORE = re.compile(r"[;:]|[.]\s|\d[\d.,]*(?:\s?%\)?)?\s")
_SHARE = re.compile(r"\s?\(\s?\d+(?:\.\d+)?\s?%")


def around(lowered: str, start: int, end: int) -> Features:
    """The classes of the words before and behind lowered[start:end], within its clause."""
    before = _ENDS_BEFORE.split(lowered[max(0, start - _REACH_BEFORE) : start])[-1]
    behind = _ENDS_BEHIND.split(lowered[end : end + _REACH_BEHIND], maxsplit=1)[0]
    known: Features = {}
    words = _WORD.findall(before)[-_BEFORE:]
    for word in words:
        for name in _classes(word):
            known[f"{name} before"] = 1.0
    for word in _WORD.findall(behind)[:_BEHIND]:
        for name in _classes(word):
            known[f"{name} behind"] = 1.0
    if words and words[-1] == "of":
        known["directly of"] = 1.0
    if not before.strip(" (["):
        known["opens its clause"] = 1.0
    if before.endswith("("):
        known["in brackets"] = 1.0
    if _SHARE.match(lowered, end):
        known["with a share"] = 1.0
    return known


@lru_cache(maxsize=4096)
def _classes(word: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name for stem, name in _STEMS if (word == stem[1:] if stem[0] == "=" else word.startswith(stem))
        )
    )
