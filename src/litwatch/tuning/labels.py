"""Reads labelled records: a paper as in `papers --json --full`, and beside it what people say of it.

Owns the names and kinds of the labels, and what is said of one that is wrong. Never opens a file.

The labels mean what docs/topics.md says. A label that is absent is unknown, and its record does not count there; null
says that a paper states nothing (participants, followup_days) or that the readers did not agree (the others).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.reading.json_lines import read
from litwatch.reading.records import Unreadable
from litwatch.study.facets import Rules

YES_NO = ("relevant", "secondary")
MANY = ("topics", "drugs", "routes")
ONE = ("design", "setting", "subjects")
NUMBERS = ("participants", "followup_days")
QUOTES = ("result", "conclusion", "harm")
PHRASES = ("dose",)
NONE = "none"
"""Of design, setting and subjects: nothing was found."""
OTHER = "other"
"""Of design and setting: what the rules need not have an entry for."""

Labels = Mapping[str, Any]
"""By name: a bool, a frozenset of ids, an id, a number or None, or a tuple of texts."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A paper and its labels; `line` is where it stands in its file."""

    paper: Paper
    labels: Labels
    line: int


def labelled_records(lines: Iterable[bytes], rules: Rules) -> Iterator[Labelled]:
    """Every line of a file of labelled records; empty lines are passed over.

    Raises ReadError, which names line and key, where a line is no record, a label is of the wrong kind, or the
    rules have no facet entry of that id.
    """
    known = {facet.name: [entry.id for entry in facet.entries] for facet in rules.facets}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = next(read(BytesIO(line)))
        if isinstance(record, Unreadable):
            raise ReadError(f"line {number}: {record.reason}")
        if not isinstance(record, Paper):
            continue
        told = json.loads(line)
        try:
            labels = {name: _label(name, told[name], known) for name in _ALL if name in told}
        except ValueError as error:
            raise ReadError(f"line {number} (PMID {record.pmid}): {error}") from None
        yield Labelled(
            record, {name: value for name, value in labels.items() if value is not _UNKNOWN}, number
        )


_ALL = (*YES_NO, *MANY, *ONE, *NUMBERS, *QUOTES, *PHRASES)
_UNKNOWN = object()


def _label(name: str, value: object, known: Mapping[str, list[str]]) -> object:
    if name in NUMBERS:
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise ValueError(f"{name}: a whole number or null, not {_shown(value)}")
    if value is None:
        return _UNKNOWN
    if name in YES_NO:
        if isinstance(value, bool):
            return value
        raise ValueError(f"{name}: true, false or null, not {_shown(value)}")
    if name in ONE:
        return _id(name, value, [*known.get(name, ()), NONE, OTHER])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{name}: a list of texts, not {_shown(value)}")
    if name in MANY:
        return frozenset(_id(name, each, known.get(name, [])) for each in value)
    return tuple(value)


def _id(name: str, value: object, known: list[str]) -> str:
    if isinstance(value, str) and value in known:
        return value
    near = get_close_matches(str(value), known, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known) or 'none'}"
    raise ValueError(f"{name}: the rules have no entry {_shown(value)}; {advice}")


def _shown(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)[:60]}`"
