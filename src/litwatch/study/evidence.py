"""What Python read in one paper, told as the entries of a facet: the value, its words, and what spoke most for it.

Owns that account, for `explain`. Never reads anything anew that could differ: what the Findings say stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from litwatch.paper import Paper, Span
from litwatch.study.choosing import Count
from litwatch.study.entries import GIVEN, FacetOutcome, Outcome
from litwatch.study.findings import Findings
from litwatch.study.followup import followup
from litwatch.study.participants import participants
from litwatch.study.quote_features import features
from litwatch.study.quotes import compares, quotable
from litwatch.study.repeated import told_of_people
from litwatch.study.statements import Statement
from litwatch.study.weighing import reasons, weights

NAME = "evidence"
_TABLES = {"participants": "participants", "followup_days": "followup"}
_QUOTES = ("result", "conclusion", "harm")


def evidence(paper: Paper, parts: Sequence[Statement], findings: Findings) -> FacetOutcome:
    """Participants, studies, follow-up, doses, registrations, industry, secondary analysis and quotes, where found.

    `parts` are the sentences of the abstract with their roles.
    """
    return FacetOutcome(NAME, (*_read(paper, parts, findings), *_quoted(paper, parts, findings)))


def _read(paper: Paper, parts: Sequence[Statement], findings: Findings) -> Iterator[Outcome]:
    told, design = told_of_people(parts, findings.design)
    spoke: dict[str, Count | None] = {}
    if findings.participants is not None:
        spoke["participants"] = participants(paper, told, design, humans_too=findings.subjects == "mixed")
    if findings.followup_days is not None:
        spoke["followup_days"] = followup(told, design)
    values: dict[str, object] = {
        "participants": findings.participants,
        "studies": findings.studies,
        "followup_days": findings.followup_days,
        "dose": ", ".join(findings.dose),
        "registrations": ", ".join(findings.registrations),
        "industry": findings.industry and "a maker is named",
        "secondary": findings.secondary and "a trial told again",
    }
    for name, value in values.items():
        if value:
            yield _outcome(name, str(value), _reasons(name, spoke.get(name)), findings.spans.get(name, ()))


def _reasons(name: str, count: Count | None) -> tuple[str, ...]:
    return reasons(count.known, weights(_TABLES[name], _TABLES[name])) if count else ()


def _quoted(paper: Paper, parts: Sequence[Statement], findings: Findings) -> Iterator[Outcome]:
    clean = quotable(parts)
    for kind in _QUOTES:
        span: Span | None = getattr(findings.quotes, kind)
        if span is None:
            continue
        [place] = [place for place, part in enumerate(clean) if part.start == span.start]
        known = features(clean, paper.title, [place], compares=compares(findings.design))[place]
        spoke = () if findings.design == "protocol" else reasons(known, weights("quotes", kind))
        yield _outcome(kind, "", spoke, (span,))


def _outcome(name: str, value: str, spoke: Sequence[str], spans: Sequence[Span]) -> Outcome:
    """`reason` says the value and what spoke for it."""
    because = f"by {', '.join(spoke)}" if spoke else ""
    return Outcome(
        name, name.replace("_", " "), GIVEN, "; ".join(filter(None, (value, because))), tuple(spans)
    )
