"""`litwatch subscribers`: who gets what, and pausing, resuming and erasing a reader.

Owns its arguments, words and exit codes. Never decides what a reader is owed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain, print_table
from litwatch.cli.watching import Json, WatchName
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.subscriptions import Subscription

readers = typer.Typer(no_args_is_help=True, help="Show who gets what; pause, resume, erase.")
app = typer.Typer()
app.add_typer(readers, name="subscribers", rich_help_panel="Watching")


@readers.command("list")
def list_subscribers(context: typer.Context, as_json: Json = False) -> None:
    """Who gets what, and each subscription's standing."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store import subscriptions

    config = given(context).config()
    with store_to_read(config, datetime.now(UTC)) as store:
        kept = (
            {(one.subscriber, one.watch): one for one in subscriptions.subscriptions(store)} if store else {}
        )
    rows = []
    for subscriber in config.subscribers:
        for setting in subscriber.subscriptions:
            standing = kept.get((subscriptions.key(subscriber.address), setting.watch))
            rows.append(
                {
                    "address": subscriber.address,
                    "watch": setting.watch,
                    "frequency": setting.frequency,
                    "standing": standing.standing if standing else "begins with the first run",
                    "since": f"{standing.since:%Y-%m-%dT%H:%M:%SZ}" if standing else None,
                }
            )
    if as_json:
        for row in rows:
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    print_table(["address", "watch", "frequency", "standing", "since"], rows)


@readers.command()
def pause(context: typer.Context, address: str, watch: WatchName = None) -> None:
    """Send this address no mail until it is resumed."""
    change_standing(context, "pause", address, watch)


@readers.command()
def resume(context: typer.Context, address: str, watch: WatchName = None) -> None:
    """Send this address mail again: after a pause with what arrives from now on, after a suspension with all."""
    change_standing(context, "resume", address, watch)


@readers.command()
def erase(context: typer.Context, address: str, as_json: Json = False) -> None:
    """Erase all that is kept of a reader who is in subscribers.toml no more: subscriptions, digests, verdicts."""
    from litwatch.cli.erasing import erase_reader

    erase_reader(given(context), address, as_json=as_json)


def change_standing(context: typer.Context, verb: str, address: str, watch: str | None) -> None:
    """Pause or resume the subscriptions of an address, and say how many."""
    from litwatch.cli.wiring import opened_store
    from litwatch.edge.store import subscriptions
    from litwatch.jobs.beginning import begin

    config = given(context).config()
    if watch:
        watch_named(config, watch)
    if subscriptions.key(address) not in {subscriptions.key(one.address) for one in config.subscribers}:
        raise UsageError(
            f"{address} is not in {config.directory / 'subscribers.toml'}, nor in a CSV file that it names"
        )
    now = datetime.now(UTC)
    with opened_store(config, now) as store:
        for said in begin(config, store, now):
            complain(said)
        change = subscriptions.pause if verb == "pause" else subscriptions.resume
        before = subscriptions.subscriptions(store, address)
        changed = change(store, address, watch, now)
        owed = _in_words(store, before, address) if verb == "resume" and changed else ""
    typer.echo(f"{verb}d {changed} subscription{'' if changed == 1 else 's'} of {address}{owed}")


def _in_words(store: Store, before: Sequence[Subscription], address: str) -> str:
    """What a resumed reader is owed, and what came while they were away and is not."""
    from litwatch.edge.store import owing, subscriptions

    after = subscriptions.subscriptions(store, address)
    here, skipped = 0, 0
    for earlier, each in zip(before, after, strict=True):
        if each.standing == subscriptions.ACTIVE and earlier.standing != each.standing:
            now = len(owing.owed(store, each.subscriber, each.watch, each.since).pmids)
            here += now
            skipped += len(owing.owed(store, each.subscriber, each.watch, earlier.since).pmids) - now
    return f": {here:,} papers are owed, {skipped:,} that came before are skipped"
