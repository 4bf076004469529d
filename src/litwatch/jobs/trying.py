"""A digest as a mail to somebody who tries templates or a mail server.

Owns what tells it from a digest. Never claims, signs or writes anything: its links for leaving and judging do nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from litwatch.edge.config import MailSettings
from litwatch.edge.message import Mail, list_id, message_bytes, message_id
from litwatch.edge.render import Rendered

#: What its subject begins with.
MARK = "[Preview] "


def trial_message(mail: MailSettings, watch: str, rendered: Rendered, address: str, now: datetime) -> bytes:
    """The bytes for that address. Raises MailError where no mail can go there."""
    return message_bytes(
        Mail(
            subject=MARK + rendered.subject,
            text=rendered.text,
            html=rendered.html,
            sender=mail.sender,
            sender_name=mail.sender_name,
            recipient=address,
            reply_to=mail.reply_to if mail.reply_to != mail.sender else "",
            message_id=message_id(mail.sender, address, watch, uuid4().hex),
            date=now,
            list_id=list_id(watch, mail.sender),
        )
    )
