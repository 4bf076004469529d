"""What has happened to papers since they were published: retractions, concerns, corrections.

Owns which notices stand first and which papers may not be shown as findings. Never looks at topics.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from litwatch.decide.cards import DigestPaper
from litwatch.decide.changes import is_retracted, notices_in
from litwatch.decide.ordering import NOTICE_LINKS
from litwatch.decide.quoting import Quote, quote
from litwatch.decide.related import Version
from litwatch.decide.shown import cut
from litwatch.paper import Paper, Span
from litwatch.study.registrations import is_preprint

RETRACTED_NAME = "retracted publication"  # the paper that was retracted, not the notice of it
#: A notice that a reader has had: of which paper, its kind, its own PMID (0 or below: PubMed gives none).
Told = tuple[int, str, int]
#: Kinds after which a paper may not be shown as a finding.
GRAVE = ("retraction", "concern")


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
    """What happened to a paper; `kind` is retraction, concern, correction or version.

    `unidentified`: the notice does not say of which paper it speaks; `pmid`, `title` and what follows are
    its own. `notice_owed`: the notice's own record is owed to this reader, and has its place here.
    `republished`: the notice is the paper in the place of the retracted one. `of_preprint`: the paper is a
    preprint, and the new version is what was published of it. `doi`: that of the paper. `version`: the other
    record, where this reader was sent one of two that came at different times.
    """

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
    notice_owed: bool = False
    unidentified: bool = False
    republished: bool = False
    of_preprint: bool = False
    version: Version | None = None
    doi: str = ""


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


def is_notice(owed: DigestPaper) -> bool:
    """Whether that record is a notice about another paper; a new version of a paper is none."""
    if any(link.kind in NOTICE_LINKS for link in owed.paper.links):
        return True
    return owed.findings is not None and owed.findings.design == "notice"


def known(owed: DigestPaper) -> tuple[NoticeFacts, ...]:
    """The notices that a paper's own record names."""
    return tuple(
        NoticeFacts(told.pmid, told.kind, told.notice_pmid or None, told.date, told.source, paper=owed.paper)
        for told in notices_in(owed.paper)
        if told.pmid == owed.paper.pmid
    )


def told_of_others(owed: DigestPaper) -> tuple[NoticeFacts, ...]:
    """What a notice's own record says of the papers that it names."""
    paper = owed.paper
    return tuple(
        NoticeFacts(
            link.pmid,
            link.kind,
            paper.pmid,
            paper.publication_date,
            paper.journal_abbreviation or paper.journal,
            notice_paper=paper,
        )
        for link in paper.links
        if link.kind in NOTICE_LINKS and link.pmid and link.pmid != paper.pmid
    )


def alerts(
    owed: Sequence[DigestPaper], notices: Iterable[NoticeFacts], told: Collection[Told] = ()
) -> tuple[Alert, ...]:
    """Every notice once: of papers that we sent first, then worst first, then newest PMID first.

    What the owed records say is taken in, unless this reader was `told` it before; but a paper that comes withdrawn
    is an alert all the same, for nowhere else may it stand.
    """
    papers = {each.paper.pmid: each.paper for each in owed}
    own = {each.paper.pmid for each in owed if is_notice(each)}
    gathered: dict[tuple[int, str], list[NoticeFacts]] = {}
    of_papers = [notice for each in owed for notice in known(each)]
    of_others = [notice for each in owed for notice in told_of_others(each)]
    fresh = [notice for notice in of_papers if alert_kind(notice.kind) in GRAVE or not was_told(notice, told)]
    fresh += [notice for notice in of_others if not was_told(notice, told)]
    for notice in [*notices, *fresh]:
        if kind := alert_kind(notice.kind):
            gathered.setdefault((notice.pmid, kind), []).append(notice)
    found = []
    for (pmid, kind), same in gathered.items():
        sent_at = next((notice.sent_at for notice in same if notice.sent_at), None)
        paper = papers.get(pmid) or next((notice.paper for notice in same if notice.paper), None)
        found += [
            _alert(kind, notice, paper, sent_at, owed=pmid in papers, notice_owed=notice.notice_pmid in own)
            for notice in _each_once(kind, same)
        ]
    spoken_of = {number for alert in found for number in (alert.pmid, alert.notice_pmid)}
    spoken_of |= {notice.notice_pmid for notice in of_others}
    found += [alert for each in owed if each.paper.pmid not in spoken_of if (alert := _unidentified(each))]
    severity = ("retraction", "concern", "correction", "version")
    return tuple(
        sorted(found, key=lambda alert: (alert.sent_at is None, severity.index(alert.kind), -alert.pmid))
    )


def was_told(notice: NoticeFacts, told: Iterable[Told]) -> bool:
    """Whether a reader was told of that event; that a paper was retracted is one, however often it is said."""
    kind = alert_kind(notice.kind)
    return any(
        pmid == notice.pmid
        and alert_kind(of_kind) == kind
        and (kind == "retraction" or max(number, 0) == (notice.notice_pmid or 0))
        for pmid, of_kind, number in told
    )


def _each_once(kind: str, same: Iterable[NoticeFacts]) -> tuple[NoticeFacts, ...]:
    """Notices of one kind about one paper, those with a PMID first; one without is another only by its source."""
    named: dict[int, NoticeFacts] = {}
    nameless: dict[str, NoticeFacts] = {}
    for notice in same:
        if notice.notice_pmid:
            named.setdefault(notice.notice_pmid, notice)
        else:
            nameless.setdefault(notice.source, notice)
    if named and kind in GRAVE:
        nameless = {}
    sources = {notice.source for notice in named.values()}
    others = [notice for source, notice in nameless.items() if source and source not in sources]
    if not named and not others:
        others = list(nameless.values())
    return (*(named[number] for number in sorted(named)), *others)


def _unidentified(owed: DigestPaper) -> Alert | None:
    """The alert of a grave notice that names no paper; None where the record is not one."""
    paper = owed.paper
    types = [each.name for each in paper.publication_types if each.name.casefold() != RETRACTED_NAME]
    kinds = [alert_kind(name) for name in types]
    if is_notice(owed):
        words = paper.title.casefold()
        kinds.append("retraction" if "retract" in words else "concern" if "of concern" in words else "")
        kinds += [alert_kind(link.kind) for link in paper.links if link.kind in NOTICE_LINKS]
    kind = next((grave for grave in GRAVE if grave in kinds), None)
    if kind is None or is_retracted(paper):
        return None
    source = next((link.source for link in paper.links if link.kind in NOTICE_LINKS), "")
    notice = NoticeFacts(paper.pmid, kind, paper.pmid, source=source)
    made = _alert(kind, notice, paper, None, owed=True, notice_owed=True)
    return replace(made, unidentified=True)


def _alert(
    kind: str,
    notice: NoticeFacts,
    paper: Paper | None,
    sent_at: datetime | None,
    *,
    owed: bool,
    notice_owed: bool,
) -> Alert:
    words = quote("From the notice", notice.notice_paper, notice.quote) if notice.notice_paper else None
    return Alert(
        kind=kind,
        pmid=notice.pmid,
        title=(paper.title or paper.vernacular_title) if paper else "",
        journal=(paper.journal_abbreviation or paper.journal) if paper else "",
        date=cut(paper.publication_date) if paper else "",
        notice_pmid=notice.notice_pmid or None,
        notice_date=cut(notice.date),
        notice_source=notice.source,
        quote=words,
        sent_at=sent_at,
        owed=owed,
        notice_owed=notice_owed,
        republished=kind == "retraction" and "republish" in notice.kind.casefold(),
        of_preprint=kind == "version" and paper is not None and is_preprint(paper),
        doi=paper.doi if paper else "",
    )
