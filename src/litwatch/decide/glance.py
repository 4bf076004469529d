"""What is new at a glance: counts by question and by study design, and twelve weeks of arrivals drawn as text.

Owns these figures and the bars. Never decides where a paper stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from litwatch.decide.cards import DigestPaper
from litwatch.decide.facts import Labels, label
from litwatch.decide.ordering import Lead, order_key
from litwatch.decide.sections import SectionOfCards, tags_of

#: Levels of a bar; the lowest is nothing at all.
BARS = "▁▂▃▄▅▆▇█"
#: A week before anything had come: nobody was watching yet, as far as can be seen.
BEFORE = "·"
#: With papers in fewer weeks than these there is nothing to compare with, and no bars.
FEWEST_WEEKS = 2
#: What a randomised trial that was told before is counted as.
SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One lead section in figures.

    `weeks`: twelve counts, oldest first (or none), drawn in `bars`; `before`: so many of them lie before the first
    paper of any section.
    """

    id: str
    heading: str
    new: int
    randomised: int
    weeks: tuple[int, ...]
    bars: str
    before: int = 0


@dataclass(frozen=True, slots=True)
class DesignCount:
    """How many new papers have that study design."""

    id: str
    label: str
    papers: int


def new_ones(standing: Iterable[DigestPaper]) -> list[DigestPaper]:
    """Without those that this reader was sent before, when they had no abstract."""
    return [owed for owed in standing if owed.sent_without_abstract is None]


def primary_trial(owed: DigestPaper) -> bool:
    """Whether it reports a randomised trial in people, and for the first time."""
    findings = owed.findings
    if findings is None or findings.subjects in ("animal", "laboratory"):
        return False
    return findings.design == "rct" and not findings.secondary


def glance(
    leads: Sequence[Lead],
    sections: Sequence[SectionOfCards],
    standing: Sequence[DigestPaper],
    weeks: Mapping[str, Sequence[int]],
) -> tuple[GlanceRow, ...]:
    """A row for each question that leads."""
    shown = {each.pmid for section in sections for each in section.titles}
    filled = [any(week) for week in zip(*weeks.values(), strict=False)]
    if sum(filled) < FEWEST_WEEKS:
        weeks = {}
    before = sum(1 for _ in takewhile(lambda any_came: not any_came, filled))
    top = max([8, *(count for counts in weeks.values() for count in counts)])
    rows = []
    for lead in leads:
        having = [
            owed for owed in new_ones(standing) if owed.paper.pmid in shown and lead.topic in tags_of(owed)
        ]
        counts = tuple(weeks.get(lead.topic, (0,) * len(filled) if weeks else ()))
        drawn = (BARS[0 if count <= 0 else max(1, round(count * 7 / top))] for count in counts[before:])
        rows.append(
            GlanceRow(
                id=lead.topic,
                heading=lead.heading,
                new=len(having),
                randomised=sum(map(primary_trial, having)),
                weeks=counts,
                bars=BEFORE * before + "".join(drawn) if counts else "",
                before=before if counts else 0,
            )
        )
    return tuple(rows)


def designs(standing: Iterable[DigestPaper], labels: Labels) -> tuple[DesignCount, ...]:
    """The study designs of all new papers, in the order in which papers stand.

    A randomised trial is counted as one where `primary_trial` says so; a paper without a design is not counted.
    """
    first: dict[str, DigestPaper] = {}
    counted: Counter[str] = Counter()
    for owed in sorted(new_ones(standing), key=order_key):
        kind = _kind(owed)
        if kind:
            first.setdefault(kind, owed)
            counted[kind] += 1
    named = {SECONDARY: "Secondary analysis of a trial"}
    return tuple(
        DesignCount(kind, named.get(kind) or label(labels, "design", kind), counted[kind]) for kind in first
    )


def _kind(owed: DigestPaper) -> str:
    findings = owed.findings
    if findings is None or findings.design is None:
        return ""
    if findings.design != "rct" or primary_trial(owed):
        return findings.design
    return findings.subjects if findings.subjects in ("animal", "laboratory") else SECONDARY
