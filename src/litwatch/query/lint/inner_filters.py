"""Owns dates and journals that stand inside one alternative, and so limit nothing but that.

Never speaks of a limit that holds for the whole query (losses.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.query.finding import Finding
from litwatch.query.lint.structure import Structure, wanted_terms
from litwatch.query.tree import Clause, Group, Term


def inner_filter_findings(structure: Structure) -> Iterator[Finding]:
    """A date or a journal below an OR: it limits one alternative only, or lets in a whole journal."""
    mixed: dict[int, bool] = {}
    for standing in structure.standings:
        term = standing.term
        kind = "date" if term.field.kind == "date" else "journal" if term.tag in ("ta", "jid", "is") else ""
        if not kind or not standing.below_or or standing.negated:
            continue
        if not mixed:
            mixed = _mixed(structure)
        if mixed.get(id(term)):
            yield Finding(
                f"{kind}-in-subquery", "hint" if standing.operator == "OR" else "warning", term.start, term.end,
                f"a {kind} filter inside one alternative",
                "it does not hold for the other alternatives beside the OR",
                "", 6, "bracket the alternatives, and AND the filter to all of them",
            )  # fmt: skip


def _mixed(structure: Structure) -> dict[int, bool]:
    """For each term below an OR, whether that OR joins different sorts of things (a date and a subject)."""
    found: dict[int, bool] = {}
    for group in structure.groups:
        if group.operator != "OR":
            continue
        sorts = {_sort(child) for child in group.children}
        for child in group.children:
            if isinstance(child, Term):
                found[id(child)] = found.get(id(child), False) or len(sorts) > 1
            elif isinstance(child, Group) and child.operator != "OR":
                for term in wanted_terms(child) if len(child.children) < 200 else ():
                    found[id(term)] = True
    return found


def _sort(child: Clause) -> str:
    if isinstance(child, Group):
        return "group"
    return (
        child.field.kind
        if child.field.kind == "date"
        else child.tag
        if child.tag in ("ta", "jid", "is")
        else "words"
    )
