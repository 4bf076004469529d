"""The whole command line: the options before the command, and the commands in their order.

Owns which commands there are. Never does the work of one; main.py imports it late, so that --version starts at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from litwatch import __version__
from litwatch.cli import (
    backfill,
    guard,
    mesh,
    operating,
    previewing,
    research,
    serve,
    showing,
    status,
    store,
    trying,
    versions,
    watching,
)
from litwatch.cli.check import command as checking
from litwatch.cli.context import Context
from litwatch.cli.evaluating import command as evaluating
from litwatch.cli.explain import command as explaining
from litwatch.cli.trace import command as tracing

app = typer.Typer(
    name="litwatch",
    help="Watches PubMed for a subject, tags each new paper, and mails a digest that can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"litwatch {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Folder of the configuration; LITWATCH_CONFIG does the same. [default: ./config]"),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=show_version),
    ] = False,
) -> None:
    """Keep the options for the command."""
    named = os.environ.get("LITWATCH_CONFIG")
    context.obj = Context(config or (Path(named) if named else None))


modules = (
    operating,
    checking,
    watching,
    backfill,
    guard,
    showing,
    status,
    tracing,
    serve,
    store,
    research,
    versions,
    explaining,
    evaluating,
    mesh,
    previewing,
    trying,
)
for module in modules:
    app.add_typer(module.app)
