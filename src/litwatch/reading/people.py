"""Reads the people of a record: authors, editors, investigators, persons as subjects.

Owns their names, affiliations and identifiers. Never decides who counts.
"""

from __future__ import annotations

from dataclasses import replace

from litwatch.paper import Author
from litwatch.reading.elements import Element, Fields, Reader
from litwatch.reading.text import text_of


def person(element: Element) -> Author:  # noqa: C901 - one pass over the children, the hottest loop
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


def sole_affiliation(element: Element, fields: Fields) -> None:
    """Affiliation as it stood until 2013: one a record, the first author's, before the list."""
    fields["_affiliation"] = text_of(element)


def settle_affiliation(fields: Fields) -> None:
    """Gives the first author the record's one affiliation."""
    affiliation = fields.pop("_affiliation", "")
    people: list[Author] = fields.get("authors", [])
    if affiliation and people and affiliation not in people[0].affiliations:
        people[0] = replace(people[0], affiliations=(*people[0].affiliations, affiliation))
