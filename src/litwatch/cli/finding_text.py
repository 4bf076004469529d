"""What lint found, in words for a terminal: each kind once with a caret, its like in one line behind it.

Owns the layout. Never looks at a query's meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litwatch.errors import QueryError
from litwatch.query.finding import Finding, Severity

_ALIKE = 6
_ORDER: tuple[Severity, ...] = ("error", "warning", "hint")


def kinds_of(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings by severity and code, errors first; within a code as they stand in the query."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for severity in _ORDER:
        for finding in findings:
            if finding.severity == severity:
                groups.setdefault((severity, finding.code), []).append(finding)
    return list(groups.values())


def finding_lines(text: str, findings: Sequence[Finding], *, most: int | None = None) -> list[str]:
    """All findings of one query; of more than `most` kinds the rest is only counted, and so is of each kind."""
    lines: list[str] = []
    groups = kinds_of(findings)
    for alike in groups[:most]:
        lines += _kind(text, alike, len(alike) if most is None else _ALIKE)
    if most is not None and len(groups) > most:
        rest = sum(map(len, groups[most:]))
        lines.append(f"  {rest} more; --all shows them")
    return lines


def _kind(text: str, alike: Sequence[Finding], named: int) -> list[str]:
    first = alike[0]
    lines = [f"  {first.severity}: {first.message} [{first.code}]"]
    lines += [f"  {line}" for line in caret(text, first).split("\n")]
    lines.append(f"    why: {first.why}")
    if first.instead:
        lines.append(f"    instead: {first.instead}")
    if len(alike) > 1:
        shown = "; ".join(_place(text, finding, first.instead) for finding in alike[1 : named + 1])
        rest = len(alike) - 1 - named
        lines.append(f"    also: {shown}" + (f"; and {rest} more" if rest > 0 else ""))
    return lines


def caret(text: str, finding: Finding) -> str:
    """The line of the query with carets under the place."""
    return QueryError("", text, finding.start, finding.end).pointer()


def _place(text: str, finding: Finding, told: str) -> str:
    words = " ".join(text[finding.start : finding.end].split())
    short = words if len(words) <= 40 else f"{words[:37]}..."
    advice = finding.instead if 0 < len(finding.instead) <= 40 and finding.instead != told else ""
    return f"{short} -> {advice}" if advice else short
