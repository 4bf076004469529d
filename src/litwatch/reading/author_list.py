"""Reads an article's AuthorList by pattern, and finds where it stands.

Owns those patterns. Never guesses: a list with an author that does not fit is left to libxml2.
"""

from __future__ import annotations

import re

from litwatch.paper import Author
from litwatch.reading.elements import Fields
from litwatch.reading.patterns import GAP, LESS, TEXT, ungrouped
from litwatch.reading.people import make_author
from litwatch.reading.text import tidy

_AFFILIATION = rf"<AffiliationInfo>{GAP}<Affiliation>{TEXT}</Affiliation>{GAP}</AffiliationInfo>{GAP}"
# The first group is the whole author: the lengths must add up to the list's.
_AUTHOR = re.compile(
    rf'(<Author ValidYN="[YN]"(?: EqualContrib="[YN]")?>{GAP}'
    rf"<LastName>{TEXT}</LastName>{GAP}"
    rf"(?:<ForeName>{TEXT}</ForeName>{GAP})?"
    rf"(?:<Initials>{TEXT}</Initials>{GAP})?"
    rf"(?:<Suffix>{TEXT}</Suffix>{GAP})?"
    rf'(?:<Identifier Source="ORCID">{TEXT}</Identifier>{GAP})?'
    rf"(?:{_AFFILIATION})?((?:{ungrouped(_AFFILIATION)})*)"
    rf"</Author>{GAP})"
)
_FURTHER = re.compile(rf"<Affiliation>{TEXT}")
_BEGIN = b"<AuthorList"
_OPENING = re.compile(rf'<AuthorList CompleteYN="([YN])">{GAP}')
_END = b"</AuthorList>"
_BEFORE = (b"</Abstract>", b"</ELocationID>", b"</Pagination>", b"</ArticleTitle>")


def author_list(raw: bytes, begun: int = 0) -> tuple[int, int] | None:
    """Where the <AuthorList> begins and ends; None where there is none, or not where it belongs."""
    start = raw.find(_BEGIN, begun)
    end = raw.find(_END, start) if start >= 0 else -1
    if end < 0 or not raw[max(0, start - 100) : start].rstrip().endswith(_BEFORE):
        return None
    return start, end + len(_END)


def take_authors(text: str, fields: Fields) -> str | None:
    """What libxml2 is given in place of the list, None where it does not fit. `fields` gets what was read."""
    if not text:
        return ""
    opening = _OPENING.match(text)
    if opening is None or LESS in text:
        return None
    length = opening.end() + len(_END)
    known: dict[str, tuple[str, ...]] = {"": ()}  # authors of one paper come from few places
    authors: list[Author] = []
    for whole, last, fore, initials, suffix, orcid, affiliation, further in _AUTHOR.findall(text):
        length += len(whole)
        affiliations = known.get(affiliation)
        if affiliations is None:
            affiliations = known[affiliation] = (tidy(affiliation),)
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
    if length != len(text):
        return None
    fields["authors"] = authors
    if opening.group(1) == "N":
        fields["authors_complete"] = False
    return ""
