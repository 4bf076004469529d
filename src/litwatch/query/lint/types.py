"""Owns publication types and languages: unknown, renamed, no longer given.

Never says whether a limit is wise; losses.py does.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from litwatch.query.finding import Finding, Severity
from litwatch.query.lint.facts import facts
from litwatch.query.lint.kinds import Kind
from litwatch.query.lint.structure import Structure
from litwatch.query.nlm_tables import language_names, type_keys
from litwatch.query.tokens import normal
from litwatch.query.tree import Term


def type_findings(structure: Structure, kind: Kind) -> Iterator[Finding]:
    """Each [pt] and [la] of a query."""
    beside = {normal(standing.term.text) for standing in structure.standings if standing.term.tag == "pt"}
    for standing in structure.standings:
        term = standing.term
        if "*" in term.text:
            continue
        if term.tag == "pt":
            yield from _type(term, kind, beside)
        elif term.tag == "la":
            yield from _language(term)


def _type(term: Term, kind: Kind, beside: set[str]) -> Iterator[Finding]:
    key = normal(term.text)
    suffix = "" if term.explode else ":noexp"
    if renamed := facts().types.get(key):
        now, since = renamed
        # A facet is matched here, where old and new names are one.
        severity: Severity = "hint" if kind == "facet" and len(type_keys(term.text)) > 1 else "warning"
        if normal(now) not in beside:
            yield Finding(
                "renamed-type", severity, term.start, term.end,
                f"the publication type {term.text[:60]} is now {now} ({since})",
                "PubMed may find nothing under the old name; beside OR nobody notices", f'"{now}"[pt{suffix}]', 3,
            )  # fmt: skip
        return
    if key in facts().unassigned:
        yield Finding(
            "unassigned-type", "hint", term.start, term.end,
            f"the publication type {term.text[:60]} is no longer given to new papers",
            "it finds old papers alone", "", 3,
        )  # fmt: skip
    elif not _is_type(key):
        near = _by_initials(key) or get_close_matches(key, _type_names(), n=1, cutoff=0.8)
        yield Finding(
            "unknown-type", "error", term.start, term.end,
            f"there is no publication type {term.text[:60]}",
            "PubMed finds nothing for it; beside OR nobody notices",
            f'"{near[0]}"[pt{suffix}]' if near else "", 3, f"did you mean {near[0]}?" if near else "",
        )  # fmt: skip


def _by_initials(key: str) -> list[str]:
    """The one type of that acronym: RCT is Randomized Controlled Trial."""
    found = [name for name in _type_names() if "".join(word[0] for word in name.split()) == key]
    return found if len(found) == 1 and len(key) > len("ct") else []


@cache
def _type_names() -> tuple[str, ...]:
    return (*facts().type_names, *facts().new_types)


def _language(term: Term) -> Iterator[Finding]:
    key = normal(term.text)
    names = [name for known in language_names().values() for name in known]
    if len(key) == 3 or key in names:
        return
    near = get_close_matches(key, names, n=1, cutoff=0.75)
    yield Finding(
        "unknown-language", "error" if near else "warning", term.start, term.end,
        f"PubMed has no language {term.text[:40]}", "it finds nothing for it",
        f'"{near[0]}"[la]' if near else "", 6,
        f"did you mean {near[0]}?" if near else "write its English name, or its three letters (ger, fre)",
    )  # fmt: skip


def _is_type(key: str) -> bool:
    return len(type_keys(key)) > 1 or key in _type_names()
