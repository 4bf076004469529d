"""facets.toml, watches/*.toml and subscribers.toml as researchers write them.

Owns names, limits, defaults and descriptions. Never reads a file and never compares one with another.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from litwatch.edge.config.addresses import Address
from litwatch.edge.config.kinds import (
    Id,
    LocalQuery,
    OneLine,
    OptionalLine,
    Pmid,
    QueryText,
    SentenceQuery,
    TimeOfDay,
    TimeZone,
)
from litwatch.edge.config.models import Table
from litwatch.edge.config.settings import Detail, Frequency, Weekday

Section = Literal["title", "background", "aim", "methods", "results", "conclusion"]
Sections = Annotated[list[Section], Field(min_length=1)]

SECTIONS = (
    "Only the text in these parts of a paper counts; left out: all of it. Keywords and MeSH always count."
)
UNLESS = "A PubMed query; a paper that matches it does not get the tag."
SENTENCE = (
    "A PubMed query that earns it, too, where one sentence holds all of it. The title is one; only words of title and "
    "abstract count."
)


class EntryTable(Table):
    """A value that is told of a paper as a whole: one that matches the query has it."""

    label: OneLine = Field(description="What readers see.")
    query: LocalQuery = Field(description="A query in PubMed's own syntax.")
    sections: Sections | None = Field(None, description=SECTIONS)
    unless: LocalQuery | None = Field(None, description=UNLESS)


class FacetTable(EntryTable):
    """One value of a facet: a paper that matches the query, or one sentence of it the other, has it."""

    sentence: SentenceQuery | None = Field(None, description=SENTENCE)


class TopicTable(FacetTable):
    """A topic: a value with an optional heading of its own in the digest."""

    heading: OptionalLine = Field(
        "", description="The words above its section of the digest; left out: the label."
    )


class RelevanceTable(Table):
    """Which of the matches are about the subject; the others are shown last."""

    query: LocalQuery = Field(description="A query in PubMed's own syntax.")
    sections: Sections | None = Field(None, description=SECTIONS)
    unless: LocalQuery | None = Field(
        None, description="A PubMed query; a paper that matches it is not relevant."
    )


Entries = dict[Id, FacetTable]


class FacetsFile(Table):
    """Facets that every watch shares (facets.toml); the order of the entries matters."""

    design: Entries = Field(
        default={}, description="Kind of study: the first entry that matches is the design."
    )
    setting: Entries = Field(
        default={}, description="What the drug is given for: the first entry that matches."
    )
    subjects: Entries = Field(
        default={}, description="Human, animal, laboratory: the first entry that matches."
    )
    population: Entries = Field(default={}, description="Who was studied: every entry that matches.")
    routes: Entries = Field(default={}, description="How the drug was given: every entry that matches.")


class WatchFile(Table):
    """What is watched (watches/NAME.toml); the file's name is the watch's id."""

    title: OneLine = Field(description="The subject, as the digest's subject line shows it.")
    query: QueryText = Field(description="What is searched, in PubMed's own syntax.")
    look: Literal["daily", "weekly"] = Field("daily", description="How often PubMed is searched.")
    look_weekday: Weekday = Field("monday", description="On which day, for a `weekly` look.")
    look_time: TimeOfDay = Field(
        "05:00", validate_default=True, description="When, as HH:MM in the watch's time zone."
    )
    time_zone: TimeZone = Field(
        "UTC", validate_default=True, description="Time zone of `look_time`, such as Europe/Berlin."
    )
    guard: QueryText | None = Field(
        None,
        description="A broader query in PubMed's own syntax: what it finds and `query` does not is counted monthly.",
    )
    sentinels: list[Pmid] = Field(
        default=[], description="PMIDs that must always match; if one is missing the search is not trusted."
    )
    makers: list[OneLine] = Field(
        default=[], description="Firms, as affiliations spell them; a paper from one is marked as industry's."
    )
    relevance: RelevanceTable | None = Field(None, description="Which of the matches are about the subject.")
    topics: dict[Id, TopicTable] = Field(default={}, description="Topics, in the order of the digest.")
    drugs: dict[Id, EntryTable] = Field(default={}, description="Which drug: every entry that matches.")
    design: Entries | None = Field(None, description="Instead of [design] in facets.toml, for this watch.")
    setting: Entries | None = Field(None, description="Instead of [setting] in facets.toml, for this watch.")
    subjects: Entries | None = Field(
        None, description="Instead of [subjects] in facets.toml, for this watch."
    )
    population: Entries | None = Field(
        None, description="Instead of [population] in facets.toml, for this watch."
    )
    routes: Entries | None = Field(None, description="Instead of [routes] in facets.toml, for this watch.")


class SubscriberTable(Table):
    """One reader."""

    address: Address = Field(description="Where the digest goes.")
    name: OptionalLine = Field("", description="The reader's name.")
    watches: Annotated[list[str], Field(min_length=1)] = Field(
        description="Which watches: names of files in watches/, without .toml."
    )
    frequency: Frequency = Field("weekly", description="How often a digest comes.")
    weekday: Weekday = Field("monday", description="On which day, for `weekly`.")
    day_of_month: int = Field(
        1, ge=1, le=31, description="On which day, for `monthly`; the last one where a month is shorter."
    )
    time: TimeOfDay = Field(
        "07:00", validate_default=True, description="From when on, as HH:MM in the reader's time zone."
    )
    time_zone: TimeZone = Field(
        "UTC", validate_default=True, description="The reader's time zone, such as Europe/Berlin."
    )
    topics: list[str] = Field(
        default=[],
        description="Only papers on these topics of the watches in full, others by title; left out: all.",
    )
    designs: list[str] = Field(
        default=[],
        description="Only papers of these study designs in full, others by title; left out: all.",
    )
    settings: list[str] = Field(
        default=[],
        description="Other settings than treatment (perioperative ...) whose papers stand among those on treatment.",
    )
    detail: Detail = Field(
        "full", description="`brief`: every paper by its title, with the result of trials; no paper in full."
    )
    limit: int = Field(
        7, ge=0, le=100, description="How many papers of a mail stand in full; the others stand by title."
    )


class SubscribersFile(Table):
    """Who gets what, and when (subscribers.toml)."""

    csv: OptionalLine = Field(
        "", description="A CSV file with further readers, a line each; its columns are the keys below."
    )
    subscriber: list[SubscriberTable] = Field(default=[], description="One [[subscriber]] for each reader.")
