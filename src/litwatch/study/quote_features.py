"""What speaks for a sentence of an abstract as a quote: each feature by a name that a reader understands.

Owns the features. Their weights stand in quotes.tsv, learnt by scripts/learn-choices; what is chosen by them, quotes.py
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from litwatch.study import harm_cues, result_cues
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
    "harm": harm_cues.HARM,
    "harm, plainly": harm_cues.HARM_STRONG,
    "event": harm_cues.EVENT,
    "tolerated": harm_cues.TOLERATED,
    "wanted or measured": cues.WANTED,
    "further research": cues.FURTHER,
    "commentary": cues.COMMENTARY,
    "sums up": cues.SUMS_UP,
    "about the paper": cues.ABOUT_THE_PAPER,
    "concludes": cues.CONCLUDES,
    "own": cues.OWN,
    "although": cues.ALTHOUGH,
    "plan": cues.PLAN,
    "present tense": cues.PRESENT,
    "past tense": cues.PAST,
    "p value or interval": cues.STATISTIC,
    "who stayed or left": cues.DISPOSITION,
    "relation": cues.RELATION,
    "within groups": cues.WITHIN,
    "grades the evidence": cues.GRADED,
    "other arm": result_cues.OTHER_ARM,
    "rate of getting better": result_cues.RATE,
    "other harm": harm_cues.OTHER_HARM,
    "grave": harm_cues.GRAVE,
    "most common": harm_cues.MOST_COMMON,
    "no event": harm_cues.NO_EVENT,
    "praise": harm_cues.PRAISE,
    "fewer": harm_cues.FEWER,
}
_ASKED = [(name, cue, cue.bit) for name, cue in _SAYS.items()]
_SHORT, _LONG = 80, 300  # characters
_LAST = 2  # sentences
_STEM = 5  # letters
_NO_STEMS: set[str] = set()
_NO_FEATURES: Features = {}
#: What is told first is often what the study was about.
_FIRST = [
    (f"first {name} of its part", _SAYS[name], _SAYS[name].bit)
    for name in ("finding", "figures", "p value or interval", "mood", "harm", "harm, plainly")
]
#: What is told aside, unless the title asks for it.
_ASIDE: list[tuple[str, Cued]] = [("harm, plainly", harm_cues.HARM_STRONG), ("relation", cues.RELATION)]
#: What a quote has in common with them, others of their sentences aside.
_TOLD = ("aim", "conclusion")
_IN_ROLES = {
    role: {name: f"{name} in {role}" for name in (*_SAYS, "no difference over time")}
    for role in ("results", "conclusion")
}


def features(
    parts: Sequence[Statement], title: str, places: Iterable[int], *, compares: bool = False
) -> dict[int, Features]:
    """The features of the sentences at these places of an abstract, by place; `compares`: groups were randomised."""
    places = list(places)
    asked = {parts[place].role for place in places}
    told: list[set[str]] = [
        stems(part.small) if part.role in asked or part.role in _TOLD else _NO_STEMS for part in parts
    ]
    of_title = stems(small(title))
    told_as = {role: _told_as(role, parts, told) for role in _TOLD}
    of_both = [len(of_title & own) for own in told]
    primary = primary_words(parts)
    of_primary = {
        place: len(primary & set(cues.WORD.findall(parts[place].small))) for place in places if primary
    }
    nearest_primary = max(of_primary.values(), default=0)
    aside = [name for name, cue in _ASIDE if not cue.search(title)]
    by_role: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        by_role.setdefault(part.role, []).append(place)
    firsts = {role: _firsts(parts, by_role[role]) for role in asked}
    nearest = {role: max(of_both[place] for place in by_role[role]) for role in asked}
    found = {}
    last = len(parts) - 1
    for place in places:
        part = parts[place]
        same = by_role[part.role]
        before, both = same.index(place), of_both[place]
        each = _said(part)
        _add_place(each, part, before, place, after=last - place, ends=place == same[-1])
        each.update(firsts[part.role].get(place, _NO_FEATURES))
        if both:
            each["words of the title"] = _few(both)
            if both == nearest[part.role]:
                each["most words of the title"] = 1.0
        for role, (once, twice) in told_as.items():
            if in_common := told[place] & (twice if part.role == role else once):
                each[f"words of the {role}"] = _few(len(in_common))
        if place and _tells_the_sample(parts[place - 1]):
            each["after a sample"] = 1.0
        if words := of_primary.get(place, 0):
            _add_primary(each, words, nearest=words == nearest_primary)
        if both and "no difference" in each:
            each["no difference in words of the title"] = _few(both)
        _add_groups(each, aside, compares=compares)
        found[place] = each
    return found


def _add_primary(each: Features, words: int, *, nearest: bool) -> None:
    """That many words of the primary outcome; `nearest`: no other sentence has more."""
    each["words of the primary outcome"] = _few(words)
    if nearest:
        each["most words of the primary outcome"] = 1.0
    if "no difference" in each:
        each["no difference in the primary outcome"] = _few(words)


def _add_groups(each: Features, aside: Iterable[str], *, compares: bool) -> None:
    """What is told aside, and of one group alone where groups were compared."""
    for name in aside:
        if name in each:
            each[f"{name.partition(',')[0]} aside"] = 1.0
    if compares and "within groups" in each and "contrast" not in each:
        each["within groups alone"] = 1.0
    if compares and "contrast" not in each and "other arm" not in each:
        each["one arm"] = 1.0
        if "rate of getting better" in each or "within groups" in each:
            each["one arm got better"] = 1.0


def _add_place(each: Features, part: Statement, before: int, place: int, *, after: int, ends: bool) -> None:
    """Where a sentence stands: behind so many `before` of its part and `place` of the abstract; how long it is."""
    each["sentence"] = 1.0
    each[f"role {part.role}"] = 1.0
    if before:
        each["place in its part"] = min(6, before) / 3
    else:
        each["first of its part"] = 1.0
    if place:
        each["place in the abstract"] = place / (place + after)
    if ends:
        each["last of its part"] = 1.0
    if after < _LAST:
        each["last but one" if after else "last"] = 1.0
    if not _SHORT <= len(part.text) <= _LONG:
        each["short" if len(part.text) < _SHORT else "long"] = 1.0


def _few(words: int) -> float:
    """That many words in common, of which more than four say no more."""
    return min(4, words) / 2


def stems(lowered: str) -> set[str]:
    """The beginnings of the long words of a text: "reduction" and "reduced" are one."""
    return {word[:_STEM] for word in cues.LONG_WORD.findall(lowered)}


def _told_as(
    role: str, parts: Sequence[Statement], of_parts: Sequence[set[str]]
) -> tuple[set[str], set[str]]:
    """The stems of the sentences of that role, and those that stand in two of them."""
    told: set[str] = set()
    twice: set[str] = set()
    for part, own in zip(parts, of_parts, strict=True):
        if part.role == role:
            twice |= told & own
            told |= own
    return told, twice


def _firsts(parts: Sequence[Statement], same: Sequence[int]) -> dict[int, Features]:
    """Which sentences of a part are the first to say such things, by place."""
    found: dict[int, Features] = {}
    for name, cue, bit in _FIRST:
        for place in same:
            if parts[place].possible & bit and parts[place].has(cue):
                found.setdefault(place, {})[name] = 1.0
                break
    return found


def _tells_the_sample(part: Statement) -> bool:
    return part.has(cues.YIELD) or part.has(cues.SAMPLE) or part.has(cues.BASELINE)


def alike_over_time(part: Statement) -> bool:
    """Whether it says that the same people were alike at two times, and nothing of other people."""
    return part.has(result_cues.OVER_TIME) and not part.has(result_cues.OTHER_ARM)


def _said(part: Statement) -> Features:
    sure, possible = part.sure, part.possible
    said = [name for name, cue, bit in _ASKED if possible & bit and (sure & bit or part.has(cue))]
    if "no difference" in said and alike_over_time(part):
        said.remove("no difference")
        said.append("no difference over time")
    each = dict.fromkeys(said, 1.0)
    in_role = _IN_ROLES.get(part.role)
    if in_role is not None:
        each.update(dict.fromkeys(map(in_role.__getitem__, said), 1.0))
    if "figures" in each and "contrast" in each:
        each["contrast with figures"] = 1.0
    if "no difference" in each and "mood" in each:
        each["no difference in mood"] = 1.0
    if "no difference" in each and "contrast" in each:
        each["no difference in harms" if "event" in each else "no difference between groups"] = 1.0
    if "figures" in each and ("event" in each or "other harm" in each):
        each["event with figures"] = 1.0
    if "grave" in each and not part.has(harm_cues.NOT_GRAVE):
        each["grave event"] = 1.0
    if "tolerated" in each and "event" not in each:
        each["praise alone" if "praise" in each else "tolerated alone"] = 1.0
    if "further research" in each and "although" not in each:
        each["further research alone"] = 1.0
    if "harm" in each:
        each["words of harm"] = sum(1 for _ in islice(harm_cues.HARM.compiled.finditer(part.small), 3)) / 2
    return each


def content(lowered: str) -> set[str]:
    """The words of a text that can tell one outcome from another."""
    return set(cues.CONTENT_WORD.findall(lowered)) - cues.COMMON


def names_primary_outcome(parts: Sequence[Statement]) -> bool:
    """Whether the methods say what the primary outcome was."""
    return any(_primary_named(part) for part in parts if part.role in ("aim", "methods"))


def _primary_named(part: Statement) -> re.Match[str] | None:
    """Where it says what the primary outcome was."""
    is_primary = part.find(cues.IS_PRIMARY) if part.has(cues.AS_PRIMARY) else None
    return is_primary or part.find(cues.PRIMARY_IS)


def primary_words(parts: Sequence[Statement]) -> set[str]:
    """The words by which the methods name the primary outcome; none where they name none."""
    for part in parts:
        if part.role in ("aim", "methods", "background"):
            named = _primary_named(part)
            if named:
                what = content(named["what"])
                return what | _short_forms(parts, stems(" ".join(what)))
    return set()


def _short_forms(parts: Sequence[Statement], wanted: set[str]) -> set[str]:
    """The short forms whose words, as the abstract spells them out, are those: SI for "Scale for Suicide Ideation"."""
    found = set()
    for part in parts:
        if not cues.OPENS_SHORT_FORM.search(part.text):
            continue
        for match in cues.SHORT_FORM.finditer(part.text):
            spelt = match[1].split()[-len(match["short"]) :]
            spelled = stems(" ".join(spelt).lower())
            if spelled and spelled <= wanted:
                found.add(match["short"].lower())
    return found
