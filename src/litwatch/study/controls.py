"""What a randomised trial was compared with, where its aim or methods say it: "to ketamine or midazolam".

Owns the words by which arms are told apart; what they may have had stands in comparators.toml. Never takes for an arm
what people had before, or what all of them had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from litwatch.paper import Span
from litwatch.study.comparators import named, stems
from litwatch.study.cues import Cued
from litwatch.study.statements import Statement

#: Who got what.
_ASSIGNS = Cued(
    r"\b(?:randomi[sz]\w*|randomly|assigned|assigning|allocated|divided|controlled|crossover|cross-over|control|"
    r"compar(?:e|ed|es|ing|ison)|received|receive|administered|given|infused)\b"
)
#: Said of people before the trial, and of what they had beside it.
_BEFORE_OR_BESIDE = re.compile(
    r"\b(?:exclu\w+|histor\w+|previous(?:ly)?|prior|failed|fail|nonrespon\w+|inadequate|resistan\w+|allowed|permitted|"
    r"concomitant\w*|unable|reported|known|associated|whether|anaesthe\w+ with|anesthe\w+ with)\b"
)
#: Only by these words is a drug behind "or" that of an arm; patients may have had "an antidepressant or psychotherapy".
_BY_CHANCE = re.compile(
    r"\b(?:randomi[sz]\w*|randomly|assigned|allocated|divided|compar\w+|either|cross-?over|"
    r"(?:infusions?|doses?|injections?) of)\b"
)
_SEVERAL = re.compile(
    r"\bcross[-\u2010]?over\b|\brandomly (?:divided|assigned|allocated)|\bdivided\b|\brandomi[sz]ed into\b|\bapart\b"
)
#: Up to six words of a dose, a way or a volume. None connects, which would begin another arm, or tells of what all had.
_DOSE = (
    r"(?:(?!(?:or|and|plus|with|versus|vs|followed|optimi[sz]ed|initiated|continued|stable|addition|added|"
    r"augment\w*|adjunct\w*|during|referred|undergoing|longer|more|disorders?)\b)[^\s,;]+\s){0,6}?\(?"
)
_SIZE = r"(?:\([^)]*\)\s|[\d.]+\s?[mµ]g(?:/kg)?\s)?"
_OR = r"(?:or|versus|vs\.?)\s"
#: With a control beside it, a drug is what both arms had.
_WITH_CONTROL = re.compile(r"[^,;.]{0,40}?(?:\+|\bplus|\band|\bwith)\s(?:[\w-]+\s)?(?:placebo|saline|sham)\b")


@dataclass(frozen=True, slots=True)
class _Words:
    """Words whose group `what` is what an arm had; `one_of`: without any of these they need not be looked for.

    `said`: what must be said besides, before them or, with `anywhere`, in their sentence.
    """

    one_of: tuple[str, ...]
    pattern: re.Pattern[str]
    said: re.Pattern[str] | None = None
    anywhere: bool = False


@cache
def _words() -> tuple[_Words, ...]:
    controls, treatments = named()
    every = f"{controls}|{treatments}"
    gave = r"(?:received|receiving|given|got|with|(?:was|were) (?:given|administered|infused))"
    group = r"(?:group|arm)"
    either, both = (" or ", "versus", " vs"), (" and ", "then ")
    found = re.compile
    active = r"\s\(?(?:as\s)?(?:an?\s)?active (?:placebo|control|comparator)"
    first = rf"\b(?:either|receive[ds]?|receiving|to|of)\s{_DOSE}(?P<what>{every})\s{_SIZE}{_OR}"
    control = rf"\b(?:control|comparison|comparator|placebo|treatment-as-usual)\s(?:\([^)]*\)\s)?{group}\b"
    return (
        _Words(either, found(rf"\b{_OR}{_DOSE}(?P<what>{controls})\b")),
        _Words(either, found(rf"\b{_OR}{_DOSE}(?P<what>{treatments})\b"), _BY_CHANCE),
        _Words(("active ",), found(rf"\b{_OR}{_DOSE}(?P<what>{treatments}){active}")),
        _Words(
            ("compar",),
            found(
                rf"\bcompar(?:e[sd]?|ing|ison)\b[^.;]{{0,80}}?\s(?:and|with|to)\s{_DOSE}(?P<what>{every})\b"
            ),
        ),
        # The other arm stands first: "either methohexital or ...".
        _Words(either, found(rf"{first}(?!{_DOSE}(?:{controls})\b)")),
        _Words(("controlled",), found(rf"\b(?P<what>{every})[- \u2010]controlled\b")),
        _Words(
            ("control ", "comparator "),
            found(rf"\b(?:control|comparator)\s(?:was|drug,?|condition,?)\s{_DOSE}(?P<what>{every})\b"),
        ),
        _Words(
            ("group", " arm"),
            found(rf"{control}[^.;]{{0,60}}?(?:\b{gave}\s|\(|:\s?){_DOSE}(?P<what>{controls})\b"),
        ),
        _Words(
            ("group ", "arm "),
            found(rf"\b{group}\s[a-z]\b(?!\sand)[^.;]{{0,30}}?\b{gave}\s{_DOSE}(?P<what>{controls})\b"),
        ),
        _Words(
            both,
            found(rf"\b(?:and|then)\s(?:[a-z]:\s)?{_DOSE}(?P<what>{controls})\b"),
            _SEVERAL,
            anywhere=True,
        ),
        _Words(
            ("received ",), found(rf"\breceived\s[^.;]{{0,60}}?\sand\s{_DOSE}(?P<what>(?:saline )?placebo)\b")
        ),
        _Words(("group", " arm"), found(rf"\band\s{_DOSE}(?P<what>{every})\s{group}s?\b"), _BY_CHANCE),
        _Words(
            ("infusion", "condition"), found(rf"\b(?:infusions?|conditions?)\sand\s(?P<what>{controls})\b")
        ),
    )


def compared_with(parts: Sequence[Statement]) -> Span | None:
    """What the trial was compared with; a named drug before "placebo", then what is said first."""
    _, treatments = named()
    drug = re.compile(treatments)
    found = [
        (drug.fullmatch(part.small, start, end) is None, place, part.span(start, end))
        for place, part in enumerate(parts)
        if part.role in ("aim", "methods")
        and part.has(_ASSIGNS)
        and any(stem in part.small for stem in stems())
        for start, end in _arms_of(part.small, drug)
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _arms_of(small: str, drug: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for words in _words():
        if not any(word in small for word in words.one_of):
            continue
        for match in words.pattern.finditer(small):
            start, end = match.span("what")
            before = small[:start]
            if _BEFORE_OR_BESIDE.search(before):
                continue
            if words.said and not words.said.search(small if words.anywhere else before):
                continue
            if drug.fullmatch(small, start, end) and _WITH_CONTROL.match(small, end):
                continue
            yield start, end
