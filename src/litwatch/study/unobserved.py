"""What a duration is told of that is no observation: an age, an illness, a criterion, a calendar, an interval.

Owns these patterns, for durations.py. Never says that a duration is an observation.
"""

from __future__ import annotations

import re

from litwatch.study.cues import Cued

# An age, an illness, a calendar, a schedule: no weighing is needed.
_BEFORE = Cued(
    r"(?:\bage[ds]?\b(?:[^.;]|\.\d){0,40}|\byears?\b of\b|"
    r"duration of (?:illness|depress|the (?:current|index|illness|disorder))"
    r"[^.;]{0,30}|\bover the (?:past|last)\s|\b(?:past|last|previous|preceding|prior)\s(?:\w+\s)?|"
    r"half-?life[^.;]{0,20}|(?:\b(?:dormant|abstinent|sober|depressed|ill|untreated|unmedicated)|"
    r"-free) for\b[^.;,]{0,20}|"
    r"\bepisode (?:for|of|lasting) (?:at least|more than)\s|"
    r"\blength of (?:[\w-]+\s){0,2}?(?:use|illness|infusion|stay)\b(?:[^.;]|\.\d){0,45}|"
    r"interquartile range[^.;]{0,12}|\biqr\b[^.;]{0,10}|mean\s\(sd\)\s(?:age)?|\bevery\s|"
    r"\b(?:screened|recruited|separated|spaced)\s(?:over|by)\s(?:approximately\s|at least\s)?|"
    r"\b(?:recruit|enrol)\w*\b[^.;,]{0,60}\bover\s|\b(?:increased|titrated|raised) (?:up )?to\b[^.;]{0,30}\bafter\s|"
    r"\bonset (?:of (?:action|effect) )?(?:with)?in\s|"
    r"\btime to (?:onset|response|remission|loss of response)\b[^.;]{0,60})$"
)
# Limits of confidence, and what was before; tried where one of the words stands.
_SELDOM = re.compile(
    r"(?:\b(?:ci|cis|confidence intervals?)\b(?:[^.;)\]]|\.\d){0,40}|\b(?:episodes?|illness|symptoms)\s(?:had |that )?"
    r"(?:lasted|lasting|persisted)\s(?:[\w-]+\s){0,3}|\bfailed\s(?:[\w-]+\s){0,3}|"
    r"\bintervals? of\s(?:at least\s)?(?:\d+\s\w+ to\s)?|"
    r"\bsuffer\w+\b[^.;,]{0,40}\bfor\s|\brecommended for (?:at least\s)?)$"
)
_SELDOM_WORDS = re.compile(r"\bci|interval|last|persist|failed|suffer|recommended")
# The calendar over which papers, samples or data came in; years only.
_CALENDAR = re.compile(
    r"(?:\b(?:published|conducted|performed|carried out|retrieved|extracted|gathered|collected|obtained|seized|sampled|"
    r"submitted)\b(?:\s(?:data|prospectively|retrospectively))?\s(?:over|during|across|within)\s"
    r"(?:a |an |the |a period of )?|"
    r"\b(?:studies|trials|papers|articles|reports|samples)\b[^.;,]{0,50}\bover\s(?:a |the )?|\bover a )$"
)
# How long people were let in; months and years only ("enrolled within 3 days" tells who they were).
_LET_IN = re.compile(
    r"\b(?:recruitment|enrol?lment|accrual|inclusion|data collection)\s(?:(?:period|phase|time)\s)?(?:was\s(?:\w+\s)?)?"
    r"(?:lasted|lasting|took|ran|continued|spanned|of|over|during|within|in|for)\s(?:(?:for|over)\s)?(?:an?\s|the\s)?"
    r"(?:period of\s|total of\s|approximately\s|about\s|nearly\s|almost\s)?$"
)
_A_CLAUSE_BEGINS = re.compile(r"(?:^|[.;:,]\s)(?:over|in|within|during)\s(?:an?\s|the\s)?(?:period of\s)?$")
_WERE_LET_IN = re.compile(
    r",?\s(?:(?!follow|rated|assess|who )[^.;,]){0,100}?\b(?:(?:were|was|had been)\s(?:\w+ly\s)?|we\s)"
    r"(?:recruited|enrol?led|randomi[sz]ed|screened|referred)\b"
)
_LETTING_IN = re.compile(r"[-\s](?:(?:of|for)\s)?(?:recruitment|enrol?lment|accrual|data[-\s]collection)\b")
# "Adults (18-65 years)".
_AGED = re.compile(
    r"\b(?:patients|participants|subjects|individuals|adults|children|adolescents|women|men|volunteers|users)\b[^.;()]{0,25}\($"
)
_A_SPAN = re.compile(r"[-\s](?:period|span|interval)\b")
_LIMIT = re.compile(r"[≥<>±]\s?$")
_BEHIND = re.compile(
    r"[-\s]*(?:old|of age|ago|earlier|history|remission from|apart|of postapproval|"
    r"(?:and|or) (?:older|over|above|more))\b|"
    r"\s?\(?(?:sd|range)\b|\sprior\b(?! to)|\s(?:before|prior to|preceding)\s(?:(?:the|their|his|her)\s)?(?:\w+\s)?"
    r"(?:surgery|operation|delivery|baseline|admission|enrol\w+|inclusion|first|index|initiation|infusions?|"
    r"treatment|therapy|dos\w+|trial|study|entering|starting|beginning|joining)|\sbefore and\b|"
    r"['’]?[-\s](?:horizon|latency|lag|(?:of\s)?gestation|screening|prevalence|use\b|misuse\b|users\b|"
    r"drug-free|washout|wash-out|(?:treatment )?gaps?\b)|\s?[\[(](?:95\s?%\s?)?ci\b"
)


def is_no_observation(lowered: str, before: str, end: int, unit: str) -> bool:
    """Whether what stands before a duration, or behind it from `end`, makes it no observation of people.

    `unit`: its first letter.
    """
    years = unit == "y"
    if years and _AGED.search(before):
        return True
    if (
        years
        and (called := _CALENDAR.search(before))
        and (called[0] != "over a " or ("follow" not in before and _A_SPAN.match(lowered, end)))
    ):
        return True
    if unit in "my" and _is_of_recruitment(lowered, before, end):
        return True
    return (
        _LIMIT.search(before) is not None
        or _BEFORE.search(before) is not None
        or (_SELDOM_WORDS.search(before) is not None and _SELDOM.search(before) is not None)
        or _BEHIND.match(lowered, end) is not None
    )


def _is_of_recruitment(lowered: str, before: str, end: int) -> bool:
    return (
        _LETTING_IN.match(lowered, end) is not None
        or _LET_IN.search(before) is not None
        or (_A_CLAUSE_BEGINS.search(before) is not None and _WERE_LET_IN.match(lowered, end) is not None)
    )
