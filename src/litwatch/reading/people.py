"""Reads the people of a record: authors, editors, investigators, persons as subjects.

Owns their names, affiliations and identifiers. Never decides who counts.
"""

from __future__ import annotations

from dataclasses import replace

from litwatch.paper import Author
from litwatch.reading.elements import Fields, Reader
from litwatch.reading.parsing import Element
from litwatch.reading.quick import quick
from litwatch.reading.text import text_of

make_author = quick(Author)

_PERSONS = frozenset({"Author", "Investigator", "PersonalNameSubject"})


def persons(listing: Element) -> list[Author]:  # noqa: C901 - flat for speed: a third of a record is people
    """The people of an AuthorList, InvestigatorList or PersonalNameSubjectList, in order."""
    people: list[Author] = []
    last = fore = initials = suffix = collective = ""
    affiliations: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    begun = False
    for element in listing.iter():
        tag = element.tag
        if tag == "LastName":
            last = text_of(element)
        elif tag == "ForeName":
            fore = text_of(element)
        elif tag == "Initials":
            initials = text_of(element)
        elif tag == "Affiliation":
            text = text_of(element)
            if text:
                affiliations = (*affiliations, text)
        elif tag in _PERSONS:
            if begun:
                people.append(
                    make_author(last, fore, initials, suffix, collective, affiliations, identifiers)
                )
                last = fore = initials = suffix = collective = ""
                affiliations = identifiers = ()
            begun = True
        elif tag == "Identifier":
            text = text_of(element)
            parent = element.getparent()
            if text and parent is not None and parent.tag in _PERSONS:  # others are of the affiliation
                source = element.get("Source", "")
                identifiers = (*identifiers, f"{source}: {text}" if source else text)
        elif tag == "CollectiveName":
            collective = text_of(element)
        elif tag == "Suffix":
            suffix = text_of(element)
    if begun:
        people.append(make_author(last, fore, initials, suffix, collective, affiliations, identifiers))
    return people


def authors(element: Element, fields: Fields) -> None:
    """AuthorList; Type="editors" goes to the editors."""
    name = "editors" if element.get("Type") == "editors" else "authors"
    fields.setdefault(name, []).extend(persons(element))
    if element.get("CompleteYN") == "N":
        fields["authors_complete"] = False


def people_into(name: str) -> Reader:
    """A reader that adds an element's people to a list."""

    def read(element: Element, fields: Fields) -> None:
        fields.setdefault(name, []).extend(persons(element))

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
