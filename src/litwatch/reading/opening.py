"""Reads the opening of an article by pattern: its numbers, its days and its journal.

Owns that pattern. Never guesses: an opening that does not fit to the last byte is left to libxml2.
"""

from __future__ import annotations

import re

from litwatch.reading.dates import date_words, day
from litwatch.reading.elements import Fields
from litwatch.reading.patterns import GAP, LESS, TEXT
from litwatch.reading.text import tidy

_DAY = rf"{GAP}<Year>([0-9]+)</Year>{GAP}<Month>([0-9]+)</Month>{GAP}<Day>([0-9]+)</Day>{GAP}"
_OPENING = re.compile(
    rf'<PubmedArticle>{GAP}<MedlineCitation Status="([A-Za-z-]+)"(?: IndexingMethod="[A-Za-z]+")? Owner="[A-Z]+">{GAP}'
    rf'<PMID Version="([0-9]{{1,4}})">([0-9]{{1,9}})</PMID>{GAP}'
    rf"(?:<DateCompleted>{_DAY}</DateCompleted>{GAP})?"
    rf"(?:<DateRevised>{_DAY}</DateRevised>{GAP})?"
    rf'<Article PubModel="([A-Za-z-]+)">{GAP}<Journal>{GAP}'
    rf'(?:<ISSN IssnType="[A-Za-z]+">{TEXT}</ISSN>{GAP})?'
    rf'<JournalIssue CitedMedium="[A-Za-z]+">{GAP}'
    rf"(?:<Volume>{TEXT}</Volume>{GAP})?"
    rf"(?:<Issue>{TEXT}</Issue>{GAP})?"
    rf"<PubDate>{GAP}<Year>([0-9]+)</Year>{GAP}(?:<Month>{TEXT}</Month>{GAP})?(?:<Day>([0-9]+)</Day>{GAP})?</PubDate>{GAP}"
    rf"</JournalIssue>{GAP}"
    rf"<Title>{TEXT}</Title>{GAP}<ISOAbbreviation>{TEXT}</ISOAbbreviation>{GAP}</Journal>"
)


def take_opening(text: str, fields: Fields) -> str | None:
    """What libxml2 is given in place of the opening, None where it does not fit. `fields` gets what was read."""
    found = _OPENING.fullmatch(text)
    if found is None or LESS in text:
        return None
    status, version, pmid, *days = found.groups("")[:9]
    model, issn, volume, issue, year, month, number, title, abbreviation = found.groups("")[9:]
    fields["pmid"] = int(pmid)
    fields["version"] = int(version)
    fields["status"] = status
    if days[0]:
        fields["completed_date"] = day(days[0], days[1], days[2])
    if days[3]:
        fields["revised_date"] = day(days[3], days[4], days[5])
    fields["publication_model"] = model
    fields["issn"] = [text] if (text := tidy(issn)) else []
    fields["volume"] = tidy(volume)
    fields["issue"] = tidy(issue)
    fields["publication_date"] = date_words(year, tidy(month), number)
    fields["journal"] = tidy(title)
    fields["_iso_abbreviation"] = tidy(abbreviation)
    return f'<PubmedArticle><MedlineCitation Status="{status}"><Article PubModel="{model}">'
