"""The `litwatch` command: its global options, its commands in their order, and its exit codes.

Owns how an error becomes one message and an exit code. Never does the work of a command.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from litwatch import __version__

if TYPE_CHECKING:
    import typer

EXIT_BUG = 70


def build() -> typer.Typer:
    """The whole command line; imported late, so that --version starts at once."""
    import os
    from pathlib import Path
    from typing import Annotated

    import typer

    from litwatch.cli import operating, research, serve, watching
    from litwatch.cli.context import Context

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"litwatch {__version__}")
            raise typer.Exit

    app = typer.Typer(
        name="litwatch",
        help="Watches PubMed for a subject, tags each new paper, and mails a digest that can be trusted.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def options(
        context: typer.Context,
        config: Annotated[
            Path | None,
            typer.Option(help="Folder of the configuration; LITWATCH_CONFIG does the same. [default: ./config]"),
        ] = None,
        version: Annotated[
            bool,
            typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=show_version),
        ] = False,
    ) -> None:
        named = os.environ.get("LITWATCH_CONFIG")
        context.obj = Context(config or (Path(named) if named else None))

    for module in (watching, research, operating, serve):
        app.add_typer(module.app)
    return app


def main() -> None:
    """Run one command; every way to end goes through here."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"litwatch {__version__}\n")
        return
    from litwatch.errors import LitwatchError

    try:
        build()()
    except LitwatchError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (`| head`) has left; there is nobody to tell.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the one place that turns our bugs into a line
        complain(f"this is a bug of litwatch's own: {type(error).__name__}: {error}. {log_traceback()}")
        sys.exit(EXIT_BUG)


def complain(message: str) -> None:
    """One message on stderr."""
    sys.stderr.write(f"litwatch: {message}\n")


def log_traceback() -> str:
    """Write the traceback of the current exception to a file of its own; returns where it is."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="litwatch-bug-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(traceback.format_exc())
    except OSError as error:
        return f"(The traceback could not be written: {error})"
    return f"The traceback is in {log.name}; please send it to us."
