"""Walks one PubmedArticle element, each list of children once, into a Paper.

Owns which NLM element fills which field of Paper. Never parses bytes; book.py walks PubmedBookArticle.

Elements: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html. Children are dispatched by tag and
never looked up by path: `find` halves the speed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lxml import etree

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
    Substance,
)
from litwatch.reading.dates import date_text, day_of
from litwatch.reading.text import abstract_of, text_of

Element = etree._Element
Fields = dict[str, Any]
Reader = Callable[[Element, Fields], None]

_PMCID = re.compile(r"PMC\d+")


def paper_of(element: Element) -> Paper:
    """The Paper of a PubmedArticle, or of a MedlineCitation that stands alone (files before 2012).

    Raises ValueError where there is no PMID.
    """
    fields: Fields = {}
    if element.tag == "MedlineCitation":
        _citation(element, fields)
    else:
        walk(element, _RECORD, fields)
    return finish(fields)


def walk(element: Element, readers: dict[str, Reader], fields: Fields) -> None:
    """Hands each child to the reader of its tag; children without one are not kept."""
    for child in element:
        reader = readers.get(child.tag)
        if reader is not None:
            reader(child, fields)


def finish(fields: Fields) -> Paper:
    """Settles what several elements have a say in, and makes the Paper."""
    if "pmid" not in fields:
        raise ValueError("it has no PMID")
    listed: list[tuple[str, str]] = fields.setdefault("article_ids", [])
    for located in fields.pop("_locations", ()):
        if located not in listed:
            listed.append(located)
    for kind, value in listed:
        if kind == "doi" and "doi" not in fields:
            fields["doi"] = value
        elif kind in {"pmc", "pmcid"} and "pmcid" not in fields:
            found = _PMCID.search(value)
            if found:
                fields["pmcid"] = found.group()
    other_pmcid = fields.pop("_other_pmcid", "")
    if other_pmcid and "pmcid" not in fields:
        fields["pmcid"] = other_pmcid
    iso_abbreviation = fields.pop("_iso_abbreviation", "")
    if not fields.get("journal_abbreviation"):
        fields["journal_abbreviation"] = iso_abbreviation
    affiliation = fields.pop("_affiliation", "")
    people: list[Author] = fields.get("authors", [])
    if affiliation and people and affiliation not in people[0].affiliations:
        people[0] = replace(people[0], affiliations=(*people[0].affiliations, affiliation))
    for name, value in fields.items():
        if type(value) is list:
            fields[name] = tuple(value)
    return Paper(**fields)


def text_into(name: str) -> Reader:
    """A reader that keeps an element's text as one field."""

    def read(element: Element, fields: Fields) -> None:
        fields[name] = text_of(element)

    return read


def append_to(name: str) -> Reader:
    """A reader that adds an element's text to a list."""

    def read(element: Element, fields: Fields) -> None:
        text = text_of(element)
        if text:
            fields.setdefault(name, []).append(text)

    return read


def children_into(name: str, tag: str) -> Reader:
    """A reader that adds the texts of an element's `tag` children to a list."""

    def read(element: Element, fields: Fields) -> None:
        texts = fields.setdefault(name, [])
        for child in element:
            if child.tag == tag:
                text = text_of(child)
                if text:
                    texts.append(text)

    return read


def day_into(name: str) -> Reader:
    """A reader that keeps an element's day."""

    def read(element: Element, fields: Fields) -> None:
        fields[name] = day_of(element)

    return read


def pmid_of(element: Element, fields: Fields) -> None:
    """PMID and its Version."""
    text = (element.text or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"its PMID is no number: {text[:40]!r}")
    fields["pmid"] = int(text)
    version = element.get("Version", "1")
    fields["version"] = int(version) if version.isdigit() else 1


def date_text_into(name: str) -> Reader:
    """A reader that keeps a date as text at its true precision."""

    def read(element: Element, fields: Fields) -> None:
        fields[name] = date_text(element)

    return read


def _parts(element: Element, fields: Fields | None = None) -> list[tuple[str, str, str]]:
    parts = []
    for child in element:
        if child.tag == "AbstractText":
            label = child.get("Label", "")
            if label:
                label = " ".join(label.split()).removesuffix(":")
            parts.append((label, child.get("NlmCategory", "").lower(), text_of(child)))
        elif child.tag == "CopyrightInformation" and fields is not None:
            fields["copyright"] = text_of(child)
    return parts


def abstract(element: Element, fields: Fields) -> None:
    """Abstract: one text, its sections, and the publisher's claim of copyright."""
    fields["abstract"], fields["sections"] = abstract_of(_parts(element, fields))


def _other_abstract(element: Element, fields: Fields) -> None:
    text, _ = abstract_of(_parts(element))
    if text:
        fields.setdefault("other_abstracts", []).append(
            OtherAbstract(element.get("Type", ""), element.get("Language", ""), text)
        )


def person(element: Element) -> Author:
    """An Author, Investigator or PersonalNameSubject."""
    last = fore = initials = suffix = collective = ""
    affiliations: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    for child in element:
        tag = child.tag
        if tag == "LastName":
            last = text_of(child)
        elif tag == "ForeName":
            fore = text_of(child)
        elif tag == "Initials":
            initials = text_of(child)
        elif tag == "AffiliationInfo":
            for place in child:
                if place.tag == "Affiliation":
                    text = text_of(place)
                    if text:
                        affiliations = (*affiliations, text)
        elif tag == "Identifier":
            text = text_of(child)
            if text:
                source = child.get("Source", "")
                identifiers = (*identifiers, f"{source}: {text}" if source else text)
        elif tag == "CollectiveName":
            collective = text_of(child)
        elif tag == "Suffix":
            suffix = text_of(child)
        elif tag == "Affiliation":  # before 2015 it stood here
            text = text_of(child)
            if text:
                affiliations = (*affiliations, text)
    return Author(last, fore, initials, suffix, collective, affiliations, identifiers)


def authors(element: Element, fields: Fields) -> None:
    """AuthorList; Type="editors" goes to the editors."""
    name = "editors" if element.get("Type") == "editors" else "authors"
    people = fields.setdefault(name, [])
    people.extend([person(child) for child in element])
    if element.get("CompleteYN") == "N":
        fields["authors_complete"] = False


def people_into(name: str) -> Reader:
    """A reader that adds an element's children, persons all, to a list."""

    def read(element: Element, fields: Fields) -> None:
        fields.setdefault(name, []).extend([person(child) for child in element])

    return read


def _sole_affiliation(element: Element, fields: Fields) -> None:
    # Until 2013 the record had one affiliation, that of the first author, after the list or before it.
    fields["_affiliation"] = text_of(element)


def grants(element: Element, fields: Fields) -> None:
    """GrantList."""
    for child in element:
        number = acronym = agency = country = ""
        for part in child:
            tag = part.tag
            if tag == "GrantID":
                number = text_of(part)
            elif tag == "Acronym":
                acronym = text_of(part)
            elif tag == "Agency":
                agency = text_of(part)
            elif tag == "Country":
                country = text_of(part)
        fields.setdefault("grants", []).append(Grant(number, acronym, agency, country))


def publication_type(element: Element, fields: Fields) -> None:
    """PublicationType: its name and what stays when it is renamed."""
    name = text_of(element)
    if name:
        fields.setdefault("publication_types", []).append(PublicationType(name, element.get("UI", "")))


def _publication_types(element: Element, fields: Fields) -> None:
    for child in element:
        publication_type(child, fields)


def location(element: Element, fields: Fields) -> None:
    """ELocationID, unless NLM calls it invalid."""
    if element.get("ValidYN") != "N":
        text = text_of(element)
        if text:
            fields.setdefault("_locations", []).append((element.get("EIdType", ""), text))


def article_ids(element: Element, fields: Fields) -> None:
    """ArticleIdList."""
    listed = fields.setdefault("article_ids", [])
    for child in element:
        text = text_of(child)
        if text:
            pair = (child.get("IdType", "pubmed"), text)
            if pair not in listed:
                listed.append(pair)


def pagination(element: Element, fields: Fields) -> None:
    """Pagination: MedlinePgn, or first and last page."""
    start = end = ""
    for child in element:
        tag = child.tag
        if tag == "MedlinePgn":
            text = text_of(child)
            if text:
                fields["pages"] = text
                return
        elif tag == "StartPage":
            start = text_of(child)
        elif tag == "EndPage":
            end = text_of(child)
    fields["pages"] = f"{start}-{end}" if end else start


def _article_date(element: Element, fields: Fields) -> None:
    if element.get("DateType", "Electronic") == "Electronic":
        fields["electronic_date"] = date_text(element)


def _issn(element: Element, fields: Fields) -> None:
    text = text_of(element)
    listed = fields.setdefault("issn", [])
    if text and text not in listed:
        listed.append(text)


def _data_banks(element: Element, fields: Fields) -> None:
    for bank in element:
        name = ""
        numbers: tuple[str, ...] = ()
        for child in bank:
            if child.tag == "DataBankName":
                name = text_of(child)
            elif child.tag == "AccessionNumberList":
                numbers = tuple(text_of(number) for number in child)
        fields.setdefault("data_banks", []).append(DataBank(name, numbers))


def _substances(element: Element, fields: Fields) -> None:
    listed = fields.setdefault("substances", [])
    for chemical in element:
        name = ui = number = ""
        for child in chemical:
            if child.tag == "NameOfSubstance":
                name, ui = text_of(child), child.get("UI", "")
            elif child.tag == "RegistryNumber":
                number = text_of(child)
        listed.append(Substance(name, ui, number))


_KNOWN_QUALIFIERS: dict[tuple[str, str, bool], Qualifier] = {}
_KNOWN_LIMIT = 2000


def _mesh(element: Element, fields: Fields) -> None:
    headings = fields.setdefault("mesh", [])
    for heading in element:
        name = ui = ""
        major = False
        qualifiers: tuple[Qualifier, ...] = ()
        for child in heading:
            if child.tag == "DescriptorName":
                name, ui, major = text_of(child), child.get("UI", ""), child.get("MajorTopicYN") == "Y"
            elif child.tag == "QualifierName":
                qualifiers = (*qualifiers, _qualifier(child))
        headings.append(MeshHeading(name, ui, major, qualifiers))


def _qualifier(element: Element) -> Qualifier:
    # There are 76 qualifiers: the same value again is cheaper than a new one, in time and in memory.
    key = (text_of(element), element.get("UI", ""), element.get("MajorTopicYN") == "Y")
    known = _KNOWN_QUALIFIERS.get(key)
    if known is None:
        known = Qualifier(*key)
        if len(_KNOWN_QUALIFIERS) < _KNOWN_LIMIT:
            _KNOWN_QUALIFIERS[key] = known
    return known


def _links(element: Element, fields: Fields) -> None:
    links = fields.setdefault("links", [])
    for entry in element:
        pmid: int | None = None
        source = note = ""
        for child in entry:
            tag = child.tag
            if tag == "PMID":
                text = (child.text or "").strip()
                pmid = int(text) if text.isascii() and text.isdigit() else None
            elif tag == "RefSource":
                source = text_of(child)
            elif tag == "Note":
                note = text_of(child)
        links.append(Link(entry.get("RefType", ""), pmid, source, note))


def _other_id(element: Element, fields: Fields) -> None:
    found = _PMCID.match((element.text or "").strip())
    if found and element.get("Source") == "NLM":
        fields.setdefault("_other_pmcid", found.group())


_HISTORY_FIELDS = {"entrez": "create_date", "pubmed": "entry_date", "medline": "mesh_date"}


def _history(element: Element, fields: Fields) -> None:
    for child in element:
        name = _HISTORY_FIELDS.get(child.get("PubStatus", ""))
        if name:
            fields[name] = day_of(child)


def inner(readers: dict[str, Reader]) -> Reader:
    """A reader that hands an element's children on."""

    def read(element: Element, fields: Fields) -> None:
        walk(element, readers, fields)

    return read


_ISSUE: dict[str, Reader] = {
    "Volume": text_into("volume"),
    "Issue": text_into("issue"),
    "PubDate": date_text_into("publication_date"),
}
_JOURNAL: dict[str, Reader] = {
    "ISSN": _issn,
    "JournalIssue": inner(_ISSUE),
    "Title": text_into("journal"),
    "ISOAbbreviation": text_into("_iso_abbreviation"),
}
_ARTICLE: dict[str, Reader] = {
    "Journal": inner(_JOURNAL),
    "ArticleTitle": text_into("title"),
    "Pagination": pagination,
    "ELocationID": location,
    "Abstract": abstract,
    "Affiliation": _sole_affiliation,
    "AuthorList": authors,
    "Language": append_to("languages"),
    "DataBankList": _data_banks,
    "GrantList": grants,
    "PublicationTypeList": _publication_types,
    "VernacularTitle": text_into("vernacular_title"),
    "ArticleDate": _article_date,
}


def _article(element: Element, fields: Fields) -> None:
    fields["publication_model"] = element.get("PubModel", "")
    walk(element, _ARTICLE, fields)


_JOURNAL_INFO: dict[str, Reader] = {
    "Country": text_into("country"),
    "MedlineTA": text_into("journal_abbreviation"),
    "NlmUniqueID": text_into("nlm_id"),
    "ISSNLinking": _issn,
}
_CITATION: dict[str, Reader] = {
    "PMID": pmid_of,
    "DateCompleted": day_into("completed_date"),
    "DateRevised": day_into("revised_date"),
    "Article": _article,
    "MedlineJournalInfo": inner(_JOURNAL_INFO),
    "ChemicalList": _substances,
    "SupplMeshList": children_into("supplementary_concepts", "SupplMeshName"),
    "CitationSubset": append_to("subsets"),
    "CommentsCorrectionsList": _links,
    "GeneSymbolList": children_into("gene_symbols", "GeneSymbol"),
    "MeshHeadingList": _mesh,
    "PersonalNameSubjectList": people_into("personal_name_subjects"),
    "OtherID": _other_id,
    "OtherAbstract": _other_abstract,
    "KeywordList": children_into("keywords", "Keyword"),
    "CoiStatement": text_into("conflict_of_interest"),
    "InvestigatorList": people_into("investigators"),
}
PUBMED_DATA: dict[str, Reader] = {
    "History": _history,
    "PublicationStatus": text_into("publication_status"),
    "ArticleIdList": article_ids,
}


def _citation(element: Element, fields: Fields) -> None:
    fields["status"] = element.get("Status", "")
    walk(element, _CITATION, fields)


_RECORD: dict[str, Reader] = {"MedlineCitation": _citation, "PubmedData": inner(PUBMED_DATA)}
