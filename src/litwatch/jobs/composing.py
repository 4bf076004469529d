"""From what a subscription is owed to the bytes of its mail.

Owns the way from store to message, and that what many readers get alike is composed and rendered once. Never claims,
sends or writes.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from litwatch.decide.digest import Digest, SubscriptionFacts, compose, watch_facts
from litwatch.decide.due import next_due
from litwatch.decide.tokens import Signer
from litwatch.edge.config import Config, Watch
from litwatch.edge.message import Mail, list_id, message_bytes, message_id
from litwatch.edge.store import owing, withdrawing
from litwatch.edge.store.alike import Alike
from litwatch.edge.store.claiming import Draft
from litwatch.edge.store.open import Store
from litwatch.edge.store.signing import signer
from litwatch.edge.store.subscriptions import key
from litwatch.errors import LitwatchError
from litwatch.jobs.occasion import Occasion, Renders
from litwatch.jobs.personal import (
    Stencil,
    anybody,
    envelope_from,
    feedback_address,
    for_reader,
    signed,
    somebody,
    stencil,
    unsubscribe_links,
)

# Rendered digests that are kept for the next reader, of a quarter of a megabyte each.
KEPT = 64


def digest_of(config: Config, store: Store, watch: Watch, occasion: Occasion, now: datetime) -> Digest:
    """The digest of everything that is owed."""
    owed = owing.owed(store, occasion.subscriber.address, watch.name, occasion.begun)
    return _compose(config, store, watch, occasion, owed, subscription_facts(config, occasion, now), now)


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A digest in words, for all whose wishes and papers are the same; `owed` is kept, for its id is in the key."""

    owed: owing.Owed
    subject: str
    text: Stencil
    html: Stencil


@dataclass(frozen=True, slots=True)
class _Key:
    """All that a rendered digest rests on; `owed` is the identity of what Alike gave."""

    watch: str
    owed: int
    facts: SubscriptionFacts
    start: datetime
    begun: bool
    not_searched_since: datetime | None


class Composer:
    """Makes the drafts of one run. With templates of the user's own, each is rendered for its reader alone.

    The packed templates print a reader's address and links as they are, each on a line that nothing else depends on
    (a test holds them to it); what others do with them cannot be known.
    """

    def __init__(self, config: Config, store: Store, renderer: Renders, now: datetime) -> None:
        self.config, self.store, self.renderer, self.now = config, store, renderer, now
        self._alike = Alike(store)
        self._rendered: OrderedDict[_Key, _Rendered] = OrderedDict()
        self._shares = config.settings.mail.templates is None

    @cached_property
    def _signer(self) -> Signer:
        return signer(self.store, self.now)

    @cached_property
    def _withdrawn(self) -> Counter[tuple[str, str, str]]:
        return withdrawing.withdrawn_before(self.store)

    def draft(self, watch: Watch, occasion: Occasion) -> Draft:
        """The digest of everything that is owed, rendered, with the bytes that will go out.

        Raises TemplateError, MailError (an address that no mail can go to), StoreError.
        """
        subscriber, mail = occasion.subscriber, self.config.settings.mail
        mine = (key(subscriber.address), watch.name)
        owed = self._alike.owed(subscriber.address, watch.name, occasion.begun)
        rendered = self._words(watch, occasion, owed)
        identity = message_id(
            mail.sender, subscriber.address, watch.name, occasion.period, *self._holding(mine, occasion, owed)
        )
        links = unsubscribe_links(mail, watch.name, subscriber.address)
        text, html = (
            each.filled(for_reader(self._signer, mine, subscriber.address, subscriber.name, markup=markup))
            for each, markup in ((rendered.text, False), (rendered.html, True))
        )
        message = message_bytes(
            Mail(
                subject=rendered.subject,
                text=text,
                html=html,
                sender=mail.sender,
                sender_name=mail.sender_name,
                recipient=subscriber.address,
                recipient_name=subscriber.name,
                reply_to=mail.reply_to if mail.reply_to != mail.sender else "",
                message_id=identity,
                date=self.now,
                list_id=list_id(watch.name, mail.sender),
                list_unsubscribe=tuple(signed(link, self._signer, mine) for link in links),
            )
        )
        return Draft(
            subscriber=subscriber.address,
            watch=watch.name,
            period=occasion.period,
            pmids=owed.pmids,
            notices=owed.notice_keys,
            message_id=identity,
            envelope_from=envelope_from(self.config.settings, self._signer, mine, occasion.period),
            message=message,
            again=frozenset(each.paper.pmid for each in owed.papers if each.sent_without_abstract),
            without_abstract=frozenset(each.paper.pmid for each in owed.papers if not each.paper.abstract),
        )

    def _holding(self, mine: tuple[str, str], occasion: Occasion, owed: owing.Owed) -> tuple[str, ...]:
        """What parts a mail from all others of its period: when it was made, and what it holds.

        After a restore a period is claimed again, with more papers; a mailbox may drop what comes under a known id.
        """
        withdrawn = self._withdrawn[*mine, occasion.period]
        papers, notices = sorted(owed.pmids), sorted(owed.notice_keys)
        return occasion.begun.isoformat(), self.now.isoformat(), str(withdrawn), f"{papers} {notices}"

    def _words(self, watch: Watch, occasion: Occasion, owed: owing.Owed) -> _Rendered:
        """The digest in words: one that was rendered before, where nothing in it differs."""
        facts = subscription_facts(self.config, occasion, self.now)
        if self._shares:
            links = unsubscribe_links(self.config.settings.mail, watch.name, anybody())
            called = somebody() if facts.name else ""
            facts = replace(facts, address=anybody(), name=called, unsubscribe=links[-1])
        first = occasion.start == occasion.begun
        asked = _Key(watch.name, id(owed), facts, occasion.start, first, occasion.not_searched_since)
        known = self._rendered.get(asked)
        if known is not None:
            self._rendered.move_to_end(asked)
            return known
        digest = _compose(self.config, self.store, watch, occasion, owed, facts, self.now)
        left_out = set(owed.pmids) - set(digest.pmids)
        if left_out:
            raise LitwatchError(f"the digest leaves out papers that are owed: {sorted(left_out)}")
        made = self.renderer.render(digest)
        rendered = _Rendered(owed, made.subject, stencil(made.text), stencil(made.html))
        self._rendered[asked] = rendered
        while len(self._rendered) > KEPT:
            self._rendered.popitem(last=False)
        return rendered


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
    config: Config,
    store: Store,
    watch: Watch,
    occasion: Occasion,
    owed: owing.Owed,
    facts: SubscriptionFacts,
    now: datetime,
) -> Digest:
    # A period begins after the run that closed the last one; the first begins with the run that began it.
    start = occasion.start - (timedelta(microseconds=1) if occasion.start == occasion.begun else timedelta(0))
    return compose(
        owed.papers,
        owed.notices,
        owing.weeks(store, watch.name, now),
        watch=watch_facts(watch.name, watch.title, watch.rules),
        subscription=facts,
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
