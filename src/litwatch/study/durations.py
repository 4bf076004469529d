"""The durations of an abstract that may be its follow-up, each with where it stands and what speaks for it.

Owns the candidates: "12 weeks", "at days 1, 3 and 7", "the seventh postoperative day". Never chooses (followup.py
does, by weights).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from litwatch.study.cues import Cued
from litwatch.study.numbers import NUMBER, value
from litwatch.study.statements import Statement
from litwatch.study.unobserved import is_no_observation
from litwatch.study.weighing import Features
from litwatch.study.wordings import Classes

_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}
_LIST = rf"{NUMBER}(?:(?:\s?[-–]\s?|\s?,\s?(?:and |or )?|\s(?:and|or|to|through|&)\s)(?:{NUMBER}|\d+))*"
_DECIMAL = r"(?<![\d.,:/×*=<>≤≥±-])\d{1,3}\.\d{1,2}(?!\d|[.,]\d)"
_DURATION = re.compile(
    rf"(?P<numbers>{_LIST}|{_DECIMAL})(?:\s?±\s?\d+(?:\.\d+)?)?(?P<joined>[-‐\s]?)"
    r"(?:(?P<more>additional|more|further)\s)?(?:(?:consecutive|post-?operative|postpartum|successive|treatment|full)\s)?"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|wks?|months?|mos?|years?|yrs?)\b"
    r"(?![./]?\s?(?:old|of age)|\s?[=])"
)
# "for a year", "a year-long trial".
_WORDED = Cued(
    r"\b(?:for|after|over|at|within|during|to|until|than) (?P<said>a day|a week|a month|a year|a full year|"
    r"a whole year|the next day|the next week|the next month|the next year|the following day|the following week|"
    r"the following month|the following year)\b(?! (?:old|ago|or)\b)|"
    r"\b(?P<long>week-long|month-long|year-long|yearlong|next-day)\b|"
    r"\b(?P<later>a day|a week|a month|a year) (?:after|later|following|post)\b"
)
_POINT = Cued(rf"\b(?P<unit>days?|weeks?|months?|years?|pod)\s?(?P<numbers>{_LIST})")
_ORDINAL = Cued(
    r"\b(?P<nth>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twelfth|\d{1,2}(?:st|nd|rd|th))\s"
    r"(?:(?:post[\w-]*|follow-?up)\s)?"
    r"(?P<unit>day|week|month|year)\b"
)
_NTH = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twelfth": 12,
}
# "On separate days 50 min after it": the number is not that of a day.
_OF_ANOTHER_UNIT = re.compile(
    r"\sof\s\d+\s(?:referred|screened|eligible)\b|\s?(?:min(?:utes?)?|h|hours?|hrs?|mg|ml|%)\b"
)
# "4 weeks after the last infusion": the reader may have to add what went before.
_BEHIND_THE_END = re.compile(
    r"\s(?:after|following|post)[-\s](?:the\s)?(?:[\w-]+\s)?(?:last|final|complet\w+|end|treatment|cessation|discontinuation)\b|"
    r"\spost[-\s]?(?:treatment|continuation)\b|\s(?:of\s)?(?:post[\w-]*\s)?follow-?up\b"
)
_NUMBER = re.compile(rf"{NUMBER}|\d+")
_IS_DECIMAL = re.compile(r"\d+\.\d+")
_NEARLY, _A_WEEK = 0.93, 7
_MONTHS_OF_A_YEAR, _LEAST_LISTED = 12, 2
_TOLD_APART = ("case", "cohort", "cross-sectional", "protocol")
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
# More than this is no observation of people but a number that belongs to something else.
_LONGEST = {"h": 400, "d": 2000, "w": 520, "m": 360, "y": 30}
# What is counted behind a number: "At month 12, 498 patients" gives no 498 months.
_COUNTED = re.compile(
    r"^\s(?:\w+\s){0,3}?(?:patients?|participants?|subjects?|individuals?|adults?|people|persons?|women|men|children|"
    r"adolescents?|volunteers?|responders?|remitters?|cases|studies|trials)\b|^\s?%|^\s?\("
)
_AT_MOST = re.compile(r"≤\s?$")
_THEN = re.compile(r"\b(?:followed by|and then)\b(?: an?)?[^.;]{0,30}$")
# Phases told one by one: "a 25-day treatment phase and a 56-day follow-up phase", "(4 weeks) and (24 weeks)".
_PHASE = re.compile(r"(?:[\s-][\w()-]+){0,5}?[\s-](?:phase|period|extension|stage)\b")
_ASIDES = re.compile(r"\) (?:and|then|plus|followed by|or) [^.;()]{0,50}\($")
# What goes on where another phase ends: "the next 4 weeks", "4 additional weeks".
_NEXT = re.compile(r"\b(?:next|another|additional|further|subsequent)\s$")
_UNIT = Cued(r"days?|weeks?|months?|years?|hours?|hrs?|wks?|yrs?|pod\s?\d")
_LETTER = re.compile(r"[ -][hd][ .,)]")
_CLASSES = Classes(
    {
        "follow-up": "follow followed",
        "after": "after post postoperative postinfusion postpartum later following subsequent since",
        "treatment": "treat therap infus dos administ maint inject sessions",
        "study": "study trial phase period course double open extension randomi continuation observation",
        "at": "=at =by",
        "for or over": "=for =over =during =throughout =through =across",
        "up to": "until =up =within lasting",
        "in": "=in =of",
        "from or between": "=from =between",
        "assessed": "assess measur evaluat monitor observ rated scores examin visit time point endpoint baseline",
        "lasting": "sustain persist maintain last remain durab continu",
        "relapse": "relapse recurr",
        "result": "remission respon improv reduc decreas increas differ signif lower higher effect rate =or =ci =md",
        "mean or range": "mean median average rang approximately",
        "every": "=every =per =each twice once three weekly =times =apart",
        "before": "before prior preceding earlier previous washout =ago history",
        "illness": "illness depress episode disorder diagnos abstinen sobr onset refractor suffer experienced",
        "collected": "collect database records between calendar november december =since",
        "primary": "primary outcome",
        "planned": "will",
        "studies": "studies trials rcts",
        "single": "single",
        "looking back": "retrospect survey period nationwide chart record",
    },
    reach=4,
)


@dataclass(slots=True)
class Lasting:
    """A duration (`number`: whole days) and where a sentence tells it (from, to), with what speaks for it.

    `goes_on`: it is told of what follows another phase.
    """

    number: int
    part: Statement
    start: int
    end: int
    known: Features
    goes_on: bool = False


def durations(parts: Sequence[Statement], design: str | None) -> list[Lasting]:
    """Every candidate of an abstract of a day or more, with its features."""
    found = [one for part in parts if _may_last(part) for one in _with_sums(list(_of_sentence(part)))]
    synthesis = design in _SYNTHESES
    if not synthesis:
        found += _phases(found)
    plain = [one.number for one in found if "added up" not in one.known]
    found = [one for one in found if not _told_as_well(one, plain)]
    told: dict[int, set[int]] = {}
    for one in found:
        told.setdefault(one.number, set()).add(one.part.start)
    second, longest = sorted((0, 0, *told))[-2:]
    for one in found:
        known = one.known
        known["duration"] = 1.0
        known[f"role {one.part.role}"] = 1.0
        if synthesis:
            known["synthesis"] = 1.0
            known["synthesis, " + ("hours" if one.number < 2 else "longer")] = 1.0
        if design in _TOLD_APART:
            known[design] = 1.0
        if one.number == longest:
            known["longest"] = 1.0
        if one.number == longest and one.number > 4 * second:
            known["far longer than the rest"] = 1.0
        if "behind the end" in known and any(
            other.number >= _A_WEEK for other in found if "behind the end" not in other.known
        ):
            known["behind the end, others told"] = 1.0
        if one.number > 400:
            known["more than a year"] = 1.0
        if len(told[one.number]) > 1:
            known["said again"] = 1.0
    return found


def _told_as_well(one: Lasting, plain: Sequence[int]) -> bool:
    """Whether a sum is what the abstract tells in one number, to a few days ("13 weeks" are "day 8" and 12 more)."""
    return "added up" in one.known and any(_NEARLY * one.number <= number <= one.number for number in plain)


def _with_sums(told: list[Lasting]) -> list[Lasting]:
    """The durations of a sentence, and for two that follow each other ("3 weeks ... followed by 20 weeks") the sum."""
    sums = [*_of_phases(told)]
    sums += [
        Lasting(one.number + other.number, one.part, one.start, other.end, {**other.known, "added up": 1.0})
        for one, other in pairwise(told)
        if "hours" not in one.known and _THEN.search(one.part.small, one.end, other.start)
    ]
    return told + sums


def _of_phases(told: Sequence[Lasting]) -> Iterator[Lasting]:
    """Phases that a sentence tells one by one, added up."""
    whole = 0
    for one, other in pairwise(told):
        if one.end > other.start or not _are_phases(one, other):
            whole = 0
            continue
        whole = (whole or one.number) + other.number
        known = {**other.known, "added up": 1.0, "phases": 1.0}
        yield Lasting(whole, one.part, one.start, other.end, known)


def _are_phases(one: Lasting, other: Lasting) -> bool:
    lowered = one.part.small
    if "a point of time" in one.known or "a point of time" in other.known:
        return False
    if _ASIDES.match(lowered, one.end, other.start):
        return lowered.startswith(")", other.end)
    return (
        _PHASE.match(lowered, one.end, other.start) is not None
        and _PHASE.match(lowered, other.end) is not None
    )


def _phases(told: Sequence[Lasting]) -> list[Lasting]:
    """What goes on where another phase ended, with the longest that was told before it."""
    sums: dict[int, Lasting] = {}
    before = 0
    for one in told:
        if one.goes_on and before:
            known = {**one.known, "added up": 1.0}
            sums.setdefault(one.number, Lasting(one.number + before, one.part, one.start, one.end, known))
        if "hours" not in one.known:
            before = max(before, one.number)
    return list(sums.values())


def _may_last(part: Statement) -> bool:
    return part.may_have(_UNIT) or _LETTER.search(part.small) is not None


def _of_sentence(part: Statement) -> Iterator[Lasting]:
    lowered = part.small
    for match in part.numbered(_DURATION):
        joined = match["joined"] in ("-", "‐")
        yield from _lasting(part, match, match["numbers"], match.end(), "of so long" if joined else "so long")
    if part.may_have(_POINT):
        for match in _POINT.compiled.finditer(lowered):
            unit, listed, end = match["unit"], match["numbers"], match.end()
            # A list goes on over a comma after a plural ("days 1, 3 and 7") or in order, and not to a number of people.
            if "," in listed and (
                not (unit.endswith("s") or _in_order(listed)) or _COUNTED.match(lowered[end : end + 60])
            ):
                whole = _NUMBER.match(listed)
                listed = whole[0] if whole and not unit.endswith("s") else listed[: listed.rindex(",")]
                end = match.start("numbers") + len(listed)
            if not unit.startswith("year") and not _OF_ANOTHER_UNIT.match(lowered, end):
                yield from _lasting(part, match, listed, end, "a point of time")
    if part.may_have(_ORDINAL):
        for match in _ORDINAL.compiled.finditer(lowered):
            nth = str(_NTH.get(match["nth"], match["nth"].rstrip("stndrh")))
            yield from _lasting(part, match, nth, match.end(), "a point of time")
    if part.may_have(_WORDED):
        for match in _WORDED.compiled.finditer(lowered):
            yield from _lasting(part, match, "1", match.end(), "of so long" if match["long"] else "so long")


def _in_order(listed: str) -> bool:
    """Whether a list of three or more rises and has an end ("week 2, 4 and 6")."""
    numbers = [value(text) or 0 for text in _NUMBER.findall(listed)]
    rises = all(one < other for one, other in pairwise(numbers))
    return len(numbers) > _LEAST_LISTED and rises and " and " in listed


def _lasting(part: Statement, match: re.Match[str], listed: str, end: int, kind: str) -> Iterator[Lasting]:
    lowered, start = part.small, match.start()
    before = lowered[max(0, start - 60) : start]
    told = match.groupdict()
    named = told.get("unit") or told.get("long") or (told["said"] or told["later"]).split()[-1]
    unit = "d" if named in ("pod", "next-day") else named[0]
    if is_no_observation(lowered, before, end, unit):
        return
    top, several = _top(listed)
    days = _days(top, unit)
    if days < 1 or top > _LONGEST[unit]:
        return
    known = _CLASSES.around(lowered, start, end)
    known[kind] = 1.0
    if "followed up" in before:
        known.pop("up to before", None)
    if unit == "h":
        known["hours"] = 1.0
    if unit == "y":
        known["years"] = 1.0
    if several:
        known["a list or range"] = 1.0
    if _AT_MOST.search(before):
        known["at most"] = 1.0
    if _BEHIND_THE_END.match(lowered, end):
        known["behind the end"] = 1.0
    yield Lasting(days, part, start, end, known, goes_on=bool(told.get("more") or _NEXT.search(before)))


def _top(listed: str) -> tuple[float, bool]:
    """The highest number of a list, and whether there are several."""
    if _IS_DECIMAL.fullmatch(listed):
        return float(listed), False
    numbers = [number for text in _NUMBER.findall(listed) if (number := value(text)) is not None]
    return max(numbers, default=0), len(numbers) > 1


def _days(number: float, unit: str) -> int:
    """Whole days; twelve months are a year, and what is left of a day is no day."""
    if unit == "m" and number % _MONTHS_OF_A_YEAR == 0:
        number, unit = number / _MONTHS_OF_A_YEAR, "y"
    return int(number * _DAYS[unit] + (1e-6 if unit in "hd" else 0.5))
