"""Reads what NLM writes in one shape by pattern: an article's opening, AuthorList and History, most of its tags.

Owns the patterns of the two blocks (opening.py has its own) and what is left of the record for libxml2. Never
guesses: a block that does not fit its pattern to the last byte is left.

Each tag that is not parsed and walked saves time: all in all a third. Whether both ways give the same paper,
tests/reading/test_blocks.py asks of every record that we have.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from litwatch.paper import Author
from litwatch.reading.dates import day
from litwatch.reading.elements import Fields
from litwatch.reading.opening import take_opening
from litwatch.reading.patterns import TEXT, plain, ungrouped
from litwatch.reading.people import make_author
from litwatch.reading.text import tidy

_AFFILIATION = rf"<AffiliationInfo>\s*<Affiliation>{TEXT}</Affiliation>\s*</AffiliationInfo>\s*"
# The first group is the whole author: the lengths must add up to the block's.
_AUTHOR = re.compile(
    r'(<Author ValidYN="[YN]"(?: EqualContrib="[YN]")?>\s*'
    rf"<LastName>{TEXT}</LastName>\s*"
    rf"(?:<ForeName>{TEXT}</ForeName>\s*)?"
    rf"(?:<Initials>{TEXT}</Initials>\s*)?"
    rf"(?:<Suffix>{TEXT}</Suffix>\s*)?"
    rf'(?:<Identifier Source="ORCID">{TEXT}</Identifier>\s*)?'
    rf"(?:{_AFFILIATION})?((?:{ungrouped(_AFFILIATION)})*)"
    r"</Author>\s*)"
)
_FURTHER = re.compile(rf"<Affiliation>{TEXT}")
_AUTHORS = b"<AuthorList"
_AUTHORS_OPENING = re.compile(rb'<AuthorList CompleteYN="([YN])">\s*')
_AUTHORS_END = b"</AuthorList>"
_BEFORE_AUTHORS = (b"</Abstract>", b"</ELocationID>", b"</Pagination>", b"</ArticleTitle>")
_HISTORY = b"<History>"
_HISTORY_END = b"</History>"
_BEFORE_HISTORY = b"<PubmedData>"
_EVENT_END = "</PubMedPubDate>"
_EVENT = re.compile(
    r'\s*<PubMedPubDate PubStatus="([a-z-]+)">\s*<Year>([0-9]+)</Year>\s*<Month>([0-9]+)</Month>\s*'
    r"<Day>([0-9]+)</Day>\s*(?:<Hour>[0-9]+</Hour>\s*)?(?:<Minute>[0-9]+</Minute>\s*)?"
    r"(?:<Second>[0-9]+</Second>\s*)?"
)
_HISTORY_FIELDS = {"entrez": "create_date", "pubmed": "entry_date", "medline": "mesh_date"}


def take_blocks(raw: bytes) -> tuple[bytes, Fields]:
    """What is left of an article's bytes without the blocks that could be read, and the fields read from them."""
    fields: Fields = {}
    pieces: list[memoryview | bytes] = []
    whole = memoryview(raw)
    begun = 0
    opening = take_opening(raw, fields)
    if opening:
        begun, replaced = opening
        pieces.append(replaced)
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
    block = plain(raw[opening.end() : place[1] - len(_AUTHORS_END)])
    if block is None:
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
    *events, rest = raw[start + len(_HISTORY) : end].decode("ascii", "replace").split(_EVENT_END)
    if end < 0 or rest.strip():
        return None
    found: Fields = {}
    for event in events:
        read = _event(event)
        if read is None:
            return None
        if read[0]:
            found[read[0]] = read[1]
    fields |= found
    return start, end + len(_HISTORY_END)


@lru_cache(maxsize=4096)
def _event(text: str) -> tuple[str, date | None] | None:
    """Which field an event is, and its day; None where it does not fit. Neighbours share most of their events."""
    found = _EVENT.fullmatch(text)
    if found is None:
        return None
    status, year, month, number = found.groups()
    return _HISTORY_FIELDS.get(status, ""), day(year, month, number)


def _follows(raw: bytes, place: int, tags: bytes | tuple[bytes, ...]) -> bool:
    return raw[max(0, place - 100) : place].rstrip().endswith(tags)
