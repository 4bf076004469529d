"""How many people a study analysed, and how many studies a synthesis pooled; each with where it stands, or nothing.

Owns the patterns of counts. Never adds up arms unless one sentence gives them side by side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from litwatch.paper import Paper, Span
from litwatch.study.cues import Cued
from litwatch.study.numbers import NUMBER, value
from litwatch.study.statements import Statement

_PEOPLE = (
    r"(?:patients?|participants?|subjects?|individuals?|adults?|volunteers?|women|men|people|persons?|"
    r"veterans?|adolescents?|"
    r"outpatients?|inpatients?|children|youths?|parturients?|mothers|respondents?|users|controls|HVs?|"
    r"HCs?|responses|"
    r"students|males|females|nulliparas|primiparas|enrollees|recipients|beneficiaries|poly-?drug controls)"
)
# Words between the number and the people: adjectives, never a verb, never another number.
_BETWEEN = (
    r"(?:(?!(?:of|were|was|had|have|and|in|with|per|to|which|that|at|from|on|for|by|whereas|different|"
    r"studies|trials|articles|publications|records|reports|sessions|infusions|doses|"
    r"sites?|centers?|centres?|hospitals?|countries|groups?|arms|cohorts?|"
    r"weeks?|days?|months?|years?|hours?|min|minutes|mg|microg|kg|items?|points?|times)\b)"
    r"[A-Za-z][\w'’-]*(?:,)?\s){0,6}?"
)
_COUNT = Cued(rf"(?P<n>{NUMBER})[\s-](?P<adj>{_BETWEEN}){_PEOPLE}\b")
_EQUALS = re.compile(rf"(?P<letter>\bn)\s?=\s?(?P<n>{NUMBER})(?P<more>[^)]*)")
# These begin with a number, and are tried on small letters where one may begin (Statement.numbered).
_STUDIES = re.compile(
    rf"(?P<n>{NUMBER})\s(?:(?!(?:of|were|was|patients|participants|and|in|with|records|potentially|"
    rf"potential|abstracts|titles|full)\b)[\w'’/-]+,?\s(?:\([a-z]+\)\s)?){{0,6}}?"
    r"(?P<what>studies|trials|rcts?|articles|publications|papers|reports|reviews|meta-analyses|"
    r"manuscripts|case reports)\b"
)
_PAPERS = Cued(
    r"\b(?:studies|trials|RCTs?|articles|publications|papers|reports|records|citations|abstracts)\b"
)
# "Of 300 articles, 12 were included": the number stands alone.
_CHOSEN = re.compile(
    rf"(?P<n>{NUMBER})(?:\s\([^)]*\))?\s(?:(?:were|was)\s(?:\w+\s){{0,2}}?(?:included|selected|eligible|analy[sz]ed|"
    r"retained)|(?:met|fulfilled|satisfied)\s(?:\w+\s){0,3}?criteria)"
)
_KEPT = Cued(
    r"\b(?:includ\w+|eligib\w+|met (?:the |our |all )?(?:\w+ )?criteria|meeting|analy[sz]\w+|selected|retained|"
    r"synthesi[sz]ed|pooled|reviewed|qualif\w+|comprising|based on|from)\b",
)
_SEARCHED_BEFORE = Cued(
    r"\b(?:identified|yielded|resulted in|retrieved|screened|returned|produced|search\w*|found|records|excluded|"
    r"potential\w*|duplicates)\b[^,;]*$",
)
_SEARCHED_AFTER = Cued(
    r"^(?:\s[\w-]+){0,3}?\s(?:identified|retrieved|screened|found|yielded|excluded|obtained|returned|assessed for "
    r"eligibility|for screening)\b",
)
_OUT_OF = re.compile(r"(?:\bout of|\b[Oo]f)\s(?:the\s|these\s|a total of\s)?(?:initial\s|identified\s)?$")
_ENROLLED = Cued(
    r"\b(?:randomi[sz]ed|enrol\w*|includ\w+|recruit\w+|analy[sz]\w+|participat\w+|complet\w+|assigned|"
    r"allocated|consist\w+|involv\w+|"
    r"compris\w+|treated|received|underwent|studied|evaluated|examined|reviewed|identified|total|sample|"
    r"cohort|examin\w+|"
    r"surveyed|responded|representing|given|administered|tested|assessed|among|consecutive|enter\w+|"
    r"investigat\w+|retrospective\w*)\b",
)
_PART_ONLY = Cued(
    r"\b(?:screened|referr\w+|eligible|approached|dropped|withdr\w+|excluded|discontinued|refused|"
    r"responders?|remitters?|remission|responded|"
    r"remitted|relapsed|experienced|reported|lost|died|developed|improved|achieved|failed|showed)\b",
)
_PER_GROUP = Cued(r"\b(?:per|each|every|both|either)\b|/group|respectively")
_ARM = Cued(
    r"\b(?:group|arm|received|placebo|midazolam|control|saline|comparator|treatment|cohort \d)\b",
)
_CASE = Cued(
    r"\b(?:a|an|the case of an?|case of)\s(?:[\w-]+\s){0,3}?(?:\d{1,3}[- ]?years?[- ]old|(?:middle-aged|"
    r"elderly|young)\s(?:\w+\s)?(?:man|woman|male|female|patient))",
)
_ONE_CASE_TITLE = Cued(r"\b(?:a|single) (?:clinical )?case (?:report|study)\b")
_CALENDAR = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|\d|in|from|"
    r"to|and|until|"
    r"between|since|of|by|during|,|-|–)\s?$"
)
_NO_COUNT = re.compile(r"(?:=|[Gg]roup|[Ss]tep|[Dd]ay|[Ww]eek|[Cc]ohort|[⩾≥≤<>])\s?$")
_LIMIT = re.compile(
    r"(?:each|every|per|≥|≤|<|>|at least|than|minimum|max\w*|age[ds]?|up to)\s(?:\w+\s)?$", re.IGNORECASE
)
_SAMPLE = Cued(rf"{_PEOPLE}\s?\($|\b(?:sample|studies|trials|cohort|RCTs|total)\s?\(?$")
_STATISTICS = re.compile(r"\bCI\b|\bp\s?[<=>]|\d\.\d", re.IGNORECASE)
# Not the people of the study but those in whom something was seen, or who were merely asked.
_SEEN_IN = Cued(
    r"\b(?:noted|seen|observed|reported|occurred|found|recorded|present|detected|needed|experienced|stopped|happened)"
    r"\s(?:in|by|among|for)\s(?:only\s)?$",
)
_ASKED = Cued(
    r"^\W{0,3}(?:\w+\s){0,2}?(?:contacted|invited|approached|asked|screened|mailed)\b",
)
# "who had not responded to two drugs" tells who they are, not what became of them.
_BEING = re.compile(
    r"^\s(?:who|whose|with|aged)\b(?:\s(?:had|have|has|did)\s(?:not|failed)\s[^,;]*)?",
    re.IGNORECASE,
)
_LATER = Cued(r"^[^.;]{0,160}?\b(?:were|was)\s(?:then\s)?(?:randomi[sz]ed|randomly)\b")
# "336 patients were randomised to A and 340 to B."
_TO_EACH = Cued(
    rf"(?P<n>{NUMBER})\s(?:\w+\s){{0,3}}?{_PEOPLE}\s(?:were\s)?(?:randomly\s)?(?:randomi[sz]ed|assigned|allocated|"
    rf"received|given)\s(?P<to>to\s)?[^.;\d]{{2,60}}?,?\s(?:and|versus|vs\.?)\s(?P<m>{NUMBER})\s"
    r"(?:(?:patients|participants|were|received|given|randomi[sz]ed|assigned|allocated)\s){0,3}(?:to\s)?(?=[A-Za-z])",
)
_AND_MORE = re.compile(rf"\band {NUMBER}\s(?:to|were)\b")
_SERIES = re.compile(
    rf"\b(?:series|report|describe|present|review\w*)\b[^.]*?\b(?P<n>{NUMBER})\s{_BETWEEN}(?:{_PEOPLE}|cases)\b|"
    rf"\(N\s?=\s?(?P<m>{NUMBER})\)",
    re.IGNORECASE,
)
_SEXES = Cued(r"\s?(?:males?|females?|women|men|girls|boys)\b")
_WEIGHT = {
    "randomi": 6,
    "total": 5,
    "enrol": 4,
    "sample": 4,
    "analy": 4,
    "includ": 3,
    "participat": 3,
    "recruit": 3,
}


_DIGIT = re.compile(r"[\d²³¹⁰⁴-⁹₀-₉]")
_DIVIDED = Cued(r"\b(?:randomi[sz]ed|assigned|allocated|divided)\b")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people or studies and where the text states it."""

    number: int
    span: Span


def participants(paper: Paper, parts: Sequence[Statement], design: str | None) -> Count | None:
    """The people analysed, of the abstract only; None where it does not say so plainly.

    `design` decides what counts: pooled people of a synthesis, the planned number of a protocol, the one of a
    case report; notices, animals, laboratory work, guidelines and narrative reviews have none.
    """
    if design in ("notice", "animal", "laboratory", "review", "guideline", "comment", "other", None):
        return None
    if design == "case":
        return _cases(paper, parts)
    candidates: list[tuple[float, Count]] = []
    for place, part in enumerate(parts):
        if part.role not in ("aim", "methods", "results", "conclusion"):
            continue
        if not _DIGIT.search(part.text) and not part.has(_ENROLLED):
            continue
        weight = {"methods": 1.0, "results": 1.0, "aim": 0.5, "conclusion": -1.5}[part.role] - 0.05 * place
        candidates.extend(
            (
                weight + score,
                Count(number, part.span(start, end)),
            )
            for score, number, start, end in _counts(part, design)
        )
    if not candidates:
        return None
    best = max(candidates, key=lambda candidate: candidate[0])
    return best[1] if best[0] >= 1.6 else None


def _cases(paper: Paper, parts: Sequence[Statement]) -> Count | None:
    text = paper.abstract
    for part in parts:
        series = _SERIES.search(part.text)
        if series:
            number = value(series["n"] or series["m"])
            if number and number < 500:
                return Count(number, part.span(series.start(), series.end()))
    people = list(_CASE.finditer(text))
    if len(people) == 1:
        return Count(1, _span(text, people[0].start(), people[0].end()))
    if not people:
        for part in parts:
            for score, number, start, end in _counts(part, "case"):
                if score >= 2:
                    return Count(number, part.span(start, end))
    return None


_Candidate = tuple[float, int, int, int]


def _counts(part: Statement, design: str | None) -> list[_Candidate]:
    """Candidates of one sentence: score, number, start, end (in the sentence)."""
    sentence = part.text
    counted: list[_Candidate] = []
    if part.may_have(_COUNT):
        counted = [one for match in part.numbered(_COUNT.compiled) if (one := _counted(sentence, match))]
    equal = list(_EQUALS.finditer(part.small)) if "=" in sentence else []
    stated = [one for match in equal if (one := _stated(sentence, match, design))]
    return [*counted, *_arms(part, equal), *_to_each(part), *_without_arms(equal, stated)]


def _to_each(part: Statement) -> list[_Candidate]:
    """Two arms told in words, added up ("60 patients were randomised to A and 62 to B")."""
    if not part.may_have(_TO_EACH):
        return []
    found = next(part.numbered(_TO_EACH.compiled), None)
    if found is None or _AND_MORE.search(part.small[found.end() :]):
        return []
    numbers = [value(found["n"]) or 0, value(found["m"]) or 0]
    if min(numbers) < 2 or max(numbers) > 3 * min(numbers):
        return []
    return [(6.5, sum(numbers), found.start(), found.end())]


def _without_arms(equal: Sequence[re.Match[str]], stated: list[_Candidate]) -> list[_Candidate]:
    """Of several "n = 45" in one sentence those that hold all the others; groups side by side hold none."""
    numbers = [value(match["n"]) or 0 for match in equal]
    if len(numbers) < 2:
        return stated
    # Two of like size are the two arms.
    least = 1.3 if len(numbers) == 2 else 1.0
    return [one for one in stated if one[1] >= least * (sum(numbers) - one[1])]


def _counted(sentence: str, match: re.Match[str]) -> _Candidate | None:
    """A number before a word for people: "45 adult patients"."""
    number = value(match["n"])
    if number is None or not 2 <= number <= 5_000_000:
        return None
    before = sentence[max(0, match.start() - 80) : match.start()]
    after = sentence[match.end() : match.end() + 80]
    if _NO_COUNT.search(before) or _LIMIT.search(before) or _ASKED.match(after):
        return None
    if before.endswith("(") and _SEXES.search(match[0]):
        return None
    if 1900 <= number <= 2035 and _CALENDAR.search(before):
        return None
    groups = _groups(sentence, match.start(), match.end())
    if groups:
        return 3.5, number * groups, match.start(), match.end()
    if _PER_GROUP.match(after.lstrip(" (,")) or re.match(r"\s?(?:%|years)", after):
        return None
    total, until = _with_controls(sentence, number, match.end())
    score = _score(before, after, match["adj"]) + (0.5 if total != number else 0.0)
    if _BEING.match(after) and _LATER.match(sentence[match.end() :]):
        score += 3.5
    return score, total, match.start(), until


def _stated(sentence: str, match: re.Match[str], design: str | None) -> _Candidate | None:
    """A number as "N = 45"."""
    number = value(match["n"])
    more = match["more"]
    if number is None or number < 2 or _STATISTICS.search(more) or _SEXES.match(more):
        return None
    # In a synthesis, a small N counts studies.
    if design in ("meta-analysis", "systematic-review") and number < 30:
        return None
    if _PER_GROUP.search(more) or _PER_GROUP.search(sentence[match.end() : match.end() + 14]):
        return None
    if _ASKED.match(
        sentence[match.end() - len(more) :].lstrip(" )").removeprefix("were ").removeprefix("was ")
    ):
        return None
    before = sentence[max(0, match.start() - 60) : match.start()]
    score = 3.2 if sentence[match.start()] == "N" else 1.0
    if _SAMPLE.search(before):
        score += 1.6
    if _ARM.search(before[-25:]) or _PART_ONLY.search(before[-30:]) or "%" in before[-12:]:
        score -= 2.5
    return score, number, match.start(), match.end() - len(more)


def _groups(sentence: str, start: int, end: int) -> int:
    """How many groups a number "in each group" stands for, where the sentence itself says so; else 0."""
    if not re.match(r"\s?\(?(?:per group|in each(?: group| arm)?|each\b)", sentence[end : end + 20]):
        return 0
    said = re.search(r"\b(two|three|four|2|3|4)\s(?:\w+\s)?(?:groups|arms)\b", sentence, re.IGNORECASE)
    if said:
        return value(said[1]) or 0
    named = re.findall(r"\b[\w-]+ group \((?:group )?\w+\)", sentence[:start])
    return len(named) if len(named) > 1 else 0


def _arms(part: Statement, equal: Sequence[re.Match[str]]) -> list[_Candidate]:
    """Two to four arms of one sentence added up ("randomized to oral (N=30) or IV (N=31) ketamine")."""
    arms = [match for match in equal if not match["more"]]
    numbers = [value(arm["n"]) or 0 for arm in arms]
    side_by_side = 2 <= len(arms) <= 4 and part.has(_DIVIDED) and arms[-1].start() - arms[0].start() <= 220
    # Arms are of like size; a total with its parts is not.
    if not side_by_side or min(numbers) < 2 or max(numbers) > 2 * min(numbers):
        return []
    return [(4.2, sum(numbers), arms[0].start(), arms[-1].end())]


def _score(before: str, after: str, adjectives: str) -> float:
    score = 1.0
    near = f"{before[-60:]} | {after[:60]}".lower()
    if _ENROLLED.search(near):
        score += 1.5
    score += max((points / 3 for stem, points in _WEIGHT.items() if stem in near), default=0.0)
    if re.search(
        r"\btotal of\s$|\bin total,?\s$|\btotally,?\s$|\b(?:study|trial|analysis|cohort|"
        r"sample)\s(?:\w+\s)?(?:of|included|involved|comprised|enrolled)\s$",
        before,
        re.IGNORECASE,
    ):
        score += 2.0
    if before.strip() in (
        "",
        "Overall,",
        "Overall",
        "In total,",
        "A total of",
        "Totally,",
        "In",
        "Finally,",
        "Among",
    ):
        score += 0.7
    if re.search(r"\b(?:records|charts|notes|files|data|series|sample|group) of\s$", before, re.IGNORECASE):
        score += 0.5
    elif re.search(
        r"\bof (?:the|these|those|whom)?\s?$|\bonly\s$|\bfor\s$", before, re.IGNORECASE
    ) or _PART_ONLY.search(_BEING.sub("", after)[:40] if _BEING.match(after) else after[:40]):
        score -= 2.0
    if _SEEN_IN.search(before):
        score -= 2.5
    if re.match(r"\s(?:that|who)\s(?:had\s)?completed", after):
        score -= 1.5
    if re.match(
        r"\s?(?:in the|received (?:placebo|saline|midazolam|ketamine|esketamine)|\(\d+(?:\.\d+)?\s?%\)|"
        r"to (?:ketamine|placebo|the))",
        after,
    ):
        score -= 1.5
    if re.search(r"\bcontrols?\b|\bhealthy\b", adjectives, re.IGNORECASE):
        score -= 0.3
    return score


def _with_controls(sentence: str, number: int, end: int) -> tuple[int, int]:
    """The number with the group that the sentence sets beside it ("33 patients with TRD and 25 healthy volunteers")."""
    rest = sentence[end : end + 90]
    beside = re.match(
        rf"[^.;:%\d]{{0,60}}?\b(?:and|versus|vs\.?|"
        rf"plus)\s(?P<n>{NUMBER})\s(?:[\w'’/-]+\s){{0,4}}?(?:non-users|controls|"
        rf"healthy (?:\w+\s)?(?:volunteers|participants|subjects|individuals|adults)|volunteers|HVs?|HCs?|"
        rf"comparison subjects)\b",
        rest,
        re.IGNORECASE,
    )
    if beside:
        other = value(beside["n"])
        if other and other > 1:
            return number + other, end + beside.end()
    return number, end


def studies(paper: Paper, parts: Sequence[Statement], design: str | None) -> Count | None:
    """How many studies a systematic review or meta-analysis included; None elsewhere and where it is not stated."""
    if design not in ("meta-analysis", "systematic-review"):
        return None
    best: tuple[float, Count] | None = None
    for part in parts:
        if part.role not in ("methods", "results", "aim", "conclusion"):
            continue
        for match in (*part.numbered(_STUDIES), *part.numbered(_CHOSEN)):
            number = value(match["n"])
            if number is None or not 1 < number < 3000:
                continue
            score = _included(part.text, match) + (1.0 if part.role == "results" else 0.3)
            if best is None or score > best[0]:
                best = (score, Count(number, part.span(match.start("n"), match.end())))
    return best[1] if best is not None and best[0] >= 1.5 else None


def _included(sentence: str, match: re.Match[str]) -> float:
    """How surely a number of studies is that of the included ones; far below nothing for what a search brought."""
    before = re.split(r"[;:.]\s|,\s(?:and|of which)\s", sentence[max(0, match.start() - 70) : match.start()])[
        -1
    ]
    # Only what is said of this number: up to the next one.
    after = re.split(r"[;.]\s|,\s(?=(?:and\s|of\s(?:which|these)\s)?(?:\d|we\b))", sentence[match.end() :])[
        0
    ][:70]
    if match.re is _CHOSEN:
        return 1.8 if _PAPERS.search(sentence[: match.start()] + sentence[match.end() :]) else -9.0
    chosen = bool(_KEPT.search(before) or _KEPT.search(after))
    if _SEARCHED_BEFORE.search(before) or _SEARCHED_AFTER.match(after) or _OUT_OF.search(before):
        if not re.match(
            r"^(?:\s[\w-]+){0,4}\s(?:met|meeting|fulfill\w+|eligible|matching|satisf\w+)\b", after
        ):
            return -9.0
        chosen = True
    score = 1.5 if chosen else 0.0
    if re.search(r"involv|compris|total of|found", f"{before} {after}"):
        score = max(score, 1.0)
    if re.match(r"\s(?:reported|showed|found|assessed|used|on\s)", sentence[match.end() :]):
        score -= 0.8
    return score


def _span(text: str, start: int, end: int) -> Span:
    return Span("abstract", start, end, text[start:end])
