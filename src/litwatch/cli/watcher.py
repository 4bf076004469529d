"""What a run tells those who watch it: a ping, a file for Prometheus, a mail to the operator.

Owns when each is told. Whatever comes of it, the run goes on, and its exit code is its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from litwatch.cli.printing import complain
from litwatch.errors import LitwatchError, LockHeld
from litwatch.jobs import stopping
from litwatch.jobs.alarm import Told, tell_operator

if TYPE_CHECKING:
    from pathlib import Path

    from litwatch.edge.config import Config, Settings
    from litwatch.edge.ping import Event
    from litwatch.edge.store.open import Store

EXIT_BUG = 70

# Neither good nor bad news: another run is at work and will tell, or this one was stopped and the next one will.
TELLS_NOTHING = (LockHeld.exit_code, stopping.EXIT_CODE)


# `serve` looks each minute; how things stand is worth a look of a second less often.
PAUSE_SECONDS = 840.0


class _Looked:
    """When this process last looked, into which store, and how things stood."""

    at = -PAUSE_SECONDS
    into = ""
    standing: ClassVar[dict[str, Any] | None] = None


@dataclass(slots=True)
class Ending:
    """How a run ended, and how things stand after it (None: not looked up)."""

    exit_code: int = 0
    standing: dict[str, Any] | None = None


@contextmanager
def watched(settings: Settings) -> Iterator[Ending]:
    """A run that is told of from its start to its end, whatever its end is."""
    ending = Ending()
    began = time.monotonic()
    answers = _ping(settings, "start")
    try:
        yield ending
    except BaseException as error:
        ending.exit_code = code_of(error)
        raise
    finally:
        if settings.monitoring.textfile is not None and ending.exit_code not in TELLS_NOTHING:
            _write(settings.monitoring.textfile, ending, time.monotonic() - began)
        if ending.exit_code not in TELLS_NOTHING:
            _ping(settings, "fail" if ending.exit_code else "success", is_news=answers)


def code_of(error: BaseException) -> int:
    """The exit code that an error ends with."""
    if isinstance(error, LitwatchError):
        return error.exit_code
    return stopping.EXIT_CODE if isinstance(error, KeyboardInterrupt) else EXIT_BUG


def _ping(settings: Settings, event: Event, *, is_news: bool = True) -> bool:
    """Whether whoever is to be told could be told; said where not, unless that is no news."""
    secret = settings.monitoring.ping_url
    if secret is None:
        return True
    from litwatch.edge.ping import ping

    failure = ping(secret.reveal(), event)
    if failure is not None and is_news:
        complain(f"{failure}; the run is not hindered by it", "warning")
    return failure is None


def look(
    config: Config, store: Store, now: datetime, *, idle: bool, at_work: bool = False
) -> tuple[dict[str, Any] | None, Told]:
    """How things stand after a run, where somebody wants to know, and what came of telling the operator.

    After an idle run of `serve` it is looked for only now and then; in between they stand as they stood. Where another
    run is `at_work`, that one tells: what this one would complain of may be just what it is mending.
    """
    settings = config.settings
    wanted = settings.operator.told or settings.monitoring.textfile is not None
    if not wanted:
        return None, Told()
    if idle and time.monotonic() < _Looked.at + PAUSE_SECONDS and _Looked.into == store.place:
        return _Looked.standing, Told()
    from litwatch.cli.monitoring import troubles_in
    from litwatch.cli.status import standing_of
    from litwatch.cli.wiring import transport

    standing = standing_of(config, store, now, 1)
    _Looked.at, _Looked.into, _Looked.standing = time.monotonic(), store.place, standing
    told = Told()
    if settings.operator.told and not at_work:
        told = tell_operator(settings, store, transport(config), list(troubles_in(standing)), now)
    return standing, told


def _write(path: Path, ending: Ending, seconds: float) -> None:
    """The figures of a run, and of the store as far as it could be read."""
    from litwatch.edge.textfile import Figures, write_textfile

    figures = Figures()
    figures.add("run_timestamp_seconds", datetime.now(UTC).timestamp())
    figures.add("run_exit_code", ending.exit_code)
    figures.add("run_seconds", round(seconds, 3))
    if ending.standing is not None:
        _add_standing(figures, ending.standing)
    try:
        write_textfile(path, figures)
    except OSError as error:
        complain(f"{path} cannot be written: {error.strerror or error}", "warning")


def _add_standing(figures: Any, standing: dict[str, Any]) -> None:
    from litwatch.cli.monitoring import judged
    from litwatch.cli.status import BOOKS

    figures.add("state", judged(standing)[0])
    figures.add("late_digests", len(standing["late_digests"]))
    for watch in standing["watches"]:
        if not watch["configured"]:
            continue
        searched = watch["last_good_search"]
        figures.add("search_timestamp_seconds", _instant(searched) if searched else None, watch=watch["name"])
        for part in ("matches", *BOOKS):
            figures.add("papers", watch[part], watch=watch["name"], where=part)
    for run in standing["runs"]:
        labels = {"job": run["job"], "watch": run["watch"] or ""}
        figures.add("job_ok", run["ok"], **labels)
        figures.add("job_timestamp_seconds", _instant(run["started"]), **labels)
        figures.add("job_seconds", run["seconds"], **labels)
        figures.add("job_requests", run["requests"], **labels)


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
