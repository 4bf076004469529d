"""Readers from a CSV file that subscribers.toml names: a line for each, as spreadsheets write them.

Owns the file's form: bytes, separator, header, empty cells, and on which lines a mistake stands. What a cell may hold
is what the key of the same name in subscribers.toml may hold.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from litwatch.edge.config.addresses import Address
from litwatch.edge.config.checks import strangers
from litwatch.edge.config.choices import check_choices
from litwatch.edge.config.kinds import OptionalLine, near, shown
from litwatch.edge.config.problems import Source, in_words, keys
from litwatch.edge.config.research_models import SubscriberTable
from litwatch.edge.config.settings import Watch
from litwatch.errors import Problem

COLUMNS = keys(SubscriberTable)
LISTS = frozenset({"watches", "topics", "designs", "settings"})
NUMBERS = frozenset({"day_of_month", "limit"})
CHOICES = frozenset({"frequency", "weekday", "detail"})
SEPARATORS = ",;\t"
#: So many lines are named for one mistake; the others are counted.
NAMED = 10

_LIST = re.compile(r"[\s,;|]+")
# As spreadsheets show a time of day: 7:00, 07:00:00.
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_ADDRESS, _NAME = TypeAdapter[str](Address), TypeAdapter[str](OptionalLine)
#: Stands for the address where the other cells of a line are looked at: each sort of line is, once.
_SOMEBODY = "somebody@example.org"


@dataclass(frozen=True, slots=True)
class Reader:
    """One line: whose it is, and what they want (`wants` of lines that are alike is one object)."""

    line: int
    address: str
    name: str
    wants: SubscriberTable


@dataclass(slots=True)
class _Mistakes:
    """Mistakes by what they are, so that one that stands on every line is told once."""

    file: str
    lines: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def add(self, line: int, column: str, message: str, hint: str = "") -> None:
        self.lines.setdefault((column, message, hint), []).append(line)

    def problems(self) -> Iterator[Problem]:
        """In the order of their first lines."""
        for (column, message, hint), lines in self.lines.items():
            named = ", ".join(map(str, lines[:NAMED]))
            more = f" and {len(lines) - NAMED:,} more" if len(lines) > NAMED else ""
            place = f"line{'s' if len(lines) > 1 else ''} {named}{more}"
            yield Problem(self.file, f"{place}, column {column}" if column else place, message, hint)


def read_readers(
    path: Path,
    topics: Mapping[str, Sequence[str] | None],
    watches: Mapping[str, Watch],
    before: Mapping[tuple[str, str], str],
    problems: list[Problem],
) -> list[Reader]:
    """The readers of the file; what is wrong in it is added to `problems`, all of it.

    `before`: address and watch of the readers that subscribers.toml has itself, and where.
    """
    text = _text(path, problems)
    if text is None:
        return []
    mistakes = _Mistakes(str(path))
    found = list(_once(_readers(text, topics, watches, mistakes), before, mistakes))
    problems += mistakes.problems()
    return found


def _text(path: Path, problems: list[Problem]) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "`csv` in subscribers.toml names it; a relative path counts from that file's folder"
        missing = isinstance(error, FileNotFoundError)
        problems.append(
            Problem(str(path), "", "is missing" if missing else f"cannot be read: {error.strerror}", hint)
        )
        return None
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(
            Problem(str(path), f"line {line}", "is not UTF-8", "save it as “CSV UTF-8” in your spreadsheet")
        )
        return None


def _readers(
    text: str, topics: Mapping[str, Sequence[str] | None], watches: Mapping[str, Watch], mistakes: _Mistakes
) -> Iterator[Reader]:
    rows = _rows(text, mistakes)
    line, header = next(rows, (1, []))
    columns = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in header]
    if not _header_holds(line, columns, mistakes):
        return
    at, named = columns.index("address"), columns.index("name") if "name" in columns else None
    # All cells but these two; of 10,000 lines a handful are unlike.
    others = [number for number, column in enumerate(columns) if column and number not in (at, named)]
    known: dict[tuple[str, ...], SubscriberTable | list[tuple[str, str, str]]] = {}
    for line, row in rows:
        if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
            mistakes.add(
                line,
                "",
                f"has {len(row)} cells, the header {len(columns)}",
                "put quotes around a cell with a separator in it",
            )
            continue
        cells = [*row, *[""] * (len(columns) - len(row))]
        sort = tuple(cells[number].strip() for number in others)
        if sort not in known:
            known[sort] = _wants(
                dict(zip((columns[number] for number in others), sort, strict=True)), topics, watches
            )
        wants = known[sort]
        address = _cell(_ADDRESS, line, "address", cells[at], mistakes)
        name = "" if named is None else _cell(_NAME, line, "name", cells[named], mistakes)
        if isinstance(wants, list):
            for column, message, hint in wants:
                mistakes.add(line, column, message, hint)
        elif address is not None and name is not None:
            yield Reader(line, address, name, wants)


def _once(
    readers: Iterable[Reader], before: Mapping[tuple[str, str], str], mistakes: _Mistakes
) -> Iterator[Reader]:
    """Those whose watches no line before gives to the same address."""
    seen = dict(before)
    for reader in readers:
        here = f"line {reader.line}"
        for watch in reader.wants.watches:
            first = seen.setdefault((reader.address.lower(), watch), here)
            if first is not here:
                hint = "an address has a watch once"
                mistakes.add(
                    reader.line, "watches", f"{reader.address} has `{watch}` from {first} already", hint
                )
        yield reader


def _rows(text: str, mistakes: _Mistakes) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that is not empty; the separator is the one that the first of them has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", first)
    separator = max(SEPARATORS, key=outside.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True
    )
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        mistakes.add(line, "", f"cannot be read as CSV: {error}", "is a quotation mark missing?")


def _header_holds(line: int, columns: Sequence[str], mistakes: _Mistakes) -> bool:
    before = len(mistakes.lines)
    if not any(columns):
        mistakes.add(line, "", "is empty", "the first line names the columns: address,watches,...")
        return False
    for number, column in enumerate(columns):
        if column and column not in COLUMNS:
            mistakes.add(line, column, "is no column that litwatch knows", near(column, COLUMNS))
        elif column and column in columns[:number]:
            mistakes.add(line, column, "stands twice")
    for needed in ("address", "watches"):
        if needed not in columns:
            mistakes.add(line, needed, "is missing", "the first line names the columns: address,watches,...")
    return len(mistakes.lines) == before


def _cell(kind: TypeAdapter[str], line: int, column: str, cell: str, mistakes: _Mistakes) -> str | None:
    try:
        return kind.validate_python(cell.strip())
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            message, hint = in_words(detail)
            empty = column == "address" and not cell.strip()
            mistakes.add(line, column, *(("is empty", "") if empty else (message, hint)))
        return None


def _wants(
    cells: Mapping[str, str], topics: Mapping[str, Sequence[str] | None], watches: Mapping[str, Watch]
) -> SubscriberTable | list[tuple[str, str, str]]:
    """What such a line asks for, or its mistakes: column, words, hint."""
    wrong: list[tuple[str, str, str]] = []
    values: dict[str, Any] = {"address": _SOMEBODY}
    for column, cell in cells.items():
        if column in NUMBERS and cell and not re.fullmatch(r"-?\d{1,9}", cell):
            wrong.append((column, f"should be a whole number, not {shown(cell)}", ""))
        elif cell:
            values[column] = _value(column, cell)
    if "watches" not in values:
        wrong.append(("watches", "is empty", "name at least one"))
    source = Source("", {"subscriber": [values]})
    found = strangers(source, ("subscriber", 0), values, topics)
    check_choices(source, watches, found)
    wrong += [(problem.key.rpartition(".")[2], problem.message, problem.hint) for problem in found]
    try:
        table = SubscriberTable.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if detail["type"] != "missing":
                wrong.append((str(detail["loc"][0]), *in_words(detail)))
        return wrong
    return wrong or table


def _value(column: str, cell: str) -> object:
    if column in LISTS:
        return [each for each in _LIST.split(cell) if each]
    if column in NUMBERS:
        return int(cell)
    if column == "time" and (shown_as := _TIME.fullmatch(cell)):
        return f"{int(shown_as[1]):02}:{shown_as[2]}"
    return cell.casefold() if column in CHOICES else cell
