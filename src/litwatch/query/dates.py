"""Owns dates as PubMed writes them in a query: 2024/01/01:2024/06/30, 2020:3000, last 30 days.

Never knows what today is: a relative date is worked out when `today` is given.

A day is an int, year * 10000 + month * 100 + day, because PubMed's open end is the year 3000 and because
a publication date may be a year alone (PubMed User Guide, "Searching by date").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_POINT = re.compile(r"(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")
_LAST = re.compile(r"last (?:(\d{1,5}) )?(day|month|year)s?", re.IGNORECASE)
OPEN_END = 9999_12_31
_YEAR = re.compile(r"\b(?:1[5-9]|20|21)\d\d\b")
_ISO = re.compile(r"\s*(\d{4})[-/](0?[1-9]|1[0-2])(?:[-/](\d{1,2}))?\s*")
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?: (\d{1,2})\b)?", re.IGNORECASE
)
_SEASON = re.compile(r"spring|summer|autumn|fall|winter", re.IGNORECASE)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
# PubMed User Guide, "Publication Date [dp]": winter = January, spring = April, summer = July and fall = October.
_SEASONS = {"winter": 1, "spring": 4, "summer": 7, "fall": 10, "autumn": 10}


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included; `ranged` where a range was written, not one day, month or year."""

    first: int
    last: int
    ranged: bool = False

    def overlaps(self, other: Days) -> bool:
        """Whether some day is in both."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Lately:
    """The last `count` days, months or years."""

    count: int
    unit: str

    def days(self, today: date, *, published: bool = False) -> Days:
        """The stretch that ends with `today`; of publication dates, one without an end.

        PubMed User Guide, "Searching by date": "The relative date range search for publication dates will also
        include citations with publication dates after today's date".
        """
        end = OPEN_END if published else day_number(today)
        if self.unit == "day":
            reach = min(self.count, today.toordinal() - 1)
            return Days(day_number(today - timedelta(days=reach)), end, ranged=True)
        months = self.count * (12 if self.unit == "year" else 1)
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        year, month = max(year, 0), month + 1
        first = year * 10000 + month * 100 + min(today.day, _last_day(year, month))
        return Days(first, end, ranged=True)


def _last_day(year: int, month: int) -> int:
    """The last day of a month: of any year, as PubMed's open end is the year 3000 and a slip may be the year 0."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def day_number(day: date) -> int:
    """A date as this module counts days."""
    return day.year * 10000 + day.month * 100 + day.day


def of_date(day: date | None) -> Days | None:
    """The one day, or None."""
    return None if day is None else Days(day_number(day), day_number(day))


def found_by(asked: Days, printed: Days | None, electronic: Days | None = None) -> bool:
    """Whether a date term finds a paper of this date; [dp], of its print and its electronic date.

    PubMed User Guide, "Publication Date [dp]": "the electronic date will not be searchable if it is later than
    the print date, except when range searching".
    """
    if printed is not None and printed.overlaps(asked):
        return True
    if electronic is None or not electronic.overlaps(asked):
        return False
    return asked.ranged or printed is None or electronic.first <= printed.first


def read_dates(text: str) -> Days | Lately:
    """What a date term asks for; raises ValueError with what is wrong with it."""
    text = " ".join(text.split())
    lately = _LAST.fullmatch(text)
    if lately:
        return Lately(int(lately[1] or 1), lately[2].lower())
    first, colon, last = (part.strip() for part in text.partition(":"))
    low = _point(first)
    high = _point(last, ends=True) if colon else low
    if high.last < low.first:
        raise ValueError(f"the range {text} ends before it begins")
    return Days(low.first, high.last, ranged=bool(colon))


def written_dates(text: str) -> str:
    """A date term that `read_dates` can read as PubMed's guide writes it: 2024/01/01:2024/06/30, last 30 days."""
    if _LAST.fullmatch(text):
        return text.lower()
    return ":".join(part.strip() for part in text.split(":"))


def _point(text: str, *, ends: bool = False) -> Days:
    """A day, a month or a year. Where it `ends` a range, 31 is the last day of every month: so people write."""
    match = _POINT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no date")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if match[2] and not 1 <= month <= 12:
        raise ValueError(f"{text} has no month {month}")
    if match[3] and not 1 <= day <= (31 if ends else _last_day(year, month)):
        raise ValueError(f"{text} has no day {day}")
    return Days(
        year * 10000 + (month or 1) * 100 + (day or 1), year * 10000 + (month or 12) * 100 + (day or 31)
    )


def day_of(written: str | date | None) -> Days | None:
    """The day by which PubMed finds a date of a record, which is text where it was printed."""
    return read_publication_date(written) if isinstance(written, str) else of_date(written)


def read_publication_date(text: str) -> Days | None:
    """The day by which PubMed finds a date as printed ("2026", "2026 Mar-Apr", "Winter 2024"), or None.

    PubMed User Guide, "Publication Date [dp]": "Publication dates without a month are set to January, multiple
    months (e.g., Oct-Dec) are set to the first month, and dates without a day are set to the first day of the
    month."
    """
    year = _YEAR.search(text)
    if not year:
        return None
    iso = _ISO.fullmatch(text)
    if iso:
        month, day = int(iso[2]), int(iso[3] or 1)
    elif named := _MONTH.search(text):
        month, day = _MONTHS[named[1].lower()], int(named[2] or 1)
    elif season := _SEASON.search(text):
        month, day = _SEASONS[season[0].lower()], 1
    else:
        month, day = 1, 1
    found = int(year[0]) * 10000 + month * 100 + (day if 1 <= day <= 31 else 1)
    return Days(found, found)
