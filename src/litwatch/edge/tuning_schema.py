"""The JSON Schemas of what `tune --json` and `recall --json` print.

Owns their words. Never builds a document (cli.tuning does).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ShareDocument(_Part):
    """`hits` of `of`, with the 95 % interval of Clopper and Pearson; null of nothing."""

    hits: int = Field(ge=0)
    of: int = Field(ge=0)
    share: float | None
    low: float | None
    high: float | None


class PriceDocument(_Part):
    """What a change would gain and lose."""

    gained: int = Field(ge=0)
    lost: int = Field(ge=0)


class StoreDocument(_Part):
    """The papers of the store: all, those found, and those found by week of creation, the oldest of 52 first."""

    papers: int
    found: int
    weekly: list[int]


class DifferingPaper(_Part):
    """A paper on which PubMed and litwatch differ, and the smallest clause by which they do."""

    pmid: str
    listed: bool
    clause: str | None
    approximate: bool


class DifferencesDocument(_Part):
    """Stored papers that only PubMed lists, or that match only here; `papers` are the first of them."""

    only_pubmed: int
    only_here: int
    papers: list[DifferingPaper]


class PubMedDocument(_Part):
    """PubMed's answer to the whole search."""

    count: int
    last_52_weeks: int | None
    weekly: list[int] | None
    translation: str
    differences: DifferencesDocument | None
    errors: list[tuple[str, str]]
    warnings: list[tuple[str, str]]


class WarnedDocument(_Part):
    """A mistake that lint sees; `seeds` and `store` are what `instead` would gain and lose."""

    severity: Literal["error", "warning"]
    code: str
    says: str
    instead: str | None
    advice: str | None
    seeds: PriceDocument | None
    store: PriceDocument | None


class ClauseDocument(_Part):
    """A clause of the tree; `alone` is what hangs on it and no other in the store, `pubmed_alone` at PubMed."""

    number: str
    depth: int
    clause: str
    operator: Literal["AND", "OR", "NOT"] | None
    role: str
    behind_not: bool
    pubmed: int | None
    store: int | None
    alone: int
    pubmed_alone: int | None
    a_week: float
    only_pubmed: list[str]
    seeds: int | None
    seeds_alone: int | None


class SeedDocument(_Part):
    """A seed; of the half to validate on nothing is told but that it has a record, unless --unblind."""

    pmid: str | None
    doi: str | None
    title: str | None
    in_store: bool
    half: Literal["developing", "validating"] | None = Field(description="null: it has no record")
    found: bool | None
    found_here: bool | None
    why_not: str | None


class SeedsDocument(_Part):
    """The recall of both halves, and each seed; `unread` is what of the file names no paper by a number."""

    developing: ShareDocument
    validating: ShareDocument
    all: ShareDocument
    unread: list[str]
    papers: list[SeedDocument]


class EstimateDocument(_Part):
    """`counted` among the papers read; of all that are gained, or lost, with its interval."""

    counted: int
    of_all: int
    low: int
    high: int


class FacetDocument(EstimateDocument):
    """The same of an entry of a facet."""

    facet: str
    label: str


class ChangedPaper(BaseModel):
    """A paper gained or lost; beside these keys it has one for each facet: the ids found in it."""

    model_config = ConfigDict(extra="allow")

    pmid: str
    title: str
    in_store: bool
    words: list[str]
    why: str
    relevant: bool | None


class DirectionDocument(_Part):
    """What is gained, or lost; `papers` are the `read` ones."""

    pubmed: int | None
    store: int
    read: int
    relevant: EstimateDocument | None
    facets: list[FacetDocument]
    papers: list[ChangedPaper]


class TagsDocument(_Part):
    """What changed facets do, on so many papers of the store."""

    papers: int
    changed: list[dict[Literal["facet", "entry", "before", "after", "gained", "lost"], str | int]]


class ChangeDocument(_Part):
    """Another search beside the watch's own."""

    query: str
    pubmed: int | None
    last_52_weeks: int | None
    store: int
    clauses: list[ClauseDocument]
    kept: int
    number_needed_to_read_by_rules: dict[Literal["before", "after"], float | None]
    gained: DirectionDocument
    lost: DirectionDocument
    seeds: SeedsDocument | None
    tags: TagsDocument


class PrecisionDocument(_Part):
    """A precision that a person judged; a number needed to read without end is null."""

    share: float
    low: float
    high: float
    judged: int
    number_needed_to_read: float | None
    number_needed_to_read_low: float | None
    number_needed_to_read_high: float | None


class SampleDocument(_Part):
    """The sample to judge."""

    papers: int
    drawn: list[str]
    judged: int
    to_judge: int
    from_store: bool
    precision: PrecisionDocument | None
    precision_after: PrecisionDocument | None


class TriedDocument(_Part):
    """A search that was tried with the same seeds, the first that was tried first; shares from 0 to 1."""

    query: str
    papers: int
    developing: float | None
    validating: float | None
    precision: float | None


class SuggestionDocument(BaseModel):
    """A change that might be made, the whole search after it, and its price."""

    kind: str
    says: str
    why: str
    query: str
    store: PriceDocument
    seeds: PriceDocument
    pubmed: PriceDocument | None


class TuneDocument(BaseModel):
    """What each clause of a search does. What was not asked for is null; more keys may come."""

    model_config = ConfigDict(extra="allow", title="What `litwatch tune --json` prints")

    watch: str
    query: str
    store: StoreDocument
    pubmed: PubMedDocument | None
    lint: list[WarnedDocument]
    clauses: list[ClauseDocument]
    seeds: SeedsDocument | None
    change: ChangeDocument | None
    sample: SampleDocument | None
    tried: list[TriedDocument]
    suggestions: list[SuggestionDocument] | None


class RecalledPaper(_Part):
    """A paper that the watch should have; `state` is how it came, null where it has not."""

    pmid: str | None
    doi: str | None
    title: str | None
    state: str | None
    first_seen: datetime | None
    found_now: bool | None
    why_not: str | None


class GuardRunDocument(_Part):
    """A run of the guard."""

    ran_at: datetime
    found: int
    outside: int
    judged: int
    missed: int
    recall: dict[Literal["share", "low", "high"], float] | None = Field(description="From all runs so far.")


class RecallDocument(BaseModel):
    """Completeness and currency of a watch: of all papers named, and of those with a record."""

    model_config = ConfigDict(extra="allow", title="What `litwatch recall --json` prints")

    watch: str
    began: datetime | None
    searched: date | None
    completeness: ShareDocument
    completeness_with_record: ShareDocument
    currency: ShareDocument | None
    currency_with_record: ShareDocument | None
    without_number: int = Field(description="References without PMID and DOI: named, and not held.")
    median_days: float | None
    came_in_time: int = Field(description="Papers of which the median is.")
    by_edit: int = Field(description="Papers that came because the search was changed.")
    unread: list[str]
    papers: list[RecalledPaper]
    guard: list[GuardRunDocument]
    guard_is_broader: bool | None


_DOCUMENTS: dict[str, type[BaseModel]] = {"tune": TuneDocument, "recall": RecallDocument}
NAMES = tuple(_DOCUMENTS)


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema that `litwatch schema tune` (or `recall`) prints."""
    schema = _DOCUMENTS[name].model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
