"""Reads the two most repetitive blocks of an article by pattern: AuthorList and History, two thirds of its tags.

Owns those patterns. Never guesses: a block that does not fit its pattern to the last byte is left to libxml2.

NLM writes these blocks in one shape, and each tag that is not parsed and walked saves time: all in all a third.
Whether both ways give the same paper, tests/reading/test_blocks.py asks of every record that we have.
"""

from __future__ import annotations

import re

from litwatch.paper import Author
from litwatch.reading.dates import day
from litwatch.reading.elements import Fields
from litwatch.reading.text import tidy

# Text as XML allows it, but without markup or references: those are for libxml2.
_TEXT = r"([^<>&\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]*)"
_AFFILIATION = rf"<AffiliationInfo>\s*<Affiliation>{_TEXT}</Affiliation>\s*</AffiliationInfo>\s*"
_AUTHOR = re.compile(
    r'\s*<Author ValidYN="[YN]"(?: EqualContrib="[YN]")?>\s*'
    rf"<LastName>{_TEXT}</LastName>\s*"
    rf"(?:<ForeName>{_TEXT}</ForeName>\s*)?"
    rf"(?:<Initials>{_TEXT}</Initials>\s*)?"
    rf"(?:<Suffix>{_TEXT}</Suffix>\s*)?"
    rf'(?:<Identifier Source="ORCID">{_TEXT}</Identifier>\s*)?'
    rf"(?:{_AFFILIATION})?((?:{_AFFILIATION.replace('(', '(?:')})*)"
    r"</Author>"
)
_FURTHER = re.compile(rf"<Affiliation>{_TEXT}")
_AUTHORS = re.compile(rb'<AuthorList CompleteYN="([YN])">')
_AUTHORS_END = b"</AuthorList>"
_BEFORE_AUTHORS = (b"</Abstract>", b"</ELocationID>", b"</Pagination>", b"</ArticleTitle>")
_HISTORY = b"<History>"
_HISTORY_END = b"</History>"
_BEFORE_HISTORY = b"<PubmedData>"
_EVENT = re.compile(
    rb'\s*<PubMedPubDate PubStatus="([a-z-]+)">\s*<Year>([0-9]+)</Year>\s*<Month>([0-9]+)</Month>\s*'
    rb"<Day>([0-9]+)</Day>\s*(?:<Hour>[0-9]+</Hour>\s*)?(?:<Minute>[0-9]+</Minute>\s*)?"
    rb"(?:<Second>[0-9]+</Second>\s*)?</PubMedPubDate>"
)
_HISTORY_FIELDS = {b"entrez": "create_date", b"pubmed": "entry_date", b"medline": "mesh_date"}


def take_blocks(raw: bytes) -> tuple[bytes, Fields]:
    """What is left of an article's bytes without the blocks that could be read, and the fields read from them."""
    fields: Fields = {}
    pieces: list[memoryview] = []
    whole = memoryview(raw)
    begun = 0
    for find in (_take_authors, _take_history):
        found = find(raw, begun, fields)
        if found:
            pieces.append(whole[begun : found[0]])
            begun = found[1]
    if not begun:
        return raw, fields
    pieces.append(whole[begun:])
    return b"".join(pieces), fields


def _take_authors(raw: bytes, begun: int, fields: Fields) -> tuple[int, int] | None:
    opening = _AUTHORS.search(raw, begun)
    if opening is None:
        return None
    start = opening.start()
    end = raw.find(_AUTHORS_END, start)
    if end < 0 or not _follows(raw, start, _BEFORE_AUTHORS):
        return None
    try:
        block = raw[opening.end() : end].decode()
    except UnicodeDecodeError:
        return None
    authors: list[Author] = []
    place = 0
    while found := _AUTHOR.match(block, place):
        place = found.end()
        last, fore, initials, suffix, orcid, affiliation, further = found.groups("")
        affiliations: tuple[str, ...] = (tidy(affiliation),) if affiliation else ()
        if further:
            affiliations = (*affiliations, *map(tidy, _FURTHER.findall(further)))
        authors.append(
            Author(
                last if last.isalnum() else tidy(last),
                fore if fore.isalnum() else tidy(fore),
                initials if initials.isalnum() else tidy(initials),
                tidy(suffix),
                "",
                tuple(filter(None, affiliations)),
                (f"ORCID: {tidy(orcid)}",) if orcid.strip() else (),
            )
        )
    if block[place:].strip(" \n\t\r"):
        return None
    fields["authors"] = authors
    if opening.group(1) == b"N":
        fields["authors_complete"] = False
    return start, end + len(_AUTHORS_END)


def _take_history(raw: bytes, begun: int, fields: Fields) -> tuple[int, int] | None:
    start = raw.find(_HISTORY, begun)
    if start < 0 or not _follows(raw, start, _BEFORE_HISTORY):
        return None
    end = raw.find(_HISTORY_END, start)
    found_fields: Fields = {}
    place = start + len(_HISTORY)
    while found := _EVENT.match(raw, place):
        place = found.end()
        name = _HISTORY_FIELDS.get(found.group(1))
        if name:
            year, month, number = found.group(2, 3, 4)
            found_fields[name] = day(year.decode(), month.decode(), number.decode())
    if end < 0 or raw[place:end].strip():
        return None
    fields |= found_fields
    return start, end + len(_HISTORY_END)


def _follows(raw: bytes, place: int, tags: bytes | tuple[bytes, ...]) -> bool:
    return raw[max(0, place - 100) : place].rstrip().endswith(tags)
