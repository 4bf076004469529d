"""The whole command line: the options before the command, and the commands in their order.

Owns which commands there are and where each is made. Never does the work of one, and imports none but the one that
is asked for: a start pays for no other. main.py imports this late, so that --version starts at once.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from litwatch import __version__
from litwatch.cli.context import Context
from litwatch.cli.printing import log_as, log_of

#: Each command, in the order of the help, and the module of litwatch.cli that makes it.
MODULES = {
    "init": "operating",
    "schema": "operating",
    "check": "check.command",
    "collect": "watching",
    "refresh": "watching",
    "deliver": "watching",
    "run": "watching",
    "subscribers": "subscribers",
    "unsubscribe": "answers",
    "inbox": "answers",
    "backfill": "backfill",
    "guard": "guard",
    "papers": "showing",
    "feeds": "feeds",
    "status": "status",
    "trace": "trace.command",
    "serve": "serve",
    "store": "store",
    "tag": "research",
    "match": "research",
    "versions": "versions",
    "explain": "explain.command",
    "tune": "tuning.command",
    "recall": "tuning.recalling",
    "eval": "evaluating.command",
    "mesh": "mesh",
    "preview": "preview.command",
    "scan": "scanning",
    "audit": "scanning",
    "mirror": "scanning",
    "sandbox": "trying",
    "demo": "trying",
}


#: Those that cron and its like start, whose stderr is a log.
JOBS = {"collect", "refresh", "inbox", "deliver", "run", "backfill", "guard", "serve"}


class Commands(TyperGroup):
    """All commands; each is made when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none, and then all are known, to say which is near."""
        if cmd_name not in self.commands:
            makers = [MODULES[cmd_name]] if cmd_name in MODULES else dict.fromkeys(MODULES.values())
            for module in makers:
                self.commands.update(made_by(module))
        return self.commands.get(cmd_name)


def made_by(module: str) -> dict[str, Any]:
    """The commands that a module of litwatch.cli makes, by name."""
    alone = typer.Typer(rich_markup_mode="rich")
    alone.add_typer(import_module(f"litwatch.cli.{module}").app)
    return dict(get_group(alone).commands)


app = typer.Typer(
    name="litwatch",
    cls=Commands,
    help="Watches PubMed for a subject, tags each new paper, and mails a digest that can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"litwatch {__version__}")
        raise typer.Exit


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
    """Keep the options for the command."""
    named = os.environ.get("LITWATCH_CONFIG")
    log_of(context.invoked_subcommand if context.invoked_subcommand in JOBS else None)
    log_as(
        os.environ.get("LITWATCH_MONITORING__LOG") or "text"
    )  # before the configuration is read, which may be wrong
    context.obj = Context(config or (Path(named) if named else None))
