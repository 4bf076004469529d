"""Decides what changed in a paper, and what a record says has happened to a paper.

Owns Notice and the hash of what we keep. Never fetches; the words of a notice are PubMed's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from litwatch.paper import Paper, Span
from litwatch.study.sentences import sentences

RETRACTION, CONCERN, ERRATUM, UPDATE = "retraction", "expression-of-concern", "erratum", "update"
CORRECTED, REPUBLISHED = "corrected-republished", "retracted-republished"

# RefType of CommentsCorrections: "In" stands in the paper, "Of/For/From" in the notice itself
# (https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html#CommentsCorrections).
_SAID_BY_PAPER = {
    "RetractionIn": RETRACTION,
    "ExpressionOfConcernIn": CONCERN,
    "ErratumIn": ERRATUM,
    "PartialRetractionIn": ERRATUM,  # of old; NLM codes it as an erratum now
    "CorrectedandRepublishedIn": CORRECTED,
    "RetractedandRepublishedIn": REPUBLISHED,
    "UpdateIn": UPDATE,
}
_SAID_BY_NOTICE = {
    "RetractionOf": RETRACTION,
    "ExpressionOfConcernFor": CONCERN,
    "ErratumFor": ERRATUM,
    "CorrectedandRepublishedFrom": CORRECTED,
    "RetractedandRepublishedFrom": REPUBLISHED,
    "UpdateOf": UPDATE,
}
RETRACTED_PUBLICATION = "D016441"  # NLM renames publication types; their UI stays
# NLM has done with records of these statuses.
FINAL = frozenset({"MEDLINE", "PubMed-not-MEDLINE"})
_DATE = re.compile(
    r"\b(?:1[89]|20)\d\d(?: (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?: \d{1,2}\b)?)?"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to the paper `pmid`; `notice_pmid` is 0 where PubMed gives none.

    `date` and `source` are as the record prints them, "" where it does not.
    """

    pmid: int
    kind: str
    notice_pmid: int = 0
    date: str = ""
    source: str = ""


def content_hash(paper: Paper) -> str:
    """A hash of all that we keep of a paper, but for DateRevised, which says nothing reliable."""
    return hashlib.sha256(
        repr(replace(paper, revised_date=None)).encode("utf-8", "surrogatepass")
    ).hexdigest()


def notices_in(paper: Paper) -> tuple[Notice, ...]:
    """Every notice that a record tells of: of its own paper, and, where it is a notice, of its subject."""
    found: dict[tuple[int, str, int], Notice] = {}
    for link in paper.links:
        if link.kind in _SAID_BY_PAPER:
            printed = _DATE.search(link.source)
            told = Notice(
                paper.pmid,
                _SAID_BY_PAPER[link.kind],
                link.pmid or 0,
                printed.group(0) if printed else "",
                link.source,
            )
        elif link.kind in _SAID_BY_NOTICE and link.pmid:
            source = ". ".join(
                part for part in (paper.journal_abbreviation or paper.journal, paper.title) if part
            )
            told = Notice(link.pmid, _SAID_BY_NOTICE[link.kind], paper.pmid, paper.publication_date, source)
        else:
            continue
        found.setdefault((told.pmid, told.kind, told.notice_pmid), told)
    retracted = any(
        notice.pmid == paper.pmid and notice.kind in (RETRACTION, REPUBLISHED) for notice in found.values()
    )
    if not retracted and any(
        kind.ui == RETRACTED_PUBLICATION or kind.name == "Retracted Publication"
        for kind in paper.publication_types
    ):
        found[(paper.pmid, RETRACTION, 0)] = Notice(paper.pmid, RETRACTION)
    return tuple(found.values())


def notice_quote(notice: Paper) -> Span | None:
    """What was corrected or why, in the words of a notice's own record: the first sentence of its abstract.

    None for a paper that is more than a notice (a new version has findings of its own), and without words.
    """
    kinds = {_SAID_BY_NOTICE.get(link.kind) for link in notice.links}
    if not kinds & {RETRACTION, CONCERN, ERRATUM} or not notice.abstract:
        return None
    start, end = next(iter(sentences(notice.abstract)))
    return notice.span("abstract", start, end)


def unknown_notices(told: Iterable[Notice], known: frozenset[tuple[int, str, int]]) -> tuple[Notice, ...]:
    """Those of `told` that are not filed yet, each once.

    A retraction that was first told without its notice (publication type only) is the same retraction when
    its notice turns up, and the other way round.
    """
    fresh: dict[tuple[int, str, int], Notice] = {}
    retracted = {pmid for pmid, kind, _ in known if kind == RETRACTION}
    for notice in sorted(
        told, key=lambda each: (each.pmid, each.kind, each.notice_pmid == 0, each.notice_pmid)
    ):
        key = (notice.pmid, notice.kind, notice.notice_pmid)
        if key in known or key in fresh:
            continue
        if notice.kind == RETRACTION:
            if notice.pmid in retracted:
                continue
            retracted.add(notice.pmid)
        fresh[key] = notice
    return tuple(fresh.values())
