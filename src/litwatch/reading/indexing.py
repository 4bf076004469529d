"""Reads what indexers and publishers list with a record: MeSH, substances, types, grants, data banks, links.

Owns those lists. Never reads text that a reader sees.
"""

from __future__ import annotations

from litwatch.paper import DataBank, Grant, Link, MeshHeading, PublicationType, Qualifier, Substance
from litwatch.reading.elements import Fields
from litwatch.reading.parsing import Element
from litwatch.reading.quick import quick
from litwatch.reading.records import PMID_DIGITS
from litwatch.reading.text import text_of

_make_heading = quick(MeshHeading)
make_publication_type = quick(PublicationType)
_make_substance = quick(Substance)
make_grant = quick(Grant)
_make_link = quick(Link)

_KNOWN_QUALIFIERS: dict[tuple[str, str, bool], Qualifier] = {}
_KNOWN_LIMIT = 2000


def mesh(element: Element, fields: Fields) -> None:
    """MeshHeadingList."""
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
        headings.append(_make_heading(name, ui, major, qualifiers))


def _qualifier(element: Element) -> Qualifier:
    # There are 76 qualifiers: the same value again is cheaper than a new one, in time and in memory.
    key = (text_of(element), element.get("UI", ""), element.get("MajorTopicYN") == "Y")
    known = _KNOWN_QUALIFIERS.get(key)
    if known is None:
        known = Qualifier(*key)
        if len(_KNOWN_QUALIFIERS) < _KNOWN_LIMIT:
            _KNOWN_QUALIFIERS[key] = known
    return known


def substances(element: Element, fields: Fields) -> None:
    """ChemicalList."""
    listed = fields.setdefault("substances", [])
    for chemical in element:
        name = ui = number = ""
        for child in chemical:
            if child.tag == "NameOfSubstance":
                name, ui = text_of(child), child.get("UI", "")
            elif child.tag == "RegistryNumber":
                number = text_of(child)
        listed.append(_make_substance(name, ui, number))


def publication_type(element: Element, fields: Fields) -> None:
    """PublicationType: its name and what stays when it is renamed."""
    name = text_of(element)
    if name:
        fields.setdefault("publication_types", []).append(make_publication_type(name, element.get("UI", "")))


def publication_types(element: Element, fields: Fields) -> None:
    """PublicationTypeList."""
    for child in element:
        publication_type(child, fields)


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
        fields.setdefault("grants", []).append(make_grant(number, acronym, agency, country))


def data_banks(element: Element, fields: Fields) -> None:
    """DataBankList: registries of trials among them."""
    for bank in element:
        name = ""
        numbers: tuple[str, ...] = ()
        for child in bank:
            if child.tag == "DataBankName":
                name = text_of(child)
            elif child.tag == "AccessionNumberList":
                numbers = tuple(text_of(number) for number in child)
        fields.setdefault("data_banks", []).append(DataBank(name, numbers))


def links(element: Element, fields: Fields) -> None:
    """CommentsCorrectionsList: retractions, errata, comments, versions."""
    listed = fields.setdefault("links", [])
    for entry in element:
        pmid: int | None = None
        source = note = ""
        for child in entry:
            tag = child.tag
            if tag == "PMID":
                text = (child.text or "").strip()
                pmid = int(text) if text.isascii() and text.isdigit() and len(text) <= PMID_DIGITS else None
            elif tag == "RefSource":
                source = text_of(child)
            elif tag == "Note":
                note = text_of(child)
        listed.append(_make_link(entry.get("RefType", ""), pmid, source, note))
