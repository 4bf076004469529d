"""`preview`: a digest as it would look, in a file or on the terminal.

Owns where its papers come from: what a subscription is owed now, or a sample of made-up ones. Never claims,
sends or writes the store.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.decide.digest import Digest
    from litwatch.edge.config import Config, Subscriber, SubscriptionSetting, Watch
    from litwatch.edge.store.open import Store

app = typer.Typer()

SAMPLE = 15


@app.command(rich_help_panel="Trying")
def preview(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Which watch. [default: the first]")] = None,
    reader: Annotated[
        str | None, typer.Option("--for", metavar="ADDRESS", help="For whom. [default: the first subscriber]")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Of made-up papers, whatever is owed.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the HTML here instead of printing the text.")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Show the HTML in the browser.")] = False,
    at: Annotated[
        str | None, typer.Option("--now", metavar="ISO8601", help="As of that instant (with a time zone).")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(help="Folder whose templates win over the packed ones, file by file.")
    ] = None,
) -> None:
    """Show a digest as it would look now; sends nothing and changes nothing."""
    from litwatch.cli.wiring import instant, renderer, written_page

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    now = instant(at, config)
    render = renderer(config, templates).render
    rendered = render(digest_now(config, chosen, reader, now, sample=sample))
    if output is None and not browser:
        sys.stdout.write(f"Subject: {rendered.subject}\n\n{rendered.text}")
        return
    path = output or Path("litwatch-preview.html")
    written_page(path, rendered.html, f" (subject: {rendered.subject})")
    if browser:
        typer.launch(path.absolute().as_uri())


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
    from litwatch.decide.digest import DigestPaper, SearchFacts, compose, watch_facts
    from litwatch.edge.files import records
    from litwatch.jobs.composing import subscription_facts
    from litwatch.jobs.occasion import Occasion
    from litwatch.paper import Paper
    from litwatch.query.match import matches
    from litwatch.sandbox.timeline import SHIPPED
    from litwatch.study.findings import compile_rules

    known = vocabulary(config)
    made_up: dict[int, Paper] = {}
    for path in sorted(SHIPPED.glob("*.xml*")):
        made_up |= {record.pmid: record for record in records(path) if isinstance(record, Paper)}
    matching = [paper for paper in made_up.values() if matches(watch.query, paper, vocabulary=known)]
    newest = sorted(matching, key=lambda paper: paper.pmid)[-SAMPLE:]
    student = compile_rules(watch.rules, known)
    start = now - timedelta(weeks=1)
    occasion = Occasion(subscriber, setting, period="", begun=start, start=start)
    return compose(
        [DigestPaper(paper, student.study(paper), first_seen=now) for paper in newest],
        (),
        {},
        watch=watch_facts(watch.name, watch.title, watch.rules),
        subscription=subscription_facts(config, occasion, now),
        search=SearchFacts(last_searched=now, matches=len(matching), new=len(newest), query=watch.query_text),
        now=now,
    )
