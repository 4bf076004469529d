"""Reads the opening of an article by pattern: its numbers, its days and its journal, half of the tags left.

Owns that pattern. Never guesses: an opening that does not fit to the last byte is left to libxml2.
"""

from __future__ import annotations

import re

from litwatch.reading.dates import date_words, day
from litwatch.reading.elements import Fields
from litwatch.reading.patterns import TEXT, plain
from litwatch.reading.text import tidy

_DAY = r"\s*<Year>([0-9]+)</Year>\s*<Month>([0-9]+)</Month>\s*<Day>([0-9]+)</Day>\s*"
_OPENING = re.compile(
    r'<PubmedArticle>\s*<MedlineCitation Status="([A-Za-z-]+)"(?: IndexingMethod="[A-Za-z]+")? Owner="[A-Z]+">\s*'
    r'<PMID Version="([0-9]{1,4})">([0-9]{1,9})</PMID>\s*'
    rf"(?:<DateCompleted>{_DAY}</DateCompleted>\s*)?"
    rf"(?:<DateRevised>{_DAY}</DateRevised>\s*)?"
    r'<Article PubModel="([A-Za-z-]+)">\s*<Journal>\s*'
    rf'(?:<ISSN IssnType="[A-Za-z]+">{TEXT}</ISSN>\s*)?'
    r'<JournalIssue CitedMedium="[A-Za-z]+">\s*'
    rf"(?:<Volume>{TEXT}</Volume>\s*)?"
    rf"(?:<Issue>{TEXT}</Issue>\s*)?"
    rf"<PubDate>\s*<Year>([0-9]+)</Year>\s*(?:<Month>{TEXT}</Month>\s*)?(?:<Day>([0-9]+)</Day>\s*)?</PubDate>\s*"
    r"</JournalIssue>\s*"
    rf"<Title>{TEXT}</Title>\s*<ISOAbbreviation>{TEXT}</ISOAbbreviation>\s*</Journal>"
)
_END = b"</Journal>"


def take_opening(raw: bytes, fields: Fields) -> tuple[int, bytes] | None:
    """How many bytes the opening took, and what libxml2 is given in their place; None where it did not fit.

    What was read is added to `fields`.
    """
    end = raw.find(_END) + len(_END)
    opening = plain(raw[:end])
    found = _OPENING.fullmatch(opening) if opening else None
    if found is None:
        return None
    status, version, pmid, *days = found.groups("")[:9]
    model, issn, volume, issue, year, month, number, title, abbreviation = found.groups("")[9:]
    fields["pmid"] = int(pmid)
    fields["version"] = int(version)
    if days[0]:
        fields["completed_date"] = day(days[0], days[1], days[2])
    if days[3]:
        fields["revised_date"] = day(days[3], days[4], days[5])
    fields["issn"] = [text] if (text := tidy(issn)) else []
    fields["volume"] = tidy(volume)
    fields["issue"] = tidy(issue)
    fields["publication_date"] = date_words(year, tidy(month), number)
    fields["journal"] = tidy(title)
    fields["_iso_abbreviation"] = tidy(abbreviation)
    rest = f'<PubmedArticle><MedlineCitation Status="{status}"><Article PubModel="{model}">'
    return end, rest.encode()
