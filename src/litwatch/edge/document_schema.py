"""The JSON Schema of what `papers --json` and `tag --json` print.

Owns its words. Never builds a document (`documents` does).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


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


class VersionDocument(_Part):
    """Another record of the paper, and how they are linked; null: by way of a third record."""

    pmid: str
    how: Literal["pubmed", "doi", "title"] | None


class SameTrialDocument(_Part):
    """Another paper of the store that reports a trial of the same registration number."""

    pmid: str
    trial: str


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
    versions: list[VersionDocument]
    same_trial: list[SameTrialDocument]
    gone: Literal["deleted", "merged"] | None = Field(
        description="What became of it, where PubMed has it no more."
    )
    arrival: Literal["new", "late", "old", "by-edit", "backlog"] | None
    first_seen: datetime | None


def json_schema() -> dict[str, Any]:
    """The JSON Schema that `litwatch schema papers` prints."""
    schema = PaperDocument.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
