"""What lint found, in words for a terminal: each kind once with a caret, its like behind it, a line each.

Owns the layout. Never looks at a query's meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litwatch.errors import pointer
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
    lines += [f"    {word}: {told}" for word, told in offers(first)]
    for finding in alike[1 : named + 1]:
        told = "; ".join((_with_place(text, finding), *(f"{word}: {one}" for word, one in offers(finding))))
        lines.append(f"    also: {told}")
    rest = len(alike) - 1 - named
    if rest > 0:
        lines.append(f"    and {rest} more")
    return lines


def offers(finding: Finding) -> list[tuple[str, str]]:
    """("instead", what can be pasted there) and ("advice", what else to do), as far as there is any."""
    found = [("instead", finding.instead)] if finding.instead.strip() else []
    return found + ([("advice", finding.advice)] if finding.advice else [])


def caret(text: str, finding: Finding) -> str:
    """The line of the query with carets under the place."""
    return pointer(text, finding.start, finding.end)


def _with_place(text: str, finding: Finding) -> str:
    """The message, with the place before it where the message does not name it."""
    words = " ".join(text[finding.start : finding.end].split())
    short = words if len(words) <= 40 else f"{words[:37]}..."
    return finding.message if short in finding.message else f"{short}: {finding.message}"
