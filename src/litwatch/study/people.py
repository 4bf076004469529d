"""The numbers of an abstract that may be its participants, each with where it stands and what speaks for it.

Owns the candidates: a number before a word for people, "n = 45", the one of a case report, groups and arms added up
(arms.py). Never chooses (participants.py does, by weights): a candidate too many does no harm, one too few does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from litwatch.study.cues import Cued, Exact
from litwatch.study.numbers import IN_WORDS, NUMBER, value
from litwatch.study.statements import Statement
from litwatch.study.weighing import Features
from litwatch.study.wordings import Classes

_NOUN = (
    r"(?:(?:non-?|ex-?)?users?|patients?|participants?|subjects?|individuals?|adults?|volunteers?|women|men|people|"
    r"persons?|veterans?|adolescents?|outpatients?|inpatients?|children|youths?|parturients?|mothers|respondents?|"
    r"controls|responses|students|undergraduates|males|females|nulliparas|primiparas|enrollees|recipients|"
    r"beneficiaries|consumers|abusers|drinkers|alcoholics|smokers|survivors|workers|residents|cases)"
)
# Words between the number and the people: adjectives, never a verb, never another number.
_ADJECTIVE = (
    r"(?:(?!(?:of|were|was|had|have|and|in|with|per|to|which|that|at|from|on|for|by|whereas|different|"
    r"studies|trials|rcts|articles|publications|records|reports|sessions|infusions|doses|"
    r"sites?|centers?|centres?|institutions?|hospitals?|clinics?|countries|groups?|arms|cohorts?|"
    r"weeks?|days?|months?|years?|hours?|min|minutes|mg|microg|kg|items?|points?|times|percent|million|billion)\b)"
    r"(?:[a-z][\w/+'’‐]*-\s(?:and|or)\s)?[a-z][\w/+'’‐-]*)"
)
# "86 unipolar and bipolar depressive patients", "19 elderly (≥50 years) and": two that belong together, an aside.
_PAIR = r"(?:male|female|unipolar|bipolar|adult|adolescent|medical|surgical|(?:non-?)?cardiac)\s(?:and|or|and/or)\s"
_ASIDE = r"(?:\([^().;]{1,25}\)\s)?"
_BEFORE = rf"(?P<n>{NUMBER})[\s-](?P<adjectives>(?:(?:{_PAIR})?{_ADJECTIVE},?\s{_ASIDE}){{0,6}}?)"
_COUNTED = Cued(rf"{_BEFORE}(?P<noun>{_NOUN})\b")
# "25 HCs": what an abstract calls its people for short, unless that is short for something else.
# It begins with a capital, for which `re` looks at once.
_CAPITALS = Exact((r"[A-Z](?<=\b[A-Z])[A-Z]{1,4}s\b", ()))
_COUNTED_FOR_SHORT = re.compile(rf"{_BEFORE}(?P<noun>[a-z]{{2,5}}s)\b")
_UNLIKE_PEOPLE = frozenset(
    re.findall(r"\w+", "rcts cts ssris snris aes saes teaes mris ects icus snps eegs rois ems")
)
# "45 ecstasy polydrug, 48 cannabis polydrug and 40 legal drug users": the people are named at the end.
_ELLIPTIC = re.compile(
    rf"(?P<group>(?P<n>{NUMBER})\s(?:{_ADJECTIVE}\s){{0,3}}{_ADJECTIVE}(?:\s\([^().;]{{1,25}}\))?)(?:,\s|,?\s(?:and|versus|vs\.?)\s)$"
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
    r"(?:randomi[sz]ed|included|enrolled|recruited|assigned|allocated|analy[sz]ed|evaluated|treated)|"
    r"(?:completed|participated|underwent|"
    r"received(?=[^.;]{0,40}\band\s(?:were|was)\s(?:included|analy))|(?P<received>received|given))\b|"
    r"(?P<to>to)\s(?!\d)|(?P<in>in)\s(?:the\s)?(?:[a-z][\w-]*\s){0,2}?(?:group|arm)\b)"
)
_DONE = Cued(
    r"\b(?:randomi[sz]ed|included|enrolled|recruited|assigned|allocated|analy[sz]ed|evaluated|treated|completed|"
    r"participated|underwent|received|given)|\b(?:group|arm)\b"
)
_PERSON = Cued(
    r"\b(?:an?|the)\s(?:[\w-]+\s){0,3}?(?:\d{1,3}[-‐ ]?years?[-‐ ]old\b|(?:middle-aged|elderly|young)\s"
    r"(?:\w+\s)?(?:man|woman|male|female|patient))"
)
_NO_COUNT = re.compile(
    r"(?:=|\b(?:groups?|steps?|days?|weeks?|cohorts?|phases?|months?|years?|scales?|levels?|few|several|some)|"
    r"[⩾≥≤<>~]|\d\s?(?:to|or|-|–)|between\s\d+\sand)\s?$"
)
_LIMIT = re.compile(
    r"\b(?:each|every|per|at least|than|minimum|max\w*|aged?|ages|up to|between)\s(?:\w+\s)?$"
)
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
_PER_GROUP = re.compile(
    r"[\s(,]*(?:(?:patients?|participants?|subjects?)\s)?"
    r"(?:/group|per\s(?:\w+\s)?(?:group|arm|treatment)|"
    r"(?:(?:(?:were\s)?(?:randomi[sz]ed|assigned|allocated|included|enrolled)\s)?(?:in|to|into)\s)(?:each|both|either|every)\b|"
    r"each\b)"
)
# Two groups that are named: in each of the ketamine (intervention) and propofol (control) groups.
_OF_THE_TWO = re.compile(
    r"\sin (?:each|both) of the (?:[\w()-]+\s){1,3}?and\s(?:[\w()-]+\s){1,3}?(?:groups|arms)\b"
)
_GROUPS = Cued(r"\b(?P<n>two|three|four|five|six|[2-6])\s(?:[\w-]+\s){0,2}?(?:groups|arms)\b")
_GROUPS_OF = re.compile(r"\b(?P<n>two|three|four|five|six|[2-6])\s(?:[\w-]+\s){0,2}?(?:groups|arms)\sof\s$")
_NAMED_GROUPS = re.compile(r"\b(?:[\w-]+ group \((?:group )?\w+\)|group (?:\w|[ivx]+)\b)")
_DIGIT = re.compile(r"\d")
_MOST = 5_000_000
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
_FEW_PEOPLE = 30
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
    },
    reach=8,
)


@dataclass(slots=True)
class Told:
    """A number and where a sentence tells it (from, to, in the sentence), with what speaks for it."""

    number: int
    part: Statement
    start: int
    end: int
    known: Features = field(default_factory=dict)


def counts_of(part: Statement, groups: int, design: str | None) -> tuple[list[Told], list[Told]]:
    """The people counted in a sentence, and its "n = 45", each in order; `groups`: how many the study has, or 0."""
    if not _DIGIT.search(part.text) and not part.may_have(IN_WORDS):
        return [], []
    found: list[Told | None] = []
    if part.may_have(_COUNTED):
        found += [_counted(part, match, groups) for match in part.numbered(_COUNTED.compiled)]
    if part.has(_CAPITALS):
        found += [
            _counted(part, match, groups)
            for match in part.numbered(_COUNTED_FOR_SHORT)
            if _is_short(part, match) and not any(one and one.start == match.start() for one in found)
        ]
    starts = {one.start for one in found if one}
    if part.may_have(_DONE):
        found += [_alone(part, match) for match in part.numbered(_ALONE) if match.start() not in starts]
    known = {one.start: one for each in found if each for one in _before(each)}
    known |= {one.start: one for one in found if one}
    counted = [known[start] for start in sorted(known)]
    equal = (
        [_equals(part, match, groups) for match in _EQUALS.finditer(part.small)] if "=" in part.small else []
    )
    stated = [one for one in equal if one]
    if design in _SYNTHESES:
        # There such numbers count studies.
        counted = [one for one in counted if "standing alone" not in one.known]
        stated = [one for one in stated if one.number >= _FEW_PEOPLE]
    return counted, stated


def persons_of(part: Statement) -> list[Told]:
    """Each person of whom a case report tells ("a 45-year-old woman")."""
    if not part.may_have(_PERSON):
        return []
    matches = _PERSON.compiled.finditer(part.small)
    return [Told(1, part, match.start(), match.end(), {"one person told of": 1.0}) for match in matches]


def number_of_groups(parts: Sequence[Statement]) -> int:
    """How many groups the abstract says there are; 0 where it says nothing or says different things."""
    said = {value(match["n"]) for part in parts if (match := part.find(_GROUPS))}
    return (said.pop() or 0) if len(said) == 1 else 0


def _counted(part: Statement, match: re.Match[str], groups: int) -> Told | None:
    number, noun = _number(part, match), match["noun"]
    if number is None:
        return None
    known = _CLASSES.around(part.small, match.start(), match.end())
    known["counted"] = 1.0
    if noun in _CALLED:
        known[_CALLED[noun]] = 1.0
    if noun == "controls" or "healthy" in match["adjectives"] or "control" in match["adjectives"]:
        known["controls"] = 1.0
    return _times_groups(Told(number, part, match.start(), match.end(), known), groups)


def _is_short(part: Statement, match: re.Match[str]) -> bool:
    """Whether the noun is one that the abstract made of capitals."""
    start, end = match.span("noun")
    return part.text[start : end - 1].isupper() and match["noun"] not in _UNLIKE_PEOPLE


def _before(one: Told) -> Iterator[Told]:
    """The groups that stand before another without a word for people ("30 ECT and 40 ketamine patients")."""
    lowered, end = one.part.small, one.start
    while "standing alone" not in one.known:
        from_ = max(0, end - 60)
        match = _ELLIPTIC.search(lowered[from_:end])
        number = value(match["n"]) if match else None
        if not match or number is None or not 2 <= number <= _MOST or number in _YEARS:
            return
        start = from_ + match.start()
        if _NO_COUNT.search(lowered[max(0, start - 40) : start]):
            return
        known = _CLASSES.around(lowered, start, end)
        known["named with the next"] = 1.0
        yield Told(number, one.part, start, from_ + match.end("group"), known)
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
    return _times_groups(Told(number, part, match.start(), match.end(), known), groups)


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
    if _NO_COUNT.search(before) or _LIMIT.search(before) or _SEEN_IN.search(before):
        return None
    if _ASKED.match(part.small, match.end()) or (number in _YEARS and _CALENDAR.search(before)):
        return None
    return number


def _times_groups(one: Told, groups: int) -> Told | None:
    """The number times the groups, where it is told of each of them; nothing where these are not known."""
    lowered = one.part.small
    said = _GROUPS_OF.search(lowered[max(0, one.start - 40) : one.start])
    if said is None and not _PER_GROUP.match(lowered, one.end):
        return one
    if said is None and _OF_THE_TWO.match(lowered, one.end):
        groups = 2
    groups = (
        (value(said["n"]) or 0) if said else groups or len(set(_NAMED_GROUPS.findall(lowered[: one.start])))
    )
    if groups < 2:
        return None
    one.number *= groups
    one.known["times the groups"] = 1.0
    return one
