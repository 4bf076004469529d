"""`store copy` and `store upgrade`: what ops do with the store as a whole.

Owns their words on the terminal. Never shows a password.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from litwatch.cli.context import given

app = typer.Typer()
store = typer.Typer(
    no_args_is_help=True, help="Copy the store (also between SQLite and PostgreSQL), or bring it up."
)
app.add_typer(store, name="store", rich_help_panel="Watching")


@store.command("copy")
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="sqlite:///PATH or postgresql://USER@HOST/DATABASE")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The same; an empty database, or a file that is not there.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy all that a store holds into an empty one, compare every row, and leave nothing half done.

    Passwords: better in ~/.pgpass or PGPASSWORD than here, where `ps` shows them to everybody on this machine.
    """
    from litwatch.cli.wiring import shown_progress
    from litwatch.edge.store.copying import copy_store

    with shown_progress() as progress:
        copied = copy_store(source, target, datetime.now(UTC), progress)
    if as_json:
        typer.echo(json.dumps({"from": copied.source, "to": copied.target, "rows": copied.rows}))
        return
    rows = ", ".join(f"{count:,} {name}" for name, count in copied.rows.items() if count)
    typer.echo(
        f"Copied {copied.source} to {copied.target}, and compared what stands there: {rows or 'no rows'}.\n"
        "To work with the copy, set store.url (or LITWATCH_STORE__URL) to it."
    )


@store.command()
def upgrade(context: typer.Context) -> None:
    """Bring the store of an older litwatch up to this one; SQLite is copied aside before. Any run does it, too."""
    from litwatch.cli.wiring import opened_store
    from litwatch.edge.store.migrations import NEWEST

    config = given(context).config()
    with opened_store(config, datetime.now(UTC)) as opened:
        typer.echo(f"{opened.place} has layout {NEWEST}, the newest.")
