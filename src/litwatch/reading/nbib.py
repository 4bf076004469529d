"""Reads MEDLINE format (.nbib, PubMed's "Send to: Citation manager") through Bio.Medline.

Owns which MEDLINE field fills which field of Paper. Never opens a file.

The format carries less than the XML: no UIs of headings and types, and an abstract in one piece. What
stands in it as "LABEL: ..." at the start of a sentence becomes a section, as in the XML of the same paper.
Fields: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import IO, Any

from Bio import Medline

from litwatch.errors import NotRecords
from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    PublicationType,
    Qualifier,
    Section,
    Substance,
)
from litwatch.reading.dates import medline_date_text, medline_day
from litwatch.reading.records import PMID_DIGITS, Record, Unreadable
from litwatch.reading.text import tidy

_BEGINS = re.compile(rb"\s*(?:PMID|OWN |STAT)- ?\S")
_PMID_LINE = re.compile(rb"^PMID-", re.MULTILINE)
_IDENTIFIER = re.compile(r"(\S.*?) \[(\w+)\]")
_SERIAL = re.compile(r"\d{4}-\d{3}[\dXx]")
_LABEL = re.compile(r"(?:(?<=^)|(?<=[.?!)\]] ))([A-Z][A-Z0-9 ,/&'()\-]{1,60}[A-Z)]): (?=\S)")
_LINKS = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRF": "CorrectedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "DDIN": "DatasetDescribedIn",
    "DRIN": "DatasetUseReportedIn",
    "ECF": "ExpressionOfConcernFor",
    "ECI": "ExpressionOfConcernIn",
    "EFR": "ErratumFor",
    "EIN": "ErratumIn",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPF": "RepublishedFrom",
    "RPI": "RepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}
_LINK_PMID = re.compile(r"PMID: ([0-9]{1,9})(?![0-9])")


def begins(start: bytes) -> bool:
    """Whether that is how a MEDLINE file begins."""
    return _BEGINS.match(start) is not None


def read(stream: IO[bytes]) -> Iterator[Record]:
    """Every record of a stream; one that cannot be read is Unreadable, and the rest go on.

    Raises NotRecords where no line begins with PMID. The format has no end that could be missing.
    """
    position = 0
    for position, raw in enumerate(_records(stream), 1):
        try:
            yield _paper(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            yield Unreadable(position, _pmid_in(raw), f"it is not UTF-8: {error.reason}")
        except ValueError as error:
            yield Unreadable(position, _pmid_in(raw), str(error))
    if position == 0:
        raise NotRecords("it holds no MEDLINE records")


def sections_in(abstract: str) -> tuple[Section, ...]:
    """The sections of an abstract that holds its labels as text: upper case, at the start of a sentence."""
    labels = list(_LABEL.finditer(abstract))
    if not labels:
        return ()
    ends = [label.start() - 1 for label in labels[1:]] + [len(abstract)]
    return tuple(
        Section(label.group(1), "", label.end(), end) for label, end in zip(labels, ends, strict=True)
    )


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    first = True
    while chunk := stream.read(1 << 18):
        if first:
            chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
        rest = (rest + chunk).replace(b"\r\n", b"\n")
        starts = [match.start() for match in _PMID_LINE.finditer(rest)]
        for start, end in pairwise(starts):
            yield rest[start:end]
        if starts:
            rest = rest[starts[-1] :]
    if _PMID_LINE.match(rest):
        yield rest


def _pmid_in(raw: bytes) -> int | None:
    found = re.match(rb"PMID- ?(\d+)\s", raw)
    return int(found.group(1)) if found else None


def _paper(text: str) -> Paper:
    lines = text.splitlines()
    record: Mapping[str, Any] = _medline(lines)
    pmid = _one(record, "PMID")
    if not (pmid.isascii() and pmid.isdigit() and len(pmid) <= PMID_DIGITS):
        raise ValueError("it has no PMID" if not pmid else f"its PMID is no number: {pmid[:40]!r}")
    abstract = _one(record, "AB")
    identifiers = _identifiers(record)
    located = dict(reversed(identifiers))
    pmcid = _one(record, "PMC")
    return Paper(
        pmid=int(pmid),
        title=_one(record, "TI") or _one(record, "BTI"),
        vernacular_title=_one(record, "TT"),
        abstract=abstract,
        sections=sections_in(abstract),
        other_abstracts=_other_abstracts(record),
        copyright=_one(record, "CI"),
        authors=tuple(_people(lines, ("FAU", "AU", "CN"))),
        investigators=tuple(_people(lines, ("FIR", "IR"))),
        personal_name_subjects=tuple(_people(lines, ("FPS", "PS"))),
        editors=tuple(_people(lines, ("FED", "ED"))),
        journal=_one(record, "JT"),
        journal_abbreviation=_one(record, "TA"),
        issn=tuple(dict.fromkeys(_SERIAL.findall(_one(record, "IS")))),
        nlm_id=_one(record, "JID"),
        volume=_one(record, "VI"),
        issue=_one(record, "IP"),
        pages=_one(record, "PG"),
        publication_date=_one(record, "DP"),
        electronic_date=medline_date_text(_one(record, "DEP")),
        create_date=medline_day(_one(record, "CRDT")),
        entry_date=medline_day(_one(record, "EDAT")),
        mesh_date=medline_day(_one(record, "MHDA")),
        completed_date=medline_day(_one(record, "DCOM")),
        revised_date=medline_day(_one(record, "LR")),
        status=_one(record, "STAT"),
        publication_status=_one(record, "PST"),
        languages=_many(record, "LA"),
        country=_one(record, "PL"),
        publisher=_one(record, "PB"),
        book_title=_one(record, "BTI"),
        collection_title=_one(record, "CTI"),
        isbn=_many(record, "ISBN"),
        doi=located.get("doi", ""),
        pmcid=pmcid,
        article_ids=(("pubmed", pmid), *identifiers, *((("pmc", pmcid),) if pmcid else ())),
        publication_types=tuple(PublicationType(name) for name in _many(record, "PT")),
        mesh=tuple(_heading(heading) for heading in _many(record, "MH")),
        substances=tuple(_substance(substance) for substance in _many(record, "RN")),
        supplementary_concepts=_many(record, "NM"),
        keywords=tuple(keyword.removeprefix("*") for keyword in _many(record, "OT")),
        gene_symbols=_many(record, "GS"),
        subsets=tuple(_one(record, "SB").split()),
        grants=tuple(_grant(grant) for grant in _many(record, "GR")),
        data_banks=_data_banks(record),
        conflict_of_interest=_one(record, "COIS"),
        links=tuple(_links(record)),
    )


def _medline(lines: list[str]) -> Mapping[str, Any]:
    return Medline.read(lines)  # type: ignore[no-any-return,no-untyped-call,unused-ignore]


def _many(record: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    values = record.get(tag, [])
    if isinstance(values, str):
        values = [values]
    return tuple(text for text in map(tidy, values) if text)


def _one(record: Mapping[str, Any], tag: str) -> str:
    return " ".join(_many(record, tag))


def _identifiers(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, value) of AID and LID, each once."""
    texts = (*_many(record, "AID"), _one(record, "LID"))
    pairs = [(kind, value) for text in texts for value, kind in _IDENTIFIER.findall(text)]
    return list(dict.fromkeys(pairs))


def _people(lines: list[str], tags: tuple[str, ...]) -> Iterator[Author]:
    """Persons in order, each with the affiliations and identifiers that follow the name.

    Bio.Medline puts all names in one list and all affiliations in another; so it is given the lines of one
    person at a time.
    """
    full, short = tags[0], tags[1]
    group: list[str] = []
    groups: list[list[str]] = []
    for line in lines:
        tag = line[:4].strip()
        if tag in {full, "CN"} or (tag == short and not _holds(group, full)):
            group = []
            groups.append(group)
        if tag and tag not in {full, short, "CN", "AD", "AUID"}:
            group = []
        group.append(line)
    for group in groups:
        person = _medline(["PMID- 0", *group])
        if "CN" in person:
            if "CN" in tags:
                yield Author(collective_name=_one(person, "CN"), affiliations=_many(person, "AD"))
        elif full in person or short in person:
            last, _, fore = _one(person, full).partition(", ")
            initials = _one(person, short)
            yield Author(
                last or initials.rpartition(" ")[0],
                fore,
                initials.removeprefix(last).strip() if last else initials.rpartition(" ")[2],
                affiliations=_many(person, "AD"),
                identifiers=_many(person, "AUID"),
            )


def _holds(group: list[str], tag: str) -> bool:
    return any(line[:4].strip() == tag for line in group)


def _heading(text: str) -> MeshHeading:
    """ "Sequence Analysis/*methods" and "*Software": the star is on what is major."""
    name, *qualifiers = text.split("/")
    return MeshHeading(
        name.removeprefix("*"),
        major=name.startswith("*"),
        qualifiers=tuple(
            Qualifier(qualifier.removeprefix("*"), major=qualifier.startswith("*"))
            for qualifier in qualifiers
        ),
    )


def _substance(text: str) -> Substance:
    """ "690G0D6V8H (Ketamine)"."""
    number, _, name = text.partition(" (")
    return Substance(name.removesuffix(")"), "", number) if name else Substance(text)


def _grant(text: str) -> Grant:
    """ "R01 MH081870/MH/NIMH NIH HHS/United States"; a number may hold strokes of its own."""
    parts = text.split("/")
    if len(parts) >= 4:
        return Grant("/".join(parts[:-3]), *parts[-3:])
    if len(parts) == 3:
        return Grant(parts[0], "", parts[1], parts[2])
    if len(parts) == 2:
        return Grant(agency=parts[0], country=parts[1])
    return Grant(number=text)


def _data_banks(record: Mapping[str, Any]) -> tuple[DataBank, ...]:
    """SI, one "ClinicalTrials.gov/NCT00088699" a line."""
    banks: dict[str, tuple[str, ...]] = {}
    for text in _many(record, "SI"):
        name, _, number = text.partition("/")
        banks[name] = (*banks.get(name, ()), number) if number else banks.get(name, ())
    return tuple(DataBank(name, numbers) for name, numbers in banks.items())


def _other_abstracts(record: Mapping[str, Any]) -> tuple[OtherAbstract, ...]:
    texts, languages = _many(record, "OAB"), _many(record, "OABL")
    found = []
    for ordinal, text in enumerate(texts):
        kind, _, rest = text.partition(": ")
        publisher = kind == "Publisher" and bool(rest)
        language = languages[ordinal] if ordinal < len(languages) else ""
        found.append(OtherAbstract(kind if publisher else "", language, rest if publisher else text))
    return tuple(found)


def _links(record: Mapping[str, Any]) -> Iterator[Link]:
    for tag, kind in _LINKS.items():
        for text in _many(record, tag):
            found = _LINK_PMID.search(text)
            source = text[: found.start()].strip() if found else text
            yield Link(kind, int(found.group(1)) if found else None, source)
