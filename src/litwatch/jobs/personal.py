"""What in a mail is one reader's alone: the links by which they leave and judge papers, and where bounces go.

Owns those addresses, and how they come into a mail: templates print them with a mark in the place of the signature,
and what was rendered is signed afterwards, for one reader. So nothing that a record says is ever signed: nobody who
writes a paper knows the mark, which is another one in each process.
"""

from __future__ import annotations

import re
import secrets
from functools import cache

from litwatch.decide.tokens import MARK, UNSUBSCRIBE, VERDICTS, WHOSE, Signer
from litwatch.edge.config import MailSettings, Settings
from litwatch.edge.message import bare_address, mailto

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@cache
def _unsigned() -> str:
    """What stands in the place of whose token it is and its signature; as long as these."""
    whose, mark = ("".join(secrets.choice(_LETTERS) for _ in range(length)) for length in (WHOSE, MARK))
    return f"{whose}-{mark}"


@cache
def _places() -> re.Pattern[str]:
    verdicts = "|".join(VERDICTS)
    return re.compile(rf"(?:({UNSUBSCRIBE})|({verdicts})-([0-9]{{1,9}}))-{_unsigned()}")


def unsubscribe_links(mail: MailSettings, watch: str, address: str) -> tuple[str, ...]:
    """How to leave, unsigned: by mail, and by https where there is an address for it."""
    token = f"{UNSUBSCRIBE}-{_unsigned()}"
    # The words are for a person: where no inbox is read, somebody reads this, and runs `litwatch unsubscribe TOKEN`.
    links = [mailto(mail.unsubscribe_address, f"unsubscribe {watch} {address} {token}")]
    if mail.unsubscribe_url:
        links.append(mail.unsubscribe_url.replace("{token}", token))
    return tuple(links)


def feedback_address(mail: MailSettings) -> str:
    """What the filter `feedback_link` makes links of, unsigned; "" where there are to be none."""
    return mailto(mail.unsubscribe_address, f"VERDICT-PMID-{_unsigned()}") if mail.feedback else ""


def signed(text: str, signer: Signer, subscription: tuple[str, str]) -> str:
    """The text with this subscription's tokens in all places for them."""

    def token(place: re.Match[str]) -> str:
        for verdict in VERDICTS:
            if place[2] == verdict:
                return signer.feedback(subscription, int(place[3]), verdict)
        return signer.unsubscribe(subscription)

    return _places().sub(token, text)


def envelope_from(settings: Settings, signer: Signer, subscription: tuple[str, str], period: str) -> str:
    """Where a mail that cannot be delivered comes back to: with an inbox that is read, an address of its own."""
    address = bare_address(settings.mail.envelope_from)
    if not (settings.inbox.host and settings.inbox.verp):
        return address
    local, _, host = address.rpartition("@")
    return f"{local}+{signer.bounce(subscription, period)}@{host}"
