"""What templates may do with values: clean and wrap text, write dates and numbers, make addresses of links.

Owns the filters of the digest's templates, documented in docs/templates.md. Never touches a template.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from litwatch.decide.shown import clean, lower_first, one_line, pubmed_link
from litwatch.decide.tokens import VERDICTS
from litwatch.study.registrations import registration_link

#: Longest PubMed address that every mail program still follows.
LONGEST_ADDRESS = 2000
TEXT_WIDTH = 78
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clip(text: str, length: int = 300) -> str:
    """On one line, cut at a blank where it is longer, with an ellipsis."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line.rfind(" ", length // 2, length)
    return line[: cut if cut > 0 else length - 1].rstrip(" ,;:.") + "…"


def wrap(text: str, indent: str = "", first: str | None = None, width: int = TEXT_WIDTH) -> str:
    """Paragraph of at most `width` columns; words and addresses are never broken."""
    return textwrap.fill(
        one_line(text),
        width=width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def number(count: int) -> str:
    """12,345."""
    return f"{count:,}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 paper, 2 papers."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(count: int) -> str:
    """First, second ... twelfth, then 13th."""
    if 0 < count <= len(ORDINALS):
        return ORDINALS[count - 1]
    last = "th" if 10 < count % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count:,}{last}"


def day(moment: datetime, time_zone: str = "UTC", *, weekday: bool = False, year: bool = True) -> str:
    """9 March 2026, in the reader's zone."""
    local = moment.astimezone(ZoneInfo(time_zone))
    words = f"{local.day} {MONTHS[local.month - 1]}"
    if year:
        words += f" {local.year}"
    return f"{WEEKDAYS[local.weekday()]} {words}" if weekday else words


def moment(value: datetime, time_zone: str = "UTC") -> str:
    """9 March 2026, 06:45 UTC, in the reader's zone and named so."""
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(value, time_zone)}, {local:%H:%M} {local.tzname()}"


def instant(value: datetime) -> str:
    """2026-03-09T06:45:00Z, as feeds and other programs want it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def days(start: datetime | None, end: datetime, time_zone: str = "UTC") -> str:
    """2 to 9 March 2026; the month and year are said once where they are the same."""
    if start is None:
        return day(end, time_zone)
    first, last = start.astimezone(ZoneInfo(time_zone)), end.astimezone(ZoneInfo(time_zone))
    if first.date() >= last.date():
        return day(end, time_zone)
    if first.year != last.year:
        return f"{day(start, time_zone)} to {day(end, time_zone)}"
    if first.month != last.month:
        return f"{day(start, time_zone, year=False)} to {day(end, time_zone)}"
    return f"{first.day} to {day(end, time_zone)}"


def pubmed_list_links(pmids: Sequence[int]) -> tuple[str, ...]:
    """These papers as PubMed searches, 180 in each."""
    return tuple(
        "https://pubmed.ncbi.nlm.nih.gov/?term=" + "+".join(str(int(pmid)) for pmid in pmids[at : at + 180])
        for at in range(0, len(pmids), 180)
    )


def search_link(query: str) -> str:
    """The query at PubMed, or "" where it is too long for an address."""
    address = "https://pubmed.ncbi.nlm.nih.gov/?term=" + quote(one_line(query), safe="")
    return address if query.strip() and len(address) <= LONGEST_ADDRESS else ""


def doi_link(doi: str) -> str:
    """The DOI's address, or "" where it is none."""
    text = doi.strip()
    return f"https://doi.org/{quote(text, safe='/:;().-_')}" if re.fullmatch(r"10\.\d{4,9}/\S+", text) else ""


def pmc_link(pmcid: str) -> str:
    """The free full text at PMC, or ""."""
    found = re.fullmatch(r"(?:PMC)?(\d+)(?:\.\d+)?", pmcid.strip(), re.IGNORECASE)
    return f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{found[1]}/" if found else ""


def trial_link(registration: str) -> str:
    """The registry's page of that number, or "" where it has no address by number."""
    return registration_link(registration.strip().upper()) or ""


def safe_link(address: str) -> str:
    """An https, http or mailto address as it is; anything else is ""."""
    text = clean(address).strip()
    return text if urlsplit(text).scheme.lower() in ("https", "http", "mailto") and "\n" not in text else ""


def feedback_link(pmid: int, address: str, verdict: str) -> str:
    """The mailto address by which a reader judges a paper, or "" where feedback is not asked for."""
    if verdict not in VERDICTS:
        raise ValueError(f"there is no verdict {verdict!r}; there are: {', '.join(VERDICTS)}")
    before, place, after = address.rpartition("VERDICT-PMID")
    return safe_link(f"{before}{verdict}-{int(pmid)}{after}") if place else ""


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    all_of_them = list(words)
    if len(all_of_them) < 2:
        return "".join(all_of_them)
    return f"{', '.join(all_of_them[:-1])} {last} {all_of_them[-1]}"


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        clean, clip, day, days, doi_link, feedback_link, instant, listed, lower_first, moment, number, one_line,
        ordinal, plural, pmc_link, pubmed_link, pubmed_list_links, safe_link, search_link, trial_link, wrap,
    )
}  # fmt: skip
