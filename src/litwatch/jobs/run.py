"""`litwatch run`: does what is due, in order, and nothing else.

Owns that order: look where a look is due, refresh after a look, read answers, deliver, then the guards, for which no
mail waits.
Never decides what a paper is; each step can fail on its own, and the next run takes it up again. A step is imported
when it is due: of the runs that cron starts, nearly all find nothing to do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from litwatch.decide.due import look_due
from litwatch.edge.config import Config, Watch
from litwatch.edge.store import searched
from litwatch.edge.store.open import Store
from litwatch.edge.transports import Transport
from litwatch.errors import LockHeld, StoreError, TemplateError
from litwatch.jobs import stopping
from litwatch.jobs.attempt import Progress, quiet
from litwatch.jobs.beginning import begin
from litwatch.jobs.deliver import deliver
from litwatch.jobs.receipt import Receipt
from litwatch.jobs.run_report import RunReport
from litwatch.jobs.upcoming import quiet_until
from litwatch.query.leaves import BY_NAME, Vocabulary

if TYPE_CHECKING:
    from litwatch.edge.pubmed import PubMed
    from litwatch.jobs.comparing import Filed
    from litwatch.jobs.occasion import Renders

log = logging.getLogger(__name__)


def run(
    config: Config,
    store: Store,
    pubmed: PubMed,
    transport: Transport,
    renderer: Renders,
    now: datetime,
    *,
    progress: Progress | None = None,
    vocabulary: Vocabulary = BY_NAME,
) -> RunReport:
    """Collects each watch whose look is due, refreshes, then delivers what is due.

    A step that fails stops no other; where another run collects or refreshes, mail is left to it.
    Raises Stopped with the report after a signal, StoreError where the store itself cannot be used.
    """
    with stopping.orderly():
        one = _Run(config, store, pubmed, now, progress or quiet, vocabulary)
        try:
            return one.steps(transport, renderer)
        except KeyboardInterrupt as signalled:
            one.report.stop(signalled)
            raise stopping.Stopped(one.report) from signalled


class _Run:
    """One run: its steps fill the report."""

    def __init__(
        self,
        config: Config,
        store: Store,
        pubmed: PubMed,
        now: datetime,
        progress: Progress,
        vocabulary: Vocabulary,
    ) -> None:
        self.config, self.store, self.pubmed, self.now = config, store, pubmed, now
        self.progress, self.vocabulary = progress, vocabulary
        self.report = RunReport()
        self.filed: Filed | None = None

    def steps(self, transport: Transport, renderer: Renders) -> RunReport:
        """All of them, in order."""
        report = self.report
        report.notes += begin(self.config, self.store, self.now)
        for watch in self.config.watches:
            stopping.boundary()
            self._look(watch)
        stopping.boundary()
        self._refresh()
        stopping.boundary()
        self._feeds()
        self._inbox()
        if report.is_left_to_another:
            return report  # it mails when it has filed what it is at; a digest of ours would lack just that for a week
        stopping.boundary()
        try:
            report.delivered = deliver(self.config, self.store, transport, renderer, self.now)
        except LockHeld as held:
            report.note(held)
        for watch in self.config.watches:
            stopping.boundary()
            self._guard(watch)
        if report.idle:
            report.quiet_until = quiet_until(self.config, self.store, self.now)
        return report

    def _look(self, watch: Watch) -> None:
        """Search for the watch if it is time."""
        if not look_due(watch.look_schedule, searched.last_good_search(self.store, watch.name), self.now):
            return
        from litwatch.jobs.collect import collect
        from litwatch.jobs.comparing import Filed

        self.filed = self.filed or Filed()
        with self._on_its_own("collect", watch.name):
            self.report.collected.append(
                collect(
                    watch,
                    self.pubmed,
                    self.store,
                    self.now,
                    self.config.settings,
                    progress=self.progress,
                    vocabulary=self.vocabulary,
                    filed=self.filed,
                )
            )

    def _refresh(self) -> None:
        """Refresh what is owed, of all watches together: what stands in two is fetched once, tagged anew in both.

        Not "after a look": a refresh that failed, or was killed, is owed until it has been done.
        """
        watches = self.config.watches
        if not any(searched.refresh_due(self.store, watch.name, self.now) for watch in watches):
            return
        from litwatch.jobs.looking import horizons_of
        from litwatch.jobs.refresh import refresh

        with self._on_its_own("refresh"):
            self.report.refreshed = refresh(
                self.store,
                self.pubmed,
                watches,
                self.now,
                progress=self.progress,
                vocabulary=self.vocabulary,
                horizons=horizons_of(self.config.settings),
            )

    def _feeds(self) -> None:
        """Write the feeds anew where something may have come."""
        feeds = self.config.settings.feeds
        if feeds.folder is None or not (self.report.collected or self.report.refreshed):
            return
        from litwatch.edge.render import Renderer
        from litwatch.edge.shipped import templates_directory
        from litwatch.jobs.feeds import write_feeds

        renderer = Renderer(templates_directory(), self.config.settings.mail.templates)
        try:
            write_feeds(self.store, renderer, self.config.watches, feeds.folder, feeds)
        except (OSError, TemplateError) as error:  # mail goes out all the same
            self.report.failures.append(f"feeds: {feeds.folder}: {error}")

    def _inbox(self) -> None:
        """Read what readers answer, before anything is sent to them; whatever is wrong with it, mail goes out."""
        settings = self.config.settings.inbox
        if not settings.host:
            return
        from litwatch.jobs.inbox import next_look, read_inbox

        due = next_look(settings, self.store, self.now)
        if due is not None and due <= self.now:
            with self._on_its_own("inbox"):
                self.report.answered = read_inbox(settings, self.store, self.now)

    def _guard(self, watch: Watch) -> None:
        """Ask what the search of the watch misses, if it has a guard that is due."""
        if watch.guard is None:
            return
        from litwatch.jobs.guard import guard, guard_due

        if not guard_due(watch, self.store, self.now):
            return
        with self._on_its_own("guard", watch.name):
            self.report.guarded.append(
                guard(watch, self.pubmed, self.store, self.now, self.config.settings, progress=self.progress)
            )

    @contextmanager
    def _on_its_own(self, job: str, watch: str | None = None) -> Iterator[None]:
        """A step that stops no other: mail that is owed goes out though one watch brings out a bug."""
        try:
            yield
        except LockHeld as held:
            self.report.note(held)
        except StoreError:
            raise
        except Exception as error:
            name = f"{job} {watch}" if watch else job
            log.exception("%s failed", name)
            self.report.failures.append(f"{name}: {type(error).__name__}: {error}")
            file_failure(self.store, Receipt(job, watch, self.now, failures=[self.report.failures[-1]]))


def file_failure(store: Store, receipt: Receipt) -> None:
    """File the receipt of a job that a bug has ended: every run leaves one."""
    from litwatch.jobs.filing import file_receipt

    with store.writing() as connection:
        file_receipt(connection, receipt)
