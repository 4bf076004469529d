"""One paper as the JSON object that `papers --json` and `tag --json` print.

Owns its keys and their order. Never works anything out about a paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from litwatch.decide.changes import Notice, notices_in
from litwatch.paper import Paper, Span
from litwatch.study.findings import Findings, span_to_json

_NO_QUOTES: dict[str, str | None] = {"result": None, "conclusion": None, "harm": None}


def document(
    paper: Paper | None,
    findings: Findings | None,
    *,
    watch: str,
    pmid: int,
    notices: Sequence[Mapping[str, Any]] = (),
    arrival: str | None = None,
    first_seen: datetime | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """One object of `papers --json`, in the order of its JSON Schema (`PaperDocument`).

    `paper` is None where it was not fetched (backlog), `findings` None where it was not studied: then what they
    would say is null or empty. With `full` the keys that reading it back needs come after (authors, dates, links).
    """
    found: dict[str, Any] = {"watch": watch, "pmid": str(pmid)}
    found.update(_record(paper) if paper is not None else _NO_RECORD)
    found.update(_studied(findings) if findings is not None else _NOT_STUDIED)
    found["notices"] = list(map(dict, notices))
    found["arrival"] = arrival
    found["first_seen"] = first_seen.isoformat().replace("+00:00", "Z") if first_seen is not None else None
    if full and paper is not None:
        from litwatch.reading.json_lines import to_json

        for key, value in to_json(paper).items():
            found.setdefault(key, value)
    return found


def notices_of(paper: Paper) -> list[dict[str, Any]]:
    """The notices that a record itself tells of its paper; without quotes, which stand in the other record."""
    return [notice_object(notice, None) for notice in notices_in(paper) if notice.pmid == paper.pmid]


def notice_object(notice: Notice, quote: Span | None) -> dict[str, Any]:
    """A notice as one entry of `notices`; `quote` is what it says itself, where its own record is known."""
    return {
        "kind": notice.kind,
        "pmid": str(notice.notice_pmid) if notice.notice_pmid > 0 else None,
        "date": notice.date or None,
        "quote": quote.text if quote is not None else None,
    }


def _record(paper: Paper) -> dict[str, Any]:
    sections: dict[str, list[int]] = {}
    for section in paper.sections:
        label = section.label or section.category
        if not label:
            continue
        # A label that comes twice keeps both places.
        name, number = label, 2
        while name in sections:
            name = f"{label} ({number})"
            number += 1
        sections[name] = [section.start, section.end]
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "sections": sections,
        "journal": paper.journal,
        "publication_date": paper.publication_date,
        "create_date": _day(paper.create_date),
        "doi": paper.doi or None,
        "pmcid": paper.pmcid or None,
        "publication_types": [kind.name for kind in paper.publication_types],
        "mesh": [
            {
                "descriptor": heading.descriptor,
                "major": heading.major,
                "qualifiers": [
                    {"name": qualifier.name, "major": qualifier.major} for qualifier in heading.qualifiers
                ],
            }
            for heading in paper.mesh
        ],
        "substances": [
            {"name": substance.name, "ui": substance.ui, "registry_number": substance.registry_number}
            for substance in paper.substances
        ],
        "keywords": list(paper.keywords),
        "status": paper.status or None,
    }


def _studied(findings: Findings) -> dict[str, Any]:
    quotes = findings.quotes
    return {
        "relevant": findings.relevant,
        "tags": {topic: _spans(spans) for topic, spans in findings.tags.items()},
        "design": findings.design,
        "secondary": findings.secondary,
        "preprint": findings.preprint,
        "industry": findings.industry,
        "setting": findings.setting,
        "subjects": findings.subjects,
        "population": list(findings.population),
        "participants": findings.participants,
        "studies": findings.studies,
        "drugs": list(findings.drugs),
        "routes": list(findings.routes),
        "dose": list(findings.dose),
        "followup_days": findings.followup_days,
        "registrations": list(findings.registrations),
        "quotes": {
            "result": quotes.result.text if quotes.result else None,
            "conclusion": quotes.conclusion.text if quotes.conclusion else None,
            "harm": quotes.harm.text if quotes.harm else None,
        },
        "spans": {name: _spans(spans) for name, spans in _evidence(findings).items()},
    }


def _evidence(findings: Findings) -> dict[str, Sequence[Span]]:
    """Every Span that is not a tag's, the quotes among them, by name."""
    quotes = findings.quotes
    quoted = (("result", quotes.result), ("conclusion", quotes.conclusion), ("harm", quotes.harm))
    return {**findings.spans, **{f"quotes.{name}": (span,) for name, span in quoted if span is not None}}


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [span_to_json(span) for span in spans]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


_NO_RECORD: dict[str, Any] = {
    "title": None,
    "abstract": None,
    "sections": {},
    "journal": None,
    "publication_date": None,
    "create_date": None,
    "doi": None,
    "pmcid": None,
    "publication_types": [],
    "mesh": [],
    "substances": [],
    "keywords": [],
    "status": None,
}
_NOT_STUDIED: dict[str, Any] = {
    "relevant": None,
    "tags": {},
    "design": None,
    "secondary": None,
    "preprint": None,
    "industry": None,
    "setting": None,
    "subjects": None,
    "population": [],
    "participants": None,
    "studies": None,
    "drugs": [],
    "routes": [],
    "dose": [],
    "followup_days": None,
    "registrations": [],
    "quotes": _NO_QUOTES,
    "spans": {},
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpanDocument(_Part):
    """A stretch of the record's own words: `text` stands at `start:end` (code points) of `field`."""

    field: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class QualifierDocument(_Part):
    """A MeSH subheading."""

    name: str
    major: bool


class MeshDocument(_Part):
    """A MeSH heading."""

    descriptor: str
    major: bool
    qualifiers: list[QualifierDocument]


class SubstanceDocument(_Part):
    """A chemical of the record."""

    name: str
    ui: str
    registry_number: str


class QuotesDocument(_Part):
    """One sentence each, verbatim from the abstract, or null."""

    result: str | None
    conclusion: str | None
    harm: str | None


class NoticeDocument(_Part):
    """A retraction, expression of concern, erratum or new version of the paper."""

    kind: str
    pmid: str | None
    date: str | None
    quote: str | None


DesignId = Literal[
    "meta-analysis",
    "systematic-review",
    "rct",
    "trial",
    "cohort",
    "cross-sectional",
    "case",
    "qualitative",
    "review",
    "guideline",
    "protocol",
    "comment",
    "notice",
    "animal",
    "laboratory",
    "other",
]


class PaperDocument(BaseModel):
    """A paper in a watch: its record, what was found in it, and how it came. Unknown is null or empty."""

    model_config = ConfigDict(
        extra="allow", title="A paper of `litwatch papers --json` and `litwatch tag --json`"
    )

    watch: str
    pmid: str = Field(pattern=r"^[0-9]+$")
    title: str | None
    abstract: str | None
    sections: dict[str, tuple[int, int]] = Field(
        description="Label -> [start, end] in the abstract, in code points."
    )
    journal: str | None
    publication_date: str | None = Field(description='At its true precision: "2026", "2026 Mar-Apr".')
    create_date: date | None
    doi: str | None
    pmcid: str | None
    publication_types: list[str]
    mesh: list[MeshDocument]
    substances: list[SubstanceDocument]
    keywords: list[str]
    status: str | None
    relevant: bool | None
    tags: dict[str, list[SpanDocument]] = Field(description="Topic id -> the words that earned it.")
    # The shipped facets have the ids of DesignId; a watch may define its own.
    design: DesignId | str | None
    secondary: bool | None
    preprint: bool | None
    industry: bool | None
    setting: str | None
    subjects: str | None
    population: list[str]
    participants: int | None
    studies: int | None
    drugs: list[str]
    routes: list[str]
    dose: list[str]
    followup_days: int | None
    registrations: list[str]
    quotes: QuotesDocument
    spans: dict[str, list[SpanDocument]] = Field(description="The evidence for the rest, by name.")
    notices: list[NoticeDocument]
    arrival: Literal["new", "late", "old", "by-edit", "backlog"] | None
    first_seen: datetime | None


def json_schema() -> dict[str, Any]:
    """The JSON Schema that `litwatch schema papers` prints."""
    schema = PaperDocument.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
