"""The facts of a paper in a few words each: design, participants, drug, comparator, follow-up; and its flags.

Owns how they are said. Never reads them from a text: study/ does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from litwatch.decide.facts import Labels, label
from litwatch.decide.ordering import is_preclinical
from litwatch.decide.shown import lower_first
from litwatch.paper import Span
from litwatch.study.comparators import comparator, control_of

if TYPE_CHECKING:  # reading a digest needs no matcher
    from litwatch.study.findings import Findings

#: A follow-up that can be shown as the paper has it; "weeks 2" or "6-month" is said in our words.
_LENGTH = re.compile(r"[\w.]+ (?:day|week|month|year)s?", re.IGNORECASE)
#: How many were given a dose is no part of the dose: "ketamine (3 mg/kg; n = 40)".
_GROUP_SIZE = re.compile(r"[;,]\s*n\s?=\s?\d+(?=\s*\))", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\bpooled\b|\b(?:two|three|four|five|six|several|[2-9])\b.*\b(?:trials|studies|RCTs)\b",
    re.IGNORECASE | re.DOTALL,
)
#: Designs in which something may be compared with a treatment.
COMPARING = frozenset({"rct", "trial", "meta-analysis", "systematic-review", "cohort"})
#: Designs whose title may say what the control was.
CALLED_BY_CONTROL = frozenset({"rct", "trial"})


@dataclass(frozen=True, slots=True)
class Badge:
    """A fact in a few words.

    `kind` is design, studies, participants, setting, population, drug, dose, comparator or followup.
    """

    kind: str
    text: str


def in_words(days: int) -> str:
    """A follow-up as a paper would put it: 28 days, 12 weeks, 6 months, 2 years."""
    for length, unit in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * length and days % length == 0:
            return f"{days // length} {unit}s"
    for length, unit in ((365, "year"), (30, "month")):
        if days == length:
            return f"1 {unit}"
    return f"{days} day" + ("" if days == 1 else "s")


def flags(findings: Findings | None) -> tuple[str, ...]:
    """What a reader must know before the title."""
    if findings is None:
        return ()
    said = (
        (findings.preprint, "Preprint, not peer reviewed"),
        (findings.industry, "Industry"),
        (findings.secondary, _told_again(findings)),
    )
    return tuple(words for true, words in said if true)


def _told_again(findings: Findings) -> str:
    """What a trial that is analysed again is called; trials where the words that say so tell of several."""
    said = " ".join(span.text for span in findings.spans.get("secondary", ()))
    randomised = "randomised " if findings.design == "rct" else ""
    return (
        f"Secondary analysis of {f'{randomised}trials' if _SEVERAL.search(said) else f'a {randomised}trial'}"
    )


def participants(findings: Findings | None) -> int | None:
    """How many people took part, as it may be shown; a paper that stands with animals or cells had none to show."""
    if findings is None or is_preclinical(findings):
        return None
    return findings.participants


def badges(
    findings: Findings, labels: Labels, quotes: Iterable[Span] = (), title: str = ""
) -> tuple[Badge, ...]:
    """Its facts, design first; what it is compared with is looked for in these quotes, then in a trial's title,
    then in its methods."""
    made = []
    if findings.design:
        made.append(Badge("design", label(labels, "design", findings.design)))
    if findings.studies:
        made.append(
            Badge("studies", f"{findings.studies:,} stud" + ("y" if findings.studies == 1 else "ies"))
        )
    if people := participants(findings):
        made.append(Badge("participants", f"{people:,} participant" + ("" if people == 1 else "s")))
    if findings.setting not in (None, "treatment"):
        made.append(Badge("setting", lower_first(label(labels, "setting", findings.setting or ""))))
    made += [
        Badge("population", lower_first(label(labels, "population", name))) for name in findings.population
    ]
    drugs = " / ".join(lower_first(label(labels, "drugs", name)) for name in findings.drugs)
    routes = " / ".join(lower_first(label(labels, "routes", name)) for name in findings.routes)
    if drugs or routes:
        made.append(Badge("drug", ", ".join(filter(None, (drugs, routes)))))
    made += [Badge("dose", _GROUP_SIZE.sub("", phrase)) for phrase in findings.dose[:2]]
    against = next(filter(None, map(comparator, quotes)), None) if findings.design in COMPARING else None
    if against is None and findings.design in CALLED_BY_CONTROL:
        against = control_of(Span("title", 0, len(title), title)) or next(
            iter(findings.spans.get("comparator", ())), None
        )
    if against:
        made.append(Badge("comparator", f"compared with {' '.join(against.text.split())}"))
    if findings.followup_days:
        said = [span.text for span in findings.spans.get("followup_days", ()) if _LENGTH.fullmatch(span.text)]
        made.append(Badge("followup", f"follow-up {said[0] if said else in_words(findings.followup_days)}"))
    return tuple(made)
