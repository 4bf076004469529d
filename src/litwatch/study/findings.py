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
    """An entry's places in the matcher: its queries (any of them earns it) and its `unless`."""

    id: str
    queries: tuple[int, ...]
    unless: tuple[int, ...]


class Student:
    """Rules made ready to read many papers by."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        scopes: list[Scope] = []
        self._relevance = _compiled((rules.relevance,), scopes)[0] if rules.relevance is not None else None
        self._facets = {facet.name: (facet, _compiled(facet.entries, scopes)) for facet in rules.facets}
        self._matcher: Matcher = compile_scopes(scopes)
        self._industry = industry_reader(rules.makers)

    def study(self, paper: Paper) -> Findings:
        """All that the rules and Python's own readers find in `paper`."""
        zones = passages(paper)
        reading = self._matcher.read(paper, zones)
        spans: dict[str, tuple[Span, ...]] = {}
        relevant = self._relevant(reading, spans)
        drugs = self._all(reading, "drugs", spans)
        # Topics, routes, doses and harms are those of the watch's drugs: a paper that names none has none.
        on_subject = bool(drugs) or relevant is True or "drugs" not in self._facets
        design = self._first(reading, "design", spans)
        setting = self._first(reading, "setting", spans)
        subjects = self._first(reading, "subjects", spans)
        notice = design == "notice"
        tags = self._tags(reading) if on_subject and not notice else _NONE
        population = self._all(reading, "population", spans)
        routes = self._all(reading, "routes", spans) if on_subject else ()
        evidence = self._evidence(
            paper, reading, design, subjects, setting, spans, on_subject=on_subject, tags=tags
        )
        return Findings(
            relevant=relevant,
            tags=tags,
            design=design,
            setting=setting,
            subjects=subjects,
            population=population,
            drugs=drugs,
            routes=routes,
            preprint=is_preprint(paper),
            spans=spans,
            **evidence,
        )

    def _relevant(self, reading: Reading, spans: dict[str, tuple[Span, ...]]) -> bool | None:
        if self._relevance is None:
            return None
        found = _holds(reading, self._relevance)
        if found:
            spans["relevant"] = _spans(reading, self._relevance)
        return found

    def _tags(self, reading: Reading) -> Mapping[str, tuple[Span, ...]]:
        if "topics" not in self._facets:
            return _NONE
        return {
            entry.id: _spans(reading, entry) for entry in self._facets["topics"][1] if _holds(reading, entry)
        }

    def _first(self, reading: Reading, name: str, spans: dict[str, tuple[Span, ...]]) -> str | None:
        if name not in self._facets:
            return None
        for entry in self._facets[name][1]:
            if _holds(reading, entry):
                spans[name] = _spans(reading, entry)
                return entry.id
        return None

    def _all(self, reading: Reading, name: str, spans: dict[str, tuple[Span, ...]]) -> tuple[str, ...]:
        if name not in self._facets:
            return ()
        found = [entry for entry in self._facets[name][1] if _holds(reading, entry)]
        for entry in found:
            spans[f"{name}.{entry.id}"] = _spans(reading, entry)
        return tuple(dict.fromkeys(entry.id for entry in found))

    def _evidence(
        self,
        paper: Paper,
        reading: Reading,
        design: str | None,
        subjects: str | None,
        setting: str | None,
        spans: dict[str, tuple[Span, ...]],
        *,
        on_subject: bool,
        tags: Mapping[str, tuple[Span, ...]],
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        numbers = registrations(paper)
        if numbers:
            found["registrations"] = tuple(number for number, _ in numbers)
            _keep(spans, "registrations", (span for _, span in numbers if span is not None))
        found["industry"], maker = self._industry(paper)
        if maker is not None:
            spans["industry"] = (maker,)
        if not on_subject:
            return found
        parts = sentences_with_roles(paper)
        found["secondary"], words = secondary(paper, parts, design)
        if words is not None:
            spans["secondary"] = (words,)
        human = subjects not in ("animal", "laboratory")
        if human and design != "notice":
            _counts(paper, parts, design, found, spans)
            if setting != "ect-anaesthesia":
                names = [span for name, given in spans.items() if name.startswith("drugs.") for span in given]
                phrases = doses(paper, parts, names)
                if phrases:
                    found["dose"] = tuple(phrase.text for phrase in phrases)
                    spans["dose"] = phrases
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
    """Places of the entries' queries in `scopes`, which grows; entries that share an id stand alone, in order."""
    found: list[_Compiled] = []
    for entry in entries:
        scopes.append(Scope(entry.query, entry.sections))
        query = len(scopes) - 1
        unless: tuple[int, ...] = ()
        if entry.unless is not None:
            scopes.append(Scope(entry.unless, entry.sections))
            unless = (len(scopes) - 1,)
        found.append(_Compiled(entry.id, (query,), unless))
    return tuple(found)


def _holds(reading: Reading, entry: _Compiled) -> bool:
    return any(reading.matches(place) for place in entry.queries) and not any(
        reading.matches(place) for place in entry.unless
    )


def _spans(reading: Reading, entry: _Compiled) -> tuple[Span, ...]:
    found: dict[Span, None] = {}
    for place in entry.queries:
        if reading.matches(place):
            found.update(dict.fromkeys(reading.spans(place)))
    return tuple(found)


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
    return Findings(
        **{name: stored[name] for name in _PLAIN if name in stored},
        **{name: tuple(stored[name]) for name in _LISTS if name in stored},
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
