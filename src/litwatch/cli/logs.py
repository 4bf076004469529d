"""The log: one line an event on stderr; a traceback goes to a file that the line names, and into a line of JSON.

Owns the logging handler. Never decides what is worth a line.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import sys
import tempfile
import traceback
from pathlib import Path

from litwatch.cli.printing import in_log

_DASK = frozenset(("distributed", "tornado"))
MOST = 1_000  # places of a traceback by which it is known


class OneLine(logging.Formatter):
    """A line as `complain` writes it, and where the traceback is."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        message = " ".join(record.getMessage().split())
        facts: dict[str, str] = {}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            message += f" ({type(error).__name__}: {error}). {keep_traceback(error)}"
            facts["traceback"] = in_full(error)
        return in_log(message, record.levelname.lower(), **facts)


def set_up() -> None:
    """Send warnings and worse to stderr, in our words alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    # Dask sets the levels of its loggers anew when it is imported, and tells of each connection that ends.
    handler.addFilter(lambda record: record.name.split(".")[0] not in _DASK)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # It warns of each minute in which a run is still at work; that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It warns of each try; what fails is told in our words.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def in_full(error: BaseException) -> str:
    """The traceback of an error."""
    return "".join(traceback.format_exception(error))


def keep_traceback(error: BaseException) -> str:
    """Write the traceback of an error to a file, the same error each time to the same one; says where it is."""
    try:
        return f"The traceback is in {_kept(in_full(error), _mark(error))}; please send it to us."
    except OSError as refused:
        return f"The traceback could not be written: {refused}."


def _mark(error: BaseException) -> str:
    """What is the same for the same bug, whatever paper brought it out: kinds and places, not the messages."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < MOST:
        parts.append(type(seen).__qualname__)
        parts += [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or seen.__context__
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _kept(told: str, mark: str) -> Path:
    """The file with a traceback; one of ours that is there already stays as it is. Raises OSError."""
    path = Path(tempfile.gettempdir()) / f"litwatch-bug-{mark}.log"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
            return path
        # Somebody else's: anybody may write in a folder for temporary files.
        descriptor, name = tempfile.mkstemp(prefix="litwatch-bug-", suffix=".log")
        path = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(told)
    return path
