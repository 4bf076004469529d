"""What speaks for a sentence of an abstract as a quote: each feature by a name that a reader understands.

Owns the features. Their weights stand in quotes.tsv, learnt by scripts/learn-choices; what is chosen by them, quotes.py
says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litwatch.study import quote_cues as cues
from litwatch.study.cues import Cued, Exact, small
from litwatch.study.statements import Statement
from litwatch.study.weighing import Features

_SAYS: dict[str, Cued | Exact] = {
    "primary outcome": cues.PRIMARY,
    "secondary or exploratory": cues.SECONDARY,
    "aside": cues.ASIDE,
    "null": cues.NULL,
    "no difference": cues.NO_DIFFERENCE,
    "figures": cues.FIGURES,
    "finding": cues.FOUND,
    "change": cues.CHANGE,
    "contrast": cues.CONTRAST,
    "mood": cues.MOOD,
    "sample": cues.SAMPLE,
    "baseline": cues.BASELINE,
    "yield of a search": cues.YIELD,
    "harm": cues.HARM,
    "harm, plainly": cues.HARM_STRONG,
    "event": cues.EVENT,
    "tolerated": cues.TOLERATED,
    "wanted or measured": cues.WANTED,
    "further research": cues.FURTHER,
    "commentary": cues.COMMENTARY,
    "concludes": cues.CONCLUDES,
    "own": cues.OWN,
    "although": cues.ALTHOUGH,
    "plan": cues.PLAN,
    "present tense": cues.PRESENT,
    "past tense": cues.PAST,
    "p value or interval": cues.STATISTIC,
}
_SHORT, _LONG = 80, 300  # characters
_ROLES = ("results", "conclusion")


def features(parts: Sequence[Statement], title: str, places: Iterable[int]) -> dict[int, Features]:
    """The features of the sentences at these places of an abstract, by place."""
    words = set(cues.LONG_WORD.findall(small(title)))
    primary = primary_words(parts)
    harmful_title = cues.HARM_STRONG.search(title) is not None
    by_role: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        by_role.setdefault(part.role, []).append(place)
    found = {}
    for place in places:
        part = parts[place]
        same = by_role[part.role]
        each = _said(part)
        each["sentence"] = 1.0
        each[f"role {part.role}"] = 1.0
        each["place in its part"] = min(6, same.index(place)) / 3
        each["place in the abstract"] = place / max(1, len(parts) - 1)
        each["first of its part"] = float(place == same[0])
        each["last of its part"] = float(place == same[-1])
        each["last"] = float(place == len(parts) - 1)
        each["last but one"] = float(place == len(parts) - 2)
        each["short"] = float(len(part.text) < _SHORT)
        each["long"] = float(len(part.text) > _LONG)
        each["words of the title"] = min(4, len(words.intersection(cues.LONG_WORD.findall(part.small)))) / 2
        each["after a sample"] = float(
            place > 0 and any(parts[place - 1].has(cue) for cue in _BEFORE_RESULTS)
        )
        if primary:
            each["words of the primary outcome"] = min(4, len(primary.intersection(content(part.small)))) / 2
        if not harmful_title and "harm, plainly" in each:
            each["harm aside"] = 1.0
        found[place] = {name: value for name, value in each.items() if value}
    return found


_BEFORE_RESULTS = (cues.YIELD, cues.SAMPLE, cues.BASELINE)


def _said(part: Statement) -> Features:
    said = [name for name, cue in _SAYS.items() if part.has(cue)]
    each = dict.fromkeys(said, 1.0)
    if part.role in _ROLES:
        each.update((f"{name} in {part.role}", 1.0) for name in said)
    if "figures" in each and "contrast" in each:
        each["contrast with figures"] = 1.0
    if "figures" in each and "event" in each:
        each["event with figures"] = 1.0
    if "harm" in each:
        each["words of harm"] = min(3, len(cues.HARM.compiled.findall(part.small))) / 2
    return each


def content(lowered: str) -> set[str]:
    """The words of a text that can tell one outcome from another."""
    return set(cues.CONTENT_WORD.findall(lowered)) - cues.COMMON


def primary_words(parts: Sequence[Statement]) -> set[str]:
    """The words by which the methods name the primary outcome; none where they name none."""
    for part in parts:
        if part.role in ("aim", "methods", "background"):
            named = part.find(cues.PRIMARY_IS)
            if named:
                return content(named["what"])
    return set()
