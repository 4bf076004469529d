"""The commands that ops run: collect, refresh, deliver, run.

Owns their arguments, words and exit codes. Never does their work.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watches_named
from litwatch.cli.printing import complain, level_of, logs_json
from litwatch.errors import StoreError, UsageError
from litwatch.jobs import stopping

if TYPE_CHECKING:
    from litwatch.jobs.receipt import Receipt

app = typer.Typer()

Now = Annotated[
    str | None, typer.Option(metavar="ISO8601", help="Act as if it were that instant (with a time zone).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
From = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        metavar="FILE",
        show_default=False,
        help="Read NLM's own files in place of asking PubMed: their folder, or --from before each file.",
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep",
        metavar="DIR",
        show_default=False,
        help="With --from: keep what was found in each file there.",
    ),
]
WatchName = Annotated[str | None, typer.Option("--watch", help="Only this watch. [default: all]")]


@app.command(rich_help_panel="Watching")
def collect(
    context: typer.Context,
    watch: WatchName = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Agree to what was held or refused: late papers by the hundred, shrinkage."
        ),
    ] = False,
    files: From = None,
    keep: Keep = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Search PubMed for each watch and file what is new; mails nothing."""
    from litwatch.cli.from_files import source
    from litwatch.cli.wiring import instant, opened_store, shown_progress, vocabulary
    from litwatch.jobs.beginning import begin
    from litwatch.jobs.collect import collect as collect_watch
    from litwatch.jobs.comparing import Filed

    config = given(context).config()
    moment = instant(now, config)
    chosen = watches_named(config, [watch] if watch else ())
    receipts: list[Receipt] = []
    mesh = vocabulary(config)
    with (
        stop_told("collect", moment, as_json, receipts),
        receipt_kept("collect", moment),
        opened_store(config, moment) as store,
        shown_progress() as progress,
        source(config, chosen, mesh, moment, files, keep, progress) as pubmed,
    ):
        said = begin(config, store, moment)
        filed = Filed()
        for one in chosen:
            receipt = collect_watch(
                one,
                pubmed,
                store,
                moment,
                config.settings,
                accept=accept,
                progress=progress,
                vocabulary=mesh,
                filed=filed,
            )
            receipts.append(receipt)
    report([receipt.to_json() for receipt in receipts], [one.one_line() for one in receipts], as_json, said)
    if not all(receipt.ok for receipt in receipts):
        raise typer.Exit(1)


@app.command(rich_help_panel="Watching")
def refresh(
    context: typer.Context,
    files: From = None,
    keep: Keep = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Fetch again what can still change: abstracts, headings, retractions, corrections."""
    from litwatch.cli.from_files import source, what_to_read
    from litwatch.cli.wiring import instant, opened_store, shown_progress, vocabulary
    from litwatch.jobs.looking import horizons_of
    from litwatch.jobs.refresh import refresh as refresh_all

    config = given(context).config()
    moment = instant(now, config)
    mesh = vocabulary(config)
    with (
        stop_told("refresh", moment, as_json),
        receipt_kept("refresh", moment),
        opened_store(config, moment) as store,
        shown_progress() as progress,
        source(config, config.watches, mesh, moment, files, keep, progress, store) as pubmed,
    ):
        receipt = refresh_all(
            store,
            pubmed,
            config.watches,
            moment,
            progress=progress,
            vocabulary=mesh,
            horizons=horizons_of(config.settings),
            **what_to_read(pubmed),
        )
    report([receipt.to_json()], [receipt.one_line()], as_json)
    if not receipt.ok:
        raise typer.Exit(1)


@app.command(rich_help_panel="Watching")
def deliver(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Send each digest that is due, and again what an earlier run could not; searches nothing."""
    from litwatch.cli.watcher import look
    from litwatch.cli.wiring import LateRenderer, instant, opened_store, transport
    from litwatch.jobs.beginning import begin
    from litwatch.jobs.deliver import deliver as deliver_what_is_due

    config = given(context).config()
    moment = instant(now, config)
    with (
        stop_told("deliver", moment, as_json),
        receipt_kept("deliver", moment),
        opened_store(config, moment) as store,
    ):
        said = begin(config, store, moment)
        late = LateRenderer(config)
        receipt = deliver_what_is_due(config, store, transport(config), late, moment)
        _, told = look(
            config, store, moment, idle=not receipt.did_something, at_work=store.is_held("collect")
        )
    mistake = late.mistake()
    said += [word for word in (told.note, told.failure, mistake) if word]
    report([receipt.to_json()], [receipt.one_line()], as_json, said)
    if mistake or not receipt.ok or told.failure:
        raise typer.Exit(UsageError.exit_code if mistake else 1 if receipt.ok else receipt.exit_code)


@app.command(rich_help_panel="Watching")
def run(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Do what is due: look, refresh, deliver. For cron, every 15 minutes; silent when nothing is due."""
    from litwatch.cli import idle
    from litwatch.cli.mistaken import config_of_a_run
    from litwatch.cli.wiring import aware, instant, run_once, shown_progress

    asked = given(context)
    before = idle.grounds(asked.directory_to_write())
    config = config_of_a_run(asked, aware(now) if now else None)
    moment = instant(now, config)
    try:
        with receipt_kept("run", moment), shown_progress() as progress:
            done = run_once(config, moment, progress=progress)
    except KeyboardInterrupt as signalled:
        from litwatch.jobs.run_report import stopped_report

        done = stopped_report(signalled)
    idle.leave_marker(config, before, done, moment)
    if as_json:
        sys.stdout.write(json.dumps(done.to_json(), ensure_ascii=False) + "\n")
    if not done.idle:
        complain(done.one_line(), level_of(done.exit_code), exit_code=done.exit_code)
    if done.exit_code:
        raise typer.Exit(done.exit_code)


def report(
    documents: list[dict[str, Any]], lines: list[str], as_json: bool, notes: Sequence[str] = ()
) -> None:
    """The receipts on stdout, as JSON lines where asked for, and one line each on stderr, with notes in the last."""
    from litwatch.jobs.telling import in_lines

    for document in documents:
        told = [json.dumps(document, ensure_ascii=False)] if as_json else in_lines(document)
        sys.stdout.writelines(line + "\n" for line in told)
    last = [*lines[-1:], *notes]
    whole = level_of(not all(document.get("ok", True) for document in documents))
    levels = [level_of(not document.get("ok", True)) for document in documents]
    each = levels if len(levels) == len(lines) else [whole] * max(1, len(lines))
    for line, level in zip((*lines[:-1], *([" | ".join(last)] if last else [])), each, strict=False):
        complain(line, level)


@contextmanager
def receipt_kept(job: str, started_at: datetime) -> Iterator[None]:
    """Where the store cannot take the receipt, it goes to stderr as JSON: nothing is silent.

    A store that could not even be opened leaves one that says so.
    """
    try:
        yield
    except StoreError as error:
        receipt = error.receipt or failed(job, started_at, str(error))
        known = {key: value for key, value in receipt.items() if key not in ("query", "translation")}
        if logs_json():
            complain("the store could not take this receipt", "error", receipt=known)
        else:
            with contextlib.suppress(OSError):
                sys.stderr.write(json.dumps(known, ensure_ascii=False) + "\n")
        raise


@contextmanager
def stop_told(
    job: str, started_at: datetime, as_json: bool, done: Sequence[stopping.Told] = ()
) -> Iterator[None]:
    """A signal that ends the job is told as every end of it: what was `done` before, and the receipt of the stop."""
    try:
        yield
    except KeyboardInterrupt as signalled:
        told = [*done, *([signalled.receipt] if isinstance(signalled, stopping.Stopped) else [])]
        report([one.to_json() for one in told], [one.one_line() for one in told], as_json)
        if not isinstance(signalled, stopping.Stopped):
            if as_json:
                sys.stdout.write(json.dumps(failed(job, started_at, stopping.SAID)) + "\n")
            complain(f"{job}: {stopping.SAID}")
        raise typer.Exit(stopping.EXIT_CODE) from None


def failed(job: str, started_at: datetime, why: str) -> dict[str, Any]:
    """The receipt of a job that could not even begin."""
    return {"job": job, "started_at": started_at.isoformat(), "ok": False, "failures": [why]}
