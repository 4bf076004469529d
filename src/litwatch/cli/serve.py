"""`litwatch serve`: the same as cron and `litwatch run`, for where there is no cron.

Owns the clock that calls `run` each minute, and how it is stopped. Never does the work itself.
"""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated

import typer

from litwatch.cli.context import Context, given
from litwatch.cli.printing import complain
from litwatch.errors import LitwatchError, LockHeld

app = typer.Typer()


@app.command(rich_help_panel="Watching")
def serve(
    context: typer.Context,
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks at what is due.")] = 60,
) -> None:
    """Stay and do what is due each minute; the same work as `run`, never done twice beside cron."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    asked = given(context)
    asked.config()  # a mistake in the configuration is told now, not in a minute
    scheduler = BlockingScheduler(timezone=UTC)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Waits for the run at work; what it has not done stays due.
        scheduler.shutdown(wait=True)

    scheduler.add_job(
        do_what_is_due,
        "interval",
        args=[asked],
        seconds=every,
        next_run_time=datetime.now(UTC),
        coalesce=True,  # a machine that slept owes one run, not a hundred
        misfire_grace_time=None,  # and never drops it for being late
        max_instances=1,
    )
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    typer.echo(
        f"litwatch: serving; what is due is done every {every} s. Stop with Ctrl-C or SIGTERM.", err=True
    )
    scheduler.start()
    typer.echo("litwatch: stopped", err=True)


def do_what_is_due(asked: Context) -> None:
    """One `run`, with the configuration as it stands now; a failure is told and taken up again next time."""
    from litwatch.cli.wiring import run_once

    try:
        done = run_once(asked.config(), datetime.now(UTC))
    except LitwatchError as error:
        complain(str(error))
        return
    # That cron is at work just now is no news: what it leaves is done in a minute.
    if not done.idle and done.exit_code != LockHeld.exit_code:
        complain(done.one_line())
