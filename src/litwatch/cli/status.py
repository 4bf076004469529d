"""`status`: how the watches stand, which digests are late, and the last runs; `--check`: cli/monitoring.py.

Owns what it prints and how it ends. Never writes, and never asks PubMed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given
from litwatch.cli.printing import print_table, written
from litwatch.cli.unnoticed import NOTHING, in_words, unnoticed

if TYPE_CHECKING:
    from litwatch.decide.due import Schedule
    from litwatch.edge.config import Config
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.showing import Filed

app = typer.Typer()

# Where every match of a watch stands; the sum is what PubMed lists.
NOBODY = "no reader was entitled to them when they came"
BOOKS = ("backlog", "mailed", "owed", "held", "excluded", "wanted")

# What a receipt says of where PubMed and litwatch differ, and how many papers `status` names.
DISAGREEING = ("disagreeing", "disagreements", "unlisted")
FEW = 5

# What `status --json` holds; each is a list.
PARTS = ("watches", "warnings", "templates", "late_digests", "runs", "last_runs", "without_receipt")

COLUMNS = ("job", "watch", "when (UTC)", "enumerated", "new", "wanted", "requests", "seconds", "result")
LONGEST_RESULT = 60


@app.command(rich_help_panel="Watching")
def status(
    context: typer.Context,
    last: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many of the last runs.")] = 10,
    check: Annotated[
        bool,
        typer.Option("--check", help="One line and an exit code for Nagios and its like: 0, 1, 2 or 3."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    at: Annotated[
        str | None, typer.Option("--now", metavar="ISO8601", help="As of that instant (with a time zone).")
    ] = None,
) -> None:
    """Show how each watch stands and the last runs; exit 1 if a look or a digest is overdue or a job failed last."""
    from litwatch.cli.wiring import aware

    now = datetime.now(UTC) if at is None else aware(at)
    if check:
        from litwatch.cli.monitoring import answer_monitoring

        raise typer.Exit(answer_monitoring(given(context), now))
    standing = looked_up(given(context).config(), now, last)
    if as_json:
        sys.stdout.write(json.dumps(standing or {name: [] for name in PARTS}) + "\n")
    elif standing is None:
        sys.stderr.write("litwatch: nothing has run yet; `litwatch run` does what is due\n")
    else:
        print_status(standing)
    if standing is not None and (
        overdue_watches(standing)
        or standing["templates"]
        or standing["late_digests"]
        or failed_jobs(standing)
    ):
        raise typer.Exit(1)


def looked_up(config: Config, now: datetime, last: int) -> dict[str, Any] | None:
    """How things stand, as plain values; None without a store."""
    from litwatch.cli.wiring import store_to_read

    with store_to_read(config, now) as store:
        return standing_of(config, store, now, last) if store is not None else None


def standing_of(config: Config, store: Store, now: datetime, last: int) -> dict[str, Any]:
    """Each watch with its books, the last run of each job, and the last runs of all."""
    from litwatch.cli.own_templates import mistakes_at_a_look
    from litwatch.cli.wiring import past_of
    from litwatch.decide.overdue import WANTED_FOR
    from litwatch.edge.store import showing
    from litwatch.edge.store.guarding import standing as guard_standing
    from litwatch.edge.store.left_behind import left_behind
    from litwatch.edge.store.outstanding import wanted_since_before
    from litwatch.jobs.outstanding import late_digests, unfinished_runs

    schedules = {watch.name: watch.look_schedule for watch in config.watches}
    known = {one.name: one for one in showing.standings(store)}
    guards = {
        watch.name: guard_standing(store, watch.name, str(watch.guard), str(watch.query), now)
        for watch in config.watches
        if watch.guard is not None
    }
    behind = {one.watch: str(one) for one in left_behind(store, schedules)}
    wanted = wanted_since_before(store, now - WANTED_FOR)
    watches = []
    at_work = store.is_held("collect")
    for name in (*schedules, *(name for name in known if name not in schedules)):
        one = known.get(name)
        last_good = one.last_good_run if one else None
        watches.append(
            {
                "name": name,
                "configured": name in schedules,
                "last_good_search": written(last_good),
                "overdue": name in schedules and overdue(schedules[name], last_good, now, at_work=at_work),
                "matches": one.books.total if one else 0,
                **{part: getattr(one.books, part) if one else 0 for part in BOOKS},
                "mailed_to_nobody": one.mailed_to_nobody if one else 0,
                "wanted_for_long": wanted.get(name, 0),
                **(unnoticed(store, name, now) if name in schedules else NOTHING),
                "guard": guards.get(name),
                "left_behind": behind.get(name),
            }
        )
    return {
        "watches": watches,
        "warnings": [f"store.create: {said}"] if (said := past_of(config).unguarded(store.place)) else [],
        "templates": mistakes_at_a_look(config),
        "late_digests": [
            {**asdict(one), "since": written(one.since)} for one in late_digests(config, store, now)
        ],
        "runs": [run_told(run) for run in showing.latest_receipts(store)],
        "last_runs": [run_told(run) for run in showing.last_receipts(store, last)],
        "without_receipt": [
            {"job": one.job, "watch": one.watch, "began": written(one.began), "at_work": one.at_work}
            for one in unfinished_runs(store)
        ],
    }


def run_told(run: Filed) -> dict[str, Any]:
    """A run by its receipt: what it found, what it cost, and what failed."""
    document = run.document
    return {
        "job": run.job,
        "watch": run.watch,
        "started": written(run.started_at),
        "ok": run.ok,
        "enumerated": document.get("enumerated"),
        "new": (document.get("arrivals") or {}).get("new", 0) if run.job == "collect" else None,
        "wanted": len(document.get("wanted") or ()) if run.job == "collect" else None,
        "fetched": document.get("fetched"),
        "requests": document.get("requests"),
        "retries": document.get("retries"),
        "seconds": document.get("seconds"),
        "failures": list(document.get("failures") or []),
        "late": list(document.get("late") or []),
        **{name: dict(document.get(name) or {}) for name in DISAGREEING},
    }


def overdue(schedule: Schedule, last_good: datetime | None, now: datetime, *, at_work: bool = False) -> bool:
    """Whether a good search should have been made by now; a run `at_work` may be making up for one, for a day."""
    from litwatch.decide.due import look_due, next_due
    from litwatch.decide.overdue import GRACE, GRACE_AT_WORK

    if not look_due(schedule, last_good, now - GRACE):
        return False
    return not (at_work and last_good and now - next_due(schedule, last_good) < GRACE_AT_WORK)


def overdue_watches(standing: Mapping[str, Any]) -> list[str]:
    """The watches whose last good search is older than their schedule allows."""
    return [watch["name"] for watch in standing["watches"] if watch["overdue"]]


def failed_jobs(standing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The last run of each job that failed, but for watches that are no longer configured.

    Not one that failed only for mail that waits: while it waits, it stands among the late digests.
    """
    gone = {watch["name"] for watch in standing["watches"] if not watch["configured"]}
    return [
        run
        for run in standing["runs"]
        if not (
            run["ok"] or run["watch"] in gone or (run["late"] and set(run["failures"]) <= set(run["late"]))
        )
    ]


def print_status(standing: dict[str, Any]) -> None:
    """Each watch with its books, the last runs as a table, and what failed or differs in lines of their own."""
    from litwatch.edge.store.left_behind import ADVICE
    from litwatch.jobs.receipt import recall_in_words

    for watch in standing["watches"]:
        state = (
            " - OVERDUE" if watch["overdue"] else "" if watch["configured"] else " - not configured any more"
        )
        books = " + ".join(f"{watch[name]:,} {name}" for name in BOOKS)
        sys.stdout.write(f"{watch['name']}: last searched {watch['last_good_search'] or 'never'}{state}\n")
        sys.stdout.write(f"    {watch['matches']:,} matches = {books}\n")
        if watch["mailed_to_nobody"]:
            sys.stdout.write(f"    {watch['mailed_to_nobody']:,} of the mailed went to nobody: {NOBODY}\n")
        if watch["left_behind"] is not None:
            sys.stdout.write(f"    {watch['left_behind']}; {ADVICE}\n")
        sys.stdout.writelines(f"    {said}\n" for said in in_words(watch))
        if watch["guard"] is not None:
            sys.stdout.write(f"    {recall_in_words(watch['guard'])}\n")
    for part, before in (("warnings", "warning"), ("templates", "NO DIGEST CAN BE MADE")):
        sys.stdout.writelines(f"{before}: {said}\n" for said in standing[part])
    for late in standing["late_digests"]:
        sys.stdout.write(f"LATE: {late_in_words(late)}\n")
    sys.stdout.write("\n")
    shown = [*standing["last_runs"], *(run for run in standing["runs"] if run not in standing["last_runs"])]
    print_table(COLUMNS, [row_of(run) for run in shown], fold_last_only=True)
    for run in standing["runs"]:
        for failure in run["failures"]:
            sys.stdout.write(f"{' '.join(filter(None, (run['job'], run['watch'])))}: {failure}\n")
        for line in disagreements_in_lines(run):
            sys.stdout.write(f"{line}\n")
    for run in standing["without_receipt"]:
        sys.stdout.write(f"{unfinished_in_words(run)}\n")


def late_in_words(late: Mapping[str, Any]) -> str:
    """Whose digest has not gone out, since when, what it holds, and why."""
    holds = " and ".join(
        f"{late[name]:,} {name if late[name] != 1 else name[:-1]}"
        for name in ("papers", "notices")
        if late[name]
    )
    return (
        f"{late['address']}, {late['watch']}: the digest due since {late['since']} "
        f"has not gone out ({holds or 'nothing new'}): {late['why']}"
    )


def unfinished_in_words(run: Mapping[str, Any]) -> str:
    """What is known of a run that has left no receipt."""
    name = " ".join(filter(None, (run["job"], run["watch"])))
    became = "is at work" if run["at_work"] else "was killed: it has left no receipt"
    return f"{name}: the run of {run['began']} {became}"


def row_of(run: Mapping[str, Any]) -> dict[str, str]:
    """A run as a row of the table: numbers with their thousands, what failed first in a few words."""
    row = {
        "job": run["job"],
        "watch": run["watch"] or "",
        "when (UTC)": run["started"][:16].replace("T", " "),
    }
    for name in COLUMNS[3:7]:
        row[name] = "" if run[name] is None else f"{run[name]:,}"
    row["seconds"] = "" if run["seconds"] is None else f"{run['seconds']:,.1f}"
    what = run["failures"][0] if run["failures"] else "failed"
    short = what if len(what) <= LONGEST_RESULT else what[: LONGEST_RESULT - 3] + "..."
    row["result"] = "good" if run["ok"] else short
    return row


def disagreements_in_lines(run: Mapping[str, Any]) -> Iterator[str]:
    """Where PubMed's list and our own matching differ, the first few papers with the clause."""
    from litwatch.jobs.receipt import disagreeing_in_words

    said = disagreeing_in_words(run["disagreeing"])
    if not said:
        return
    yield f"{run['job']} {run['watch']}: {said}"
    told = [f"{pmid}: PubMed lists it; not found here: {why}" for pmid, why in run["disagreements"].items()]
    told += [f"{pmid}: PubMed does not list it; found here: {why}" for pmid, why in run["unlisted"].items()]
    yield from (f"    {line}" for line in told[:FEW])
    if len(told) > FEW:
        yield f"    and {len(told) - FEW} more in `litwatch status --json`"
