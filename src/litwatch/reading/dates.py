"""NLM's dates: days where the record has days, text at its true precision where it has less.

Owns the reading of Year/Month/Day elements and of MEDLINE's date strings. Never makes up a day or a month.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from litwatch.reading.parsing import Element
from litwatch.reading.text import tidy

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAMES = {str(number): name for number, name in enumerate(_MONTHS, 1)}
_MONTH_NAMES |= {f"{number:02}": name for number, name in enumerate(_MONTHS, 1)}
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(_MONTHS, 1)}


def day_of(element: Element) -> date | None:
    """The day of an element with Year, Month and Day; None where one is missing or no such day exists."""
    year = month = number = ""
    for child in element:
        tag = child.tag
        if tag == "Year":
            year = child.text or ""
        elif tag == "Month":
            month = child.text or ""
        elif tag == "Day":
            number = child.text or ""
            break  # hour and minute follow
    return day(year, month, number)


@lru_cache(maxsize=4096)
def day(year: str, month: str, number: str) -> date | None:
    """The day of three texts, the month as a number or a name; None where no such day exists."""
    try:
        return date(int(year), _MONTH_NUMBERS.get(month.strip()[:3].lower()) or int(month), int(number))
    except (ValueError, OverflowError):
        return None


def date_text(element: Element) -> str:
    """A PubDate, ArticleDate or BeginningDate as PubMed prints it.

    "2021 Jun 7", "2021 Jun", "2021 Spring", "2021", or MedlineDate as it stands ("2025 Dec-2026 Jan").
    Months given as numbers are named, leading zeros of days dropped, as in MEDLINE's DP.
    """
    year = month = day = season = ""
    for child in element:
        text = tidy(child.text or "")
        tag = child.tag
        if tag == "Year":
            year = text
        elif tag == "Month":
            month = text
        elif tag == "Day":
            day = text
        elif tag == "Season":
            season = text
        elif tag == "MedlineDate":
            return text
    return date_words(year, month, day) if month or not season else f"{year} {season}"


def date_words(year: str, month: str, day: str) -> str:
    """A date of three texts, the later of which may be empty, as `date_text` has it."""
    if not month:
        return year
    name, number = _MONTH_NAMES.get(month, month), day.lstrip("0")
    return f"{year} {name} {number}" if number else f"{year} {name}"


def medline_day(text: str) -> date | None:
    """The day of MEDLINE's "2019/01/29 06:00" or "20190129"; None where it is none."""
    digits = text.partition(" ")[0].replace("/", "")
    if len(digits) != 8 or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def medline_date_text(text: str) -> str:
    """MEDLINE's DEP "20190128" in the words of `date_text`: "2019 Jan 28"; other text as it stands."""
    day = medline_day(text)
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day}" if day else text
