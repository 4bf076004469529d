"""The `litwatch` command: where it starts, and every way in which it ends.

Owns how an error becomes one message and an exit code. Never does the work of a command.
"""

from __future__ import annotations

import sys

from litwatch import __version__

EXIT_BUG = 70


def main() -> None:
    """Run one command; every way to end goes through here."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"litwatch {__version__}\n")
        return
    from litwatch.cli import logs
    from litwatch.cli.commands import app
    from litwatch.cli.printing import complain
    from litwatch.errors import LitwatchError

    logs.set_up()
    try:
        app()
    except LitwatchError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (`| head`) has left; there is nobody to tell.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the one place that turns our bugs into a line
        complain(
            f"this is a bug of litwatch's own: {type(error).__name__}: {error}. {logs.keep_traceback(error)}"
        )
        sys.exit(EXIT_BUG)
