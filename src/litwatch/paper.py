"""A paper as PubMed has it: what was read, nothing that was worked out.

Owns the values that every other part speaks of. Never reads bytes and never decides anything.

Names are NLM's own (https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html).
All offsets count code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a paper's own words: `paper.text(field)[start:end] == text`."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of the abstract; `start` and `end` leave the label out.

    `label` is as printed ("RESULTS"), `category` is NlmCategory in lower case
    (background, objective, methods, results, conclusions, unassigned) or "".
    """

    label: str
    category: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the abstract that plays one role: background, aim, methods, results or conclusion."""

    role: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Author:
    """A person (last name, fore name, initials) or, alone, a collective name."""

    last_name: str = ""
    fore_name: str = ""
    initials: str = ""
    suffix: str = ""
    collective_name: str = ""
    affiliations: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicationType:
    """`ui` is what stays when NLM renames a type."""

    name: str
    ui: str = ""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A MeSH subheading of a heading."""

    name: str
    ui: str = ""
    major: bool = False


@dataclass(frozen=True, slots=True)
class MeshHeading:
    """A MeSH heading; `major` is the star on the heading itself (a starred qualifier makes it major too)."""

    descriptor: str
    ui: str = ""
    major: bool = False
    qualifiers: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Substance:
    """A chemical of the record; `registry_number` is "0" where NLM has none."""

    name: str
    ui: str = ""
    registry_number: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that the record names."""

    number: str = ""
    acronym: str = ""
    agency: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class DataBank:
    """A registry or data bank with the accession numbers that the record lists."""

    name: str
    accession_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A CommentsCorrections entry: `kind` is NLM's RefType (RetractionIn, ErratumFor, ...)."""

    kind: str
    pmid: int | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OtherAbstract:
    """An abstract beside the main one (another language, a plain-language summary)."""

    kind: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One PubMed citation, with every field that litwatch searches, shows or decides by.

    `abstract` is one string: labelled parts stand in it as "LABEL: text", one blank apart, as in
    PubMed's MEDLINE format, and `sections` says where each begins and ends.
    `publication_date` is text at its true precision ("2026", "2026 Mar-Apr"): a made-up day is a lie.
    `create_date` is CRDT (History "entrez"), `entry_date` EDAT ("pubmed"), `mesh_date` MHDA ("medline").
    A missing text is "", a missing date None, a missing list ().
    """

    pmid: int
    version: int = 1
    title: str = ""
    vernacular_title: str = ""
    abstract: str = ""
    sections: tuple[Section, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    copyright: str = ""
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    investigators: tuple[Author, ...] = ()
    personal_name_subjects: tuple[Author, ...] = ()
    editors: tuple[Author, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    issn: tuple[str, ...] = ()
    nlm_id: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publication_date: str = ""
    electronic_date: str = ""
    create_date: date | None = None
    entry_date: date | None = None
    mesh_date: date | None = None
    completed_date: date | None = None
    revised_date: date | None = None
    status: str = ""
    publication_status: str = ""
    publication_model: str = ""
    languages: tuple[str, ...] = ()
    country: str = ""
    publisher: str = ""
    book_title: str = ""
    collection_title: str = ""
    isbn: tuple[str, ...] = ()
    doi: str = ""
    pmcid: str = ""
    article_ids: tuple[tuple[str, str], ...] = ()
    publication_types: tuple[PublicationType, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    substances: tuple[Substance, ...] = ()
    supplementary_concepts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    gene_symbols: tuple[str, ...] = ()
    subsets: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    data_banks: tuple[DataBank, ...] = ()
    conflict_of_interest: str = ""
    links: tuple[Link, ...] = ()

    def text(self, field: str) -> str:
        """The text that Spans of `field` count in: a text field as it is, a list joined by "; ".

        Fields: title, abstract, vernacular_title, keywords, mesh, substances, publication_types,
        affiliations (of authors, then investigators), conflict_of_interest, other_abstracts, journal.
        """
        if field == "keywords":
            return "; ".join(self.keywords)
        if field == "mesh":
            return "; ".join(heading.descriptor for heading in self.mesh)
        if field == "substances":
            return "; ".join(substance.name for substance in self.substances)
        if field == "publication_types":
            return "; ".join(kind.name for kind in self.publication_types)
        if field == "affiliations":
            people = (*self.authors, *self.investigators)
            return "; ".join(place for person in people for place in person.affiliations)
        if field == "other_abstracts":
            return "; ".join(other.text for other in self.other_abstracts)
        value = getattr(self, field)
        if not isinstance(value, str):
            raise TypeError(f"{field} is no text field of a paper")
        return value

    def span(self, field: str, start: int, end: int) -> Span:
        """The Span of that stretch."""
        return Span(field, start, end, self.text(field)[start:end])
