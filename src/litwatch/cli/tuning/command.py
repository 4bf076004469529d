"""`tune`: what each clause of a watch's search finds, and what a change of it would gain and lose.

Owns its arguments and exit codes. Never changes the store; what it keeps lies in a workbook beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.cli.tuning.completion import watch_names

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.jobs.tune.desk import Desk

app = typer.Typer()

#: How long PubMed is waited for while somebody sits at the terminal.
PATIENCE_SECONDS = 15.0
WORKBOOK = ".workbook"


@app.command(rich_help_panel="Research")
def tune(
    context: typer.Context,
    watch: Annotated[
        str | None, typer.Argument(help="[default: the first watch]", autocompletion=watch_names)
    ] = None,
    every_leaf: Annotated[
        bool, typer.Option("--leaves", help="A line for every term; PubMed is asked to count each.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask PubMed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as one JSON object.")] = False,
) -> None:
    """Show what each clause of a watch's search does: in PubMed, in the store, and what hangs on it alone."""
    from litwatch.cli.tuning import as_json as documents
    from litwatch.cli.tuning.terminal import Printer
    from litwatch.edge.as_json import one_line
    from litwatch.jobs.tune.figures import figures_of, questions

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    with desk_of(config, datetime.now(UTC), offline=offline) as desk:
        if every_leaf and desk.pubmed is not None:
            say_how_long(config, questions(desk, chosen.query))
        figures = figures_of(desk, chosen.query, every_leaf=every_leaf)
        if as_json:
            sys.stdout.buffer.write(one_line(documents.document(chosen.name, figures)))
        else:
            Printer().sheet(chosen.name, figures)
        sys.stdout.flush()
        for failure in dict.fromkeys(desk.failures):
            complain(f"PubMed cannot be asked: {failure}; what it would have said is missing")
        if desk.failures:
            raise typer.Exit(1)


def say_how_long(config: Config, requests: int) -> None:
    """How many requests --leaves will make, and how long they take."""
    if requests:
        seconds = requests / config.settings.pubmed.requests_per_second
        long = f"about {seconds / 60:.0f} minutes" if seconds > 90 else f"about {max(1, round(seconds))} s"
        complain(f"asking PubMed for {requests:,} counts, {long}; they are kept for today")


@contextmanager
def desk_of(config: Config, now: datetime, *, offline: bool) -> Iterator[Desk]:
    """The desk of a configuration's store, with PubMed unless `offline`."""
    from litwatch.cli.wiring import opened_pubmed, shown_progress, store_to_read, vocabulary
    from litwatch.jobs.tune.desk import opened_desk

    patient = config.settings.pubmed
    hasty = replace(patient, retry_budget_seconds=min(patient.retry_budget_seconds, PATIENCE_SECONDS))
    asked = replace(config, settings=replace(config.settings, pubmed=hasty))
    with (
        store_to_read(config, now) as store,
        opened_pubmed(asked) as pubmed,
        shown_progress() as progress,
        opened_desk(
            store,
            workbook_of(config),
            vocabulary(config),
            now.date(),
            pubmed=None if offline else pubmed,
            source=patient.base_url,
            **({"told": progress} if progress is not None else {}),
        ) as desk,
    ):
        yield desk


def workbook_of(config: Config) -> Path:
    """Where the workbook lies: beside an SQLite store, else in var/ of the configuration."""
    scheme, _, place = config.settings.store.url.partition(":///")
    if scheme == "sqlite":
        return Path(place.partition("?")[0] + WORKBOOK)
    return config.directory.absolute() / "var" / f"litwatch{WORKBOOK}"
