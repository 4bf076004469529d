"""What PubMed itself says of each watch's search, and what changed in its translation since the last run.

Owns that comparison. Never writes the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.edge.pubmed import SearchAnswer


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
