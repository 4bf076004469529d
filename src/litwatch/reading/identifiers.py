"""Reads the numbers a record goes by: PMID, DOI, PMCID, ISSN and the rest.

Owns which of them wins where there are several. Never checks that they exist.
"""

from __future__ import annotations

import re

from litwatch.reading.elements import Fields
from litwatch.reading.parsing import Element
from litwatch.reading.records import PMID_DIGITS
from litwatch.reading.text import text_of

_PMCID = re.compile(r"PMC\d+")


def pmid_of(element: Element, fields: Fields) -> None:
    """PMID and its Version."""
    text = (element.text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= PMID_DIGITS):
        raise ValueError(f"its PMID is no number: {text[:40]!r}")
    fields["pmid"] = int(text)
    fields["version"] = version_of(element)


def version_of(element: Element) -> int:
    """The Version of a PMID; 1 where it says nothing that is a number."""
    version = element.get("Version", "1")
    return int(version) if version.isdecimal() else 1


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


def issn(element: Element, fields: Fields) -> None:
    """ISSN, each once."""
    text = text_of(element)
    listed = fields.setdefault("issn", [])
    if text and text not in listed:
        listed.append(text)


def other_id(element: Element, fields: Fields) -> None:
    """OtherID, which held the PMCID before 2017."""
    found = _PMCID.match((element.text or "").strip())
    if found and element.get("Source") == "NLM":
        fields.setdefault("_other_pmcid", found.group())


def settle_identifiers(fields: Fields) -> None:
    """ArticleIdList comes first, then ELocationID, then OtherID; the journal's ISSN before the linking one."""
    linking = fields.pop("_linking_issn", "")
    if linking and linking not in (issns := fields.setdefault("issn", [])):
        issns.append(linking)
    listed: list[tuple[str, str]] = fields.setdefault("article_ids", [])
    for located in fields.pop("_locations", ()):
        if located not in listed:
            listed.append(located)
    for kind, value in listed:
        if kind == "doi":
            fields.setdefault("doi", value)
        elif kind in {"pmc", "pmcid"}:
            found = _PMCID.search(value)
            if found:
                fields.setdefault("pmcid", found.group())
    pmcid = fields.pop("_other_pmcid", "")
    if pmcid:
        fields.setdefault("pmcid", pmcid)
