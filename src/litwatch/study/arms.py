"""Groups of people added up.

Owns the sums ("33 patients and 25 healthy controls", "oral (n = 30) or intravenous (n = 31)"). Never finds a number
itself (people.py does), and never chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from litwatch.study.compared import compare
from litwatch.study.cues import Cued, small
from litwatch.study.groups import number_of_groups
from litwatch.study.numbers import NUMBER, value
from litwatch.study.people import counts_of, patient_of, persons_of
from litwatch.study.statements import Statement
from litwatch.study.told import OF_EACH, Told

# What stands between two groups that a sentence sets side by side.
_BESIDE = re.compile(
    r"[^.;:%()—]{0,80}?(?:[(\[][^()\[\]]*[)\]])?(?:[^.;:%()—]{0,60}?,?\s?\b(?:and|versus|vs\.?|plus|with|to|while|whereas)"
    r"|,)\s(?:the\s|another\s)?"
    r"(?:(?:[\w-]+\s){1,3}?(?:included|comprised|consisted of|contained|had)\s)?"
)
# What became of people goes on with fewer of the same, unless they were divided.
_BECAME = re.compile(
    r"\b(?:were|was|complet\w+|includ\w+|exclud\w+|respond\w+|compris\w+|initiated|started|began)\b"
)
_DIVIDED = re.compile(
    r"\b(?:randomi[sz]ed|randomly|assigned|allocated|received|given|(?:compared|matched) (?:with|to))\b"
)
# "The oral group included 40 patients, and the other group included 41".
_GROUP_HOLDS = re.compile(r"\b(?:group|cohort|arm)\s(?:included|comprised|consisted of|contained|had)\s$")
_IN_GROUP = re.compile(r"\bin (?:the )?(?:[\w-]+ ){0,2}?(?:group|arm)\b")
# Of people some died, left or had an event: they are among those told of before, and never added to them.
_LEFT = re.compile(
    r"\s(?:\(\d+(?:\.\d+)?\s?%\)\s)?(?:who\s)?(?:died|left|stopped|withdrew|discontinued|attempted|dropped|relapsed|worsened|"
    r"crossed|(?:were|was) (?:lost|excluded|withdrawn|hospitali[sz]ed|discontinued)|"
    r"had (?:an? )?(?:serious|severe|adverse|treatment-emergent|side|no|at least)\b)"
)
# Where nothing else is said of those before them, both may have done this.
_DID = re.compile(
    r"\s(?:\(\d+(?:\.\d+)?\s?%\)\s)?(?:who\s)?(?:experienced|developed|failed|switched|reported|showed|completed|responded|"
    r"remitted|required|needed)\b"
)
# Between two groups of which one thing is said ("25 users and 30 controls completed it").
_NO_MORE = re.compile(r"(?:\s\([^()]*\))?(?:,|,?\s(?:and|or|plus|versus|vs\.?))\s(?:the\s|another\s)?")
_AMONG = re.compile(r"\b(?:of|among|out of) (?:(?:the|these|those|all|our) )*$")
_OF = re.compile(r"\bof (?:the |these )?$")
_WHO_WERE = re.compile(r"\bwho (?:were|was)\b")
_PART_OF = re.compile(r"\bof (?:whom|which|these|those)\b|\bincluding\b")
_SHARE_OF = re.compile(r"\d\s?%\sof\b")
_TIME = re.compile(
    r"\b(?:(?:at|on|after) (?:the )?(?:\d|days?\b|weeks?\b|months?\b|hours?\b|baseline\b)|later\b)"
)
# A sentence that tells of one of several studies, trials or samples.
_OF_ONE_STUDY = Cued(
    r"^(?:an? |the )?(?:initial|first|second|other|another) (?:group|sample|cohort|study|experiment)\b|"
    r"^in (?:the )?(?:[\w-]+ ){0,4}?(?:study|sample|trial|cohort|experiment|data ?set)\b|"
    r"\bin the (?:first|second|original|confirmatory|validation|replication|discovery|derivation) "
    r"(?:[\w-]+ )?(?:study|sample|trial|cohort|experiment|data ?set)\b"
)
# Behind "n = 45" of an arm: a bracket closes, or another arm begins.
_ENDS_ARM = re.compile(r"[^)\]]*[)\]]|\s?(?:patients|participants|subjects|women)?;")
_PARTS = re.compile(NUMBER)
_STUDIES = re.compile(r"\b(?:studies|trials|rcts|papers|articles)\b")
_ESTIMATE = re.compile(r"\b(?:rr|or|smd|md|ci|hr|wmd|p)\b\s?[=<,:]|95\s?%")
_DIGITS = re.compile(r"\d[\d,]*")
# Whose "30 healthy subjects" are the people, not beside them.
_ALL_HEALTHY = re.compile(r"\bhealthy\b|\bvolunteers?\b")
_LEAST_ARMS, _MOST_ARMS, _FAR = 2, 4, 220
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
_LEAST_WHOLE = 10
_ONLY_PARTS = frozenset(("to an arm", "named with the next", "in one group"))
_KINDS = ("n =", "N =", "counted", "standing alone", "to an arm", "named with the next", "in one group")


def told(parts: Sequence[Statement], title: str, design: str | None) -> list[Told]:
    """Every number of an abstract that may be its participants, with its features."""
    plain: list[Told] = []
    sums: list[Told] = []
    persons: list[Told] = []
    patient: Told | None = None
    groups = number_of_groups(parts)
    least = 0
    for part in parts:
        if design == "case":
            persons += persons_of(part)
            patient = patient or patient_of(part)
        counted, equal = counts_of(part, groups, design)
        if not counted and not equal:
            continue
        least = max([least, *(2 * one.number for one in (*counted, *equal) if OF_EACH in one.known)])
        counted, equal = ([one for one in found if OF_EACH not in one.known] for found in (counted, equal))
        sums += _side_by_side(counted)
        if design in _SYNTHESES:
            sums += _pooled(sorted((*counted, *equal), key=lambda one: one.start))
        else:
            sums += _arms(equal)
        plain += [one for one in counted if not _only_a_part(one)]
        plain += equal
    sums += _of_two_studies(plain)
    if not _ALL_HEALTHY.search(small(title)):
        sums += _with_controls(plain)
    if persons:
        persons[0].number = len(persons)
        plain.append(persons[0])
    elif patient and not plain:
        plain.append(patient)
    plain, sums = ([one for one in found if one.number >= least] for found in (plain, sums))
    compare(plain, sums, parts, title.lower(), design)
    return [*plain, *sums]


def _only_a_part(one: Told) -> bool:
    return not _ONLY_PARTS.isdisjoint(one.known)


def _side_by_side(counted: Sequence[Told]) -> Iterator[Told]:
    chain: list[Told] = []
    until = 0
    for one in counted:
        if one.start < until:
            one.known["one of several"] = 1.0
            continue
        until = _end_of_parts(one)
        if until:
            one.known["arms add up to it"] = 1.0
        if chain and "in brackets" in one.known:
            continue
        if chain and _goes_on(chain[-1], one):
            chain.append(one)
            continue
        yield from _added(chain)
        chain = [one]
    yield from _added(chain)


def _added(chain: Sequence[Told]) -> Iterator[Told]:
    if len(chain) < _LEAST_ARMS:
        return
    if not _is_whole(chain) and not _is_divided(chain):
        yield _sum(chain, "groups side by side")
        return
    chain[0].known["arms add up to it"] = 1.0
    for arm in chain[1:]:
        arm.known["one of several"] = 1.0


def _goes_on(one: Told, other: Told) -> bool:
    """Whether `other` is a group beside `one`."""
    between = one.part.small[one.start : other.start]
    if "times the groups" in one.known or "times the groups" in other.known:
        return False
    if not _BESIDE.fullmatch(one.part.small, one.end, other.start) or _PART_OF.search(between):
        return False
    beside = _NO_MORE.fullmatch(one.part.small, one.end, other.start) is not None
    if _LEFT.match(other.part.small, other.end) or (not beside and _DID.match(other.part.small, other.end)):
        return False
    if one.number > other.number and "," in between and _AMONG.search(one.part.small, 0, one.start):
        return False  # "Of 1,702 patients who had it, nine patients"
    in_groups = _IN_GROUP.search(between) is not None
    completed = "completed behind" in other.known and "completed behind" not in one.known
    if completed and not in_groups and not beside:
        return False
    if (
        _OF.search(one.part.small, 0, one.start)
        and "standing alone" in other.known
        and one.number > other.number
    ):
        return False  # "Of 230 patients, 227 received": a part of them
    divided = in_groups or any(each.search(between) for each in (_DIVIDED, _GROUP_HOLDS))
    if "standing alone" in other.known:
        return divided and "to an arm" in other.known
    return divided or not _BECAME.search(_WHO_WERE.sub("", between))


def _end_of_parts(whole: Told) -> int:
    """Where the numbers end that add up to one before them ("130 users: 60 of it, 40 of that and 30 of both"), or 0."""
    if whole.number < _LEAST_WHOLE:
        return 0
    left = whole.number
    for place, match in enumerate(_PARTS.finditer(whole.part.small, whole.end)):
        left -= value(match[0]) or 0
        if left <= 0:
            return match.end() if left == 0 and place >= _LEAST_ARMS else 0
    return 0


def _pooled(told: Sequence[Told]) -> Iterator[Told]:
    """People of one kind of studies and of another, added up ("9 ketamine trials (n = 234) and 5 others (n = 354)")."""
    if len(told) == _LEAST_ARMS:
        one, other = told
        lowered = one.part.small
        between = lowered[one.end : other.start]
        if (
            (_STUDIES.search(between) or _STUDIES.search(lowered, other.end, other.end + 40))
            and (_STUDIES.search(lowered, 0, one.start) or "n =" in other.known)
            and not _PART_OF.search(between)
            and "included in" not in between
            and "of one comparison" not in other.known
            and not _ESTIMATE.search(lowered, one.end)
        ):
            yield _sum(told, "pooled side by side")


def _arms(equal: Sequence[Told]) -> Iterator[Told]:
    if whole := _whole(equal):
        for arm in equal:
            arm.known["arms add up to it" if arm is whole else "one of several"] = 1.0
        return
    if not _LEAST_ARMS <= len(equal) <= _MOST_ARMS or equal[-1].start - equal[0].start > _FAR:
        return
    lowered = equal[0].part.small
    between = [lowered[one.end : other.start] for one, other in pairwise(equal)]
    if not all(
        _ENDS_ARM.match(words) and not _PART_OF.search(words) and not _SHARE_OF.search(words)
        for words in between
    ):
        return
    if not any(_TIME.search(words) for words in between):
        yield _sum(equal, "arms added up")


def _is_whole(numbers: Sequence[Told]) -> bool:
    """Whether the first holds all the others ("1102 patients, 550 on placebo and 552 on ketamine")."""
    return len(numbers) > _LEAST_ARMS and numbers[0].number == sum(each.number for each in numbers[1:])


def _whole(numbers: Sequence[Told]) -> Told | None:
    """The first or the last, where it holds all the others ("2019 (n = 541), 2021 (n = 160) (total N = 701)")."""
    whole = max(numbers, key=lambda one: one.number, default=None)
    if len(numbers) <= _LEAST_ARMS or whole not in (numbers[0], numbers[-1]):
        return None
    return whole if 2 * whole.number == sum(each.number for each in numbers) else None


def _is_divided(chain: Sequence[Told]) -> bool:
    """Whether the first is the second and one or two more of its sentence ("90 patients, 45 patients on it and 45")."""
    first, second, *more = (one.number for one in chain)
    if more or first <= second:
        return False
    others = {value(each) or 0 for each in _DIGITS.findall(chain[0].part.small)} - {second}
    like = [each for each in others if second / 2 <= each <= 2 * second]
    return first - second in others or any(
        one + other == first - second for one, other in combinations(like, 2)
    )


def _sum(arms: Sequence[Told], name: str) -> Told:
    numbers = sorted(arm.number for arm in arms)
    known = {feature: 1.0 for arm in arms for feature in arm.known if feature not in _KINDS}
    known[name] = 1.0
    for arm in arms:
        arm.known["one of several"] = 1.0
    if known.pop("controls", None) and not all("controls" in arm.known for arm in arms):
        known["people and controls"] = 1.0
    if numbers[-1] <= 1.5 * numbers[0]:
        known["arms of like size"] = 1.0
    return Told(sum(numbers), arms[0].part, arms[0].start, arms[-1].end, known)


def _with_controls(found: Sequence[Told]) -> Iterator[Told]:
    """People of one sentence and the controls of another, added up."""
    people = next((one for one in found if "counted" in one.known and "controls" not in one.known), None)
    controls = next((one for one in found if "counted" in one.known and "controls" in one.known), None)
    if people and controls and people.part is not controls.part and 5 * controls.number >= people.number:
        known = {**people.known, "people and controls": 1.0, "controls of another sentence": 1.0}
        known.pop("counted")
        yield Told(people.number + controls.number, people.part, people.start, people.end, known)


def _of_two_studies(found: Sequence[Told]) -> Iterator[Told]:
    """The people of two studies that one paper tells of, each in a sentence of its own."""
    firsts = {one.part.start: one for one in reversed(found) if one.part.has(_OF_ONE_STUDY)}
    if len(firsts) == _LEAST_ARMS:
        one, other = (firsts[start] for start in sorted(firsts))
        if one.number != other.number:
            known = {name: 1.0 for name in one.known if name not in _KINDS} | {"two studies": 1.0}
            yield Told(one.number + other.number, one.part, one.start, one.end, known)
