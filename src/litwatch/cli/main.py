"""The `litwatch` command: where it starts, and every way in which it ends.

Owns how an error becomes one message and an exit code. Never does the work of a command.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import signal
import sys

from litwatch import __version__

EXIT_FAILED = 1
EXIT_BUG = 70
EXIT_UNREAD = 128 + signal.SIGPIPE  # what a shell shows of `cat` and its like
#: So many new objects before Python looks for rings of them; after its 700 that is a fifteenth of a start and of a run.
RINGS_AFTER = 50_000


def main() -> None:
    """Run one command; every way to end goes through here."""
    prepare_streams()
    try:
        if sys.argv[1:] == ["--version"]:
            sys.stdout.write(f"litwatch {__version__}\n")
        elif not is_answered():
            run_command()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output (`| head`) has seen enough; there is nobody to tell.
        leave(EXIT_UNREAD)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # Only what is printed gets here: the store and the outbox have words of their own.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"litwatch: the output cannot be written: {error.strerror}\n")
        leave(EXIT_FAILED)


def is_answered() -> bool:
    """Whether the command is a `run` of which an earlier one has left word that it has nothing to do."""
    if "run" not in sys.argv[1:]:
        return False
    from litwatch.cli.idle import nothing_to_do

    return nothing_to_do(sys.argv[1:], os.environ)


def run_command() -> None:
    """Run the command that the arguments name, and turn its error into a message and an exit code."""
    gc.set_threshold(RINGS_AFTER)
    from litwatch.cli import logs
    from litwatch.cli.commands import app
    from litwatch.cli.printing import complain
    from litwatch.errors import LitwatchError
    from litwatch.jobs.stopping import on_signal

    logs.set_up()
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    try:
        app()
    except LitwatchError as error:
        complain(str(error), "error", exit_code=error.exit_code)
        sys.exit(error.exit_code)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except SystemExit as ending:
        # click makes a failure (exit 1) of a reader who has left.
        if isinstance(ending.__context__, BrokenPipeError):
            raise ending.__context__ from None
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        bug = (
            f"this is a bug of litwatch's own: {type(error).__name__}: {error}. {logs.keep_traceback(error)}"
        )
        complain(bug, "error", exit_code=EXIT_BUG, traceback=logs.in_full(error))
        sys.exit(EXIT_BUG)


def prepare_streams() -> None:
    """Streams that take whatever a title holds: a closed one swallows it, one of another encoding gets UTF-8."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue  # put there by a program that runs us within itself
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def leave(code: int) -> None:
    """End without another word: what Python would still flush goes nowhere, and what we began is ended in order."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a stream without a file has nothing to flush
            os.dup2(nowhere, stream.fileno())
    sys.exit(code)
