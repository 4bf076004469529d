"""The log: one line an event on stderr; a traceback goes to a file that the line names.

Owns the logging handler. Never decides what is worth a line.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import traceback
from types import TracebackType

from litwatch.cli.printing import in_log

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class OneLine(logging.Formatter):
    """A line as `complain` writes it, and where the traceback is."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        message = " ".join(record.getMessage().split())
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            message += f" ({type(error).__name__}: {error}). {keep_traceback(error)}"
        return in_log(message, record.levelname.lower())


def set_up() -> None:
    """Send warnings and worse to stderr, in our words alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # It warns of each minute in which a run is still at work; that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def keep_traceback(error: BaseException) -> str:
    """Write the traceback of an error to a file of its own; says where it is."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="litwatch-bug-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write("".join(traceback.format_exception(error)))
    except OSError as refused:
        return f"The traceback could not be written: {refused}."
    return f"The traceback is in {log.name}; please send it to us."
