"""Owns the forms under which numbers of a record are found: ISSN, ISBN, ORCID, DOI, whatever marks stand in them.

Never knows which part of a Paper holds them; record.py does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litwatch.query.tokens import normal

_ORCID = re.compile(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]")
#: What may stand before the number without making it another authority's.
_BEFORE_ORCID = re.compile(r"\s*(?:orcid\s*:?\s*)?((?:https?://)?(?:www\.)?orcid\.org/)?\s*", re.IGNORECASE)
#: Whole, or cut by a star in its prefix (10.1016*) or anywhere behind it.
_DOI = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:?\s*)?(10\.(?:\d{4,9}/\S|\d{1,9}\*).*)", re.IGNORECASE
)


@lru_cache(maxsize=65536)
def number_keys(text: str) -> tuple[str, ...]:
    """A number or a name as words and, where it has marks inside (ISSN, ISBN), without them."""
    key = normal(text)
    return (key, key.replace(" ", "")) if any(character.isdigit() for character in key) else (key,)


def identifier_keys(text: str) -> tuple[str, ...]:
    """The forms of an author's identifier in a record: as it is written and, of an ORCID, its number.

    The address, http or https, is the number; "orcid 0000-0001-5027-4446" is how the Guide writes it.
    """
    number = _ORCID.search(text)
    if number is None:
        return number_keys(text)
    orcid = _BEFORE_ORCID.fullmatch(text, 0, number.start())
    return (*number_keys(number[0]), *number_keys(f"orcid {number[0]}" if orcid else text))


def asked_identifier_keys(text: str) -> tuple[str, ...]:
    """The forms under which [auid] looks for it: of the address of an ORCID the number, else what is written."""
    number = _ORCID.search(text)
    orcid = number and _BEFORE_ORCID.fullmatch(text, 0, number.start())
    return number_keys(number[0] if number and orcid and orcid[1] else text)


def is_doi(text: str) -> bool:
    """Whether it is a DOI, with its address or without, or the beginning of one before a star."""
    return _DOI.fullmatch(text.strip()) is not None


@lru_cache(maxsize=65536)
def article_id_key(text: str) -> str:
    """A DOI in small letters, each of its marks included (x-yz is not x.yz); another number as words."""
    doi = _DOI.fullmatch(text.strip())
    return doi[1].lower() if doi else normal(text)
