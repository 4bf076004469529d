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
from litwatch.errors import LitwatchError

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
