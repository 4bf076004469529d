"""What follows when a record was fetched again: which parts are others, and who has to hear of it.

Owns which change of an abstract is worth a second mail, and which retractions are news. Never fetches and
never writes; what a notice is, decide/changes.py says.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from litwatch.paper import Paper

if TYPE_CHECKING:
    from litwatch.study.findings import Findings

# DateRevised says nothing reliable about change.
_PARTS = tuple(field.name for field in fields(Paper) if field.name != "revised_date")


def changed_parts(before: Paper, after: Paper) -> tuple[str, ...]:
    """The fields of Paper that are not what they were, in the order of Paper."""
    return tuple(name for name in _PARTS if getattr(before, name) != getattr(after, name))


def tags_differ(before: Findings | None, after: Findings | None) -> bool:
    """Whether the facets of a watch see another paper: another topic, design, population, drug, ... or relevance.

    The words that earned a tag do not count: a title that says it again in the abstract is no news.
    """
    return after is not None and (before is None or _entries(before) != _entries(after))


def _entries(findings: Findings) -> tuple[object, ...]:
    return (
        findings.relevant,
        frozenset(findings.tags),
        findings.design,
        findings.setting,
        findings.subjects,
        frozenset(findings.population),
        frozenset(findings.drugs),
        frozenset(findings.routes),
    )


def newly_struck(
    listed: frozenset[int], known: frozenset[int], by_edit: frozenset[int], *, first: bool
) -> dict[int, bool]:
    """What to write down of PubMed's list of the struck papers of a watch: PMID -> whether that is news.

    What is struck when the watch is looked at first, or was when an edit of its query brought it (`by_edit`),
    is known and no news.
    """
    return {pmid: not first and pmid not in by_edit for pmid in sorted(listed - known)}
