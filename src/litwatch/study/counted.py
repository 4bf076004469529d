"""A number before a word for people: "45 patients", "19 elderly (over 65 years) women", "39 ASA I and II patients".

Owns the words for people and what may stand between a number and them. Never decides whether it is those of the study.
"""

from __future__ import annotations

import re

from litwatch.study.cues import Cued, Exact
from litwatch.study.numbers import NUMBER

_NOUN = (
    r"(?:(?:non-?|ex-?)?users?|patients?|participants?|subjects?|individuals?|adults?|volunteers?|women|men|people|"
    r"persons?|veterans?|adolescents?|outpatients?|inpatients?|children|youths?|parturients?|mothers|respondents?|"
    r"controls|responses|students|undergraduates|males|females|nulliparas|primiparas|enrollees|recipients|"
    r"beneficiaries|consumers|abusers|drinkers|alcoholics|smokers|survivors|workers|residents|boys|girls|pts|"
    r"clinicians|physicians|psychiatrists|nurses|others|cases)"
)
# Words between the number and the people: adjectives, never a verb, never another number.
ADJECTIVE = (
    r"(?:(?!(?:of|were|was|had|have|and|in|with|per|to|which|that|at|from|on|for|by|whereas|different|"
    r"studies|trials|rcts|articles|publications|records|reports|sessions|infusions|doses|"
    r"sites?|centers?|centres?|institutions?|hospitals?|clinics?|countries|groups?|arms|cohorts?|"
    r"weeks?|days?|months?|years?|hours?|min|minutes|mg|microg|kg|items?|points?|times|percent|million|billion)\b)"
    r"(?:[a-z][\w/+'’‐]*-\s(?:and|or)\s)?[a-z][\w/+'’‐-]*)"
)
# "86 unipolar and bipolar depressive patients", "19 elderly (≥50 years) and": two that belong together, an aside.
_PAIR = r"(?:male|female|unipolar|bipolar|adult|adolescent|medical|surgical|(?:non-?)?cardiac)\s(?:and|or|and/or)\s"
_ASIDE = r"(?:\([^().;]{1,25}\)\s)?"
# "203 (x = 45 +/- 14.6 years of age) patients": behind the number itself.
_FIGURES = r"(?:\((?!\d+(?:\.\d+)?\s?%\))(?:[^().;]|\.\d){1,45}\)\s)?"
# "39 ASA physical status I and II patients", "75 ASA 1-2 children".
_CLASS = r"(?:[1-4]|i{1,3}|iv)"
_STATUS = (
    r"(?:american society of ana?esthesiologists|asa)\s(?:\(asa\)\s)?"
    r"(?:(?:physical|status|class|grade|ps|score)\s){0,2}"
    rf"{_CLASS}(?:\s?(?:[-–‐/,&]|and|or|to)\s?{_CLASS}){{0,3}}"
)
_BEFORE = (
    rf"(?P<n>{NUMBER})[\s-](?P<adjectives>{_FIGURES}"
    rf"(?:(?:{_STATUS}|(?:{_PAIR})?{ADJECTIVE}),?\s{_ASIDE}){{0,6}}?)"
)
# No patient-years.
COUNTED = Cued(rf"{_BEFORE}(?P<noun>{_NOUN})\b(?!-(?:years?|months?|days?|weeks?|visits?)\b)")
# "25 HCs": what an abstract calls its people for short, unless that is short for something else.
# It begins with a capital, for which `re` looks at once.
CAPITALS = Exact((r"[A-Z](?<=\b[A-Z])[A-Z]{1,4}s\b", ()))
COUNTED_FOR_SHORT = re.compile(rf"{_BEFORE}(?P<noun>[a-z]{{2,5}}s)\b")
UNLIKE_PEOPLE = frozenset(
    re.findall(r"\w+", "rcts cts ssris snris aes saes teaes mris ects icus snps eegs rois ems")
)
