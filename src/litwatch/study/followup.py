"""How long a study watched its people: the longest observation that the abstract states, in days.

Owns the patterns of durations. Never counts an age, an illness or a calendar as follow-up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from litwatch.paper import Paper, Span
from litwatch.study.cues import Cued
from litwatch.study.numbers import NUMBER, value
from litwatch.study.statements import Statement

_DAYS = {
    "hour": 1 / 24,
    "hr": 1 / 24,
    "h": 1 / 24,
    "day": 1,
    "week": 7,
    "wk": 7,
    "month": 30,
    "year": 365,
    "yr": 365,
}
_LIST = rf"{NUMBER}(?:(?:\s?[-–]\s?|\s?,\s?(?:and |or )?|\s(?:and|or|to|through|&)\s){NUMBER})*"
_DURATION = re.compile(
    rf"(?P<numbers>{_LIST})[-\s]?(?P<unit>hour|hr|h|day|week|wk|month|year|yr)s?\b(?![./]?\s?(?:old|of age))"
)
_POINT = Cued(rf"\b(?P<unit>days?|weeks?|months?|years?)\s(?P<numbers>{_LIST})")
_NUMBER = re.compile(NUMBER)

# All of these are tried on small letters.
# Words beside a duration that make it an observation of the people of the study.
_BEFORE = re.compile(
    r"(?:\b(?:follow(?:ed|ing)?[- ]?ups?|followed(?: up)?|up to|at|after|until|through(?:out)?|over|"
    r"during|within|for|"
    r"by|post\w*|to|persist\w*|sustained|maintained|lasting|monitored|observed|the|a|and|first|between|"
    r"from|in|on|"
    r"assessed|including|median|mean|least|about|approximately|study|postoperative|subsequent|additional|"
    r"total of)"
    r"[\s(:,]*(?:the\s|a\s|an\s|its\s|about\s|approximately\s|~|≈|up to\s|at least\s|first\s|study\s|of\s|"
    r"end of\s|postoperative\s|next\s|subsequent\s|following\s|entire\s|least\s)*)$"
)
_AFTER = Cued(
    r"^[-\s,]*(?:\(?\w+\)?\s){0,3}?(?:follow|post|after|later|assess|period|trial|study|course|treatment|"
    r"phase|time ?point|"
    r"double|open|randomi|extension|maint|continuation|observation|end ?point|visit|randomisation|"
    r"infusion|of (?:treatment|therapy|follow))",
)
# Words that make it something else: an age, an illness, a history, a calendar, a schedule, a half-life.
_NOT_BEFORE = re.compile(
    r"(?:\bage[ds]?\b[^.;]{0,30}|\byears?\b of\b|duration of (?:illness|depress|the (?:current|index|"
    r"illness|disorder))[^.;]{0,30}|"
    r"\b(?:past|last|previous|prior|preceding|recent|every|per|each|than|illness|for more than|history of|"
    r"sobriety)\s(?:\w+\s)?|"
    r"\bover the (?:past|last)\s|[≥≤<>]\s?|mean\s\(sd\)\s(?:age)?|q|half-?life[^.;]{0,20}|"
    r"washout[^.;]{0,20}|drug-free[^.;]{0,12}|"
    r"interquartile range[^.;]{0,12}|\biqr\b[^.;]{0,10}|screened over\s|twice (?:a|every)\s)$"
)
_NOT_AFTER = Cued(
    r"^(?:[-\s]*(?:old|of age|ago|prior|before|earlier|history|remission|period of abstinence|apart|"
    r"of postapproval)|"
    r"\s*\(?(?:SD|range|median|mean)|\s*(?:before|prior|preceding)|\s(?:MDD|illness|onset|horizon|"
    r"drug-free|washout|wash-out)|"
    r"[-\s]drug|[-\s](?:horizon|latency|gap|break)|\sacross\b|\spreviously)",
)
_WATCHES_NOBODY = frozenset(("review", "guideline", "comment", "notice"))
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
# More than this is no observation of people but a number that belongs to something else.
_LONGEST = {"h": 400, "d": 2000, "w": 520, "m": 360, "y": 30}
# What is counted behind a number: "At month 12, 498 patients" gives no 498 months.
_COUNTED = re.compile(
    r"^\s(?:\w+\s){0,3}?(?:patients?|participants?|subjects?|individuals?|adults?|people|persons?|women|men|children|"
    r"adolescents?|volunteers?|responders?|remitters?|cases|studies|trials)\b|^\s?%|^\s?\("
)
_CUES = ("day", "week", "month", "year", "hour", " h ", " h)", "-h ", " wk", "hr", " h,", " h.")


def followup(paper: Paper, parts: Sequence[Statement], design: str | None = None) -> tuple[int, Span] | None:
    """The longest observation stated, in whole days (a week 7, a month 30, a year 365), with where it stands.

    Less than a day, or no duration that is surely an observation: None. A review watches nobody, and the hours at
    which a synthesis compares its studies are no follow-up of its own.
    """
    if design in _WATCHES_NOBODY:
        return None
    best: tuple[int, Span] | None = None
    for part in parts:
        if part.role not in ("aim", "methods", "results", "conclusion"):
            continue
        lowered = part.small
        for cue in _CUES:
            if cue in lowered:
                break
        else:
            continue
        for days, start, end in _durations(part):
            if design in _SYNTHESES and days < 2:
                continue
            if part.role in ("aim", "conclusion") and not _firm(part.small, start, end):
                continue
            if days >= 1 and (best is None or days > best[0]):
                best = (days, part.span(start, end))
    return best


def _firm(lowered: str, start: int, end: int) -> bool:
    around = lowered[max(0, start - 40) : end + 30]
    return (
        "follow" in around
        or "maint" in around
        or "sustained" in around
        or "over" in around
        or "post" in around
    )


def _durations(part: Statement) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    sentence = part.small
    points = _POINT.compiled.finditer(sentence) if part.may_have(_POINT) else ()
    for matches, needs_cue in ((part.numbered(_DURATION), True), (points, False)):
        for match in matches:
            before, after = (
                sentence[max(0, match.start() - 60) : match.start()],
                sentence[match.end() : match.end() + 40],
            )
            if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after):
                continue
            if needs_cue and not (_BEFORE.search(before) or _AFTER.match(after)):
                continue
            unit = match["unit"]
            listed = match["numbers"]
            end = match.end()
            # A list goes on over a comma only after a plural ("days 1, 3 and 7"), and not to a number of people.
            if not needs_cue and "," in listed and (not unit.endswith("s") or _COUNTED.match(after)):
                whole = _NUMBER.match(listed)
                listed = whole[0] if whole and not unit.endswith("s") else listed[: listed.rindex(",")]
                end = match.start("numbers") + len(listed)
            numbers = [value(number) for number in _NUMBER.findall(listed)]
            top = max((number for number in numbers if number is not None), default=0)
            if top > _LONGEST[unit[0]] or (unit.startswith("year") and not needs_cue):
                continue
            days = top * _DAYS[unit.rstrip("s") if len(unit) > 1 else unit]
            found.append((int(days + 1e-6), match.start(), end))
    return found
