"""What `check` looks at beyond the form of the files: lint of every query, and PubMed's own opinion.

Owns which queries there are and under which key they stand. Never writes the store.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from litwatch.cli.finding_text import finding_lines
from litwatch.errors import QueryError
from litwatch.query.finding import Finding
from litwatch.query.lint import Kind, lint
from litwatch.query.parse import parse
from litwatch.query.tree import Query

if TYPE_CHECKING:
    from pathlib import Path

    from litwatch.edge.config import Config, Watch
    from litwatch.edge.pubmed import SearchAnswer
    from litwatch.query.mesh import Mesh

#: How many kinds of findings one query shows without --all.
_MOST_KINDS = 8


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


@dataclass(frozen=True, slots=True)
class Online:
    """What PubMed said about a watch's search, and what it had been translated to at the last run."""

    watch: str
    count: int
    errors: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str], ...]
    translation: str
    before: str
    edited: bool


def check_queries(config: Config, mesh: Mesh | None) -> tuple[Checked, ...]:
    """Every query of every file, each once: searches first."""
    found: dict[tuple[str, str], Checked] = {}
    for watch in config.watches:
        for file, key, query, kind in _queries(config.directory, watch):
            if (file, key) not in found:
                owner = watch.name if kind == "watch" else None
                found[file, key] = Checked(file, key, owner, query.source, kind, lint(query, mesh, kind))
    return tuple(sorted(found.values(), key=lambda checked: checked.kind != "watch"))


def _queries(directory: Path, watch: Watch) -> Iterator[tuple[str, str, Query, Kind]]:
    path = directory / "watches" / f"{watch.name}.toml"
    own = tomllib.loads(path.read_text("utf-8"))
    yield str(path), "query", watch.query, "watch"
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


def check_unread(directory: Path, mesh: Mesh | None) -> tuple[Checked, ...]:
    """The queries that keep a configuration from being read, looked over as far as they can be."""
    found: list[Checked] = []
    for path in (*sorted(directory.glob("watches/*.toml")), directory / "facets.toml"):
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # the mistake is told of the file itself
        search = tables.get("query") if path.parent.name == "watches" else None
        texts: list[tuple[str, object, Kind]] = [("query", search, "watch")]
        texts += [(key, text, "facet") for key, text in _texts(tables)]
        for key, text, kind in texts:
            if isinstance(text, str) and not _parses(text):
                owner = path.stem if kind == "watch" else None
                found.append(Checked(str(path), key, owner, text, kind, lint(text, mesh, kind)))
    return tuple(found)


def _texts(tables: dict[str, object]) -> Iterator[tuple[str, object]]:
    """What stands at `query` and `unless` below the first level: relevance.query, topics.safety.unless."""
    for name, table in tables.items():
        for inner, entry in table.items() if isinstance(table, dict) else ():
            if inner in ("query", "unless"):
                yield f"{name}.{inner}", entry
            elif isinstance(entry, dict):
                yield from ((f"{name}.{inner}.{key}", entry.get(key)) for key in ("query", "unless"))


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


def lines_of(queries: tuple[Checked, ...], *, everything: bool) -> list[str]:
    """Errors and warnings of each query, hints only with --all; then how many hints were left out."""
    lines: list[str] = []
    hidden = 0
    for checked in queries:
        shown = [one for one in checked.findings if everything or one.severity != "hint"]
        hidden += len(checked.findings) - len(shown)
        if shown:
            lines.append(f"{checked.file}: {checked.key}")
            lines += finding_lines(checked.text, shown, most=None if everything else _MOST_KINDS)
            lines.append("")
    if hidden:
        holding = sum(checked.count("hint") > 0 for checked in queries)
        where = "1 query" if holding == 1 else f"{holding} queries"
        lines.append(
            f"hints        {hidden} more {'hint' if hidden == 1 else 'hints'} in {where}; --all shows them"
        )
    return lines


def lint_one(query: str, mesh: Mesh | None, *, everything: bool = False) -> tuple[str, bool]:
    """The findings about one query, as text, and whether any of them is an error."""
    findings = lint(query, mesh, "watch")
    lines = finding_lines(query, findings, most=None if everything else _MOST_KINDS)
    counts = [(severity, sum(one.severity == severity for one in findings)) for severity in _SEVERITIES]
    told = [f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts if count]
    lines.append(", ".join(told) if told else "nothing found")
    return "\n".join(lines) + "\n", bool(counts[0][1])


_SEVERITIES = ("error", "warning", "hint")


def ask_pubmed(config: Config) -> tuple[Online, ...]:
    """What PubMed says about each watch's search now. Raises PubMedError where it does not answer."""
    from litwatch.cli.wiring import opened_pubmed, store_to_read
    from litwatch.edge.store.showing import standings

    with store_to_read(config, datetime.now(UTC)) as store:
        known = {one.name: one for one in standings(store)} if store is not None else {}
    with opened_pubmed(config) as pubmed:
        answers: dict[str, SearchAnswer] = {
            watch.name: pubmed.search(str(watch.query), retmax=0) for watch in config.watches
        }
    return tuple(
        Online(
            watch.name,
            answer.count,
            answer.errors,
            answer.warnings,
            answer.translation,
            known[watch.name].translation if watch.name in known else "",
            watch.name in known and known[watch.name].query != str(watch.query),
        )
        for watch in config.watches
        for answer in (answers[watch.name],)
    )


def online_json(online: Online) -> dict[str, Any]:
    """What PubMed said, as plain values."""
    return {
        "watch": online.watch,
        "count": online.count,
        "errors": [{"name": name, "text": text} for name, text in online.errors],
        "warnings": [{"name": name, "text": text} for name, text in online.warnings],
        "translation": online.translation,
        "translation_before": online.before or None,
        "edited": online.edited,
        "changes": changes(online),
    }


def online_lines(online: Online, *, everything: bool) -> list[str]:
    """What PubMed said, for a terminal."""
    matches = "1 match" if online.count == 1 else f"{online.count:,} matches"
    lines = [f"online       {online.watch}: {matches}"]
    lines += [f"  error: PubMed says {name}: {text}" for name, text in online.errors]
    lines += [f"  warning: PubMed says {name}: {text}" for name, text in online.warnings]
    shown = online.translation
    if len(shown) > 300 and not everything:
        shown = f"{shown[:300]}... (--all shows it whole)"
    lines.append(f"  translation: {shown}")
    if not online.before:
        lines.append("  since the last run: there was none")
    elif online.edited:
        lines.append("  since the last run: the query was edited, so was its translation")
        lines += [f"    {line}" for line in changes(online)]
    elif changed := changes(online):
        lines.append("  warning: PubMed translates the query otherwise than at the last run:")
        lines += [f"    {line}" for line in changed]
    else:
        lines.append("  since the last run: translated the same")
    return lines


def changes(online: Online) -> list[str]:
    """What the translation lost ("- ...") and gained ("+ ...") since the last run, clause by clause."""
    if not online.before:
        return []
    before, after = _clauses(online.before), _clauses(online.translation)
    lines: list[str] = []
    for kind, begin, end, begin_now, end_now in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            lines += [f"- {clause}" for clause in before[begin:end]]
            lines += [f"+ {clause}" for clause in after[begin_now:end_now]]
    return lines


def _clauses(translation: str) -> list[str]:
    """A translation cut before each operator outside quotation marks."""
    clauses: list[str] = []
    for number, part in enumerate(translation.split('"')):
        if number % 2:
            clauses[-1] += f'"{part}"'
            continue
        pieces = (
            part.replace(" AND ", "\nAND ").replace(" OR ", "\nOR ").replace(" NOT ", "\nNOT ").split("\n")
        )
        if clauses:
            clauses[-1] += pieces[0]
            pieces = pieces[1:]
        clauses += pieces
    return [clause for clause in clauses if clause.strip()]
