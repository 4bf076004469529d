"""What `preview` shows: what a subscription is owed now, or a digest of made-up papers.

Owns where its papers come from. Never claims, sends or writes the store.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.decide.digest import Digest
    from litwatch.edge.config import Config, Subscriber, SubscriptionSetting, Watch
    from litwatch.edge.store.open import Store

SAMPLE = 15
#: Twelve weeks of arrivals in each section, made up like the papers.
WEEKS = (
    (1, 2, 2, 3, 1, 2, 4, 2, 3, 2, 3, 6),
    (2, 1, 2, 2, 1, 3, 2, 2, 1, 2, 2, 3),
    (0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2),
)
#: What the record of a notice says that it is about, and what that makes of the paper.
NOTICES = {
    "RetractionOf": "RetractionIn",
    "ExpressionOfConcernFor": "ExpressionOfConcernIn",
    "ErratumFor": "ErratumIn",
}


def digest_now(config: Config, watch: Watch, address: str | None, now: datetime, *, sample: bool) -> Digest:
    """What a subscription is owed now; of made-up papers where nothing is owed yet, or on demand."""
    from litwatch.cli.wiring import store_to_read

    subscriber, setting = subscription_of(config, watch, address)
    if not sample:
        with store_to_read(config, now) as store:
            if store is not None:
                digest = owed_now(config, store, watch, subscriber, setting, now)
                if digest is not None:
                    return digest
        complain("nothing is owed yet; this is a sample of made-up papers")
    return sample_digest(config, watch, subscriber, setting, now)


def subscription_of(
    config: Config, watch: Watch, address: str | None
) -> tuple[Subscriber, SubscriptionSetting]:
    """The subscription of that address, or the first one, to the watch."""
    for subscriber in config.subscribers:
        for setting in subscriber.subscriptions:
            if setting.watch == watch.name and (
                address is None or address.casefold() == subscriber.address.casefold()
            ):
                return subscriber, setting
    who = address or "anybody"
    raise UsageError(f"{config.directory / 'subscribers.toml'} does not send `{watch.name}` to {who}")


def owed_now(
    config: Config,
    store: Store,
    watch: Watch,
    subscriber: Subscriber,
    setting: SubscriptionSetting,
    now: datetime,
) -> Digest | None:
    """The digest that would go out now; None where the subscription is owed nothing."""
    from litwatch.decide.due import next_due
    from litwatch.edge.store import delivering, subscriptions
    from litwatch.jobs.composing import digest_of
    from litwatch.jobs.occasion import Occasion

    address = subscriptions.key(subscriber.address)
    for kept in subscriptions.subscriptions(store):
        if (kept.subscriber, kept.watch) == (address, watch.name):
            last = delivering.last_claims(store, now).get((address, watch.name))
            start = max(kept.since, last) if last else kept.since
            period = f"{next_due(setting.schedule, now):%Y-%m-%d}"
            occasion = Occasion(subscriber, setting, period, begun=kept.since, start=start)
            digest = digest_of(config, store, watch, occasion, now)
            return digest if digest.pmids or digest.alerts or digest.corrections else None
    return None


def sample_digest(
    config: Config, watch: Watch, subscriber: Subscriber, setting: SubscriptionSetting, now: datetime
) -> Digest:
    """A digest of the made-up papers of the sandbox that match the watch."""
    from litwatch.cli.wiring import vocabulary
    from litwatch.decide.changes import notice_quote
    from litwatch.decide.digest import DigestPaper, NoticeFacts, SearchFacts, compose, watch_facts
    from litwatch.decide.facts import leads_of
    from litwatch.edge.files import records
    from litwatch.jobs.composing import subscription_facts
    from litwatch.jobs.occasion import Occasion
    from litwatch.paper import Paper
    from litwatch.query.match import matches
    from litwatch.sandbox.timeline import SHIPPED
    from litwatch.study.student import compile_rules

    known = vocabulary(config)
    made_up: dict[int, Paper] = {}
    for path in sorted(SHIPPED.glob("*.xml*")):
        made_up |= {record.pmid: record for record in records(path) if isinstance(record, Paper)}
    matching = [paper for paper in made_up.values() if matches(watch.query, paper, vocabulary=known)]
    newest = sorted(matching, key=lambda paper: paper.pmid)[-SAMPLE:]
    student = compile_rules(watch.rules, known)
    start = now - timedelta(weeks=1)
    occasion = Occasion(subscriber, setting, period="", begun=start, start=start)
    facts = watch_facts(watch.name, watch.title, watch.rules)
    return compose(
        [DigestPaper(paper, student.study(paper), first_seen=now) for paper in newest],
        [
            NoticeFacts(
                pmid=link.pmid,
                kind=NOTICES[link.kind],
                notice_pmid=notice.pmid,
                date=notice.publication_date,
                quote=notice_quote(notice),
                notice_paper=notice,
                paper=made_up[link.pmid],
                sent_at=start,
            )
            for notice in newest
            for link in notice.links
            if link.kind in NOTICES and link.pmid in made_up
        ],
        {lead.topic: counts for lead, counts in zip(leads_of(facts), WEEKS, strict=False)},
        watch=facts,
        subscription=subscription_facts(config, occasion, now),
        search=SearchFacts(last_searched=now, matches=len(matching), new=len(newest), query=watch.query_text),
        now=now,
    )
