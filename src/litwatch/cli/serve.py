"""`litwatch serve`: the same as cron and `litwatch run`, for where there is no cron.

Owns the clock that calls `run` each minute, and how it is stopped. Never does the work itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import Context, given
from litwatch.cli.printing import complain, level_of
from litwatch.errors import LitwatchError, LockHeld
from litwatch.jobs import stopping

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.edge.config.standing import Standing
    from litwatch.jobs.run_report import RunReport

app = typer.Typer()

# Docker and systemd kill what has not stopped by itself after 10 and 90 seconds.
PATIENCE_SECONDS = 8.0


@app.command(rich_help_panel="Watching")
def serve(
    context: typer.Context,
    every: Annotated[int, typer.Option(min=1, help="Seconds between two looks at what is due.")] = 60,
) -> None:
    """Stay and do what is due each minute; the same work as `run`, never done twice beside cron."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    asked = given(context)
    kept = Kept(asked)
    kept.config(datetime.now(UTC))  # a mistake in the configuration is told now, not in a minute
    scheduler = BlockingScheduler(timezone=UTC)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.request()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))  # whoever asks twice does not want to wait
        scheduler.shutdown(wait=False)

    scheduler.add_job(
        lambda: do_what_is_due(kept, datetime.now(UTC)),
        "interval",
        seconds=every,
        next_run_time=datetime.now(UTC),
        coalesce=True,  # a machine that slept owes one run, not a hundred
        misfire_grace_time=None,  # and never drops it for being late
        max_instances=1,
    )
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    complain(f"serving; what is due is done every {every} s. Stop with Ctrl-C or SIGTERM.")
    scheduler.start()
    if wait_for_threads(PATIENCE_SECONDS):
        complain("stopped")
        return
    # PubMed or a mail server keeps the run waiting. It can be ended anywhere: what it has not done stays due.
    complain("stopped in the middle of a run; what it has not done stays due")
    sys.stderr.flush()
    os._exit(0)


def wait_for_threads(seconds: float) -> bool:
    """Whether the run at work, if there is one, ends within so many seconds."""
    deadline = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
    return not any(
        thread.is_alive()
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    )


class Kept:
    """A configuration that is read anew when one of its files has changed: with many readers it takes a while."""

    def __init__(self, asked: Context) -> None:
        self._asked = asked
        self._config: Config | None = None
        self._standing: Standing | None = None

    def config(self, now: datetime) -> Config:
        """As it stands now. Raises UsageError, which is told to whoever watches."""
        from litwatch.cli.mistaken import config_of_a_run
        from litwatch.edge.config.standing import standing

        directory = self._asked.directory_to_write()
        also = self._config.also_read if self._config else ()
        found = standing(directory, os.environ, also)
        if self._config is None or found is None or found != self._standing:
            self._config = None
            self._config = config_of_a_run(self._asked, now)
            # As they stood before they were read; a file that was named for the first time counts from next time on.
            self._standing = found if self._config.also_read == also else None
        return self._config


def do_what_is_due(kept: Kept, now: datetime) -> RunReport | None:
    """One `run`, with the configuration as it stands now; a failure is told and taken up again next time.

    Gives what it did, None where it could not even begin.
    """
    from litwatch.cli.watching import receipt_kept
    from litwatch.cli.wiring import run_once

    try:
        with receipt_kept("run", now):
            done = run_once(kept.config(now), now)
    except KeyboardInterrupt as signalled:  # at a boundary, as it was asked to
        from litwatch.jobs.run_report import stopped_report

        done = stopped_report(signalled)
    except LitwatchError as error:
        complain(str(error), "error", exit_code=error.exit_code)
        return None
    # That cron is at work just now is no news: what it leaves is done in a minute.
    if not done.idle and done.exit_code != LockHeld.exit_code:
        complain(done.one_line(), level_of(done.exit_code), exit_code=done.exit_code)
    return done
