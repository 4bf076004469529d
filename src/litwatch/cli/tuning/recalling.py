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
from litwatch.errors import UsageError

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
        str | None,
        typer.Option(
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
    now = datetime.now(UTC)
    day = day_in(searched, max(now.date(), now.astimezone().date())) if searched is not None else None
    named = seeds_in(seeds)
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


def day_in(text: str, today: date) -> date:
    """The day of --searched. Raises UsageError where it is none, or has not been yet."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 a day, which has no time
    except ValueError:
        raise UsageError(f"--searched takes a day as YYYY-MM-DD ({today:%Y-%m-%d}), not `{text}`") from None
    if day > today:
        raise UsageError(
            f"--searched {day} is in the future: it is the day on which the set was searched for, {today} at the latest"
        )
    return day


def lines(watch: str, found: Completeness) -> Iterator[str]:
    """The figures for a reader."""
    yield f"{watch}: {found.complete.of} papers that it should have"
    yield f"  completeness  {found.complete}"
    if found.with_record.of != found.complete.of:
        yield f"                {found.with_record} with a record"
    yield f"  currency      {_currency(found)}"
    if found.current_with_record is not None and found.with_record.of != found.complete.of:
        yield f"                {found.current_with_record} with a record"
    if found.without_number:
        yield f"  {found.without_number} named without a PMID or DOI, which nobody could look up: counted as not held"
    if found.median_days is not None:
        yield f"  {len(found.days)} came as PubMed added them, {found.median_days:g} days (median) after PubMed"
    if found.by_edit:
        yield f"  {found.by_edit} came when the search was changed (by-edit): in no median"
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
        if found.guard_is_broader is False:
            yield "  The guard is not broader than the search: there is no estimate (`litwatch status` has the figures)"
        yield f"  {'run':10}  {'found':>6} {'outside':>8} {'judged':>7} {'missed':>7}  recall so far"
        for run in found.guard:
            month, estimate = run.month, run.estimate
            counts = f"{month.found:6,} {month.outside:8,} {month.judged:7,} {month.missed:7,}"
            said = (
                f"{estimate.share:.1%} ({estimate.low:.1%} to {estimate.high:.1%})"
                if estimate
                else "not judged"
                if found.guard_is_broader is not False
                else "no estimate"
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
        "completeness_with_record": share(found.with_record),
        "currency": None if found.current is None else share(found.current),
        "currency_with_record": None
        if found.current_with_record is None
        else share(found.current_with_record),
        "without_number": found.without_number,
        "median_days": found.median_days,
        "came_in_time": len(found.days),
        "by_edit": found.by_edit,
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
        "guard_is_broader": found.guard_is_broader,
    }
