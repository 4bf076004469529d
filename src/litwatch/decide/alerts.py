"""What has happened to papers since they were published: retractions, concerns, corrections.

Owns which notices stand first and which papers may not be shown as findings. Never looks at topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from litwatch.decide.cards import DigestPaper, Quote, quote
from litwatch.paper import Paper, Span

RETRACTED_PUBLICATION = "D016441"  # NLM renames publication types; their UI stays


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice about `pmid`, owed to this reader or known of a paper that is owed.

    `kind` is NLM's RefType (RetractionIn, ExpressionOfConcernIn, ErratumIn, UpdateIn, ...) or plain words
    (retraction, expression of concern, erratum, correction, new version). `quote` is a Span of
    `notice_paper`. `sent_at` is when we sent the paper to this reader, None if never.
    """

    pmid: int
    kind: str
    notice_pmid: int | None = None
    date: str = ""
    source: str = ""
    quote: Span | None = None
    notice_paper: Paper | None = None
    paper: Paper | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What happened to a paper; `kind` is retraction, concern, correction or version."""

    kind: str
    pmid: int
    title: str
    journal: str
    date: str
    notice_pmid: int | None
    notice_date: str
    notice_source: str
    quote: Quote | None
    sent_at: datetime | None
    owed: bool


def alert_kind(kind: str) -> str:
    """retraction, concern, correction, version or "" (nothing to tell), from NLM's name or plain words."""
    words = kind.casefold()
    if "retract" in words:
        return "retraction"
    if "concern" in words:
        return "concern"
    if "errat" in words or "correct" in words or "corrig" in words:
        return "correction"
    if "update" in words or "version" in words or "republish" in words:
        return "version"
    return ""


def known(owed: DigestPaper) -> tuple[NoticeFacts, ...]:
    """The notices that a paper's own record names."""
    paper = owed.paper
    found = [
        NoticeFacts(paper.pmid, link.kind, link.pmid, source=link.source, paper=paper)
        for link in paper.links
        if link.kind.endswith("In") and alert_kind(link.kind)
    ]
    retracted = any(each.ui == RETRACTED_PUBLICATION for each in paper.publication_types)
    if retracted and not any(alert_kind(each.kind) == "retraction" for each in found):
        found.append(NoticeFacts(paper.pmid, "RetractionIn", paper=paper))
    return tuple(found)


def alerts(owed: Sequence[DigestPaper], notices: Iterable[NoticeFacts]) -> tuple[Alert, ...]:
    """Every notice once, worst first, then newest PMID first; the record's own notices are taken in."""
    papers = {each.paper.pmid: each.paper for each in owed}
    merged: dict[tuple[int, str], dict[int, NoticeFacts]] = {}
    for notice in [*notices, *(notice for each in owed for notice in known(each))]:
        if kind := alert_kind(notice.kind):
            merged.setdefault((notice.pmid, kind), {}).setdefault(notice.notice_pmid or 0, notice)
    severity = ("retraction", "concern", "correction", "version")
    found = []
    for (pmid, kind), same in sorted(
        merged.items(), key=lambda pair: (severity.index(pair[0][1]), -pair[0][0])
    ):
        named = [same[number] for number in sorted(same) if number] or [same[0]]
        sent_at = next((notice.sent_at for notice in same.values() if notice.sent_at), None)
        found += [
            _alert(kind, notice, papers.get(pmid) or notice.paper, sent_at, owed=pmid in papers)
            for notice in named
        ]
    return tuple(found)


def _alert(
    kind: str, notice: NoticeFacts, paper: Paper | None, sent_at: datetime | None, *, owed: bool
) -> Alert:
    words = quote("From the notice", notice.notice_paper, notice.quote) if notice.notice_paper else None
    return Alert(
        kind=kind,
        pmid=notice.pmid,
        title=(paper.title or paper.vernacular_title) if paper else "",
        journal=(paper.journal_abbreviation or paper.journal) if paper else "",
        date=paper.publication_date if paper else "",
        notice_pmid=notice.notice_pmid or None,
        notice_date=notice.date,
        notice_source=notice.source,
        quote=words,
        sent_at=sent_at,
        owed=owed,
    )
