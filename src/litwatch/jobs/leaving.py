"""A reader leaves by a token: from a link, from a mail, or from a web page of the operator's.

Owns what a token does to the store. Never opens a mailbox, and never asks who sends it: the token is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litwatch.decide.tokens import Leave, Reader
from litwatch.edge.store import subscriptions
from litwatch.edge.store.open import Store
from litwatch.edge.store.signing import known_signer


@dataclass(frozen=True, slots=True)
class Left:
    """Who has left which watch; `anew` is false where they had left before."""

    subscriber: str
    watch: str
    anew: bool


def token_reader(store: Store) -> Reader | None:
    """What reads the tokens of this store's readers, whatever their standing; None where it never signed one."""
    signer = known_signer(store)
    if signer is None:
        return None
    return signer.reader((one.subscriber, one.watch) for one in subscriptions.subscriptions(store))


def leave(store: Store, token: str, now: datetime) -> Left | None:
    """End the subscription that an unsubscribe token names; None for a token that is not ours, or no such token."""
    reader = token_reader(store)
    asked = reader.read(token) if reader else None
    if not isinstance(asked, Leave):
        return None
    changed = subscriptions.unsubscribe(store, asked.subscriber, asked.watch, now)
    return Left(asked.subscriber, asked.watch, anew=bool(changed))
