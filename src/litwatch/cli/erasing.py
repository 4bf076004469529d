"""`subscribers erase`: nothing is kept of a reader.

Owns its words and exit codes, and which mails of the outbox go. Never edits subscribers.toml.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer

from litwatch.cli.context import Context
from litwatch.errors import LitwatchError, UsageError


def erase_reader(asked: Context, address: str, *, as_json: bool) -> None:
    """Erase a reader from the store and the outbox, and say what was and what cannot be."""
    from litwatch.cli.wiring import store_to_read
    from litwatch.edge.store.erasing import erase
    from litwatch.edge.store.subscriptions import key

    config = asked.config()
    who = key(address)
    if who in {key(one.address) for one in config.subscribers}:
        file = config.directory / "subscribers.toml"
        raise UsageError(
            f"{address} is in {file} or the CSV file that it names; "
            "take it out there first, or the next run would begin anew with it"
        )
    with store_to_read(config, datetime.now(UTC)) as store:
        if store is None:
            raise LitwatchError("there is no store yet; nothing is known of anybody")
        erased = erase(store, address)
    mails = _erased_from(config.settings.mail.outbox, who)
    if not erased.anything and not mails:
        raise LitwatchError(f"nothing is known of {address}")
    if as_json:
        typer.echo(json.dumps({**asdict(erased), "mails": mails}))
        return
    parts = [
        (erased.subscriptions, "subscription", ""),
        (erased.digests, "digest", ""),
        (erased.verdicts, "verdict", " on papers"),
        (erased.receipts, "receipt", " that named them"),
        (mails, "mail", " in the outbox"),
    ]
    told = [f"{count:,} {name}{'' if count == 1 else 's'}{where}" for count, name, where in parts if count]
    typer.echo("Erased: " + ", ".join(told) + ".")
    typer.echo(
        "That they had left is forgotten, too. What is not reached from here: backups and copies of the store, logs, "
        "and what mail servers keep."
    )


def _erased_from(outbox: Path, who: str) -> int:
    """Take the mails to a reader, and the pages beside them, out of the folder; how many."""
    from litwatch.edge.message import recipient_of
    from litwatch.edge.store.subscriptions import key

    gone = 0
    for mail in sorted(outbox.glob("*.eml")):
        if key(recipient_of(mail.read_bytes())) == who:
            mail.with_suffix(".html").unlink(missing_ok=True)
            mail.unlink()
            gone += 1
    return gone
