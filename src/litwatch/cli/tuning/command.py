"""`tune`: what each clause of a watch's search finds, and what a change of it would gain and lose.

Owns its arguments and exit codes. Never changes the store; what it keeps lies in a workbook beside it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain
from litwatch.cli.tuning.completion import watch_names
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.cli.tuning.outcome import Outcome
    from litwatch.edge.config import Config, Watch
    from litwatch.jobs.tune.desk import Desk
    from litwatch.query.tree import Query
    from litwatch.study.facets import Rules
    from litwatch.tuning.marking import Marks
    from litwatch.tuning.seeds import SeedFile

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for, its files read."""

    seeds: SeedFile | None
    other: tuple[Query, Rules | None] | None
    marks: Marks | None
    size: int
    every_leaf: bool
    unblind: bool
    suggested: bool


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
    size: Annotated[
        int | None,
        typer.Option(
            "--sample",
            min=1,
            metavar="N",
            help="Draw N papers to judge into a table, and say what those judged say of the search.",
        ),
    ] = None,
    marks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="That table. [default: WATCH-sample.csv]")
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.md", help="Write the strategy as PRISMA-S wants it: FILE.md and FILE.csv."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of it as one page, with pictures.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask PubMed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as one JSON object.")] = False,
) -> None:
    """Show what each clause of a watch's search does: in PubMed, in the store, and what hangs on it alone."""
    from litwatch.cli.tuning import inputs
    from litwatch.cli.tuning.as_json import document
    from litwatch.cli.tuning.logging_strategy import write_log
    from litwatch.cli.tuning.outcome import with_tried
    from litwatch.cli.tuning.terminal import Printer
    from litwatch.edge.as_json import one_line
    from litwatch.jobs.tune.figures import questions

    config, now = given(context).config_to_read(), datetime.now(UTC)
    chosen = watch_named(config, watch)
    if unblind and seeds is None:
        raise UsageError("--unblind goes with --seeds FILE")
    if marks is not None and size is None:
        raise UsageError("--marks goes with --sample N")
    table = marks or Path(f"{chosen.name}-sample.csv")
    wishes = Wishes(
        inputs.seeds_in(seeds) if seeds is not None else None,
        inputs.changed(config, chosen, against, query),
        inputs.marks_in(table) if size is not None else None,
        size or 0,
        every_leaf,
        unblind,
        suggested,
    )
    searches = (chosen.query, *((wishes.other[0],) if wishes.other is not None else ()))
    with inputs.desk_of(config, now, offline=offline, queries=searches) as desk:
        if every_leaf and desk.pubmed is not None:
            say_how_long(config, questions(desk, searches[-1]))
        outcome = with_tried(found_out(desk, chosen, wishes), desk, now)
        failures = list(dict.fromkeys(desk.failures))
    if outcome.sample is not None and wishes.marks is not None and outcome.sample.asked:
        from litwatch.tuning.marking import read_marks, table_of

        drawn = len(outcome.sample.asked)
        how = "mark them on the page" if html is not None else "write yes or no into its column `relevant`"
        text = table_of(wishes.marks, outcome.sample.asked)
        inputs.written_file(table, text, f": {drawn} papers to judge; {how}, then run this again")
        wishes = replace(wishes, marks=read_marks(text))
    if html is not None:
        write_page(config, html, outcome, now, table, wishes.marks)
    if log is not None:
        write_log(log, config, chosen, outcome, now)
    if as_json:
        sys.stdout.buffer.write(one_line(document(outcome)))
    else:
        Printer().outcome(outcome)
    sys.stdout.flush()
    complaints = [f"{seeds}: {each}" for each in (wishes.seeds.unread if wishes.seeds is not None else ())]
    complaints += [f"{table}: {each}" for each in (wishes.marks.wrong if wishes.marks is not None else ())]
    complaints += [f"PubMed cannot be asked: {each}; what it would have said is missing" for each in failures]
    for complaint in complaints:
        complain(complaint)
    if complaints:
        raise typer.Exit(1)


def found_out(desk: Desk, watch: Watch, wishes: Wishes) -> Outcome:
    """All that was asked for."""
    from litwatch.cli.tuning.outcome import Outcome, Sought
    from litwatch.jobs.tune.changing import compare
    from litwatch.jobs.tune.figures import figures_of
    from litwatch.jobs.tune.linting import warned
    from litwatch.jobs.tune.sampling import draw
    from litwatch.jobs.tune.suggesting import suggest

    every_leaf = wishes.every_leaf and wishes.other is None  # else those of the new search are asked for
    figures = figures_of(desk, watch.query, every_leaf=every_leaf)
    sought = None
    if wishes.seeds is not None:
        sought = Sought.of(desk, watch.query, wishes.seeds, figures.listed, unblind=wishes.unblind)
    outcome = Outcome(watch.name, figures, sought)
    if wishes.other is not None:
        new, new_rules = wishes.other
        comparison = compare(desk, watch.query, new, watch.rules, new_rules, every_leaf=wishes.every_leaf)
        outcome = replace(outcome, comparison=comparison)
        if sought is not None:
            listed = comparison.new.listed
            again = Sought.again(desk, new, sought.papers, listed, unblind=wishes.unblind)
            outcome = replace(outcome, resought=again)
    known = sought.shown_papers if sought is not None else []
    tried = wishes.other[0] if wishes.other is not None else watch.query
    outcome = replace(outcome, warned=warned(desk, tried, known))
    if wishes.marks is not None:
        new_figures = outcome.comparison.new if outcome.comparison is not None else None
        drawn = draw(desk, watch.name, figures, new_figures, wishes.size, wishes.marks)
        outcome = replace(outcome, sample=drawn)
    if wishes.suggested:
        outcome = replace(outcome, suggestions=suggest(desk, tried, known, watch.rules))
    return outcome


def write_page(
    config: Config, path: Path, outcome: Outcome, now: datetime, table: Path, marks: Marks | None
) -> None:
    """The page of a tuning; `marks` are those of the sample in the file `table`."""
    from litwatch.cli.tuning.page import page_of
    from litwatch.cli.wiring import renderer, written_page
    from litwatch.tuning.marking import NOTHING

    page = page_of(outcome, now, table, marks or NOTHING)
    written_page(path, renderer(config).page("tune.html", page=page))


def say_how_long(config: Config, requests: int) -> None:
    """How many requests --leaves will make, and how long they take."""
    if requests:
        seconds = requests / config.settings.pubmed.requests_per_second
        long = f"about {seconds / 60:.0f} minutes" if seconds > 90 else f"about {max(1, round(seconds))} s"
        complain(f"asking PubMed for {requests:,} counts, {long}; they are kept for today")
