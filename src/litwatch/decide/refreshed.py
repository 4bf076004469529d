"""What follows when a record was fetched again: which parts are others, and who has to hear of it.

Owns which change of an abstract is worth a second mail, and which retractions are news. Never fetches and
never writes; what a notice is, decide/changes.py says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

from litwatch.decide.changes import CONCERN, REPUBLISHED, RETRACTION
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


FEW_STRUCK = 20
"""Papers of a watch that may be retracted or questioned at once; more are held, as a flood of late papers is."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is to be written down of PubMed's lists of the struck papers of a watch; all by (PMID, kind).

    `fates`: whether it is news. `sorted_in`: what an older litwatch wrote down without its kind, and is of this one.
    `held`: so much news at once that a person has to look first.
    """

    fates: Mapping[tuple[int, str], bool]
    sorted_in: frozenset[tuple[int, str]] = frozenset()
    held: frozenset[tuple[int, str]] = frozenset()


def newly_struck(
    listed: Mapping[str, frozenset[int]],
    known: frozenset[tuple[int, str]],
    by_edit: frozenset[int],
    *,
    first: bool,
    unsorted: Mapping[int, frozenset[str]] = MappingProxyType({}),
) -> Listed:
    """What PubMed's lists by kind (retraction, expression of concern) add to what is `known`, and whether it is news.

    What is struck when the watch is looked at first, or was when an edit of its query brought it (`by_edit`),
    is known and no news. `unsorted` are papers that an older litwatch wrote down without saying as what, with the kinds
    of notices that are known of them: they are what they were, but where a concern is known and no retraction, a
    retraction came since, or nobody was told of it.
    """
    fates: dict[tuple[int, str], bool] = {}
    sorted_in: set[tuple[int, str]] = set()
    for kind, pmids in listed.items():
        for pmid in sorted(pmids):
            if (pmid, kind) in known:
                continue
            if pmid in unsorted and not (
                kind == RETRACTION and _only_questioned(pmid, unsorted[pmid], listed)
            ):
                sorted_in.add((pmid, kind))
            else:
                fates[pmid, kind] = pmid in unsorted or not (first or pmid in by_edit)
    news = frozenset(fate for fate, is_news in fates.items() if is_news)
    flood = len({pmid for pmid, _ in news}) > FEW_STRUCK
    return Listed(fates, frozenset(sorted_in), news if flood else frozenset())


def _only_questioned(pmid: int, kinds: frozenset[str], listed: Mapping[str, frozenset[int]]) -> bool:
    """Whether a paper is known to be under concern, and not as retracted."""
    concern = CONCERN in kinds or pmid in listed.get(CONCERN, frozenset())
    return concern and not kinds & {RETRACTION, REPUBLISHED}
