"""What `check` looks at beyond the form of the files: lint of every query, and PubMed's own opinion.

Owns which queries there are and under which key they stand. Never writes the store.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litwatch.errors import QueryError
from litwatch.query.finding import Finding
from litwatch.query.lint import Kind, lint
from litwatch.query.parse import parse
from litwatch.query.tree import Query

if TYPE_CHECKING:
    from pathlib import Path

    from litwatch.edge.config import Config, Watch
    from litwatch.query.mesh import Mesh

#: How many kinds of findings one query shows without --all.
_MOST_KINDS = 8

#: The keys of an entry that hold a query.
_KEYS = ("query", "unless", "sentence")


@dataclass(frozen=True, slots=True)
class Checked:
    """A query of the configuration and what lint says about it."""

    file: str
    key: str
    watch: str | None
    text: str
    kind: Kind
    findings: tuple[Finding, ...]

    def count(self, severity: str) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check_queries(config: Config, mesh: Mesh | None) -> tuple[Checked, ...]:
    """Every query of every file, each once: searches first."""
    found: dict[tuple[str, str], Checked] = {}
    for watch in config.watches:
        for file, key, query, kind in _queries(config.directory, watch):
            if (file, key) not in found:
                owner = watch.name if key == "query" else None
                found[file, key] = Checked(file, key, owner, query.source, kind, lint(query, mesh, kind))
    return tuple(sorted(found.values(), key=lambda checked: checked.kind != "watch"))


def _queries(directory: Path, watch: Watch) -> Iterator[tuple[str, str, Query, Kind]]:
    path = directory / "watches" / f"{watch.name}.toml"
    own = tomllib.loads(path.read_text("utf-8"))
    yield str(path), "query", watch.query, "watch"
    if watch.guard is not None:
        yield str(path), "guard", watch.guard, "watch"
    entries = [
        (facet.name, f"{facet.name}.{entry.id}", entry)
        for facet in watch.rules.facets
        for entry in facet.entries
    ]
    if watch.rules.relevance is not None:
        entries.append(("relevance", "relevance", watch.rules.relevance))
    for table, key, entry in entries:
        file = str(path if table in own else directory / "facets.toml")
        yield file, f"{key}.query", entry.query, "facet"
        if entry.unless is not None:
            yield file, f"{key}.unless", entry.unless, "facet"
        if entry.sentence is not None:
            yield file, f"{key}.sentence", entry.sentence, "facet"


def check_unread(directory: Path, mesh: Mesh | None) -> tuple[Checked, ...]:
    """The queries that keep a configuration from being read, looked over as far as they can be."""
    found: list[Checked] = []
    try:
        watches = sorted(directory.glob("watches/*.toml"))
    except OSError:
        watches = []
    for path in (*watches, directory / "facets.toml"):
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # the mistake is told of the file itself
        searches = ("query", "guard") if path.parent.name == "watches" else ()
        texts: list[tuple[str, object, Kind]] = [(key, tables.get(key), "watch") for key in searches]
        texts += [(key, text, "facet") for key, text in _texts(tables)]
        for key, text, kind in texts:
            if isinstance(text, str) and not _parses(text):
                owner = path.stem if key == "query" else None
                found.append(Checked(str(path), key, owner, text, kind, lint(text, mesh, kind)))
    return tuple(found)


def _texts(tables: dict[str, object]) -> Iterator[tuple[str, object]]:
    """What stands at the keys of queries below the first level: relevance.query, topics.safety.unless."""
    for name, table in tables.items():
        for inner, entry in table.items() if isinstance(table, dict) else ():
            if inner in _KEYS:
                yield f"{name}.{inner}", entry
            elif isinstance(entry, dict):
                yield from ((f"{name}.{inner}.{key}", entry.get(key)) for key in _KEYS)


def _parses(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return False
    return True


def as_json(checked: Checked) -> list[dict[str, Any]]:
    """The findings of a query as plain values; `line` and `column` count from 1 within the query."""
    text = checked.text
    return [
        {
            "file": checked.file,
            "key": checked.key,
            "severity": finding.severity,
            "code": finding.code,
            "line": text.count("\n", 0, finding.start) + 1,
            "column": finding.start - text.rfind("\n", 0, finding.start),
            "start": finding.start,
            "end": finding.end,
            "text": text[finding.start : finding.end],
            "message": finding.message,
            "why": finding.why,
            "instead": finding.instead,
            "advice": finding.advice,
            "press": finding.press,
        }
        for finding in checked.findings
    ]


def relevance_of(checked: Checked, queries: tuple[Checked, ...]) -> Checked | None:
    """The [relevance] query that decides what of a watch's papers is shown: its own, or that of facets.toml."""
    found = {one.file: one for one in queries if one.key == "relevance.query"}
    shared = [one for one in found.values() if one.file.endswith("facets.toml")]
    return found.get(checked.file) or (shared[0] if shared else None)
