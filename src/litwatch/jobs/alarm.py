"""Tells the operator by mail of what has to be looked at: once for each state, and once when all is well again.

Owns that mail, and what was told (a receipt of its own). Never judges how things stand: that is given.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import TYPE_CHECKING

from litwatch.edge.message import Mail, message_bytes, message_id
from litwatch.edge.store.balancing import last_document, save_receipt
from litwatch.errors import LockHeld, MailError

if TYPE_CHECKING:
    from litwatch.edge.config import Settings
    from litwatch.edge.store.open import Store
    from litwatch.edge.transports import Transport

JOB = "alarm"

IN_SUBJECT = 90  # characters of what is wrong


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: worth a word in the log, or a failure that the next run makes good."""

    note: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that a person has to look at. The same `key` is the same state, however its words change."""

    key: str
    said: str
    grave: bool


def tell_operator(
    settings: Settings,
    store: Store,
    transport: Transport,
    troubles: Sequence[Trouble],
    now: datetime,
    *,
    besides: bool = False,
) -> Told:
    """Mail what was not told yet; where that fails the next run tries again.

    What has gone is forgotten, and told anew when it comes back; not where the troubles stand `besides` others, which
    nobody has looked for. While another run delivers, that one tells.
    """
    try:
        with store.lock("deliver"):
            return _tell(settings, store, transport, troubles, now, besides=besides)
    except LockHeld:
        return Told()


def _tell(
    settings: Settings,
    store: Store,
    transport: Transport,
    troubles: Sequence[Trouble],
    now: datetime,
    *,
    besides: bool,
) -> Told:
    with store.reading() as connection:
        told = set((last_document(connection, JOB) or {}).get("told", ()))
    new = [one for one in troubles if one.key not in told]
    keys = sorted({one.key for one in troubles} | (told if besides else set()))
    if set(keys) == told:
        return Told()
    note = ""
    if new or not troubles:
        subject, text = in_words(troubles, new, now)
        note = f"the operator was told: {subject}"
        try:
            transport.send(
                settings.mail.envelope_from, settings.operator.told, _mail(settings, subject, text, now)
            )
        except MailError as error:
            return Told(failure=f"the operator could not be told: {error}")
        finally:
            transport.close()
    with store.writing() as connection:
        told_now = {"told": keys, "new": [one.said for one in new]}
        document = {"job": JOB, "started_at": now.isoformat(), "ok": True, **told_now}
        save_receipt(connection, JOB, None, now, now, document, ok=True)
    return Told(note)


def in_words(troubles: Sequence[Trouble], new: Sequence[Trouble], now: datetime) -> tuple[str, str]:
    """Subject and text of the mail: what is new first; without troubles that all is well again."""
    host = socket.gethostname()
    foot = (
        f"\n`litwatch status` on {host} says more. This is told once; you are told again when all is well.\n"
    )
    if not troubles:
        return (
            f"litwatch on {host}: all is well again",
            f"Nothing has to be looked at any more ({now:%Y-%m-%d %H:%M} UTC).\n",
        )
    more = f" (and {len(new) - 1} more)" if len(new) > 1 else ""
    lines = [f"  {'!' if one.grave else '-'} {one.said}" for one in new]
    earlier = [f"  {'!' if one.grave else '-'} {one.said}" for one in troubles if one not in new]
    if earlier:
        lines += ["", "Told before, and still so:", *earlier]
    text = (
        f"What has to be looked at ({now:%Y-%m-%d %H:%M} UTC; ! is urgent):\n\n"
        + "\n".join(lines)
        + "\n"
        + foot
    )
    return f"litwatch on {host}: {shorten(new[0].said, IN_SUBJECT, placeholder=' ...')}{more}", text


def _mail(settings: Settings, subject: str, text: str, now: datetime) -> bytes:
    mail = settings.mail
    return message_bytes(
        Mail(
            subject=subject,
            text=text,
            html=None,
            sender=mail.sender,
            sender_name=mail.sender_name,
            recipient=settings.operator.told,
            message_id=message_id(mail.sender, JOB, now.isoformat(), text),
            date=now,
            list_id="",
        )
    )
