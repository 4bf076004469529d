"""When and where two records were published: in time for versions of one paper, in one journal, on the same pages.

Owns these comparisons. Never reads a record (decide/sketches.py does).
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.decide.sketches import Sketch

#: Years that may lie between a preprint and its article; an article a year older is one whose preprint
#: record was made late.
YEARS_TO_PRINT = 4
#: Months by which an issue may be dated back before what was published ahead of it.
MONTHS_LATE = 3


def years_between(one: Sketch, other: Sketch) -> int:
    """Years that lie between two records, both of which have one."""
    assert one.years is not None
    assert other.years is not None
    return max(one.years[0] - other.years[1], other.years[0] - one.years[1])


def in_time(one: Sketch, other: Sketch) -> bool:
    """Whether a preprint and its article, or two preprints, may be of these years."""
    if one.years is None or other.years is None:
        return True
    if one.preprint and other.preprint:
        return abs(one.years[0] - other.years[0]) <= 2
    early, late = (one, other) if one.preprint else (other, one)
    assert early.years is not None
    assert late.years is not None
    return early.years[0] - 1 <= late.years[1] and late.years[0] - early.years[1] <= YEARS_TO_PRINT


def printed_before(one: Sketch, other: Sketch) -> bool:
    """Whether the one without pages is of later months than the one in print: then it was not made ahead of that."""
    if one.paged == other.paged:
        return False
    early, late = (other, one) if one.paged else (one, other)
    if early.months is None or late.months is None:
        return False
    return early.months[0] - late.months[1] > MONTHS_LATE


def same_place(one: Sketch, other: Sketch) -> bool:
    """The same pages of the same volume in the same year, whatever the journal calls its editions."""
    if not (one.paged and other.paged and one.years and other.years):
        return False
    return (one.volume, one.pages) == (other.volume, other.pages) and one.years[1] == other.years[1]


def same_journal(one: Sketch, other: Sketch) -> bool:
    """By NLM's number, an ISSN, the name, or the name in short."""
    if one.journal & other.journal:
        return True
    return any(
        _abbreviates(a, b)
        for a, b in ((one.journal_words, other.journal_words), (other.journal_words, one.journal_words))
    )


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """J Affect Disord, Journal of affective disorders."""
    said = [
        word for word in long if word not in ("of", "the", "and", "for", "in", "on", "de", "der", "la", "&")
    ]
    return len(short) > 1 and len(short) == len(said) and all(map(str.startswith, said, short))
