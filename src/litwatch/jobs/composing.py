"""From what a subscription is owed to the bytes of its mail.

Owns the way from store to message. Never claims, sends or writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from litwatch.decide.digest import Digest, SubscriptionFacts, compose, watch_facts
from litwatch.decide.due import next_due
from litwatch.edge.config import Config, Watch
from litwatch.edge.message import Mail, list_id, message_bytes, message_id
from litwatch.edge.store import owing, withdrawing
from litwatch.edge.store.delivering import Draft
from litwatch.edge.store.open import Store
from litwatch.edge.store.signing import signer
from litwatch.edge.store.subscriptions import key
from litwatch.errors import LitwatchError
from litwatch.jobs.occasion import Occasion, Renders
from litwatch.jobs.personal import envelope_from, feedback_address, signed, unsubscribe_links


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
    ours, mine = signer(store, now), (key(subscriber.address), watch.name)
    links = unsubscribe_links(mail, watch.name, subscriber.address)
    message = message_bytes(
        Mail(
            subject=rendered.subject,
            text=signed(rendered.text, ours, mine),
            html=signed(rendered.html, ours, mine),
            sender=mail.sender,
            sender_name=mail.sender_name,
            recipient=subscriber.address,
            recipient_name=subscriber.name,
            reply_to=mail.reply_to if mail.reply_to != mail.sender else "",
            message_id=identity,
            date=now,
            list_id=list_id(watch.name, mail.sender),
            list_unsubscribe=tuple(signed(link, ours, mine) for link in links),
        )
    )
    return Draft(
        subscriber=subscriber.address,
        watch=watch.name,
        period=occasion.period,
        pmids=owed.pmids,
        notices=owed.notice_keys,
        message_id=identity,
        envelope_from=envelope_from(config.settings, ours, mine, occasion.period),
        message=message,
        again=frozenset(each.paper.pmid for each in owed.papers if each.sent_without_abstract),
        without_abstract=frozenset(each.paper.pmid for each in owed.papers if not each.paper.abstract),
    )


def _owed(store: Store, occasion: Occasion) -> owing.Owed:
    return owing.owed(store, occasion.subscriber.address, occasion.setting.watch, occasion.begun)


def subscription_facts(config: Config, occasion: Occasion, now: datetime) -> SubscriptionFacts:
    """Whose digest it is, of which time, and how to leave it."""
    setting, subscriber = occasion.setting, occasion.subscriber
    mail = config.settings.mail
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
        # A page is easier to leave by than a mail that has to be sent.
        unsubscribe=unsubscribe_links(mail, setting.watch, subscriber.address)[-1],
        feedback=feedback_address(mail),
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
