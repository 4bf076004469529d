"""Reads by pattern what a reader sees first: an article's title, pages, locations and abstract.

Owns that pattern. Never guesses: nested markup, attributes and formulas are left to libxml2.
"""

from __future__ import annotations

import re

from litwatch.reading.elements import Fields
from litwatch.reading.patterns import GAP, MARKED, TEXT, ungrouped
from litwatch.reading.text import abstract_of, words_of

_LOCATION = rf'<ELocationID EIdType="([a-z]+)" ValidYN="([YN])">{TEXT}</ELocationID>{GAP}'
_PART = (
    rf'<AbstractText(?: Label="([^"<]*+)")?(?: NlmCategory="([A-Z]*+)")?(?:/>|>{MARKED}</AbstractText>){GAP}'
)
_FRONT = re.compile(
    rf"{GAP}<ArticleTitle>{MARKED}</ArticleTitle>{GAP}"
    rf"(?:<Pagination>{GAP}(?:<StartPage>[^<]*+</StartPage>{GAP})?(?:<EndPage>[^<]*+</EndPage>{GAP})?"
    rf"<MedlinePgn>([^<\s][^<]*+)</MedlinePgn>{GAP}</Pagination>{GAP})?"
    rf"((?:{ungrouped(_LOCATION)})*+)"
    rf"(?:<Abstract>{GAP}((?:{ungrouped(_PART)})*+)"
    rf"(?:<CopyrightInformation>{MARKED}</CopyrightInformation>{GAP})?</Abstract>{GAP})?"
)
_LOCATIONS = re.compile(_LOCATION)
_PARTS = re.compile(_PART)


def take_front(text: str, fields: Fields) -> str | None:
    """What libxml2 is given in place of title to abstract, None where they do not fit. `fields` gets them."""
    found = _FRONT.fullmatch(text)
    if found is None:
        return None
    title, pages, locations, parts, copyright_claim = found.groups()
    fields["title"] = words_of(title)
    if pages is not None:
        fields["pages"] = words_of(pages)
    located = [
        (kind, words_of(place)) for kind, valid, place in _LOCATIONS.findall(locations) if valid == "Y"
    ]
    if located:
        fields["_locations"] = [each for each in located if each[1]]
    if parts is not None:
        fields["abstract"], fields["sections"] = abstract_of(
            [
                (words_of(label).removesuffix(":") if label else "", category.lower(), words_of(part))
                for label, category, part in _PARTS.findall(parts)
            ]
        )
        if copyright_claim is not None:
            fields["copyright"] = words_of(copyright_claim)
    return ""
