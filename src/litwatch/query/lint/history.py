"""Owns PubMed's own search history, pasted as its page prints it or as it is downloaded (CSV).

Never looks at the searches in it: once they are taken out, each is a query.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from litwatch.query.finding import Finding, Severity
from litwatch.query.lint.syntax import is_query

_LINE = re.compile(r"#?(?P<number>\d{1,6})(?P<gap>[\t ]+)(?P<rest>\S.*)")
_HEADER = re.compile(r"\ufeff?\"?search number\"?,\"?query\"?,", re.IGNORECASE)
_ROW = re.compile(r"\d{1,6},.*,\d\d:\d\d(?::\d\d)?\"?")
_TIMED = re.compile(r"\s(?:\d{1,3}(?:,\d{3})+|\d{1,8})\s+\d\d:\d\d(?::\d\d)?\Z")
_COUNT = re.compile(r"\s(?:\d{1,3}(?:,\d{3})+)\Z|\t\d{1,8}\Z")
_SEARCH = re.compile(r"Search:?(?=[\s(\"])\s*")
_COLUMNS = re.compile(r"(?:(?:\.\.\.|…|>|Add|Details|Actions)[\t ]+)+")
_PAGE = re.compile(r"\s*(?:filters(?: applied)?|sort(?:ed)? by)\s?:", re.IGNORECASE)
#: What the word "search" begins as a term.
_SEARCH_WORDS = re.compile(
    r"(?:engine|strateg|filter|term|behavio|task|algorithm|tool|method|dog|process|result|history|coil|quer|for|and)",
    re.IGNORECASE,
)
_LONGEST = 20_000
_FILTERS = "write each filter that was set as a term: humans[mh], english[la], 2020:3000[crdt]"
_ORDER = "take each search by itself, the one with the lowest number first; the last line is searched"


def history_findings(text: str) -> Iterator[Finding]:
    """One finding, over the whole of it; `instead` are the searches, oldest first."""
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    rows, filtered = _downloaded(text, lines) or _copied(lines) or _alone(lines) or ([], False)
    if not rows:
        return
    start = len(text) - len(text.lstrip())
    instead = "" if filtered or len(text) > _LONGEST else _strategy(rows)
    severity: Severity = "warning" if _may_be_words(lines) else "error"
    yield Finding(
        "search-history", severity, start, len(text.rstrip()),
        "this is PubMed's history: take the Query column, oldest first",
        "the words, times and numbers of results that the page prints around a search are searched, too",
        instead, 5, "" if instead else _FILTERS if filtered else _ORDER,
    )  # fmt: skip


def _downloaded(text: str, lines: Sequence[str]) -> tuple[list[tuple[int, str]], bool] | None:
    """The number and query of each row of Advanced > History > Download, and whether filters stood beside one."""
    headed = _HEADER.match(text.lstrip()) is not None
    if not headed and not (lines and all(map(_ROW.fullmatch, lines))):
        return None
    rows, filtered = [], False
    for cells in csv.reader(lines[headed:]):
        if len(cells) < 2 or not cells[0].strip("# ").isdecimal():
            continue
        rows.append((int(cells[0].strip("# ")[:9]), cells[1].strip()))
        filtered = filtered or (len(cells) > 3 and bool(cells[3].strip()))
    return rows, filtered


def _copied(lines: Sequence[str]) -> tuple[list[tuple[int, str]], bool] | None:
    """The same of the table on the page. Lines in rising order with nothing else are a strategy."""
    matches = [_LINE.fullmatch(line) for line in lines]
    rows, printed, filtered = [], False, False
    for match in matches:
        if match is None or not (match[0].startswith("#") or "\t" in match["gap"]):
            return None
        rest = match["rest"]
        if found := _COLUMNS.match(rest):
            rest, printed = rest[found.end() :], True
        if (found := _SEARCH.match(rest)) and (
            found[0].startswith("Search:") or not _SEARCH_WORDS.match(rest[7:])
        ):
            rest, printed = rest[found.end() :], True
        if _TIMED.search(rest):
            printed = True
        for pattern in (_TIMED, _COUNT):
            rest = pattern.sub("", rest).rstrip()
        page = _PAGE.search(rest)
        filtered = filtered or (page is not None and page[0].strip().lower().startswith("filter"))
        rows.append((int(match["number"]), rest[: page.start()].strip() if page else rest))
    numbers = [number for number, _ in rows]
    falling = len(numbers) > 1 and all(one > other for one, other in pairwise(numbers))
    return (rows, filtered) if printed or falling else None


def _alone(lines: Sequence[str]) -> tuple[list[tuple[int, str]], bool] | None:
    """One search as the page, a mail or a feed names it: Search: ketamine[tiab] Sort by: Most Recent."""
    text = "\n".join(lines)
    match = _SEARCH.match(text)
    if match is None or (not match[0].startswith("Search:") and not _is_printed(text[match.end() :])):
        return None
    rest = text[match.end() :]
    page = _PAGE.search(rest)
    filtered = page is not None and page[0].strip().lower().startswith("filter")
    return [(1, (rest[: page.start()] if page else rest).strip())], filtered


def _is_printed(rest: str) -> bool:
    """Whether the word Search is no part of the query behind it."""
    return not _SEARCH_WORDS.match(rest) and is_query(rest) and ("[" in rest or rest[:1] in '("')


def _may_be_words(lines: Sequence[str]) -> bool:
    """Search ketamine[tiab]: most likely, and not surely, what an old page printed."""
    return len(lines) == 1 and re.match(r"Search\s+[^\s(\"]", lines[0]) is not None


def _strategy(rows: Sequence[tuple[int, str]]) -> str:
    """The searches as a numbered strategy, or the newest one where that refers to no other; "" where it is no query."""
    ordered = sorted(dict(rows).items())
    newest = ordered[-1][1]
    whole = newest
    if "#" in newest:
        whole = "\n".join(f"#{number} {query}" for number, query in ordered)
    return whole if is_query(whole) else ""
