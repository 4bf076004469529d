"""`papers` and `status`: what the store holds and how its watches stand.

Owns what they print. Never writes, and never asks PubMed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import print_table

if TYPE_CHECKING:
    from litwatch.decide.due import Schedule
    from litwatch.edge.config import Config
    from litwatch.edge.store.open import Store
    from litwatch.edge.store.showing import Shown

app = typer.Typer()

# A look may be this late (cron's quarter of an hour, a long run before it) before `status` calls it overdue.
GRACE = timedelta(hours=1)

# Where every match of a watch stands; the sum is what PubMed lists.
BOOKS = ("backlog", "mailed", "owed", "held", "excluded", "wanted")

# What a receipt says of where PubMed and litwatch differ, and how many papers `status` names.
DISAGREEING = ("disagreeing", "disagreements", "unlisted")
FEW = 5


@app.command(rich_help_panel="Watching")
def papers(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option("--watch", help="Only this watch. [default: all]")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest PMIDs first.")] = None,
    arrival: Annotated[
        list[str] | None,
        typer.Option(help="Only new, late, old, by-edit, backlog, wanted or held; repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line (`litwatch schema papers`).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="With --json: all that reading it back needs.")
    ] = False,
) -> None:
    """List the papers of the store with what the rules found; without a store: nothing."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store import showing

    config = given(context).config_to_read()
    if watch:
        watch_named(config, watch)
    with store_to_read(config, datetime.now(UTC)) as store:
        if store is not None:
            for shown in showing.papers(
                store, watches=[watch] if watch else None, states=arrival, limit=limit
            ):
                if as_json:
                    sys.stdout.write(json.dumps(document_of(shown, full), ensure_ascii=False) + "\n")
                else:
                    sys.stdout.write(in_lines(shown) + "\n")


def document_of(shown: Shown, full: bool = False) -> dict[str, Any]:
    """The object of `papers --json` for a paper in a watch."""
    from litwatch.decide.arrivals import HELD, WANTED
    from litwatch.edge.documents import document, notice_object

    return document(
        shown.paper,
        shown.findings,
        watch=shown.watch,
        pmid=shown.pmid,
        notices=[notice_object(told.notice, told.quote) for told in shown.notices],
        # What is wanted or held has not arrived yet.
        arrival=None if shown.arrival in (WANTED, HELD) else shown.arrival,
        first_seen=shown.first_seen,
        full=full,
    )


def in_lines(shown: Shown) -> str:
    """A paper for a reader in a terminal: how it came, its title, what it is about."""
    found = shown.findings
    facts = [
        str(shown.pmid),
        shown.arrival,
        f"first seen {shown.first_seen:%Y-%m-%d}",
        found.design if found else None,
        "no longer matches" if not shown.matching else None,
        "no longer in PubMed" if shown.gone else None,
        *(told.notice.kind for told in shown.notices),
    ]
    title = shown.paper.title if shown.paper else shown.wanted_reason or "(known, not fetched)"
    lines = ["  ".join(fact for fact in facts if fact), f"    {title}"]
    if found and found.tags:
        lines.append(f"    {', '.join(found.tags)}")
    return "\n".join(lines) + "\n"


@app.command(rich_help_panel="Watching")
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show how each watch stands and the last run of each job; exit 1 if a look is overdue or a job failed last."""
    from litwatch.cli.wiring import store_to_read

    config = given(context).config_to_read()
    now = datetime.now(UTC)
    with store_to_read(config, now) as store:
        standing = standing_of(config, store, now) if store else {"watches": [], "runs": []}
    if as_json:
        sys.stdout.write(json.dumps(standing, ensure_ascii=False) + "\n")
    elif store is None:
        sys.stderr.write("litwatch: nothing has run yet; `litwatch run` does what is due\n")
    else:
        print_status(standing)
    if any(watch["overdue"] for watch in standing["watches"]) or not all(
        run["ok"] for run in standing["runs"]
    ):
        raise typer.Exit(1)


def standing_of(config: Config, store: Store, now: datetime) -> dict[str, Any]:
    """Each watch with its books, and the last run of each job, as plain values."""
    from litwatch.edge.store import showing

    schedules = {watch.name: watch.look_schedule for watch in config.watches}
    known = {one.name: one for one in showing.standings(store)}
    watches = []
    for name in (*schedules, *(name for name in known if name not in schedules)):
        one = known.get(name)
        last_good = one.last_good_run if one else None
        watches.append(
            {
                "name": name,
                "configured": name in schedules,
                "last_good_search": written(last_good),
                "overdue": name in schedules and overdue(schedules[name], last_good, now),
                "matches": one.books.total if one else 0,
                **{part: getattr(one.books, part) if one else 0 for part in BOOKS},
            }
        )
    runs = [
        {
            "job": run.job,
            "watch": run.watch,
            "started": written(run.started_at),
            "ok": run.ok,
            "failures": list(run.document.get("failures") or []),
            **{name: dict(run.document.get(name) or {}) for name in DISAGREEING},
        }
        for run in showing.latest_receipts(store)
    ]
    return {"watches": watches, "runs": runs}


def overdue(schedule: Schedule, last_good: datetime | None, now: datetime) -> bool:
    """Whether a good search should have been made by now."""
    from litwatch.decide.due import look_due

    return look_due(schedule, last_good, now - GRACE)


def print_status(standing: dict[str, Any]) -> None:
    """Each watch with its books, the last runs as a table, and each failure in a line of its own."""
    for watch in standing["watches"]:
        state = (
            " - OVERDUE" if watch["overdue"] else "" if watch["configured"] else " - not configured any more"
        )
        books = " + ".join(f"{watch[name]:,} {name}" for name in BOOKS)
        sys.stdout.write(f"{watch['name']}: last searched {watch['last_good_search'] or 'never'}{state}\n")
        sys.stdout.write(f"    {watch['matches']:,} matches = {books}\n")
    sys.stdout.write("\n")
    for run in standing["runs"]:
        run["result"] = "done" if run["ok"] else "failed"
    print_table(["job", "watch", "started", "result"], standing["runs"])
    for run in standing["runs"]:
        for failure in run["failures"]:
            sys.stdout.write(f"{run['job']}: {failure}\n")
        for line in disagreements_in_lines(run):
            sys.stdout.write(f"{line}\n")


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


def written(moment: datetime | None) -> str | None:
    """An instant in UTC, to the second."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
