"""What a paper says: Findings, and their form as JSON.

Owns both. Never reads a paper (study.student does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litwatch.paper import Span
from litwatch.study.quotes import Quotes

_NONE: Mapping[str, tuple[Span, ...]] = {}


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in one paper for one watch; unknown is None or empty, never a guess.

    `tags`: topic id -> the Spans that earned it. `spans`: the evidence for everything else, by name: "relevant",
    "design", "setting", "subjects", "participants", "studies", "followup_days", "secondary", "industry", "dose",
    "registrations", "comparator", "not_met", "no_difference", "null", "caveat" and "common_harm" (study.beside), and
    "population.ID", "drugs.ID", "routes.ID".
    """

    relevant: bool | None = None
    tags: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    design: str | None = None
    setting: str | None = None
    subjects: str | None = None
    population: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    secondary: bool | None = None
    preprint: bool = False
    industry: bool | None = None
    participants: int | None = None
    studies: int | None = None
    dose: tuple[str, ...] = ()
    followup_days: int | None = None
    registrations: tuple[str, ...] = ()
    quotes: Quotes = field(default_factory=Quotes)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


def from_json(stored: Mapping[str, Any]) -> Findings:
    """The Findings that were written as JSON; keys that a newer version added are left out."""
    values: dict[str, Any] = {name: stored[name] for name in _PLAIN if name in stored}
    values.update({name: tuple(stored[name]) for name in _LISTS if name in stored})
    return Findings(
        **values,
        tags=_spans_in(stored.get("tags", {})),
        quotes=Quotes(
            **{
                name: span_from_json(span) if span else None
                for name, span in stored.get("quotes", {}).items()
            }
        ),
        spans=_spans_in(stored.get("spans", {})),
    )


_PLAIN = (
    "relevant",
    "design",
    "setting",
    "subjects",
    "secondary",
    "preprint",
    "industry",
    "participants",
    "studies",
    "followup_days",
)
_LISTS = ("population", "drugs", "routes", "dose", "registrations")


def span_to_json(span: Span) -> dict[str, Any]:
    """One Span as {field, start, end, text}."""
    return {"field": span.field, "start": span.start, "end": span.end, "text": span.text}


def span_from_json(stored: Mapping[str, Any]) -> Span:
    """The Span of {field, start, end, text}."""
    return Span(stored["field"], stored["start"], stored["end"], stored["text"])


def _spans_in(stored: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Span, ...]]:
    return {name: tuple(span_from_json(span) for span in found) for name, found in stored.items()}
