"""Walks one PubmedArticle element, each list of children once, into a Paper.

Owns which NLM element fills which field of Paper. Never parses bytes; book.py walks PubmedBookArticle.

Elements: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html. Children are dispatched by tag and
never looked up by path: `find` halves the speed.
"""

from __future__ import annotations

import dataclasses

from litwatch.paper import OtherAbstract, Paper
from litwatch.reading.dates import date_text, day_of
from litwatch.reading.elements import (
    Fields,
    Readers,
    append_to,
    children_into,
    date_text_into,
    day_into,
    walk,
)
from litwatch.reading.identifiers import article_ids, issn, location, other_id, pmid_of, settle_identifiers
from litwatch.reading.indexing import data_banks, grants, links, mesh, publication_types, substances
from litwatch.reading.parsing import Element
from litwatch.reading.people import authors, people_into, settle_affiliation, sole_affiliation
from litwatch.reading.quick import quick
from litwatch.reading.text import abstract_of, text_of

_make_paper = quick(Paper)
_DEFAULTS: Fields = {field.name: field.default for field in dataclasses.fields(Paper)}


def paper_of(element: Element, fields: Fields) -> Paper:
    """The Paper of a PubmedArticle, or of a MedlineCitation that stands alone (files before 2012).

    `fields` are those that were read from the bytes already. Raises ValueError where there is no PMID.
    """
    if element.tag == "MedlineCitation":
        _citation(element, fields)
    else:
        walk(element, _RECORD, fields)
    return finish(fields)


def finish(fields: Fields) -> Paper:
    """Settles what several elements have a say in, and makes the Paper."""
    if "pmid" not in fields:
        raise ValueError("it has no PMID")
    settle_identifiers(fields)
    settle_affiliation(fields)
    iso_abbreviation = fields.pop("_iso_abbreviation", "")
    if not fields.get("journal_abbreviation"):
        fields["journal_abbreviation"] = iso_abbreviation
    for name, value in fields.items():
        if value.__class__ is list:
            fields[name] = tuple(value)
    return _make_paper(*(_DEFAULTS | fields).values())  # three times as fast as by name


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


_HISTORY_FIELDS = {"entrez": "create_date", "pubmed": "entry_date", "medline": "mesh_date"}


def _history(element: Element, fields: Fields) -> None:
    for child in element:
        name = _HISTORY_FIELDS.get(child.get("PubStatus", ""))
        if name:
            fields[name] = day_of(child)


_ISSUE: Readers = {
    "Volume": "volume",
    "Issue": "issue",
    "PubDate": date_text_into("publication_date"),
}
_JOURNAL: Readers = {
    "ISSN": issn,
    "JournalIssue": _ISSUE,
    "Title": "journal",
    "ISOAbbreviation": "_iso_abbreviation",
}
_ARTICLE: Readers = {
    "Journal": _JOURNAL,
    "ArticleTitle": "title",
    "Pagination": pagination,
    "ELocationID": location,
    "Abstract": abstract,
    "Affiliation": sole_affiliation,
    "AuthorList": authors,
    "Language": append_to("languages"),
    "DataBankList": data_banks,
    "GrantList": grants,
    "PublicationTypeList": publication_types,
    "VernacularTitle": "vernacular_title",
    "ArticleDate": _article_date,
}


def _article(element: Element, fields: Fields) -> None:
    fields["publication_model"] = element.get("PubModel", "")
    walk(element, _ARTICLE, fields)


_JOURNAL_INFO: Readers = {
    "Country": "country",
    "MedlineTA": "journal_abbreviation",
    "NlmUniqueID": "nlm_id",
    "ISSNLinking": "_linking_issn",
}
_CITATION: Readers = {
    "PMID": pmid_of,
    "DateCompleted": day_into("completed_date"),
    "DateRevised": day_into("revised_date"),
    "Article": _article,
    "MedlineJournalInfo": _JOURNAL_INFO,
    "ChemicalList": substances,
    "SupplMeshList": children_into("supplementary_concepts", "SupplMeshName"),
    "CitationSubset": append_to("subsets"),
    "CommentsCorrectionsList": links,
    "GeneSymbolList": children_into("gene_symbols", "GeneSymbol"),
    "MeshHeadingList": mesh,
    "PersonalNameSubjectList": people_into("personal_name_subjects"),
    "OtherID": other_id,
    "OtherAbstract": _other_abstract,
    "KeywordList": children_into("keywords", "Keyword"),
    "CoiStatement": "conflict_of_interest",
    "InvestigatorList": people_into("investigators"),
}
PUBMED_DATA: Readers = {
    "History": _history,
    "PublicationStatus": "publication_status",
    "ArticleIdList": article_ids,
}


def _citation(element: Element, fields: Fields) -> None:
    fields["status"] = element.get("Status", "")
    walk(element, _CITATION, fields)


_RECORD: Readers = {"MedlineCitation": _citation, "PubmedData": PUBMED_DATA}
