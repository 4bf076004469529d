"""Puts the parts together from a configuration: the store, PubMed, the templates, the transport.

Owns which edge a job gets. Never holds a rule of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.cli.printing import complain
from litwatch.errors import TemplateError, UsageError

if TYPE_CHECKING:
    from litwatch.decide.digest import Digest
    from litwatch.edge.config import Config
    from litwatch.edge.pubmed import PubMed
    from litwatch.edge.render import Rendered, Renderer
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.past import Past
    from litwatch.edge.transports import Transport
    from litwatch.jobs.attempt import Progress
    from litwatch.jobs.run_report import RunReport
    from litwatch.query.leaves import Vocabulary

# How far --now may be off the clock when mail really goes out.
NOW_SLACK = timedelta(hours=1)
# Years before and after an instant are reckoned with, and a date has four figures.
YEARS = range(1900, 3000)


def instant(text: str | None, config: Config) -> datetime:
    """The instant that --now names, else the clock's.

    Raises UsageError for one without a zone, or far off the clock while mail would leave this machine.
    """
    from litwatch.edge.config import is_this_machine

    clock = datetime.now(UTC)
    if text is None:
        return clock
    moment = aware(text)
    mail = config.settings.mail
    if mail.transport == "smtp" and abs(moment - clock) > NOW_SLACK and not is_this_machine(mail.host):
        raise UsageError(
            f"--now {text}: is more than an hour off the clock, and mail would really go to {mail.host}; "
            "try it with LITWATCH_MAIL__TRANSPORT=folder"
        )
    return moment


def aware(text: str) -> datetime:
    """The instant that --now names, in UTC. Raises UsageError for one without a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--now {text}: no ISO 8601 instant; write it as 2026-03-09T07:00:00Z") from error
    if moment.tzinfo is None:
        raise UsageError(f"--now {text}: has no time zone; add Z for UTC, or an offset such as +01:00")
    if moment.year not in YEARS:
        raise UsageError(f"--now {text}: litwatch knows the years from {YEARS[0]} to {YEARS[-1]}")
    return moment.astimezone(UTC)


def past_of(config: Config, *, anew: bool = False) -> Past:
    """What tells a store that was lost from a first run."""
    from litwatch.edge.store.past import NAME, Past

    return Past(config.directory.absolute() / NAME, config.settings.store.create, anew)


@contextmanager
def opened_store(config: Config, now: datetime) -> Iterator[Store]:
    """The store, made or brought up where need be; closed at the end."""
    from litwatch.edge.store.open import open_store

    store = open_store(config.settings.store.url, create=True, now=now, past=past_of(config))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def store_to_read(config: Config, now: datetime) -> Iterator[Store | None]:
    """The store as it is, None where there is none; nothing is written."""
    from litwatch.edge.store.open import open_store

    store = open_store(config.settings.store.url, create=False, now=now, past=past_of(config))
    try:
        yield store
    finally:
        if store is not None:
            store.close()


@contextmanager
def opened_pubmed(config: Config, *, retry_budget_seconds: float = 0.0) -> Iterator[PubMed]:
    """PubMed as configured; it connects when it is first asked.

    A job of hours may ask again for longer than a run: at least `retry_budget_seconds`.
    """
    from litwatch.edge.pubmed import PubMed

    settings = config.settings.pubmed
    pubmed = PubMed(
        settings.base_url,
        tool=settings.tool,
        email=settings.email,
        api_key=settings.api_key.reveal() if settings.api_key else "",
        requests_per_second=settings.requests_per_second,
        timeout_seconds=settings.timeout_seconds,
        retry_budget_seconds=max(settings.retry_budget_seconds, retry_budget_seconds),
        retry_pause_seconds=settings.retry_pause_seconds,
    )
    try:
        yield pubmed
    finally:
        pubmed.close()


def renderer(config: Config, override: Path | None = None) -> Renderer:
    """The packed templates, and the folder whose files win over them (`override`, else mail.templates)."""
    from litwatch.edge.render import Renderer
    from litwatch.edge.shipped import templates_directory

    return Renderer(templates_directory(), templates_folder(config, override))


def templates_folder(config: Config, override: Path | None = None) -> Path | None:
    """The folder whose templates win. Raises UsageError where it is not there, or cannot be read."""
    winning = override or config.settings.mail.templates
    if winning is None:
        return None
    try:
        if not winning.is_dir():
            raise UsageError(f"there is no folder {winning} with templates; see mail.templates")
        may_read = os.access(winning, os.R_OK | os.X_OK)
    except OSError:  # a folder above it
        may_read = False
    if not may_read:
        # Jinja would take what it may not look for as not there, and mail the packed one.
        raise UsageError(f"this user may not read the folder {winning} with templates; see mail.templates")
    return winning


def written_page(path: Path, page: str, about: str = "") -> None:
    """Writes a page for a browser, and says so. Raises UsageError where it cannot be written."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
    complain(f"wrote {path}{about}")


def vocabulary(config: Config) -> Vocabulary:
    """The MeSH that queries are read by: the user's newer one, else the shipped one; opened when it is asked."""
    from litwatch.edge.mesh import mesh_in_use
    from litwatch.query.leaves import Vocabulary

    return Vocabulary(mesh_in_use(config.settings.mesh.file))


class LateRenderer:
    """The renderer of a configuration, made for the first digest."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._made: Renderer | None = None

    def mistake(self) -> str:
        """What is wrong with the folder of templates, at a look, whether or not a digest is due; else ""."""
        try:
            templates_folder(self._config)
        except UsageError as error:
            return str(error)
        return ""

    def render(self, digest: Digest) -> Rendered:
        """Subject, text and HTML. Raises TemplateError."""
        if mistake := self.mistake():
            raise TemplateError(mistake, "mail.templates", None)
        if self._made is None:
            self._made = renderer(self._config)
        return self._made.render(digest)


def transport(config: Config) -> Transport:
    """The transport as configured."""
    from litwatch.jobs.deliver import open_transport

    return open_transport(config.settings.mail)


def run_once(config: Config, now: datetime, *, progress: Progress | None = None) -> RunReport:
    """One `run` on the store, PubMed and transport of a configuration."""
    from litwatch.cli.mistaken import early_end_told
    from litwatch.cli.watcher import look, watched
    from litwatch.jobs.run import run

    late = LateRenderer(config)
    with (
        watched(config.settings) as ending,
        opened_store(config, now) as store,
        opened_pubmed(config) as pubmed,
        early_end_told(config, store, now),
    ):
        report = run(
            config,
            store,
            pubmed,
            transport(config),
            late,
            now,
            progress=progress,
            vocabulary=vocabulary(config),
        )
        if mistake := late.mistake():
            report.fail(mistake)
        ending.standing, told = look(config, store, now, idle=report.idle, at_work=report.is_left_to_another)
        report.take(told)
        ending.exit_code = report.exit_code
        return report


@contextmanager
def shown_progress() -> Iterator[Progress | None]:
    """A progress bar on a terminal's stderr; None where nobody watches (cron)."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(doing: str, done: int, of: int) -> None:
            bar.update(task, description=doing, completed=done, total=of or None)

        yield show
