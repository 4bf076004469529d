"""`recall`: how complete and how current a watch is against papers that it should have, for a methods section.

Owns its arguments, words and exit codes. Never changes the store.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from litwatch.cli.context import given, watch_named
from litwatch.cli.printing import complain, written
from litwatch.cli.tuning.completion import watch_names
from litwatch.cli.tuning.inputs import desk_of, seeds_in

if TYPE_CHECKING:
    from litwatch.jobs.tune.recalling import Completeness

app = typer.Typer()

WIDE = 80
HOW = (
    "Completeness is the share of these papers that the watch holds, currency the share that it held on the day on "
    "which the reference set was searched for, as defined by Verdugo-Paiva and others (J Clin Epidemiol 2022;149:195-"
    "202). Intervals: 95 %, Clopper and Pearson."
)


@app.command(rich_help_panel="Research")
def recall(
    context: typer.Context,
    seeds: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="The reference set: PMIDs, DOIs, a reference list, .nbib or RIS; - is stdin.",
        ),
    ],
    watch: Annotated[
        str | None, typer.Argument(help="[default: the first watch]", autocompletion=watch_names)
    ] = None,
    searched: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="When the reference set was searched for (a review's last search): for currency.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask PubMed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure as one JSON object.")] = False,
) -> None:
    """Measure how complete and how current a watch is against papers that it should have; and what its guard says."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.as_json import one_line
    from litwatch.jobs.tune.recalling import completeness
    from litwatch.jobs.tune.seeding import look_up

    config = given(context).config_to_read()
    chosen = watch_named(config, watch)
    named = seeds_in(seeds)
    now = datetime.now(UTC)
    day = searched.date() if searched is not None else None
    with desk_of(config, now, offline=offline) as desk, store_to_read(config, now) as store:
        found = completeness(
            desk, store, chosen.name, chosen.query, look_up(desk, named), chosen.guard, day, now
        )
        failures = list(dict.fromkeys(desk.failures))
    if as_json:
        sys.stdout.buffer.write(one_line(document(chosen.name, found)))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines(chosen.name, found)))
    sys.stdout.flush()
    for unread in named.unread:
        complain(f"{seeds}: {unread}")
    for failure in failures:
        complain(f"PubMed cannot be asked: {failure}; what it would have said is missing")
    if named.unread or failures:
        raise typer.Exit(1)


def lines(watch: str, found: Completeness) -> Iterator[str]:
    """The figures for a reader."""
    yield f"{watch}: {len(found.seeds)} papers that it should have"
    yield f"  completeness  {found.complete}"
    yield f"  currency      {_currency(found)}"
    if found.median_days is not None:
        yield f"  {len(found.days)} came since the watch began, {found.median_days:g} days (median) after PubMed"
    lacking = [(one, came) for one, came in found.seeds if came is None or came.state in ("wanted", "held")]
    if lacking:
        yield "  The watch lacks:"
    for one, came in lacking:
        title = one.known.paper.title if one.known.paper is not None else one.known.seed.place
        yield from _wrapped(f"{one.known.pmid or one.known.seed.name}  {title}", 4)
        yield from _wrapped(why(one.why, found=one.found, state=came.state if came else ""), 6)
    if found.guard:
        yield ""
        yield "The guard's estimate over time (all runs up to each, with the present search and guard)"
        yield f"  {'run':10}  {'found':>6} {'outside':>8} {'judged':>7} {'missed':>7}  recall so far"
        for run in found.guard:
            month, estimate = run.month, run.estimate
            counts = f"{month.found:6,} {month.outside:8,} {month.judged:7,} {month.missed:7,}"
            said = (
                f"{estimate.share:.1%} ({estimate.low:.1%} to {estimate.high:.1%})"
                if estimate
                else "not judged"
            )
            yield f"  {run.ran_at:%Y-%m-%d}  {counts}  {said}"
    yield ""
    yield from textwrap.wrap(HOW, WIDE)


def _currency(found: Completeness) -> str:
    if found.current is not None:
        return f"{found.current}, on {found.searched}"
    if found.searched is None:
        return "name with --searched DATE the day on which the set was searched for"
    if found.began is None:
        return "unknown: the watch was never searched well"
    return f"unknown: the watch began on {found.began:%Y-%m-%d}, after {found.searched}"


def why(reason: str, *, found: bool | None, state: str) -> str:
    """Why the watch lacks a paper, in words."""
    if state:
        return f"it is {state}: PubMed lists it, and its record is not filed yet (`litwatch status`)"
    if found:
        return "the search finds it now, and the watch has not seen it: the next look brings it"
    return reason


def _wrapped(text: str, by: int) -> list[str]:
    return textwrap.wrap(text, WIDE, initial_indent=" " * by, subsequent_indent=" " * by)


def document(watch: str, found: Completeness) -> dict[str, Any]:
    """The same as one object."""
    from litwatch.cli.tuning.as_json import share

    return {
        "watch": watch,
        "began": written(found.began),
        "searched": found.searched.isoformat() if isinstance(found.searched, date) else None,
        "completeness": share(found.complete),
        "currency": None if found.current is None else share(found.current),
        "median_days": found.median_days,
        "unread": list(found.unread),
        "papers": [
            {
                "pmid": None if one.known.pmid is None else str(one.known.pmid),
                "doi": one.known.seed.doi or None,
                "title": one.known.paper.title if one.known.paper else None,
                "state": came.state if came else None,
                "first_seen": written(came.first_seen) if came else None,
                "found_now": one.found,
                "why_not": None
                if came and came.state not in ("wanted", "held")
                else why(one.why, found=one.found, state=came.state if came else ""),
            }
            for one, came in found.seeds
        ],
        "guard": [
            {
                "ran_at": written(run.ran_at),
                "found": run.month.found,
                "outside": run.month.outside,
                "judged": run.month.judged,
                "missed": run.month.missed,
                "recall": None
                if run.estimate is None
                else {"share": run.estimate.share, "low": run.estimate.low, "high": run.estimate.high},
            }
            for run in found.guard
        ],
    }
