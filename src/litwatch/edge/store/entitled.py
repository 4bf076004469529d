"""What a subscription has still to get, as statements: papers, papers again, and notices.

Owns the rules of who is entitled to what, by what stands in their claims. Never runs a statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, exists, or_, select, true

from litwatch.decide.changes import CONCERN, ERRATUM, GRAVE, REPUBLISHED, RETRACTION
from litwatch.edge.store.refreshing import BORNE_OUT
from litwatch.edge.store.subscriptions import ACTIVE, PAUSED, REMOVED, UNSUBSCRIBED
from litwatch.edge.store.tables import (
    arrival,
    claim,
    claim_notice,
    claim_paper,
    finding,
    notice,
    now_with_abstract,
    paper,
    struck,
    subscription,
)

# A value, or the parameter that stands for one in a statement that is made once and run for each reader.
Text = str | BindParameter[str]
Moment = datetime | BindParameter[datetime]

MAILED_STATES = ("new", "late")
HOLDING_STATES = ("open", "sent")
# A record that is nothing but a notice about another paper, or a paper in the place of a retracted one.
_OF_OTHERS = (RETRACTION, CONCERN, ERRATUM, REPUBLISHED)
_OWED = (
    arrival.c.pmid,
    arrival.c.state,
    arrival.c.first_seen,
    paper.c.record,
    finding.c.document,
    finding.c.failure,
)


def _in_claim(
    subscriber: Text,
    watch_name: str,
    pmid: ColumnElement[int],
    states: tuple[str, ...],
    *shown: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Whether a paper stands in a claim of that subscription.

    A list of all that its claims hold, made once in a statement: a paper may stand in the claims of 10,000 readers, and
    a reader has few.
    """
    held = (
        select(claim_paper.c.pmid)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(
            claim.c.subscriber == subscriber, claim.c.watch == watch_name, claim.c.state.in_(states), *shown
        )
    )
    return pmid.in_(held.correlate(None))


def left_watches(subscriber: Text | ColumnElement[str]) -> Select[tuple[str]]:
    """The watches that this reader got and does not get: left, paused, taken out of the file, removed or renamed."""
    left = subscription.c.standing.in_((REMOVED, UNSUBSCRIBED, PAUSED))
    return select(subscription.c.watch).where(subscription.c.subscriber == subscriber, left)


def gone_watches(subscriber: Text | ColumnElement[str]) -> Select[tuple[str]]:
    """The watches that this reader got and nobody gets any more: removed, or renamed. The reader did not leave them."""
    others = subscription.alias("others")
    got = exists().where(others.c.watch == subscription.c.watch, others.c.standing == ACTIVE)
    return select(subscription.c.watch).where(
        subscription.c.subscriber == subscriber, subscription.c.standing == REMOVED, ~got
    )


def _sent_by_left_watches(subscriber: Text, pmid: ColumnElement[int]) -> ColumnElement[bool]:
    sent = (
        select(claim_paper.c.pmid)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(
            claim.c.subscriber == subscriber,
            claim.c.watch.in_(left_watches(subscriber)),
            claim.c.state == "sent",
        )
    )
    return pmid.in_(sent.correlate(None))


def _newly_owed(subscriber: Text, watch_name: str, since: Moment) -> tuple[ColumnElement[bool], ...]:
    """That an arrival (joined with its paper) is owed for the first time."""
    return (
        arrival.c.watch == watch_name,
        arrival.c.state.in_(MAILED_STATES),
        arrival.c.arrived_at >= since,
        paper.c.gone.is_(None),
        ~_in_claim(subscriber, watch_name, arrival.c.pmid, HOLDING_STATES),
    )


def new_papers(subscriber: Text, watch_name: str, since: Moment) -> Select[tuple[object, ...]]:
    """Every new or late arrival from `since` on that no sent or open claim holds, by PMID.

    A paper that PubMed no longer has is owed to nobody.
    """
    return (
        select(*_OWED)
        .join(paper, paper.c.pmid == arrival.c.pmid)
        .outerjoin(finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == arrival.c.pmid))
        .where(*_newly_owed(subscriber, watch_name, since))
        .order_by(arrival.c.pmid)
    )


def new_pmids(subscriber: Text, watch_name: str, since: Moment) -> Select[int]:
    """The PMIDs of `new_papers`."""
    return (
        select(arrival.c.pmid)
        .join(paper, paper.c.pmid == arrival.c.pmid)
        .where(*_newly_owed(subscriber, watch_name, since))
    )


def papers_again(subscriber: Text, watch_name: str) -> Select[tuple[object, ...]]:
    """What was sent without an abstract and has one now that changed its tags, once, by PMID.

    Not what was retracted or questioned meanwhile: of that the notice speaks.
    """
    grave = exists().where(notice.c.pmid == now_with_abstract.c.pmid, notice.c.kind.in_(GRAVE))
    pmid = now_with_abstract.c.pmid
    return (
        select(*_OWED)
        .select_from(now_with_abstract)
        .join(arrival, and_(arrival.c.watch == now_with_abstract.c.watch, arrival.c.pmid == pmid))
        .join(paper, paper.c.pmid == pmid)
        .outerjoin(finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == pmid))
        .where(
            now_with_abstract.c.watch == watch_name,
            paper.c.gone.is_(None),
            _in_claim(subscriber, watch_name, pmid, ("sent",), claim_paper.c.without_abstract),
            ~_in_claim(subscriber, watch_name, pmid, HOLDING_STATES, claim_paper.c.again),
            ~grave,
        )
        .order_by(arrival.c.pmid)
    )


def notices(subscriber: Text, watch_name: str, since: Moment) -> Select[tuple[object, ...]]:
    """The notices that no sent or open claim holds, by the paper, the kind and the notice.

    Every notice about a paper that was sent to this reader or is owed now; that a paper of the watch was
    retracted or questioned since `since`, sent or not; and what the record of a notice says that is owed itself.
    What befell a paper of a watch that the reader does not get now stands in one of the other digests, and counts as
    told by that watch, should the reader come back to it.
    """
    newly_owed = new_pmids(subscriber, watch_name, since).cte("newly_owed")
    in_any = (
        claim.c.id == claim_notice.c.claim,
        claim.c.subscriber == subscriber,
        claim.c.state.in_(HOLDING_STATES),
        claim_notice.c.pmid == notice.c.pmid,
        claim_notice.c.kind == notice.c.kind,
        claim_notice.c.notice_pmid == notice.c.notice_pmid,
    )
    of_that = arrival.c.watch == claim.c.watch, arrival.c.pmid.in_((notice.c.pmid, notice.c.notice_pmid))
    held = exists().where(*in_any, or_(claim.c.watch == watch_name, ~exists().where(*of_that)))
    here = (struck.c.watch == watch_name, struck.c.pmid == notice.c.pmid)
    news = (*here, struck.c.news == true(), struck.c.first_seen >= since)
    # The notice's own record may come before PubMed lists the paper as what it says.
    not_listed_yet = and_(~exists().where(*here, BORNE_OUT), exists().where(*news))
    is_news = or_(exists().where(*news, BORNE_OUT), not_listed_yet)
    return (
        select(notice)
        .where(
            or_(
                notice.c.pmid.in_(select(newly_owed.c.pmid)),
                _in_claim(subscriber, watch_name, notice.c.pmid, ("sent",)),
                and_(_sent_by_left_watches(subscriber, notice.c.pmid), ~exists().where(*in_any)),
                and_(notice.c.kind.in_(GRAVE), is_news),
                and_(notice.c.kind.in_(_OF_OTHERS), notice.c.notice_pmid.in_(select(newly_owed.c.pmid))),
            ),
            ~held,
        )
        .order_by(notice.c.pmid, notice.c.kind, notice.c.notice_pmid)
    )


def who_is_not_told(pmids: Sequence[int]) -> Select[tuple[int, str]]:
    """(PMID, reader) of what watches that are no more sent to readers who get no digest of any other."""
    others = subscription.alias("still")
    still = exists().where(others.c.subscriber == claim.c.subscriber, others.c.standing == ACTIVE)
    return (
        select(claim_paper.c.pmid, claim.c.subscriber)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(
            claim_paper.c.pmid.in_(pmids),
            claim.c.state == "sent",
            claim.c.watch.in_(gone_watches(claim.c.subscriber)),
            ~still,
        )
        .distinct()
    )


def notices_in_claims(subscriber: Text, watch_name: str) -> Select[tuple[int, str, int]]:
    """Every notice that a sent or open claim of a subscription holds: the paper, its kind, its own PMID."""
    return (
        select(claim_notice.c.pmid, claim_notice.c.kind, claim_notice.c.notice_pmid)
        .join(claim, claim.c.id == claim_notice.c.claim)
        .where(
            claim.c.subscriber == subscriber,
            claim.c.watch == watch_name,
            claim.c.state.in_(HOLDING_STATES),
        )
    )


def shown_as_findings_though_struck(number: int | BindParameter[int]) -> Select[tuple[int]]:
    """The papers of a claim that are retracted or questioned, and that it does not say it of."""
    told = exists().where(
        claim_notice.c.claim == number,
        claim_notice.c.pmid == claim_paper.c.pmid,
        claim_notice.c.kind.in_(GRAVE),
    )
    grave = exists().where(notice.c.pmid == claim_paper.c.pmid, notice.c.kind.in_(GRAVE))
    return select(claim_paper.c.pmid).where(claim_paper.c.claim == number, grave, ~told)
