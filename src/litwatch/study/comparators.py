"""What a treatment was compared with, in the words of one quoted sentence or of a trial's title.

Owns the words that compare; what may be compared with stands in comparators.toml. Never guesses from anything but the
sentence itself, and never names a group by its letter or "the control group", which tells a reader nothing.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import chain

from litwatch.paper import Span

_COMPARES = (
    r"(?:compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|relative to|than|against|"
    r"(?:superior|inferior|non-?inferior) to|over|but not|differ(?:ent|ence)? from|"
    r"and(?: (?:in|by|to))? [\d.]+ ?(?:%|points)?)"
)
#: Words that may stand between the comparing word and what is compared with.
_BETWEEN = (
    r"(?:(?:the|an?|that|those|in|with|of|for|on|patients?|participants?|subjects|people|receiving|who|received|given|"
    r"taking|assigned|to|randomi[sz]ed|alone|single|intravenous|iv|intranasal|oral|nasal|daily|active)\s+){0,6}?"
)


@cache
def _table() -> dict[str, list[str]]:
    return dict(tomllib.loads(files(__package__).joinpath("comparators.toml").read_text("utf-8")))


@cache
def stems() -> tuple[str, ...]:
    """In small letters, a word of each name: a text without any of them names nothing of the table."""
    longest = {max(re.split(r"[ -]", each.lower().strip("*")), key=len) for each in chain(*_table().values())}
    return tuple(word for word in longest if not any(other in word for other in longest - {word}))


@cache
def named() -> tuple[str, str]:
    """The controls and the treatments of the table, each as alternatives of a pattern in small letters."""
    table = _table()
    controls, treatments = (
        "|".join(
            re.escape(each.lower()).replace(r"\*", r"\w*").replace(r"\ ", r"[ -]") for each in table[name]
        )
        for name in ("controls", "treatments")
    )
    return controls, treatments


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    controls, treatments = named()
    return (
        re.compile(
            rf"\b{_COMPARES}\s+{_BETWEEN}(?P<what>{controls}|{treatments})\b(?!\s?(?:\+|plus)\s(?:placebo|saline))",
            re.IGNORECASE,
        ),
        re.compile(rf"\b(?P<what>{controls})\b(?![- ]controlled)", re.IGNORECASE),
        re.compile(rf"\b(?P<what>{controls}|{treatments})[- ]controlled\b", re.IGNORECASE),
    )


def control_of(title: Span) -> Span | None:
    """What a trial calls itself by its control ("placebo-controlled", "versus midazolam"), or None."""
    _, _, controlled = _patterns()
    found = controlled.search(title.text)
    if found is None:
        return comparator(title)
    start, end = found.span("what")
    return Span(title.field, title.start + start, title.start + end, found["what"])


def comparator(quote: Span) -> Span | None:
    """The first thing that the sentence compares a treatment with, or None where it names none."""
    for pattern in _patterns()[:2]:
        if found := pattern.search(quote.text):
            start, end = found.span("what")
            return Span(quote.field, quote.start + start, quote.start + end, found["what"])
    return None
