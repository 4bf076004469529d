"""`backfill`: fetches what was there before a watch began.

Owns its arguments, words and exit codes. Never does the work (jobs/backfill.py does).
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from litwatch.cli.context import given, watches_named
from litwatch.cli.printing import complain
from litwatch.cli.watching import Json, Now, WatchName, receipt_kept, report, stop_told
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.jobs.receipt import Receipt

app = typer.Typer()

MEDLINE_BEGINS = 1800  # its oldest records are of about then
RETRY_SECONDS = 900.0  # a night is long: a quarter of an hour of waiting for PubMed, all in all


@app.command(rich_help_panel="Watching")
def backfill(
    context: typer.Context,
    watch: WatchName = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only what came to PubMed on that day (YYYY-MM-DD) or later."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=1_000_000_000, help="At most so many papers.")
    ] = None,
    now_anyway: Annotated[
        bool,
        typer.Option("--now-anyway", help="Do not wait for the hours that NCBI gives to large jobs."),
    ] = False,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Fetch and file what was there before the watch, newest first; mails nothing, and goes on where it stopped."""
    from litwatch.cli.wiring import instant, opened_pubmed, opened_store, shown_progress, vocabulary
    from litwatch.decide import hours
    from litwatch.edge.config import is_this_machine
    from litwatch.jobs.backfill import backfill as backfill_watch

    config = given(context).config()
    moment = instant(now, config)
    first = day_of(since, moment.date())
    chosen = watches_named(config, [watch] if watch else ())
    this_machine = is_this_machine(urlsplit(config.settings.pubmed.base_url).hostname or "")
    polite = config.settings.backfill.polite_hours and not now_anyway and not this_machine
    if polite and hours.are_quiet(moment):
        complain(
            f"NCBI's hours for large jobs last until {hours.end_after(moment):%A %H:%M} UTC; "
            "what is not fetched by then is left for the next backfill"
        )
    mesh = vocabulary(config)
    receipts: list[Receipt] = []
    began = time.monotonic()
    with (
        stop_told("backfill", moment, as_json, receipts),
        receipt_kept("backfill", moment),
        opened_store(config, moment) as store,
        opened_pubmed(config, retry_budget_seconds=RETRY_SECONDS) as pubmed,
        shown_progress() as progress,
    ):
        for one in chosen:
            fetched = sum(receipt.fetched for receipt in receipts)
            if limit is not None and fetched >= limit:
                break
            receipts.append(
                backfill_watch(
                    one,
                    pubmed,
                    store,
                    moment,
                    config.settings,
                    since=first,
                    limit=None if limit is None else limit - fetched,
                    polite=polite,
                    progress=progress,
                    vocabulary=mesh,
                    elapsed=lambda: time.monotonic() - began,
                )
            )
    lines = [line for receipt in receipts for line in (receipt.one_line(), *receipt.notes)]
    report([receipt.to_json() for receipt in receipts], list(dict.fromkeys(lines)), as_json)
    if not all(receipt.ok for receipt in receipts):
        raise typer.Exit(1)


def day_of(text: str | None, today: date) -> date | None:
    """The day that --since names, `today` at the latest. Raises UsageError."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--since {text}: is no day; write it as 2019-12-31") from error
    if day.year < MEDLINE_BEGINS or day > today:
        raise UsageError(f"--since {text}: is no day between {MEDLINE_BEGINS} and today ({today})")
    return day
