"""`store backup`, `restore`, `copy`, `create` and `upgrade`: what ops do with the store as a whole.

Owns their words on the terminal. Never shows a password.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given
from litwatch.cli.printing import complain
from litwatch.errors import UsageError

if TYPE_CHECKING:
    from litwatch.edge.store.backup import Restored

app = typer.Typer()
store = typer.Typer(
    no_args_is_help=True,
    help="Back the store up, put a backup back, copy it (also to PostgreSQL and back), make a new one, bring it up.",
)
app.add_typer(store, name="store", rich_help_panel="Watching")


@store.command()
def backup(
    context: typer.Context,
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A file that is not there yet, or a folder (a name without ending): then its name has the time.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy an SQLite store to a file while runs go on, and check the copy; whole or not at all.

    It holds readers' addresses and what they are sent: it is written for this user alone. PostgreSQL: pg_dump.
    """
    from litwatch.edge.store.backup import back_up

    done = back_up(given(context).config().settings.store.url, target, datetime.now(UTC))
    if as_json:
        typer.echo(
            json.dumps({"from": done.place, "to": str(done.file), "layout": done.layout, "bytes": done.size})
        )
        return
    typer.echo(
        f"Backed up {done.place} to {done.file} ({done.size / 1e6:,.1f} MB, layout {done.layout}; it is sound)."
    )


@store.command()
def restore(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `store backup` has written.", readable=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put a backup in the place of the SQLite store; what stood there is kept beside it. No run may be at work."""
    from litwatch.edge.store.backup import restore as put_back

    done = put_back(given(context).config().settings.store.url, file, datetime.now(UTC))
    _tell_what_is_unknown(done)
    aside = str(done.aside) if done.aside else None
    if as_json:
        known = done.left_since
        left = None if known is None else [{"address": address, "watch": watch} for address, watch in known]
        facts = {"to": done.place, "layout": done.layout, "aside": aside, "sent_since": done.sent_since}
        typer.echo(json.dumps({**facts, "left_since": left}))
        return
    typer.echo(f"Put {file} in the place of {done.place} (layout {done.layout}; it is sound).")
    if aside:
        typer.echo(f"What stood there is kept in {aside}: delete it when all is well.")
    if done.sent_since:
        digests = "1 digest was" if done.sent_since == 1 else f"{done.sent_since:,} digests were"
        typer.echo(f"{digests} sent that the backup does not know: the papers in them are owed again.")
    for address, watch in done.left_since or ():
        typer.echo(f"{address} left {watch} after the backup, and stays out.")
    typer.echo("The next run finds what came to PubMed since.")


def _tell_what_is_unknown(done: Restored) -> None:
    """Where the store that was replaced could not be asked."""
    asked = (("who left", done.left_since), ("how many digests were sent", done.sent_since))
    unknown = [what for what, answer in asked if answer is None]
    if unknown:
        complain(
            f"no store was there that could be read: {' and '.join(unknown)} since the backup is not known. Before the "
            "next run look for who left in the log and the mailbox of answers; `litwatch subscribers pause ADDRESS` "
            "keeps each from being mailed",
            "warning",
        )


@store.command("copy")
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="sqlite:///PATH or postgresql://USER@HOST/DATABASE")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The same; an empty database, or a file that is not there.")
    ],
    retire: Annotated[
        bool,
        typer.Option(
            "--retire",
            help="Then put FROM, an SQLite file, aside: commands that still look there are refused.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy all that a store holds into an empty one, compare every row, and leave nothing half done.

    Passwords: better in ~/.pgpass or PGPASSWORD than here, where `ps` shows them to everybody on this machine.
    """
    from litwatch.cli.wiring import shown_progress
    from litwatch.edge.store.copying import copy_store

    with shown_progress() as progress:
        copied = copy_store(source, target, datetime.now(UTC), progress, retire=retire)
    if as_json:
        aside = str(copied.retired) if copied.retired else None
        facts = {"from": copied.source, "to": copied.target, "rows": copied.rows, "retired": aside}
        typer.echo(json.dumps(facts))
        return
    rows = ", ".join(f"{count:,} {name}" for name, count in copied.rows.items() if count)
    typer.echo(
        f"Copied {copied.source} to {copied.target}, and compared what stands there: {rows or 'no rows'}.\n"
        "To work with the copy, set store.url (or LITWATCH_STORE__URL) to it, for the service and at the terminal."
    )
    if copied.retired:
        typer.echo(f"{copied.source} is {copied.retired} now; commands that look for it are refused.")
    else:
        typer.echo(
            f"{copied.source} still takes commands: whoever leaves there is mailed from the copy. Put it aside, "
            "or move with `store copy --retire`."
        )


@store.command()
def create(context: typer.Context) -> None:
    """Make a new, empty store where there is none, and so say that one which was there before is given up."""
    from litwatch.cli.wiring import past_of
    from litwatch.edge.store.open import open_store

    config, now = given(context).config(), datetime.now(UTC)
    made = open_store(config.settings.store.url, create=True, now=now, past=past_of(config, anew=True))
    made.close()
    if not made.is_new:
        raise UsageError(f"there is a store at {made.place} already; nothing was changed")
    typer.echo(
        f"Made {made.place}. The first run takes what PubMed lists as known, and the last days as new."
    )


@store.command()
def upgrade(context: typer.Context) -> None:
    """Bring the store of an older litwatch up to this one; SQLite is copied aside before. Any run does it, too."""
    from litwatch.cli.wiring import opened_store
    from litwatch.edge.store.migrations import NEWEST

    config = given(context).config()
    with opened_store(config, datetime.now(UTC)) as opened:
        typer.echo(f"{opened.place} has layout {NEWEST}, the newest.")
