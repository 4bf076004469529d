"""What in a mail is one reader's alone: the links by which they leave and judge papers, and where bounces go.

Owns those addresses, and how they come into a mail: templates print them with a mark in the place of the signature,
and what was rendered is signed afterwards, for one reader. So nothing that a record says is ever signed: nobody who
writes a paper knows the mark, which is another one in each process.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from urllib.parse import quote

from litwatch.decide.tokens import MARK, UNSUBSCRIBE, VERDICTS, WHOSE, Signer
from litwatch.edge.config import MailSettings, Settings
from litwatch.edge.message import bare_address, encoded, mailto

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


@cache
def anybody() -> str:
    """An address in the place of a reader's, in what is rendered for many."""
    return f"{_unsigned()}@reader.invalid"


def somebody() -> str:
    """A name in the place of a reader's."""
    return f"{_unsigned()}-name"


@dataclass(frozen=True, slots=True)
class Stencil:
    """A text that was rendered for many readers, encoded but for the lines that hold what is one reader's alone."""

    pieces: tuple[bytes | str, ...]

    def filled(self, fill: Callable[[str], str]) -> bytes:
        """As `encoded` makes it of the whole text for one reader."""
        return b"".join(piece if isinstance(piece, bytes) else encoded(fill(piece)) for piece in self.pieces)


def stencil(text: str) -> Stencil:
    """The lines of a text, those in a row that are everybody's as one piece."""
    mark = _unsigned()
    pieces: list[bytes | str] = []
    for personal, lines in groupby(_lines(text), key=lambda line: mark in line):
        together = "".join(lines)
        pieces.append(together if personal else encoded(together))
    return Stencil(tuple(pieces))


def _lines(text: str) -> list[str]:
    """As `encoded` ends lines."""
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+\Z", text)


def for_reader(
    signer: Signer, subscription: tuple[str, str], address: str, name: str, *, markup: bool
) -> Callable[[str], str]:
    """What fills the personal lines of a stencil: address and name, as they stand in text or markup, and tokens."""
    shown, called = (escape(each, quote=False) if markup else each for each in (address, name))
    in_link, mark_in_link = quote(address), quote(anybody())

    def fill(line: str) -> str:
        named = line.replace(anybody(), shown).replace(mark_in_link, in_link).replace(somebody(), called)
        return signed(named, signer, subscription)

    return fill


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
