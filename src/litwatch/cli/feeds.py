"""`feeds`: writes the Atom feeds of watches and their topics.

Owns its arguments and words. Never does the work (jobs/feeds.py does).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from litwatch.cli.context import given, watches_named
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

app = typer.Typer()


@app.command(rich_help_panel="Operating")
def feeds(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Only this watch. [default: all]")] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The folder to write to. [default: that of \\\\[feeds] in litwatch.toml]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The written files as JSON.")] = False,
) -> None:
    """Write one Atom feed for each watch and topic from what the store holds; files that would be the same stay."""
    from datetime import UTC, datetime

    from litwatch.cli.wiring import renderer, store_to_read
    from litwatch.jobs.feeds import write_feeds

    config = given(context).config()
    chosen = watches_named(config, [watch] if watch else ())
    settings = config.settings.feeds
    folder = output or settings.folder
    if folder is None:
        raise UsageError(
            "where to? name a folder with --output, or as `folder` under [feeds] in litwatch.toml"
        )
    written: list[Path] = []
    with store_to_read(config, datetime.now(UTC)) as store:
        if store is not None:
            try:
                written = write_feeds(store, renderer(config), chosen, folder, settings)
            except OSError as error:
                raise UsageError(f"feeds cannot be written to {folder}: {error.strerror or error}") from error
    if as_json:
        sys.stdout.write(
            json.dumps({"folder": str(folder), "written": [path.name for path in written]}) + "\n"
        )
        return
    for path in written:
        sys.stdout.write(f"{path}\n")
    if not written:
        complain(
            "nothing to write: the feeds are as they were"
            if store
            else "nothing to write: there is no store yet; `litwatch run` fills it"
        )
