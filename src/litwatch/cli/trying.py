"""`sandbox` and `demo`: litwatch without PubMed and without consequences.

Owns the demo's three weeks. Never touches a user's configuration, store or outbox.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from litwatch.jobs.run_report import RunReport

app = typer.Typer()

MARK = ".litwatch-demo"
# The day before the first digest; the sandbox's corpus is dated around these weeks.
FIRST_DAY = date(2026, 3, 8)
WEEKS = (
    (
        "A first run",
        "what PubMed holds already is noted as known, the last seven days are new",
        date(2026, 3, 9),
    ),
    ("A normal week", "a look each day, a digest on Monday", date(2026, 3, 16)),
    ("A retraction", "a paper that was sent last week is retracted", date(2026, 3, 23)),
)


@app.command(rich_help_panel="Trying")
def sandbox(
    corpus: Annotated[
        Path | None,
        typer.Argument(
            help="A PubMed XML file, or a folder of dated update files. [default: the made-up corpus]"
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8765,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The sandbox's date. [default: the real one]"),
    ] = None,
    synthetic: Annotated[int, typer.Option(min=0, help="Add so many made-up records.")] = 0,
    by_create_date: Annotated[
        bool, typer.Option("--by-create-date", help="Show each record from its create date on.")
    ] = False,
    requests_per_second: Annotated[
        float | None, typer.Option(help="Answer 429 beyond so many. [default: no limit]")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:WHEN]",
            help="Let answers go wrong: `500`, `cut:3`, `429:efetch,always`, `mix:7,10%`; repeatable. A wrong name "
            "lists them all.",
        ),
    ] = None,
) -> None:
    """Serve PubMed's E-utilities on this machine, with a clock, until stopped.

    The clock is set by POST to /today beside the address, as in: curl -d date=2026-03-09 http://127.0.0.1:PORT/today
    """
    from litwatch.sandbox.server import serve_forever

    def ready(address: str) -> None:
        typer.echo(f"LITWATCH_PUBMED__BASE_URL={address}")

    serve_forever(
        corpus,
        port=port,
        ready=ready,
        today=today.date() if today else None,
        synthetic=synthetic,
        by_create_date=by_create_date,
        requests_per_second=requests_per_second,
        faults=fault or (),
    )


@app.command(rich_help_panel="Trying")
def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")] = Path(
        "demo-outbox"
    ),
) -> None:
    """Play three weeks against the sandbox: a first run, a normal week, a retraction. Prints what happened."""
    from rich.console import Console

    place = clean(directory)
    console = Console(stderr=False, highlight=False, soft_wrap=True)
    console.print("litwatch demo: three weeks on the watch as shipped, against a PubMed of made-up records\n")
    for title, story, lines in play(place, console):
        console.print(f"[bold]{title}[/]: {story}")
        for line in lines:
            console.print(f"  {line}", markup=False)
        console.print()
    console.print("Each mail is an .eml file for a mail program, and an .html file for a browser, in")
    typer.echo(str(place / "outbox"))


def clean(directory: Path) -> Path:
    """An empty folder of the demo's own. Raises UsageError where something else is in it."""
    place = directory.absolute()
    if place.exists():
        if not place.is_dir() or (any(place.iterdir()) and not (place / MARK).exists()):
            raise UsageError(f"{place} holds something that the demo did not write; name another folder")
        shutil.rmtree(place)
    try:
        place.mkdir(parents=True)
        (place / MARK).touch()
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror}") from error
    return place


def play(place: Path, console: Console) -> Iterator[tuple[str, str, list[str]]]:
    """Runs litwatch each morning of the three weeks; for each week its title, its story and what happened."""
    from rich.progress import BarColumn, Progress, TextColumn

    from litwatch.cli.wiring import run_once
    from litwatch.edge.config import load
    from litwatch.edge.shipped import config_directory
    from litwatch.sandbox.server import Sandbox

    with Sandbox(today=FIRST_DAY) as pubmed:
        settings = {
            "LITWATCH_PUBMED__BASE_URL": pubmed.base_url,
            "LITWATCH_PUBMED__REQUESTS_PER_SECOND": "100",
            "LITWATCH_STORE__URL": f"sqlite:///{place}/store.sqlite3",
            "LITWATCH_MAIL__OUTBOX": str(place / "outbox"),
        }
        # As if the configuration lay there: nothing is left beside the shipped one.
        config = replace(load(config_directory(), settings), directory=place)
        day = FIRST_DAY
        for title, story, last_day in WEEKS:
            lines: list[str] = []
            with Progress(
                TextColumn("  {task.description}"), BarColumn(), console=console, transient=True
            ) as bar:
                days = bar.add_task(title, total=(last_day - day).days + 1)
                while day <= last_day:
                    bar.update(days, description=f"{day:%A %d %B %Y}")
                    pubmed.set_today(day)
                    # Just after the hour of the digest (Mondays at 07:00 UTC in the shipped subscribers.toml).
                    morning = datetime(day.year, day.month, day.day, 7, 5, tzinfo=UTC)
                    lines += told(day, run_once(config, morning))
                    bar.advance(days)
                    day += timedelta(days=1)
            yield title, story, lines


def told(day: date, report: RunReport) -> list[str]:
    """What one morning's run did, in a line each; nothing for a morning without news."""
    lines = [receipt.one_line() for receipt in report.collected if receipt.arrivals or not receipt.ok]
    refreshed = report.refreshed
    if refreshed is not None and (refreshed.changed or refreshed.notices or not refreshed.ok):
        lines.append(refreshed.one_line())
    if report.delivered is not None and report.delivered.did_something:
        lines.append(report.delivered.one_line())
    lines += report.failures
    return [f"{day:%a %d %b}  {line}" for line in lines]
