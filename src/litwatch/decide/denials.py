"""The clauses of a sentence that deny something: no word of them is marked.

Owns the words that deny and where a clause ends. Never decides what is quoted.
"""

from __future__ import annotations

import re

#: Where another statement begins: at a stop inside the sentence, and before what sets a clause against the one before.
_ENDS = re.compile(
    r"[;:](?=\s)|[—–](?=\s)|"
    r",?\s(?=(?:but|however|although|though|while|whereas|yet|despite|except|with(?!out\b| or without\b))\b)|"
    r",\s(?=(?:and|or|which|who|where)\s(?:\S+\s){0,5}?"
    r"(?:was|were|is|are|had|has|have|did|does|do|showed|improved|reduced|increased|decreased|remained|occurred)\b)|"
    # An opening clause says when or for whom, not what: "In patients with ..., X did not".
    r"(?<=\S),\s(?=(?:there|we|the|this|these|neither|no|none|nor)\b)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not(?!\sonly\b)|cannot|\w+n['’]t|no(?!\s*\.|\s\d)|nor|neither|none|never|without|nobody|little(?!\s(?:more|higher))|hardly|barely|scarcely|"
    r"fail(?:s|ed|ure|ing)?\sto|lack(?:s|ed|ing)?(?:\sof)?\b|absence\sof|unable\sto|non-?significant(?:ly)?|"
    r"insignificant(?:ly)?|equivocal)\b",
    re.IGNORECASE,
)
#: What looks like a denial and is none.
_NO_DENIAL = re.compile(
    r"\b(?:with\sor\swithout|whether\sor\snot|no\slonger\s(?:met|had|fulfil\w*)|if\snot)\b", re.IGNORECASE
)


def clauses(sentence: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each clause."""
    ends = (*(match.start() for match in _ENDS.finditer(sentence)), len(sentence))
    return tuple(zip((0, *ends[:-1]), ends, strict=True))


def denies(clause: str) -> bool:
    """Whether something is denied in it ("was not superior", "failed to improve")."""
    return _DENIES.search(_NO_DENIAL.sub("", clause)) is not None


def denied(sentence: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each clause in which something is denied."""
    return tuple((start, end) for start, end in clauses(sentence) if denies(sentence[start:end]))
