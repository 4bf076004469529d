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
from litwatch.cli.own_query import STDIN
from litwatch.cli.printing import complain
from litwatch.cli.tuning.completion import watch_names
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Config, Watch
    from litwatch.jobs.tune.desk import Desk
    from litwatch.query.tree import Query
    from litwatch.study.facets import Rules
    from litwatch.tuning.seeds import SeedFile

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
    seeds: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Papers that the search must find: PMIDs, DOIs, a reference list, .nbib or RIS; - is stdin.",
        ),
    ] = None,
    unblind: Annotated[
        bool,
        typer.Option(
            "--unblind", help="Show the seeds of the validating half, too, which then validate nothing."
        ),
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A changed copy of the watch's file, or a file that holds only a query."
        ),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="Another search, to hold against the watch's own.")
    ] = None,
    suggested: Annotated[
        bool,
        typer.Option("--suggest", help="What might be changed, each change with its price. Changes nothing."),
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask PubMed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as one JSON object.")] = False,
) -> None:
    """Show what each clause of a watch's search does: in PubMed, in the store, and what hangs on it alone."""
    from litwatch.cli.tuning.as_json import document
    from litwatch.cli.tuning.outcome import Outcome, Sought
    from litwatch.cli.tuning.terminal import Printer
    from litwatch.edge.as_json import one_line
    from litwatch.jobs.tune.changing import compare
    from litwatch.jobs.tune.figures import figures_of, questions
    from litwatch.jobs.tune.suggesting import suggest

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    if unblind and seeds is None:
        raise UsageError("--unblind goes with --seeds FILE")
    named = seeds_in(seeds) if seeds is not None else None
    other = changed(config, chosen, against, query)
    with desk_of(config, datetime.now(UTC), offline=offline) as desk:
        if every_leaf and desk.pubmed is not None:
            say_how_long(config, questions(desk, chosen.query))
        figures = figures_of(desk, chosen.query, every_leaf=every_leaf)
        sought = Sought.of(desk, chosen.query, named, figures.listed, unblind=unblind) if named else None
        outcome = Outcome(chosen.name, figures, sought)
        if other is not None:
            new, new_rules = other
            comparison = compare(desk, chosen.query, new, chosen.rules, new_rules)
            again = comparison.new.listed
            resought = Sought.again(desk, new, sought.papers, again, unblind=unblind) if sought else None
            outcome = replace(outcome, comparison=comparison, resought=resought)
        if suggested:
            papers = sought.papers if sought is not None else None
            known = [] if papers is None else papers.papers if unblind else papers.developing
            outcome = replace(outcome, suggestions=suggest(desk, chosen.query, known, chosen.rules))
        failures = list(dict.fromkeys(desk.failures))
    if as_json:
        sys.stdout.buffer.write(one_line(document(outcome)))
    else:
        Printer().outcome(outcome)
    sys.stdout.flush()
    unread = [f"{seeds}: {each}" for each in (named.unread if named is not None else ())]
    missing = [f"PubMed cannot be asked: {each}; what it would have said is missing" for each in failures]
    for complaint in (*unread, *missing):
        complain(complaint)
    if unread or missing:
        raise typer.Exit(1)


def changed(
    config: Config, watch: Watch, file: Path | None, query: str | None
) -> tuple[Query, Rules | None] | None:
    """The search to hold against the watch's, with its facets where a watch file says them; None without one."""
    from litwatch.cli.own_query import query_in, warn_of
    from litwatch.cli.wiring import vocabulary
    from litwatch.edge.config import load_watch
    from litwatch.query.parse import parse

    if file is not None and query is not None:
        raise UsageError("--against and --query are two changes; try one")
    if file is None and query is None:
        return None
    if file is not None and file.suffix == ".toml":
        changed_watch = load_watch(file, config.directory, watch.name)
        return changed_watch.query, changed_watch.rules
    parsed = parse(query if query is not None else query_in(file or STDIN))
    warn_of(parsed, vocabulary(config).mesh, approximate=True)
    return parsed, None


def seeds_in(path: Path) -> SeedFile:
    """The seeds of a file (`-`: stdin). Raises UsageError where it cannot be read, or names no paper."""
    from litwatch.tuning.seeds import read_seeds

    name = "stdin" if path == STDIN else str(path)
    try:
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: these seeds cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # PMIDs and DOIs are ASCII, whatever the names around them
    found = read_seeds(text)
    if not found.seeds:
        said = f": {found.unread[0]}" if found.unread else ", it is empty"
        raise UsageError(
            f"{name} names no paper by PMID or DOI{said}. Give a PMID or a DOI a line, a reference list that has them, "
            "or an .nbib or RIS file"
        )
    return found


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
