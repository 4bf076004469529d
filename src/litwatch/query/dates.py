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
_LAST = re.compile(r"last (\d{1,5}) (day|month|year)s?", re.IGNORECASE)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
# Seasons as NLM's journals print them; a season covers the months that it may mean on either hemisphere.
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (1, 12)}


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included."""

    first: int
    last: int

    def overlaps(self, other: Days) -> bool:
        """Whether some day is in both."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Lately:
    """The last `count` days, months or years."""

    count: int
    unit: str

    def days(self, today: date) -> Days:
        """The stretch that ends with `today` (PubMed User Guide, "Searching by date", relative dates)."""
        if self.unit == "day":
            reach = min(self.count, today.toordinal() - 1)
            return Days(day_number(today - timedelta(days=reach)), day_number(today))
        months = self.count * (12 if self.unit == "year" else 1)
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        return Days(max(year, 0) * 10000 + (month + 1) * 100 + today.day, day_number(today))


def day_number(day: date) -> int:
    """A date as this module counts days."""
    return day.year * 10000 + day.month * 100 + day.day


def of_date(day: date | None) -> Days | None:
    """The one day, or None."""
    return None if day is None else Days(day_number(day), day_number(day))


def read_dates(text: str) -> Days | Lately:
    """What a date term asks for; raises ValueError with what is wrong with it."""
    text = " ".join(text.split())
    lately = _LAST.fullmatch(text)
    if lately:
        return Lately(int(lately[1]), lately[2].lower())
    first, colon, last = (part.strip().strip('"') for part in text.partition(":"))
    low = _point(first)
    high = _point(last) if colon else low
    if high.last < low.first:
        raise ValueError(f"the range {text} ends before it begins")
    return Days(low.first, high.last)


def _point(text: str) -> Days:
    match = _POINT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no date")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if match[2] and not 1 <= month <= 12:
        raise ValueError(f"{text} has no month {month}")
    if match[3] and not 1 <= day <= 31:
        raise ValueError(f"{text} has no day {day}")
    return Days(
        year * 10000 + (month or 1) * 100 + (day or 1), year * 10000 + (month or 12) * 100 + (day or 31)
    )


def read_publication_date(text: str) -> Days | None:
    """The days that a date as printed may mean ("2026", "2026 Mar-Apr", "2025 Dec-2026 Jan"), or None."""
    years = [(match.start(), int(match[0])) for match in re.finditer(r"\b(?:1[5-9]|20|21)\d\d\b", text)]
    if not years:
        return None
    iso = re.fullmatch(r"\s*(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?\s*", text)
    if iso:
        return _point("/".join(part for part in iso.groups() if part))
    first, last = years[0][1] * 10000 + 101, years[-1][1] * 10000 + 1231
    months = [
        (match.start(), _MONTHS[match[1].lower()], int(match[2] or 0))
        for match in re.finditer(
            r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?: (\d{1,2})\b)?", text, re.I
        )
    ]
    if months:
        return Days(
            years[0][1] * 10000 + months[0][1] * 100 + (months[0][2] or 1),
            years[-1][1] * 10000 + months[-1][1] * 100 + (months[-1][2] if 0 < months[-1][2] <= 31 else 31),
        )
    season = re.search(r"spring|summer|autumn|fall|winter", text, re.IGNORECASE)
    if season:
        begin, end = _SEASONS[season[0].lower()]
        return Days(years[0][1] * 10000 + begin * 100 + 1, years[-1][1] * 10000 + end * 100 + 31)
    return Days(first, last)
