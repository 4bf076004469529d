"""What Bio.Entrez.read says of a record, in the words of Paper: the oracle of the reader.

Owns the mapping from Bio.Entrez's nested lists. Shares no code with the reader.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

TAGS = re.compile(r"</?(?:i|b|u|sup|sub)(?:\s[^>]*)?/?>")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")


def plain(value: object) -> str:
    return " ".join(TAGS.sub("", str(value)).split())


def lowered(text: str) -> str:
    return text.translate(LOWERED)


def attribute(value: Any, name: str, absent: str = "") -> str:
    return str(getattr(value, "attributes", {}).get(name, absent))


def day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date(int(value["Year"]), int(value["Month"]), int(value["Day"]))
    except (KeyError, ValueError):
        return None


def date_text(value: Any) -> str:
    if "MedlineDate" in value:
        return plain(value["MedlineDate"])
    month = value.get("Month", value.get("Season", ""))
    if str(month).isdigit():
        month = MONTHS[int(month) - 1]
    return " ".join(part for part in (value.get("Year", ""), month, value.get("Day", "").lstrip("0")) if part)


def abstract(value: Any) -> tuple[str, list[tuple[str, str, str]]]:
    parts, sections = [], []
    for part in value.get("AbstractText", []):
        label, text = plain(attribute(part, "Label")).removesuffix(":"), plain(part)
        if not text:
            continue
        parts.append(f"{label}: {text}" if label else text)
        category = attribute(part, "NlmCategory").lower()
        if label or category:
            sections.append((label, category, text))
    return " ".join(parts), sections


def person(value: Any) -> tuple[Any, ...]:
    identifiers = [
        f"{attribute(each, 'Source')}: {plain(each)}" for each in value.get("Identifier", []) if plain(each)
    ]
    places = [plain(info["Affiliation"]) for info in value.get("AffiliationInfo", [])]
    names = ("LastName", "ForeName", "Initials", "Suffix", "CollectiveName")
    return (
        *(plain(value.get(name, "")) for name in names),
        [place for place in places if place],
        identifiers,
    )


def people_with_affiliation(authors: Any, sole: str) -> list[tuple[Any, ...]]:
    """Until 2013 a record had one affiliation, that of its first author."""
    people = [person(each) for each in authors]
    if sole and people:
        people[0][5].append(sole)
    return people


def paper_fields(record: Any) -> dict[str, Any]:
    """Field name of Paper -> value, people and lists as tuples and lists of plain values."""
    citation, data = record["MedlineCitation"], record.get("PubmedData", {})
    article, info = citation["Article"], citation["MedlineJournalInfo"]
    journal = article["Journal"]
    issue = journal["JournalIssue"]
    history = {attribute(entry, "PubStatus"): entry for entry in data.get("History", [])}
    ids = [(attribute(each, "IdType"), plain(each)) for each in data.get("ArticleIdList", []) if plain(each)]
    for each in article.get("ELocationID", []):
        pair = (attribute(each, "EIdType"), plain(each))
        if attribute(each, "ValidYN", "Y") != "N" and pair not in ids:
            ids.append(pair)
    electronic = [
        each for each in article.get("ArticleDate", []) if attribute(each, "DateType") == "Electronic"
    ]
    authors = article.get("AuthorList", [])
    text, sections = abstract(article.get("Abstract", {}))
    pages = article.get("Pagination", {})
    return {
        "pmid": int(citation["PMID"]),
        "version": int(attribute(citation["PMID"], "Version", "1")),
        "title": plain(article.get("ArticleTitle", "")),
        "vernacular_title": plain(article.get("VernacularTitle", "")),
        "abstract": text,
        "sections": sections,
        "other_abstracts": [
            (attribute(each, "Type"), attribute(each, "Language"), abstract(each)[0])
            for each in citation.get("OtherAbstract", [])
        ],
        "copyright": plain(article.get("Abstract", {}).get("CopyrightInformation", "")),
        "authors": people_with_affiliation(authors, plain(article.get("Affiliation", ""))),
        "authors_complete": attribute(authors, "CompleteYN", "Y") != "N",
        "investigators": [person(each) for each in citation.get("InvestigatorList", [])],
        "personal_name_subjects": [person(each) for each in citation.get("PersonalNameSubjectList", [])],
        "journal": plain(journal.get("Title", "")),
        "journal_abbreviation": plain(info.get("MedlineTA", "")) or plain(journal.get("ISOAbbreviation", "")),
        "issn": list(
            dict.fromkeys(
                plain(each) for each in (journal.get("ISSN", ""), info.get("ISSNLinking", "")) if each
            )
        ),
        "nlm_id": plain(info.get("NlmUniqueID", "")),
        "volume": plain(issue.get("Volume", "")),
        "issue": plain(issue.get("Issue", "")),
        "pages": plain(pages.get("MedlinePgn", "") or pages.get("StartPage", "")),
        "publication_date": date_text(issue["PubDate"]),
        "electronic_date": date_text(electronic[-1]) if electronic else "",
        "create_date": day(history.get("entrez")),
        "entry_date": day(history.get("pubmed")),
        "mesh_date": day(history.get("medline")),
        "completed_date": day(citation.get("DateCompleted")),
        "revised_date": day(citation.get("DateRevised")),
        "status": attribute(citation, "Status"),
        "publication_status": plain(data.get("PublicationStatus", "")),
        "publication_model": attribute(article, "PubModel"),
        "languages": [plain(each) for each in article.get("Language", [])],
        "country": plain(info.get("Country", "")),
        "doi": next((value for kind, value in ids if kind == "doi"), ""),
        "pmcid": next((value.partition(".")[0] for kind, value in ids if kind == "pmc"), ""),
        "article_ids": list(dict.fromkeys(ids)),
        "publication_types": [
            (plain(each), attribute(each, "UI")) for each in article["PublicationTypeList"]
        ],
        "mesh": [heading(each) for each in citation.get("MeshHeadingList", [])],
        "substances": [
            (
                plain(each["NameOfSubstance"]),
                attribute(each["NameOfSubstance"], "UI"),
                plain(each["RegistryNumber"]),
            )
            for each in citation.get("ChemicalList", [])
        ],
        "supplementary_concepts": [plain(each) for each in citation.get("SupplMeshList", [])],
        "keywords": [
            plain(each) for listing in citation.get("KeywordList", []) for each in listing if plain(each)
        ],
        "gene_symbols": [plain(each) for each in citation.get("GeneSymbolList", [])],
        "subsets": [plain(each) for each in citation.get("CitationSubset", [])],
        "grants": [
            tuple(plain(each.get(name, "")) for name in ("GrantID", "Acronym", "Agency", "Country"))
            for each in article.get("GrantList", [])
        ],
        "data_banks": [
            (plain(each["DataBankName"]), [plain(number) for number in each.get("AccessionNumberList", [])])
            for each in article.get("DataBankList", [])
        ],
        "conflict_of_interest": plain(citation.get("CoiStatement", "")),
        "links": [
            (
                attribute(each, "RefType"),
                int(each["PMID"]) if "PMID" in each else None,
                plain(each.get("RefSource", "")),
                plain(each.get("Note", "")),
            )
            for each in citation.get("CommentsCorrectionsList", [])
        ],
    }


def heading(value: Any) -> tuple[Any, ...]:
    name = value["DescriptorName"]
    qualifiers = [
        (plain(each), attribute(each, "UI"), attribute(each, "MajorTopicYN") == "Y")
        for each in value["QualifierName"]
    ]
    return plain(name), attribute(name, "UI"), attribute(name, "MajorTopicYN") == "Y", qualifiers
