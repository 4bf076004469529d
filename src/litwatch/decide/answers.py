"""What a mail in the inbox says to us: a request to leave, feedback, a digest that came back, or none of these.

Owns how that is read from the bytes of a mail, whatever stands in them. Never opens a mailbox, and does nothing of what
it reads. Only a token that we signed says anything: who sent the mail counts for nothing.

A token is looked for in the subject and, for bounces, in the addresses that the mail went to (VERP); never in the body,
for an answer quotes the digest with all of its links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import Literal

from litwatch.decide.tokens import Bounced, Feedback, Leave, Read, Reader, tokens_in

#: Where mail servers leave the address that a mail went to, after all rewriting.
WENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")

#: An enhanced status (RFC 3463), and an SMTP reply in a Diagnostic-Code.
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<!\d)([245]\d\d)(?=[\s-]|$)")

Kind = Literal["leave", "feedback", "bounce", "automatic", "forged", "other"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a delivery status notification (RFC 3464) says of a mail that will not arrive.

    `counts`: the address itself is at fault (5.1.x, 5.2.1, or a bare 550); not a full mailbox, a policy, or a time-out.
    """

    counts: bool
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail; `asked` is what its signed token says, `failure` why a digest came back."""

    kind: Kind
    asked: Read | None = None
    failure: Failure | None = None


def answer(content: bytes, reader: Reader | None) -> Answer:
    """What a mail says; `content` may be cut after its first parts. Never raises for what stands in it."""
    try:
        return _answer(BytesParser(policy=policy.compat32).parsebytes(content), reader)
    except RecursionError:  # parts within parts within parts
        return Answer("other")


def _answer(mail: Message, reader: Reader | None) -> Answer:
    looked_like = False
    for token in tokens_in(_text(mail, "subject")):
        asked = reader.read(token) if reader else None
        if isinstance(asked, Leave):
            return Answer("leave", asked)
        if isinstance(asked, Feedback):
            return Answer("feedback", asked)
        looked_like = True
    notice = _status_of(mail)
    for token in _verp_tokens(mail):
        asked = reader.read(token) if reader else None
        if isinstance(asked, Bounced):
            # A mail to that address that tells of no failure: late, delivered, or somebody on holiday.
            failure = _failure(notice) if notice else None
            return Answer("bounce", asked, failure) if failure else Answer("automatic")
        looked_like = True
    if looked_like:
        return Answer("forged")
    is_notice = notice is not None or mail.get_content_type() == "multipart/report"
    return Answer("automatic" if _is_automatic(mail) and not is_notice else "other")


def _text(mail: Message, name: str) -> str:
    """A header decoded, as far as that goes."""
    written = str(mail.get(name, ""))
    try:
        return str(make_header(decode_header(written)))
    except (HeaderParseError, LookupError, ValueError):  # an unknown character set, bytes that are not in it
        return written


def _verp_tokens(mail: Message) -> Iterator[str]:
    written = [str(value)[:10_000] for name in WENT_TO for value in mail.get_all(name, [])]
    for _, address in getaddresses(written):
        local = address.rpartition("@")[0]
        yield from tokens_in(local.partition("+")[2])


def _is_automatic(mail: Message) -> bool:
    """Whether a program has sent it (RFC 3834)."""
    said = str(mail.get("auto-submitted", "no")).split(";")[0].strip().lower()
    return said != "no" or str(mail.get("x-autoreply", "no")).lower() != "no"


def _status_of(mail: Message) -> list[Message] | None:
    """The parts of a delivery status notification, None where the mail holds none."""
    if mail.get_content_type() != "multipart/report":
        return None
    for part in mail.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            return [block for block in blocks if isinstance(block, Message)]
    return None


def _failure(blocks: list[Message]) -> Failure | None:
    for block in blocks:
        if _text(block, "action").split("(")[0].strip().lower() != "failed":
            continue
        status = _STATUS.search(_text(block, "status"))
        diagnostic = " ".join(_text(block, "diagnostic-code").split())
        inner, reply = _STATUS.search(diagnostic), _REPLY.search(diagnostic)
        # X.0.0 says nothing; what the server that refused it said, says more.
        said = status[0] if status and not status[0].endswith(".0.0") else inner[0] if inner else ""
        bare = not said and bool(reply) and reply[1] == "550" if reply else False
        counts = bare or (_is_the_address(said) and not (inner and inner[0].startswith("5.7.")))
        shown = "".join(letter for letter in diagnostic if letter.isprintable())[:200]
        words = ": ".join(filter(None, (status[0] if status else "", shown))) or "no reason given"
        return Failure(counts, words)
    return None


def _is_the_address(status: str) -> bool:
    """5.1.7 and 5.1.8 are about the sender."""
    return (status.startswith("5.1.") and status not in ("5.1.7", "5.1.8")) or status == "5.2.1"
