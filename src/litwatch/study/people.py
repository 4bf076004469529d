"""The numbers of an abstract that may be its participants, each with where it stands and what speaks for it.

Owns the candidates: a number before a word for people, "n = 45", the one of a case report, groups and arms added up
(arms.py). Never chooses (participants.py does, by weights): a candidate too many does no harm, one too few does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.study.counted import ADJECTIVE, CAPITALS, COUNTED, COUNTED_FOR_SHORT, UNLIKE_PEOPLE
from litwatch.study.cues import Cued
from litwatch.study.groups import times_groups
from litwatch.study.numbers import IN_WORDS, NUMBER, value
from litwatch.study.statements import Statement
from litwatch.study.told import Told
from litwatch.study.wordings import Classes

# "45 ecstasy polydrug, 48 cannabis polydrug and 40 legal drug users": the people are named at the end.
_ELLIPTIC = re.compile(
    rf"(?P<group>(?P<n>{NUMBER})\s(?:{ADJECTIVE}\s){{0,3}}{ADJECTIVE}(?:\s\([^().;]{{1,25}}\))?)(?:,\s|,?\s(?:and|versus|vs\.?)\s)$"
)
_SHARE_BEFORE = re.compile(r"\d\s?%\s?\($")
_EQUALS = re.compile(rf"\bn\s?=\s?(?P<n>{NUMBER})(?!\s?(?:%|\.\d))")
# "Of these, 24 (72.7%) were randomised": the number stands alone.
# "N = 1480 infusions": what is counted so are no people.
_NO_PEOPLE = re.compile(
    r"\s(?:[a-z][\w/-]*\s){0,4}?(?:treatments|infusions|sessions|doses|administrations|injections|articles|studies|trials|"
    r"papers|publications|reports|records|samples|observations|visits|assessments)\b"
)
_ALONE = re.compile(
    rf"(?P<n>{NUMBER})(?:\s\(\d+(?:\.\d+)?\s?%\))?\s(?:(?:were|was)\s(?:\w+\s){{0,2}}?"
    r"(?:randomi[sz]ed|included|enrolled|recruited|assigned|allocated|analy[sz]ed|evaluated|treated|studied|available)|"
    r"(?:who\s)?(?:completed|participated|underwent|"
    r"received(?=[^.;]{0,40}\band\s(?:were|was)\s(?:included|analy))|(?P<received>received|given))\b|"
    r"(?P<to>to)\s(?!\d)|(?P<in>in)\s(?:the\s)?(?:[a-z][\w-]*\s){0,2}?(?:group|arm)\b)"
)
_DONE = Cued(
    r"\b(?:randomi[sz]ed|included|enrolled|recruited|assigned|allocated|analy[sz]ed|evaluated|treated|completed|"
    r"studied|available|participated|underwent|received|given)|\b(?:group|arm)\b"
)
_PERSON = Cued(
    r"\b(?:an?|the)\s(?:[\w-]+\s){0,3}?(?:\d{1,3}[-‐ ]?years?[-‐ ]old\b|(?:middle-aged|elderly|young)\s"
    r"(?:\w+\s)?(?:man|woman|male|female|patient))|"
    r"\bcase (?:report )?of (?:\w+\s)?\d{1,3}[-‐ ]years?[-‐ ]old\b"
)
# A case report that tells no age: "this patient", "in a patient".
_A_PATIENT = Cued(
    r"\b(?:an?|this|the|our|one)\s(?:(?!of\b|for\b)[\w-]+\s){0,2}(?:patient|man|woman|boy|girl)\b(?!['’]|\sgroup)"
)
_NO_COUNT = re.compile(
    r"(?:=|\b(?:groups?|steps?|days?|weeks?|cohorts?|phases?|months?|years?|scales?|levels?|few|several|some)|"
    r"[⩾≥≤<>~]|\d\s?(?:to|or|-|–)|between\s\d+\sand)\s?$"
)
# "Clinical trial 2", "patient 3".
_NUMBERED = re.compile(r"\b(?:trial|study|experiment|part|patient|participant|case|clinic|site)\s$")
_FEW_TRIALS = 7
_LIMIT = re.compile(
    r"\b(?:each|every|per|at least|than|minimum|max\w*|aged?|ages|up to|between)\s(?:\w+\s)?$"
)
# "A planned trial of 60 patients", "of a target sample of 60"; "we aimed to recruit 60", "the target was 60".
_PLANNED = re.compile(
    r"\b(?:planned|proposed|target(?:ed)?|anticipated|intended|projected)\s(?:[\w-]+\s){0,4}?(?:of|in|with)\s(?:about\s)?$"
)
_AIMED_AT = re.compile(
    r"\b(?:(?:aimed|planned|intended|sought|hoped|designed)\s(?:at|for|to\s(?:recruit|enrol?l|include|randomi[sz]e))|"
    r"target\s(?:(?:sample size|sample|number)\s)?(?:was|were))\s(?:about\s|a total of\s)?$"
)
# Not "physically healthy patients".
_HEALTHY = re.compile(r"(?<!physically )(?<!medically )(?<!otherwise )healthy")
_LEAD_UP = ("of ", "in ", "with ", "about ", "the ")
_OUT_OF = re.compile(rf"(?:{NUMBER})(?:\s\([^()]*\))?\s(?:out\s)?of\s(?:the\s)?$")
_SCREENED = re.compile(r"\b(?:screened|invited|approached)\b")
# "5 of 99 referred patients", "5 of 32 planned patients".
_NOT_ALL_CAME = re.compile(r"\b(?:referred|planned|intended)\b")
_CALENDAR = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|\d|in|from|"
    r"to|and|until|between|since|of|by|during|,|-|–)\s?$"
)
# Not the people of the study but those in whom something was seen, or who were merely asked.
_SEEN_IN = re.compile(
    r"\b(?:noted|seen|observed|reported|occurred|found|recorded|present|detected|needed|experienced|happened)"
    r"\s(?:in|by|among|for)\s(?:only\s)?$"
)
_ASKED = re.compile(
    r"\W{0,3}(?:(?!with\b)\w+\s){0,2}?(?:contacted|invited|approached|asked|screened|mailed)\b"
)
_YEARS = range(1900, 2036)
_DIGIT = re.compile(r"\d")
_MOST = 5_000_000
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
_FEW_PEOPLE = 30
# A sentence that grades trials: "low (n = 57) or moderate (n = 51) risk of bias".
_GRADED = Cued(r"\brisk of bias\b|\brob\b|\b(?:study|methodological) quality\b|\bnewcastle[-‐ ]ottawa\b")
_CALLED = {
    **dict.fromkeys(("patients", "participants", "subjects", "individuals"), "called patients or the like"),
    **dict.fromkeys(("cases", "responses"), "called cases"),
}


_CLASSES = Classes(
    {
        "randomised": "randomi allocated assigned",
        "enrolled": "enrol includ recruit participat consist involv compris entered",
        "analysed": "analy evaluat examin assess studied investigat review tested",
        "completed": "complet",
        "available": "available evaluable intent per-protocol",
        "screened": "screen eligib approach invit contact referr consent potential identif search",
        "treated": "treated received receiving underwent given administered infus",
        "total": "total overall altogether",
        "sample": "sample cohort",
        "of": "=of",
        "of these": "these those whom them",
        "in or among": "=in =among",
        "only": "=only",
        "one group": "group arm placebo saline midazolam control comparator",
        "what became of them": "respon remit remission relaps experienc reported develop improv achiev fail show "
        "observed seen occurred noted found =had",
        "left": "withdr discontinu exclud drop lost refus declin missing stopped =left",
        "events": "=died death suicid adverse serious event hypertens nausea vomit",
        "sex": "women men male female girls boys",
        "each": "=each =per =every =both =either =respectively",
        "earlier": "previous prior earlier another recently",
        "will be": "will planned plan estimate intend aim expected",
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
    },
    reach=8,
)


def counts_of(part: Statement, groups: int, design: str | None) -> tuple[list[Told], list[Told]]:
    """The people counted in a sentence, and its "n = 45", each in order; `groups`: how many the study has, or 0."""
    if not _DIGIT.search(part.text) and not part.may_have(IN_WORDS):
        return [], []
    found: list[Told | None] = []
    if part.may_have(COUNTED):
        found += [_counted(part, match, groups) for match in part.numbered(COUNTED.compiled)]
    if part.has(CAPITALS):
        found += [
            _counted(part, match, groups)
            for match in part.numbered(COUNTED_FOR_SHORT)
            if _is_short(part, match) and not any(one and one.start == match.start() for one in found)
        ]
    starts = {one.start for one in found if one}
    if part.may_have(_DONE):
        found += [_alone(part, match) for match in part.numbered(_ALONE) if match.start() not in starts]
    known: dict[int, Told] = {}
    walked = 0
    for each in sorted((one for one in found if one), key=lambda one: one.start):
        known |= {one.start: one for one in _before(each, walked)}
        walked = each.start
    known |= {one.start: one for one in found if one}
    counted = [known[start] for start in sorted(known)]
    equal = (
        [_equals(part, match, groups) for match in _EQUALS.finditer(part.small)] if "=" in part.small else []
    )
    stated = [one for one in equal if one]
    if design != "protocol":
        counted = [one for one in counted if "aimed at" not in one.known]
    if design in _SYNTHESES:
        # There such numbers count studies.
        counted = [one for one in counted if "standing alone" not in one.known or "to an arm" in one.known]
        graded = part.has(_GRADED)
        stated = [one for one in stated if one.number >= _FEW_PEOPLE and not graded]
    return counted, stated


def persons_of(part: Statement) -> list[Told]:
    """Each person of whom a case report tells ("a 45-year-old woman")."""
    if not part.may_have(_PERSON):
        return []
    matches = _PERSON.compiled.finditer(part.small)
    return [Told(1, part, match.start(), match.end(), {"one person told of": 1.0}) for match in matches]


def patient_of(part: Statement) -> Told | None:
    """The one patient of whom a case report tells without an age."""
    if not (match := part.find(_A_PATIENT)):
        return None
    return Told(1, part, match.start(), match.end(), {"a patient told of": 1.0})


def _counted(part: Statement, match: re.Match[str], groups: int) -> Told | None:
    number, noun = _number(part, match), match["noun"]
    if number is None:
        return None
    if _SCREENED.search(match["adjectives"]):
        return None
    known = _CLASSES.around(part.small, match.start(), match.end())
    known["counted"] = 1.0
    before = part.small[max(0, match.start() - 80) : match.start()]
    if before.endswith(_LEAD_UP):
        if _PLANNED.search(before):
            known["planned"] = 1.0
        if _OUT_OF.search(before):
            known["out of so many"] = 1.0
        if _NOT_ALL_CAME.search(match["adjectives"]) and _OUT_OF.search(before):
            return None
    if _AIMED_AT.search(before):
        known["aimed at"] = 1.0
    if noun in _CALLED:
        known[_CALLED[noun]] = 1.0
    if noun == "controls" or _HEALTHY.search(match["adjectives"]) or "control" in match["adjectives"]:
        known["controls"] = 1.0
    return times_groups(Told(number, part, match.start(), match.end(), known), groups)


def _is_short(part: Statement, match: re.Match[str]) -> bool:
    """Whether the noun is one that the abstract made of capitals."""
    start, end = match.span("noun")
    return part.text[start : end - 1].isupper() and match["noun"] not in UNLIKE_PEOPLE


def _before(one: Told, walked: int) -> Iterator[Told]:
    """The groups that stand before another without a word for people ("30 ECT and 40 ketamine patients").

    Back to `walked`, for what stands before that was asked already.
    """
    lowered, end = one.part.small, one.start
    while end > walked and "standing alone" not in one.known:
        from_ = max(0, end - 60)
        match = _ELLIPTIC.search(lowered[from_:end])
        number = value(match["n"]) if match else None
        if not match or number is None or not 2 <= number <= _MOST or number in _YEARS:
            return
        start = from_ + match.start()
        if _NO_COUNT.search(lowered[max(0, start - 40) : start]):
            return
        until = from_ + match.end("group")
        known = _CLASSES.around(lowered, start, until)
        known["named with the next"] = 1.0
        yield Told(number, one.part, start, until, known)
        end = start


def _equals(part: Statement, match: re.Match[str], groups: int) -> Told | None:
    number = value(match["n"])
    behind = (part.small, match.end())
    if number is None or not 2 <= number <= _MOST or _ASKED.match(*behind) or _NO_PEOPLE.match(*behind):
        return None
    known = _CLASSES.around(part.small, match.start(), match.end())
    known["n ="] = 1.0
    if _SHARE_BEFORE.search(part.small, 0, match.start()):
        known["a share of others"] = 1.0
    if part.text[match.start()] == "N":
        known["N ="] = 1.0
    return times_groups(Told(number, part, match.start(), match.end(), known), groups)


def _alone(part: Statement, match: re.Match[str]) -> Told | None:
    number = _number(part, match)
    if number is None or number in _YEARS:
        return None
    known = _CLASSES.around(part.small, match.start(), match.end("n"))
    known["standing alone"] = 1.0
    if match["to"] or match["in"] or match["received"]:
        known["to an arm"] = 1.0
    return Told(number, part, match.start(), match.end(), known)


def _number(part: Statement, match: re.Match[str]) -> int | None:
    """The number of a match, unless what stands before makes it a limit, a year or a name."""
    number = value(match["n"])
    if number is None or not 2 <= number <= _MOST or match["n"] in ("hundred", "thousand"):
        return None
    before = part.small[max(0, match.start() - 40) : match.start()]
    if before[-1:].isalpha():
        return None  # "RNF34"
    if _NO_COUNT.search(before) or _LIMIT.search(before) or _SEEN_IN.search(before):
        return None
    if number < _FEW_TRIALS and _NUMBERED.search(before):
        return None
    if _ASKED.match(part.small, match.end()) or _is_year(number, before):
        return None
    return number


def _is_year(number: int, before: str) -> bool:
    return number in _YEARS and not before.endswith("total of ") and _CALENDAR.search(before) is not None
