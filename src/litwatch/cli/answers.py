"""`unsubscribe` and `inbox`: what readers and mail servers answer.

Owns their arguments, words and exit codes. Never does their work.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from litwatch.cli.context import given
from litwatch.errors import LitwatchError, UsageError

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(rich_help_panel="Watching")
def unsubscribe(
    context: typer.Context,
    token: Annotated[str, typer.Argument(help="What stands in the link at the foot of each digest.")],
    as_json: Json = False,
) -> None:
    """End the subscription that a token from a digest names; once more does no harm."""
    from litwatch.cli.wiring import opened_store
    from litwatch.jobs.leaving import leave

    config = given(context).config()
    now = datetime.now(UTC)
    with opened_store(config, now) as store:
        left = leave(store, token, now)
    if left is None:
        raise LitwatchError("this is no unsubscribe token that this litwatch has made; nothing was changed")
    if as_json:
        sys.stdout.write(json.dumps(asdict(left), ensure_ascii=False) + "\n")
        return
    done = "gets no more digests" if left.anew else "had left before, and gets no digests"
    typer.echo(f"{left.subscriber} {done} of {left.watch}")


@app.command(rich_help_panel="Watching")
def inbox(
    context: typer.Context,
    now: Annotated[
        str | None,
        typer.Option(metavar="ISO8601", help="Act as if it were that instant (with a time zone)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read answers by mail now: requests to leave, feedback, digests that came back. `run` does it by itself."""
    from litwatch.cli.watching import receipt_kept, report, stop_told
    from litwatch.cli.wiring import instant, opened_store
    from litwatch.jobs.beginning import begin
    from litwatch.jobs.inbox import read_inbox

    config = given(context).config()
    moment = instant(now, config)
    if not config.settings.inbox.host:
        raise UsageError("no mailbox is set up to be read: name its IMAP server in [inbox] of litwatch.toml")
    with (
        stop_told("inbox", moment, as_json),
        receipt_kept("inbox", moment),
        opened_store(config, moment) as store,
    ):
        said = begin(config, store, moment)
        receipt = read_inbox(config.settings.inbox, store, moment)
    report([receipt.to_json()], [receipt.one_line()], as_json, said)
    if not receipt.ok:
        raise typer.Exit(1)
