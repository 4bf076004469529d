"""From what a subscription is owed to the bytes of its mail.

Owns the way from store to message. Never claims, sends or writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from litwatch.decide.digest import Digest, SubscriptionFacts, compose, watch_facts
from litwatch.decide.due import next_due
from litwatch.edge.config import Config, Watch
from litwatch.edge.message import Mail, bare_address, list_id, mailto, message_bytes, message_id
from litwatch.edge.store import owing, withdrawing
from litwatch.edge.store.delivering import Draft
from litwatch.edge.store.open import Store
from litwatch.errors import LitwatchError
from litwatch.jobs.occasion import Occasion, Renders


def digest_of(config: Config, store: Store, watch: Watch, occasion: Occasion, now: datetime) -> Digest:
    """The digest of everything that is owed."""
    return _compose(config, store, watch, occasion, _owed(store, occasion), now)


def draft_of(
    config: Config, store: Store, renderer: Renders, watch: Watch, occasion: Occasion, now: datetime
) -> Draft:
    """The digest of everything that is owed, rendered, with the bytes that will go out.

    Raises TemplateError, MailError (an address that no mail can go to), StoreError.
    """
    owed = _owed(store, occasion)
    digest = _compose(config, store, watch, occasion, owed, now)
    left_out = set(owed.pmids) - set(digest.pmids)
    if left_out:
        raise LitwatchError(f"the digest leaves out papers that are owed: {sorted(left_out)}")
    rendered = renderer.render(digest)
    mail = config.settings.mail
    subscriber = occasion.subscriber
    withdrawn = withdrawing.withdrawn_before(store, subscriber.address, watch.name, occasion.period)
    begun = occasion.begun.isoformat() + (f" #{withdrawn}" if withdrawn else "")
    identity = message_id(mail.sender, subscriber.address, watch.name, occasion.period, begun)
    message = message_bytes(
        Mail(
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            sender=mail.sender,
            sender_name=mail.sender_name,
            recipient=subscriber.address,
            recipient_name=subscriber.name,
            reply_to=mail.reply_to if mail.reply_to != mail.sender else "",
            message_id=identity,
            date=now,
            list_id=list_id(watch.name, mail.sender),
            list_unsubscribe=(digest.subscription.unsubscribe,),
        )
    )
    return Draft(
        subscriber=subscriber.address,
        watch=watch.name,
        period=occasion.period,
        pmids=owed.pmids,
        notices=owed.notice_keys,
        message_id=identity,
        envelope_from=bare_address(mail.envelope_from),
        message=message,
        again=frozenset(each.paper.pmid for each in owed.papers if each.sent_without_abstract),
        without_abstract=frozenset(each.paper.pmid for each in owed.papers if not each.paper.abstract),
    )


def _owed(store: Store, occasion: Occasion) -> owing.Owed:
    return owing.owed(store, occasion.subscriber.address, occasion.setting.watch, occasion.begun)


def subscription_facts(config: Config, occasion: Occasion, now: datetime) -> SubscriptionFacts:
    """Whose digest it is, of which time, and how to leave it."""
    setting, subscriber = occasion.setting, occasion.subscriber
    leave = f"unsubscribe {setting.watch} {subscriber.address}"
    return SubscriptionFacts(
        address=subscriber.address,
        name=subscriber.name,
        topics=frozenset(setting.topics),
        designs=frozenset(setting.designs),
        settings=frozenset(setting.settings),
        detail=setting.detail,
        limit=setting.limit,
        frequency=setting.frequency,
        time_zone=setting.time_zone,
        period_id=occasion.period,
        period_start=occasion.start,
        period_end=now,
        next_due=next_due(setting.schedule, now),
        operator=config.settings.operator.address,
        unsubscribe=mailto(config.settings.mail.unsubscribe_address, leave),
    )


def _compose(
    config: Config, store: Store, watch: Watch, occasion: Occasion, owed: owing.Owed, now: datetime
) -> Digest:
    # A period begins after the run that closed the last one; the first begins with the run that began it.
    start = occasion.start - (timedelta(microseconds=1) if occasion.start == occasion.begun else timedelta(0))
    return compose(
        owed.papers,
        owed.notices,
        owing.weeks(store, watch.name, now),
        watch=watch_facts(watch.name, watch.title, watch.rules),
        subscription=subscription_facts(config, occasion, now),
        search=owing.search_facts(
            store,
            watch.name,
            query=watch.query_text,
            start=start,
            now=now,
            not_searched_since=occasion.not_searched_since,
        ),
        now=now,
        told=owed.told,
    )
