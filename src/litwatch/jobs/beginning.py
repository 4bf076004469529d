"""How a job begins: the store's subscriptions are brought up to the configuration.

Owns what is worth a word of that: a store that was made, a watch or a reader that went and was owed. Never mails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from litwatch.edge.store.clock import set_back
from litwatch.edge.store.left_behind import ADVICE, left_behind, readers_left
from litwatch.edge.store.subscriptions import sync_subscriptions

if TYPE_CHECKING:
    from datetime import datetime

    from litwatch.edge.config import Config
    from litwatch.edge.store.open import Store


def wanted_subscriptions(config: Config) -> tuple[tuple[str, str], ...]:
    """The (address, watch) pairs of subscribers.toml, for `sync_subscriptions`."""
    return tuple((one.address, each.watch) for one in config.subscribers for each in one.subscriptions)


def begin(config: Config, store: Store, now: datetime) -> list[str]:
    """Bring the subscriptions up to the file; each sentence that this is worth, once.

    A subscription begins when it is first seen: before its first papers arrive, not after.
    """
    said = [f"a new store was made: {store.place}", store.remark] if store.is_new else []
    said = list(filter(None, said))
    with store.reading() as connection:
        ahead = set_back(connection, now)
    if ahead is not None:
        said.append(
            f"the clock was set back: the run before this one was at {ahead:%Y-%m-%d %H:%M} UTC, and it is "
            f"{now:%Y-%m-%d %H:%M} UTC now; what is due is decided by the time now"
        )
    names = [watch.name for watch in config.watches]
    said += [f"{one}; {ADVICE}" for one in left_behind(store, names, news_only=True)]
    wanted = wanted_subscriptions(config)
    readers = readers_left(store, wanted, names)
    if readers is not None:
        said.append(readers)
    sync_subscriptions(store, wanted, now)
    return said
