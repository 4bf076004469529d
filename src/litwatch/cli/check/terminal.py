"""How the findings of all queries, or of one, stand on a terminal.

Owns how much is shown without --all. Never lints; findings.py lays out the findings of one query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from litwatch.cli.check.findings import finding_lines
from litwatch.query.lint import lint

if TYPE_CHECKING:
    from litwatch.cli.check.queries import Checked
    from litwatch.query.mesh import Mesh

#: How many kinds of findings one query shows without --all.
_MOST_KINDS = 8
_SEVERITIES = ("error", "warning", "hint")


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
