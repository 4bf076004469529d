"""A Paper as MEDLINE text (.nbib), as EFetch writes it.

Owns that layout. Never reads XML and never chooses records.

Tags and layout: https://www.nlm.nih.gov/bsd/mms/medlineelements.html; Bio.Medline reads what is written here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import TextIO

from litwatch.decide.shown import one_line
from litwatch.edge.exporting.row import Row
from litwatch.paper import Author, MeshHeading, Paper

WIDTH = 87
_LINKS = {
    "CommentOn": "CON", "CommentIn": "CIN", "ErratumIn": "EIN", "ErratumFor": "EFR", "RetractionIn": "RIN",
    "RetractionOf": "ROF", "UpdateIn": "UIN", "UpdateOf": "UOF", "ExpressionOfConcernIn": "ECI",
    "ExpressionOfConcernFor": "ECF", "CorrectedandRepublishedIn": "CRI", "CorrectedandRepublishedFrom": "CRF",
    "RepublishedIn": "RPI", "RepublishedFrom": "RPF", "RetractedandRepublishedIn": "RRI",
    "RetractedandRepublishedFrom": "RRF",
}  # fmt: skip


def write(rows: Iterable[Row], out: TextIO) -> None:
    """One record a paper, a blank line between two."""
    for row in rows:
        out.write(medline_text(row.paper) + "\n\n")


def medline_text(paper: Paper) -> str:
    """One record in MEDLINE format, without the blank line before it."""
    return "\n".join(
        textwrap.fill(
            one_line(text),
            WIDTH,
            initial_indent=f"{tag:<4}- ",
            subsequent_indent=" " * 6,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for tag, text in _medline_pairs(paper)
        if text
    )


def _medline_pairs(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "PMID", str(paper.pmid)
    yield "OWN", "NLM"
    yield "STAT", paper.status
    yield "DCOM", f"{paper.completed_date:%Y%m%d}" if paper.completed_date else ""
    yield "LR", f"{paper.revised_date:%Y%m%d}" if paper.revised_date else ""
    yield from (("IS", issn) for issn in paper.issn)
    yield "VI", paper.volume
    yield "IP", paper.issue
    yield "DP", paper.publication_date
    yield "TI", paper.title
    yield "PG", paper.pages
    yield "LID", f"{paper.doi} [doi]" if paper.doi else ""
    yield "AB", paper.abstract
    yield "CI", paper.copyright
    for author in paper.authors:
        yield from _author_pairs(author)
    yield from (("LA", language) for language in paper.languages)
    yield from (
        ("SI", f"{bank.name}/{number}") for bank in paper.data_banks for number in bank.accession_numbers
    )
    yield from (("PT", kind.name) for kind in paper.publication_types)

    yield "TT", paper.vernacular_title
    yield "DEP", _compact(paper.electronic_date)
    yield "PL", paper.country
    yield "TA", paper.journal_abbreviation
    yield "JT", paper.journal
    yield "JID", paper.nlm_id
    yield from (("RN", f"{one.registry_number} ({one.name})") for one in paper.substances)
    yield from (("SB", subset) for subset in paper.subsets)
    yield from (
        (_LINKS[link.kind], f"{link.source} PMID: {link.pmid}" if link.pmid else link.source)
        for link in paper.links
        if link.kind in _LINKS
    )
    yield from (("MH", _heading(heading)) for heading in paper.mesh)
    yield "PMC", paper.pmcid
    yield from (("OT", keyword) for keyword in paper.keywords)
    yield "COIS", paper.conflict_of_interest
    for tag, day in (("EDAT", paper.entry_date), ("MHDA", paper.mesh_date), ("CRDT", paper.create_date)):
        yield tag, f"{day:%Y/%m/%d} 06:00" if day else ""
    yield from (("AID", f"{value} [{kind}]") for kind, value in paper.article_ids if kind != "pubmed")
    yield "PST", paper.publication_status
    yield "SO", source(paper)


def _author_pairs(author: Author) -> Iterator[tuple[str, str]]:
    if author.collective_name:
        yield "CN", author.collective_name
        return
    yield "FAU", ", ".join(part for part in (author.last_name, author.fore_name) if part)
    yield "AU", author_name(author)
    yield from (("AD", place) for place in author.affiliations)


def author_name(author: Author) -> str:
    """ "Roe R", or a group's name."""
    if author.collective_name:
        return author.collective_name
    return " ".join(part for part in (author.last_name, author.initials, author.suffix) if part)


def issue(paper: Paper) -> str:
    """ "2026 Mar;36(3):1-9", as far as it is known."""
    number = f"({paper.issue})" if paper.issue else ""
    place = f"{paper.volume}{number}" + (f":{paper.pages}" if paper.pages else "")
    return paper.publication_date + (f";{place}" if place else "")


def source(paper: Paper) -> str:
    """ "J Made Up Psychiatry. 2026 Mar;36:1-9. doi: ..." """
    text = f"{paper.journal_abbreviation}. {issue(paper)}."
    return text + (f" doi: {paper.doi}." if paper.doi else "")


def _compact(text: str) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    found = re.fullmatch(r"(\d{4}) (\w{3}) (\d{1,2})", text)
    if found and found[2] in months:
        return f"{found[1]}{months.index(found[2]) + 1:02}{int(found[3]):02}"
    return ""


def _heading(heading: MeshHeading) -> str:
    parts = [("*" if heading.major and not heading.qualifiers else "") + heading.descriptor]
    parts += [("*" if qualifier.major else "") + qualifier.name for qualifier in heading.qualifiers]
    return "/".join(parts)
