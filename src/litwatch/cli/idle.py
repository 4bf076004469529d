"""`litwatch run` with nothing to do, answered by a marker that an earlier run left, before anything is imported.

Owns which command lines may be answered so, and when a run leaves a marker. Imports the standard library and
edge/marker.py alone; where anything is doubtful, the full run is the answer, and a marker is never an error.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from litwatch.edge import marker
from litwatch.edge.marker import Grounds, Marker

if TYPE_CHECKING:
    from litwatch.edge.config import Config
    from litwatch.jobs.run_report import RunReport

COMPLETES = "_LITWATCH_COMPLETE"  # set by a shell that wants words to complete, not a run


@dataclass(frozen=True, slots=True)
class Asked:
    """A `run` that prints nothing where nothing is due; `now` as --now gives it."""

    directory: Path
    now: str | None


def nothing_to_do(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether these words ask for a run that would find nothing to do, print nothing and exit 0."""
    run = asked(words, environ)
    if run is None:
        return False
    on = grounds(run.directory, environ)
    if on is None:
        return False
    try:
        left = marker.read(on)
        if left is None or marker.is_hindered(on):
            return False
        now = datetime.now(UTC) if run.now is None else datetime.fromisoformat(run.now)
        return (
            now.tzinfo is not None
            and (run.now is None or left.any_now)
            and left.begin <= now < left.until
            and all(Path(folder).is_dir() for folder in left.folders)
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def asked(words: Sequence[str], environ: Mapping[str, str]) -> Asked | None:
    """`[--config DIR] run [--now ISO8601]`; None for any other command line."""
    if COMPLETES in environ or "run" not in words:
        return None
    at = len(words) - 1 - list(reversed(words)).index("run")
    before, after = _value("--config", words[:at]), _value("--now", words[at + 1 :])
    if before is None or after is None:
        return None
    return Asked(Path(before or environ.get("LITWATCH_CONFIG") or "config"), after or None)


def _value(option: str, words: Sequence[str]) -> str | None:
    """The value of the option, "" where there are no words; None where there is anything else."""
    match [*words]:
        case []:
            return ""
        case [name, value] if name == option and value and not value.startswith("-"):
            return value
        case [one] if one.startswith(option + "=") and one != option + "=":
            return one.removeprefix(option + "=")
    return None


def grounds(directory: Path, environ: Mapping[str, str] = os.environ) -> Grounds | None:
    """What a marker would rest on now; None where there can be none."""
    try:
        return marker.grounds(directory, environ)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def leave_marker(config: Config, before: Grounds | None, done: RunReport, now: datetime) -> None:
    """After a run that found nothing to do: leave word for the next ones, until something can become due.

    Its grounds are those from before the run read anything, and they still are: nobody wrote meanwhile.
    """
    from litwatch.edge.config import is_this_machine

    if before is None or not before.settled or done.quiet_until is None:
        return
    settings = config.settings
    if settings.monitoring.ping_url is not None:
        return  # each run tells that it was there
    if settings.store.url != f"sqlite:///{before.store}" or grounds(config.directory) != before:
        return
    templates, mail = settings.mail.templates, settings.mail
    left = Marker(
        now,
        done.quiet_until,
        (str(templates),) if templates else (),
        mail.transport == "folder" or is_this_machine(mail.host),
    )
    with contextlib.suppress(OSError):
        marker.write(left, before)
