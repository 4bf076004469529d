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
from litwatch.reading.people import make_author
from litwatch.reading.text import tidy

# What XML forbids in a text, and references: those are for libxml2. A pattern that ruled them out is slow.
_FORBIDDEN = bytes([*range(9), 11, 12, *range(14, 32)])
_TEXT = "([^<]*+)"
_AFFILIATION = rf"<AffiliationInfo>\s*<Affiliation>{_TEXT}</Affiliation>\s*</AffiliationInfo>\s*"
# The first group is the whole author: the lengths must add up to the block's.
_AUTHOR = re.compile(
    r'(<Author ValidYN="[YN]"(?: EqualContrib="[YN]")?>\s*'
    rf"<LastName>{_TEXT}</LastName>\s*"
    rf"(?:<ForeName>{_TEXT}</ForeName>\s*)?"
    rf"(?:<Initials>{_TEXT}</Initials>\s*)?"
    rf"(?:<Suffix>{_TEXT}</Suffix>\s*)?"
    rf'(?:<Identifier Source="ORCID">{_TEXT}</Identifier>\s*)?'
    rf"(?:{_AFFILIATION})?((?:{_AFFILIATION.replace('(', '(?:')})*)"
    r"</Author>\s*)"
)
_FURTHER = re.compile(rf"<Affiliation>{_TEXT}")
_AUTHORS = b"<AuthorList"
_AUTHORS_OPENING = re.compile(rb'<AuthorList CompleteYN="([YN])">\s*')
_AUTHORS_END = b"</AuthorList>"
_BEFORE_AUTHORS = (b"</Abstract>", b"</ELocationID>", b"</Pagination>", b"</ArticleTitle>")
_HISTORY = b"<History>"
_HISTORY_END = b"</History>"
_BEFORE_HISTORY = b"<PubmedData>"
_EVENT = re.compile(
    r'(<PubMedPubDate PubStatus="([a-z-]+)">\s*<Year>([0-9]+)</Year>\s*<Month>([0-9]+)</Month>\s*'
    r"<Day>([0-9]+)</Day>\s*(?:<Hour>[0-9]+</Hour>\s*)?(?:<Minute>[0-9]+</Minute>\s*)?"
    r"(?:<Second>[0-9]+</Second>\s*)?</PubMedPubDate>\s*)"
)
_HISTORY_FIELDS = {"entrez": "create_date", "pubmed": "entry_date", "medline": "mesh_date"}


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


def without_authors(raw: bytes) -> bytes:
    """A record without its <AuthorList>, a fifth of the work of reading it, for those who need nobody's name.

    It is cut only from where it belongs, and only where it looks whole, so that a broken record stays broken.
    """
    place = _author_list(raw, 0)
    if place is None:
        return raw
    start, end = place
    block = raw[start:end]
    if b"&" in block or 2 * block.count(b"</") != block.count(b"<"):
        return raw
    return raw[:start] + raw[end:]


def _author_list(raw: bytes, begun: int) -> tuple[int, int] | None:
    """Where the <AuthorList> begins and ends; None where there is none, or not where it belongs."""
    start = raw.find(_AUTHORS, begun)
    end = raw.find(_AUTHORS_END, start) if start >= 0 else -1
    if end < 0 or not _follows(raw, start, _BEFORE_AUTHORS):
        return None
    return start, end + len(_AUTHORS_END)


def _take_authors(raw: bytes, begun: int, fields: Fields) -> tuple[int, int] | None:
    place = _author_list(raw, begun)
    opening = _AUTHORS_OPENING.match(raw, place[0]) if place is not None else None
    if place is None or opening is None:
        return None
    encoded = raw[opening.end() : place[1] - len(_AUTHORS_END)]
    if b"&" in encoded:
        if encoded.count(b"&") != encoded.count(b"&amp;"):
            return None
        encoded = encoded.replace(b"&amp;", b"&")
    if b"]" in encoded and b"]]>" in encoded:
        return None
    if len(encoded.translate(None, _FORBIDDEN)) != len(encoded):
        return None
    try:
        block = encoded.decode()
    except UnicodeDecodeError:
        return None
    length = 0
    authors: list[Author] = []
    for whole, last, fore, initials, suffix, orcid, affiliation, further in _AUTHOR.findall(block):
        length += len(whole)
        affiliations = (tidy(affiliation),) if affiliation else ()
        if further:
            affiliations = (*affiliations, *map(tidy, _FURTHER.findall(further)))
        if "" in affiliations:
            return None
        authors.append(
            make_author(
                last if last.isalnum() else tidy(last),
                fore if fore.isalnum() else tidy(fore),
                initials if initials.isalnum() else tidy(initials),
                tidy(suffix) if suffix else "",
                "",
                affiliations,
                (f"ORCID: {tidy(orcid)}",) if orcid else (),
            )
        )
    if length != len(block):
        return None
    fields["authors"] = authors
    if opening.group(1) == b"N":
        fields["authors_complete"] = False
    return place


def _take_history(raw: bytes, begun: int, fields: Fields) -> tuple[int, int] | None:
    start = raw.rfind(_HISTORY, begun)
    if start < 0 or not _follows(raw, start, _BEFORE_HISTORY):
        return None
    end = raw.find(_HISTORY_END, start)
    block = raw[start + len(_HISTORY) : end].decode("ascii", "replace").lstrip()
    length = 0
    found: Fields = {}
    for whole, status, year, month, number in _EVENT.findall(block):
        length += len(whole)
        if status in _HISTORY_FIELDS:
            found[_HISTORY_FIELDS[status]] = day(year, month, number)
    if end < 0 or length != len(block):
        return None
    fields |= found
    return start, end + len(_HISTORY_END)


def _follows(raw: bytes, place: int, tags: bytes | tuple[bytes, ...]) -> bool:
    return raw[max(0, place - 100) : place].rstrip().endswith(tags)
