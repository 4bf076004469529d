"""Whose digest is due, and why it waits where it does.

Owns the way from calendars and standings to occasions, those of like wishes in a row. Never composes and never claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from litwatch.decide.due import DigestWaits, digest_due
from litwatch.edge.config import Config, Subscriber, SubscriptionSetting, Watch
from litwatch.edge.store import delivering, searched, subscriptions
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, Subscription
from litwatch.jobs.delivery_receipt import Delivery, DeliveryReceipt
from litwatch.jobs.occasion import Occasion


def occasions(
    config: Config, store: Store, receipt: DeliveryReceipt, now: datetime
) -> list[tuple[Watch, Occasion]]:
    """The digests to make, in the order of the file, but those of the same wishes right behind the first of them.

    The receipt is told how many subscriptions there are, and which digests wait for a search.
    """
    asked = _Asked(config, store, receipt, now)
    due = list(asked.due())
    first: dict[tuple[str, str, SubscriptionSetting], int] = {}
    for number, (_, one) in enumerate(due):
        first.setdefault(_alike(one), number)
    return sorted(due, key=lambda each: first[_alike(each[1])])


def _alike(one: Occasion) -> tuple[str, str, SubscriptionSetting]:
    return one.setting.watch, one.period, one.setting


class _Asked:
    """What is asked of the store once, for all readers."""

    def __init__(self, config: Config, store: Store, receipt: DeliveryReceipt, now: datetime) -> None:
        self.config, self.store, self.receipt, self.now = config, store, receipt, now
        self.claimed: dict[tuple[str, str], frozenset[str]] = {}

    def due(self) -> Iterator[tuple[Watch, Occasion]]:
        """Each digest that is due, in the order of the file."""
        watches = {watch.name: watch for watch in self.config.watches}
        standing = {(each.subscriber, each.watch): each for each in subscriptions.subscriptions(self.store)}
        claims = delivering.last_claims(self.store, self.now)
        last_good = {name: searched.last_good_search(self.store, name) for name in watches}
        for subscriber in self.config.subscribers:
            for setting in subscriber.subscriptions:
                kept = standing[subscriptions.key(subscriber.address), setting.watch]
                if kept.standing != ACTIVE:
                    continue
                self.receipt.subscriptions += 1
                last_claim = claims.get((kept.subscriber, kept.watch))
                watch = watches[setting.watch]
                occasion = self._occasion(subscriber, setting, kept, last_claim, watch, last_good[watch.name])
                if occasion is not None:
                    yield watch, occasion

    def _occasion(
        self,
        subscriber: Subscriber,
        setting: SubscriptionSetting,
        kept: Subscription,
        last_claim: datetime | None,
        watch: Watch,
        last_good: datetime | None,
    ) -> Occasion | None:
        due = digest_due(
            setting.schedule,
            self.now,
            since=kept.since,
            last_claim=last_claim,
            look=watch.look_schedule,
            last_good=last_good,
        )
        if due is None or kept.subscriber in self._claimants(kept.watch, due.period.id):
            return None
        if isinstance(due, DigestWaits):
            note = f"a search of PubMed is still due; goes by {due.until:%Y-%m-%d %H:%M} UTC"
            self.receipt.waiting.append(Delivery(subscriber.address, setting.watch, due.period.id, note))
            return None
        return Occasion(
            subscriber,
            setting,
            due.period.id,
            begun=kept.since,
            start=kept.since if last_claim is None else max(kept.since, last_claim),
            not_searched_since=due.not_searched_since,
        )

    def _claimants(self, watch: str, period: str) -> frozenset[str]:
        """Whose digest was claimed by an earlier run; asked once for all readers."""
        known = self.claimed.get((watch, period))
        if known is None:
            known = self.claimed[watch, period] = delivering.claimants(self.store, watch, period)
        return known
