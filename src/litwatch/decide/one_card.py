"""One paper, one card: versions that come together stand on one card, one that a reader has is told in a line.

Owns which version has the card. Never decides what is a version (decide/versions.py) or what a notice is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from litwatch.decide.alerts import Alert
from litwatch.decide.cards import DigestPaper
from litwatch.decide.grouping import groups
from litwatch.decide.related import Version, version_of
from litwatch.study.registrations import is_preprint


def on_one_card(papers: Sequence[DigestPaper]) -> tuple[list[DigestPaper], frozenset[int]]:
    """The papers that have a card or line, and the PMIDs of the versions that stand on it with them.

    The published version has the card before a preprint, then the one with an abstract, then the latest.
    """
    by_pmid = {owed.paper.pmid: owed for owed in papers}
    links = [(pmid, other.pmid) for pmid, owed in by_pmid.items() for other in owed.versions]
    kept: dict[int, DigestPaper] = {}
    folded: set[int] = set()
    for group in groups(pair for pair in links if by_pmid.keys() >= set(pair)):
        first = max((by_pmid[pmid] for pmid in group), key=_standing)
        others = {other.pmid: other for pmid in group for other in by_pmid[pmid].versions}
        others |= {pmid: version_of(by_pmid[pmid].paper, here=True) for pmid in group}
        del others[first.paper.pmid]
        kept[first.paper.pmid] = replace(first, versions=tuple(others[pmid] for pmid in sorted(others)))
        folded |= group - {first.paper.pmid}
    return [kept.get(pmid, owed) for pmid, owed in by_pmid.items() if pmid not in folded], frozenset(folded)


def _standing(owed: DigestPaper) -> tuple[bool, bool, bool, int]:
    paper = owed.paper
    return owed.findings is not None, not is_preprint(paper), bool(paper.abstract), paper.pmid


def sent_before(owed: DigestPaper) -> Version | None:
    """The version of a paper that this reader was sent first, where the paper is no news for it.

    One that was retracted since is replaced by news; a paper that is shown again has its own reason.
    """
    if owed.sent_without_abstract is not None:
        return None
    sent = [(each.sent_at, each) for each in owed.versions if each.sent_at and not each.retracted]
    return min(sent, key=lambda pair: (pair[0], pair[1].pmid))[1] if sent else None


def with_merged(told: Iterable[Alert], owed: Mapping[int, DigestPaper]) -> tuple[Alert, ...]:
    """The alerts; an owed paper that took the place of one that this reader was sent has its place in one of them.

    That is the same DOI under another PMID: PubMed merged the two. Of what PubMed no longer has no version is kept
    (`sent_before` knows none), but that it was replaced is told.
    """
    return tuple(
        replace(alert, notice_owed=True)
        if alert.kind == "version"
        and alert.sent_at is not None
        and alert.doi
        and (new := owed.get(alert.notice_pmid or 0)) is not None
        and sent_before(new) is None
        and new.paper.doi.lower() == alert.doi.lower()
        else alert
        for alert in told
    )


def with_versions(
    told: Iterable[Alert], again: Sequence[tuple[DigestPaper, Version]], carded: Iterable[DigestPaper]
) -> tuple[Alert, ...]:
    """The alerts, with one for each paper that the reader was sent another version of.

    A new version of a paper that was never sent stands on the card, and needs no alert.
    """
    of_pair = {frozenset((owed.paper.pmid, sent.pmid)): _alert(owed, sent) for owed, sent in again}
    on_cards = {frozenset((owed.paper.pmid, other.pmid)) for owed in carded for other in owed.versions}
    others = {
        frozenset((owed.paper.pmid, other.pmid)) for owed, _ in again for other in owed.versions
    } - of_pair.keys()
    kept = [
        alert
        for alert in told
        if alert.kind != "version"
        or (
            (pair := frozenset((alert.pmid, alert.notice_pmid or 0))) not in of_pair.keys() | others
            and (alert.sent_at is not None or pair not in on_cards)
        )
    ]
    return (*kept, *(of_pair[pair] for pair in sorted(of_pair, key=sorted)))


def _alert(owed: DigestPaper, sent: Version) -> Alert:
    return Alert(
        kind="version",
        pmid=sent.pmid,
        title=sent.title,
        journal=sent.journal,
        date=sent.date,
        notice_pmid=owed.paper.pmid,
        notice_date=owed.paper.publication_date,
        notice_source="",
        quote=None,
        sent_at=sent.sent_at,
        owed=False,
        notice_owed=True,
        of_preprint=sent.preprint,
        version=version_of(owed.paper, here=True),
    )
