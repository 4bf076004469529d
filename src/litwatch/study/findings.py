"""What a paper says, by the rules of a watch: facets with the Spans that earned them, and what Python reads.

Owns Findings and the one pass that makes them. Never fetches, stores or shows anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litwatch.paper import Paper, Passage, Span
from litwatch.query.match import Matcher, Reading, Scope, compile_scopes
from litwatch.study.dosing import doses
from litwatch.study.facets import Entry, Rules
from litwatch.study.followup import followup
from litwatch.study.participants import participants, studies
from litwatch.study.provenance import industry_reader, secondary
from litwatch.study.quotes import Quotes, quotes
from litwatch.study.registrations import is_preprint, registrations
from litwatch.study.roles import passages, sentences_with_roles

_NONE: Mapping[str, tuple[Span, ...]] = {}


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in one paper for one watch; unknown is None or empty, never a guess.

    `tags`: topic id -> the Spans that earned it. `spans`: the evidence for everything else, by name: "relevant",
    "design", "setting", "subjects", "participants", "studies", "followup_days", "secondary", "industry", "dose",
    "registrations", and "population.ID", "drugs.ID", "routes.ID".
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    """An entry's places in the matcher: its query and its `unless` (-1: none)."""

    id: str
    query: int
    unless: int


class Student:
    """Rules made ready to read many papers by."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        scopes: list[Scope] = []
        self._relevance = _compiled((rules.relevance,), scopes)[0] if rules.relevance is not None else None
        self._facets = {facet.name: _compiled(facet.entries, scopes) for facet in rules.facets}
        drugs = rules.facet("drugs")
        subject = [*(drugs.entries if drugs is not None else ()), *filter(None, (rules.relevance,))]
        self._subject = tuple(range(len(scopes), len(scopes) + len(subject)))
        scopes.extend(Scope(entry.query) for entry in subject)
        self._matcher: Matcher = compile_scopes(scopes)
        self._industry = industry_reader(rules.makers)

    def study(self, paper: Paper) -> Findings:
        """All that the rules and Python's own readers find in `paper`.

        A paper off the subject (it names no drug of the watch, and cannot be relevant) is given the facets that
        its title, keywords and publication types earn, and no topics, evidence or Spans: topics, routes,
        doses and harms are those of the watch's drugs.
        """
        if self._subject:
            glance = self._matcher.read(paper)
            if not any(glance.matches(place) for place in self._subject):
                return self._off_subject(paper, glance)
        return self._on_subject(paper, self._matcher.read(paper, passages(paper)))

    def _off_subject(self, paper: Paper, reading: Reading) -> Findings:
        numbers = registrations(paper)
        return Findings(
            relevant=None if self._relevance is None else False,
            design=self._first(reading, "design"),
            setting=self._first(reading, "setting"),
            subjects=self._first(reading, "subjects"),
            population=self._all(reading, "population"),
            preprint=is_preprint(paper),
            registrations=tuple(number for number, _ in numbers),
        )

    def _on_subject(self, paper: Paper, reading: Reading) -> Findings:
        spans: dict[str, tuple[Span, ...]] = {}
        relevant = self._relevant(reading, spans)
        design = self._first(reading, "design", spans)
        setting = self._first(reading, "setting", spans)
        subjects = self._first(reading, "subjects", spans)
        tags = self._tags(reading) if design != "notice" else _NONE
        population = self._all(reading, "population", spans)
        # The names of the drugs are what doses are read by.
        drugs = self._all(reading, "drugs", spans)
        routes = self._all(reading, "routes", spans)
        return Findings(
            relevant=relevant,
            tags=tags,
            design=design,
            setting=setting,
            subjects=subjects,
            preprint=is_preprint(paper),
            spans=spans,
            population=population,
            drugs=drugs,
            routes=routes,
            **self._evidence(paper, design, subjects, setting, spans, tags),
        )

    def _relevant(self, reading: Reading, spans: dict[str, tuple[Span, ...]]) -> bool | None:
        if self._relevance is None:
            return None
        found = _holds(reading, self._relevance)
        if found:
            spans["relevant"] = reading.spans(self._relevance.query)
        return found

    def _tags(self, reading: Reading) -> Mapping[str, tuple[Span, ...]]:
        topics = self._facets.get("topics", ())
        return {entry.id: reading.spans(entry.query) for entry in topics if _holds(reading, entry)}

    def _first(
        self, reading: Reading, name: str, spans: dict[str, tuple[Span, ...]] | None = None
    ) -> str | None:
        for entry in self._facets.get(name, ()):
            if _holds(reading, entry):
                if spans is not None:
                    spans[name] = reading.spans(entry.query)
                return entry.id
        return None

    def _all(
        self, reading: Reading, name: str, spans: dict[str, tuple[Span, ...]] | None = None
    ) -> tuple[str, ...]:
        found = [entry for entry in self._facets.get(name, ()) if _holds(reading, entry)]
        if spans is not None:
            for entry in found:
                spans[f"{name}.{entry.id}"] = reading.spans(entry.query)
        return tuple(entry.id for entry in found)

    def _evidence(
        self,
        paper: Paper,
        design: str | None,
        subjects: str | None,
        setting: str | None,
        spans: dict[str, tuple[Span, ...]],
        tags: Mapping[str, tuple[Span, ...]],
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        numbers = registrations(paper)
        found["registrations"] = tuple(number for number, _ in numbers)
        _keep(spans, "registrations", (span for _, span in numbers if span is not None))
        found["industry"], maker = self._industry(paper)
        _keep(spans, "industry", (maker,) if maker is not None else ())
        parts = sentences_with_roles(paper)
        found["secondary"], words = secondary(paper, parts, design)
        _keep(spans, "secondary", (words,) if words is not None else ())
        if subjects not in ("animal", "laboratory") and design != "notice":
            _counts(paper, parts, design, found, spans)
            if setting != "ect-anaesthesia":
                names = [span for name, given in spans.items() if name.startswith("drugs.") for span in given]
                phrases = doses(paper, parts, names)
                found["dose"] = tuple(phrase.text for phrase in phrases)
                _keep(spans, "dose", phrases)
        found["quotes"] = quotes(paper, parts, design, harm="safety" in tags)
        return found


def _counts(
    paper: Paper,
    parts: Sequence[Passage],
    design: str | None,
    found: dict[str, Any],
    spans: dict[str, tuple[Span, ...]],
) -> None:
    people = participants(paper, parts, design)
    if people is not None:
        found["participants"] = people.number
        spans["participants"] = (people.span,)
    pooled = studies(paper, parts, design)
    if pooled is not None:
        found["studies"] = pooled.number
        spans["studies"] = (pooled.span,)
    longest = followup(paper, parts)
    if longest is not None:
        found["followup_days"] = longest[0]
        spans["followup_days"] = (longest[1],)


def compile_rules(rules: Rules) -> Student:
    """The rules made ready: every query of every facet in one matcher, so that a paper is read once."""
    return Student(rules)


def _compiled(entries: Iterable[Entry], scopes: list[Scope]) -> tuple[_Compiled, ...]:
    """Places of the entries' queries in `scopes`, which grows."""
    found: list[_Compiled] = []
    for entry in entries:
        query, unless = len(scopes), -1
        scopes.append(Scope(entry.query, entry.sections))
        if entry.unless is not None:
            unless = len(scopes)
            scopes.append(Scope(entry.unless, entry.sections))
        found.append(_Compiled(entry.id, query, unless))
    return tuple(found)


def _holds(reading: Reading, entry: _Compiled) -> bool:
    return reading.matches(entry.query) and (entry.unless < 0 or not reading.matches(entry.unless))


def _keep(spans: dict[str, tuple[Span, ...]], name: str, found: Iterable[Span]) -> None:
    kept = tuple(found)
    if kept:
        spans[name] = kept


def to_json(findings: Findings) -> dict[str, Any]:
    """Findings as JSON's own values, for the store; `from_json` reads them back without loss."""
    return {
        **{name: getattr(findings, name) for name in _PLAIN},
        **{name: list(getattr(findings, name)) for name in _LISTS},
        "tags": _spans_out(findings.tags),
        "quotes": {
            name: span_to_json(span) if span is not None else None
            for name, span in (
                ("result", findings.quotes.result),
                ("conclusion", findings.quotes.conclusion),
                ("harm", findings.quotes.harm),
            )
        },
        "spans": _spans_out(findings.spans),
    }


def from_json(stored: Mapping[str, Any]) -> Findings:
    """The Findings that `to_json` wrote; keys that a newer version added are left out."""
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


def _spans_out(spans: Mapping[str, tuple[Span, ...]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [span_to_json(span) for span in found] for name, found in spans.items()}


def _spans_in(stored: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Span, ...]]:
    return {name: tuple(span_from_json(span) for span in found) for name, found in stored.items()}
