"""Reads an article's PubmedData by pattern: its history, its status and the numbers it goes by.

Owns those patterns. Never guesses: what does not fit to the last byte is left to libxml2.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from litwatch.reading.dates import day
from litwatch.reading.elements import Fields
from litwatch.reading.patterns import GAP, LESS, TEXT, ungrouped
from litwatch.reading.text import tidy

NOTHING_LEFT = "</PubmedArticle>"
_BEGIN = re.compile(rf"<PubmedData>{GAP}<History>")
_END = "</History>"
_EVENT_END = "</PubMedPubDate>"
_EVENT = re.compile(
    rf'{GAP}<PubMedPubDate PubStatus="([a-z-]+)">{GAP}<Year>([0-9]+)</Year>{GAP}<Month>([0-9]+)</Month>{GAP}'
    rf"<Day>([0-9]+)</Day>{GAP}(?:<Hour>[0-9]+</Hour>{GAP})?(?:<Minute>[0-9]+</Minute>{GAP})?"
    rf"(?:<Second>[0-9]+</Second>{GAP})?"
)
_ID = rf'<ArticleId IdType="([a-z]+)">{TEXT}</ArticleId>{GAP}'
_IDS = re.compile(_ID)
_REST = re.compile(
    rf"{GAP}<PublicationStatus>{TEXT}</PublicationStatus>{GAP}"
    rf"<ArticleIdList>{GAP}((?:{ungrouped(_ID)})*+)</ArticleIdList>{GAP}"
    rf"(?:<\?pmcsd \?>{GAP})?</PubmedData>{GAP}</PubmedArticle>{GAP}"
)
_FIELDS = {"entrez": "create_date", "pubmed": "entry_date", "medline": "mesh_date"}


def take_history(text: str, fields: Fields) -> str | None:
    """What libxml2 is given in place of it all, None where it does not fit. `fields` gets what was read."""
    begin = _BEGIN.match(text)
    if begin is None or LESS in text:
        return None
    history, _, rest = text[begin.end() :].partition(_END)
    found = _REST.fullmatch(rest)
    *events, blank = history.split(_EVENT_END)
    if found is None or blank.strip():
        return None
    days: Fields = {}
    for event in events:
        read = _event(event)
        if read is None:
            return None
        if read[0]:
            days[read[0]] = read[1]
    fields |= days
    status, numbers = found.groups()
    fields["publication_status"] = tidy(status)
    ids: list[tuple[str, str]] = []
    for kind, number in _IDS.findall(numbers):
        pair = (kind, tidy(number))
        if pair[1] and pair not in ids:
            ids.append(pair)
    fields["article_ids"] = ids
    return NOTHING_LEFT


@lru_cache(maxsize=4096)
def _event(text: str) -> tuple[str, date | None] | None:
    """Which field an event is, and its day; None where it does not fit. Neighbours share most of their events."""
    found = _EVENT.fullmatch(text)
    if found is None:
        return None
    status, year, month, number = found.groups()
    return _FIELDS.get(status, ""), day(year, month, number)
