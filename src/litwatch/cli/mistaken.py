"""Who is told of a run that could not begin, or that ended before it could tell how things stand.

Owns that telling. Whatever comes of it, the run ends with its own error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from litwatch.cli.watcher import EXIT_BUG, code_of, watched
from litwatch.errors import LitwatchError, StoreLost, UsageError
from litwatch.jobs.alarm import Trouble, tell_operator

if TYPE_CHECKING:
    from litwatch.cli.context import Context
    from litwatch.edge.config import Config, Settings
    from litwatch.edge.store.open import Store

# What of litwatch.toml must be without a mistake for a mail to reach the operator, once for each state.
NEEDED = frozenset({"mail", "operator", "store"})


def config_of_a_run(asked: Context, now: datetime | None = None) -> Config:
    """The configuration; a mistake in it is told to whoever watches, as far as it says who that is."""
    try:
        return asked.config()
    except UsageError as error:
        from litwatch.edge.config import salvage

        settings, wrong = salvage(asked.directory_to_write(), os.environ)
        with watched(settings):
            if settings.operator.told and not wrong & NEEDED:
                said = f"the configuration has a mistake, and no run works: {' '.join(str(error).split())}"
                with suppress(LitwatchError):
                    _tell_where_there_is_a_store(
                        settings, Trouble("configuration", said, grave=True), now or datetime.now(UTC)
                    )
            raise


def _tell_where_there_is_a_store(settings: Settings, trouble: Trouble, now: datetime) -> None:
    """Once: what was told is kept in the store, so without one nobody is told."""
    from litwatch.edge.store.open import open_store
    from litwatch.edge.store.past import Past

    with suppress(StoreLost):
        store = open_store(settings.store.url, create=True, now=now, past=Past(may_create=False))
        try:
            _tell(settings, store, trouble, now)
        finally:
            store.close()


@contextmanager
def early_end_told(config: Config, store: Store, now: datetime) -> Iterator[None]:
    """Tells the operator of a run that ends by a bug or a mistake; not where the store itself is at fault."""
    try:
        yield
    except BaseException as error:
        if code_of(error) in (EXIT_BUG, UsageError.exit_code) and config.settings.operator.told:
            said = f"the last run ended early: {type(error).__name__}: {error}"
            with suppress(LitwatchError):
                _tell(config.settings, store, Trouble("run", said, grave=True), now)
        raise


def _tell(settings: Settings, store: Store, trouble: Trouble, now: datetime) -> None:
    from litwatch.jobs.deliver import open_transport

    tell_operator(settings, store, open_transport(settings.mail), [trouble], now, besides=True)
