"""`status --check`: one line and an exit code for Nagios and its like.

Owns what is critical, what is a warning, and their words. Never works out how things stand: `status` does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litwatch.cli.context import Context
from litwatch.cli.status import (
    failed_jobs,
    late_in_words,
    looked_up,
    overdue_watches,
    unfinished_in_words,
)
from litwatch.cli.unnoticed import silent_in_words, unasked_in_words
from litwatch.errors import ConfigError, LitwatchError, StoreBusy, StoreError, StoreForbidden, StoreTooNew
from litwatch.jobs.alarm import Trouble

# https://nagios-plugins.org/doc/guidelines.html#AEN78
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def answer_monitoring(asked: Context, now: datetime) -> int:
    """One line on stdout, and the code that goes with it.

    By Nagios' guidelines CRITICAL is a service that does not work, as no run does whose configuration has a mistake or
    whose store cannot be used; UNKNOWN is a check that could not look: it was pointed at no configuration, may not read
    the store, or found it locked.
    """
    try:
        code, said = judged(looked_up(asked.config(), now, 1))
    except LitwatchError as error:
        works_not = isinstance(error, (ConfigError, StoreTooNew, StoreError))
        could_not_look = isinstance(error, (StoreBusy, StoreForbidden))
        code = CRITICAL if works_not and not could_not_look else UNKNOWN
        said = str(error).split("\n")[0]
    # A bar would begin the performance data.
    sys.stdout.write(f"LITWATCH {NAMES[code]} - {said}\n")
    return code


def judged(standing: dict[str, Any] | None) -> tuple[int, str]:
    """What a monitoring system is to be told, the worst first, and how bad it is."""
    if standing is None:
        return UNKNOWN, "nothing has run yet"
    # The worst first: some show only the beginning.
    found = sorted(troubles_in(standing), key=lambda one: not one.grave)
    code = OK if not found else CRITICAL if found[0].grave else WARNING
    searched = sum(watch["configured"] for watch in standing["watches"])
    good = f"{searched} searched in time, no digest is late, every last run was good"
    words = "; ".join([*([one.said for one in found] or [good]), *standing["warnings"]])
    figures = " ".join(
        f"'{watch['name']} {part}'={watch[part]}"
        for watch in standing["watches"]
        for part in ("matches", "owed", "wanted")
    )
    return code, f"{' '.join(words.replace('|', '/').split())} | {figures}"


def troubles_in(standing: dict[str, Any]) -> Iterator[Trouble]:
    """Each thing that somebody has to look at, and how bad it is."""
    late = overdue_watches(standing)
    for name in late:
        yield Trouble(f"overdue {name}", f"{name}: its search of PubMed is overdue", grave=True)
    for mistake in standing["templates"]:
        yield Trouble("templates", f"no digest can be made: {mistake}", grave=True)
    for one in standing["late_digests"]:
        yield Trouble(f"late {one['address']} {one['watch']}", late_in_words(one), grave=one["grave"])
    failed = failed_jobs(standing)
    looks = [f"failed collect {run['watch']}" for run in failed if run["job"] == "collect"]
    for run in failed:
        name = " ".join(filter(None, (run["job"], run["watch"])))
        why = "; ".join(failure for failure in run["failures"] if failure not in run["late"]) or "failed"
        # What keeps PubMed from a search keeps it from the refresh after it: one state, not two.
        key = looks[0] if looks and run["job"] == "refresh" else f"failed {name}"
        yield Trouble(key, f"{name}: {why}", grave=run["job"] == "deliver")
    for run in standing["without_receipt"]:
        if not run["at_work"]:
            name = " ".join(filter(None, (run["job"], run["watch"])))
            yield Trouble(f"killed {name}", unfinished_in_words(run), grave=False)
    for watch in standing["watches"]:
        if watch["configured"]:
            yield from _of_papers(watch, told=watch["name"] in late)
            refreshed = not any(run["job"] in ("collect", "refresh") for run in failed)
            if refreshed and watch["retractions_unasked"] is not None:
                said = f"{watch['name']}: {unasked_in_words(watch['retractions_unasked'])}"
                yield Trouble(f"unasked {watch['name']}", said, grave=False)


def _of_papers(watch: dict[str, Any], *, told: bool) -> Iterator[Trouble]:
    """What of a watch's papers waits for somebody."""
    name = watch["name"]
    if watch["held"] and not told:
        yield Trouble(f"held {name}", f"{name}: late papers are held", grave=False)
    if watch["silent"] is not None and not told:
        yield Trouble(f"silent {name}", f"{name}: {silent_in_words(watch['silent'])}", grave=False)
    if watch["wanted_for_long"]:
        papers = "paper has" if watch["wanted_for_long"] == 1 else "papers have"
        said = f"{watch['wanted_for_long']} {papers} been wanted for more than a day"
        said = f"{name}: {said}: listed by PubMed, and not to be had or read"
        yield Trouble(f"wanted {name}", said, grave=False)
