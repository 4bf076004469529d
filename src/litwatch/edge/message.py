"""The bytes of a mail: headers that no text can break out of, plain text first, HTML last.

Owns RFC 5322 and MIME as they go on the wire. Never opens a connection and never words anything.

The lines are written here rather than by `email.message.EmailMessage`, which folds a long List-Unsubscribe
into `=?utf-8?q?...`, where no mail program finds an address (https://github.com/python/cpython/issues/100293).
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from litwatch.errors import MailError

# RFC 5322 2.1.1: no line over 998 octets; every line here is far below.
LONGEST_SUBJECT = 200
LONGEST_NAME = 100

# Format characters that spelling needs: Persian and Indic letters, emoji.
JOINERS = "\u200c\u200d"

# Every control character but tab and newline.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


@dataclass(frozen=True, slots=True)
class Mail:
    """What stands in one mail to one reader.

    `message_id` is with its angle brackets (see `message_id`), `list_unsubscribe` holds URIs, mailto first. A mail
    without `html` is plain text, one without `list_id` of no list. `text` and `html` may be `encoded` already.
    """

    subject: str
    text: str | bytes
    html: str | bytes | None
    sender: str
    recipient: str
    message_id: str
    date: datetime
    list_id: str
    list_unsubscribe: tuple[str, ...] = ()
    sender_name: str = ""
    recipient_name: str = ""
    reply_to: str = ""
    language: str = "en"


def message_bytes(mail: Mail) -> bytes:
    """The whole message with CRLF line ends, in ASCII; the same `mail` gives the same bytes.

    Raises MailError for an address or URI that no header can hold.
    """
    # "=_" cannot stand in quoted-printable, so no part can hold the boundary.
    boundary = "=_" + sha256(mail.message_id.encode()).hexdigest()[:32]
    headers = [
        ("From", _mailbox("From", mail.sender, mail.sender_name)),
        ("To", _mailbox("To", mail.recipient, mail.recipient_name)),
        ("Subject", _words("Subject", mail.subject, LONGEST_SUBJECT)),
        ("Date", format_datetime(mail.date.astimezone(UTC))),
        ("Message-ID", _token("Message-ID", mail.message_id)),
    ]
    if mail.list_id:
        headers.append(("List-Id", f"<{_token('List-Id', mail.list_id)}>"))
    if mail.reply_to:
        headers.append(("Reply-To", _mailbox("Reply-To", mail.reply_to)))
    if mail.list_unsubscribe:
        uris = [f"<{_token('List-Unsubscribe', uri)}>" for uri in mail.list_unsubscribe]
        headers.append(("List-Unsubscribe", ",\r\n ".join(uris)))
        if any(uri.startswith("https:") for uri in mail.list_unsubscribe):
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))  # RFC 8058
    headers += [
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no out-of-office comes back
        ("Content-Language", _token("Content-Language", mail.language)),
        ("MIME-Version", "1.0"),
    ]
    if mail.html is not None:
        headers.append(("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    if mail.html is None:
        return head + _part("plain", mail.text)
    text, html = _part("plain", mail.text), _part("html", mail.html)
    edge = b"\r\n--" + boundary.encode("ascii")
    return b"".join([head, edge, b"\r\n", text, edge, b"\r\n", html, edge, b"--\r\n"])


def message_id(sender: str, *parts: str) -> str:
    """A Message-ID on the sender's domain, the same for the same parts; nothing can be read from it."""
    digest = sha256("\n".join(parts).encode()).hexdigest()[:32]
    return f"<litwatch.{digest}@{domain(sender)}>"


def list_id(watch: str, sender: str) -> str:
    """The List-Id (RFC 2919) of a watch on the sender's domain, without its angle brackets."""
    return f"{re.sub('[^A-Za-z0-9-]+', '-', watch).strip('-')[:60] or 'watch'}.litwatch.{domain(sender)}"


@lru_cache(maxsize=64)
def mailto(address: str, subject: str) -> str:
    """A mailto URI (RFC 6068) that opens a mail with that subject."""
    return f"mailto:{quote(bare_address(address), safe='@')}?subject={quote(subject)}"


@lru_cache(maxsize=256)  # most addresses of a mail are ours, and stand in every one
def bare_address(address: str) -> str:
    """The address as envelope and headers have it: its domain in ASCII.

    Raises MailError where there is none, or none that every mail server takes (RFC 6531 is not asked for).
    """
    local, at, host = address.strip().rpartition("@")
    try:
        ascii_host = host.encode("idna").decode("ascii").lower() if host else ""
    except UnicodeError:
        ascii_host = ""
    bare = f"{local}@{ascii_host}"
    if not (at and local and ascii_host) or not re.fullmatch(r"[!#-'*+./0-9=?A-Z^-~@-]+", bare):
        raise MailError(f"{_clean(address, 120)!r} is no address that a mail server takes")
    return bare


def recipient_of(message: bytes) -> str:
    """Whom the bytes of a message are for, by their To header."""
    head = message.partition(b"\r\n\r\n")[0]  # the parser would read the body as well
    return parseaddr(str(BytesHeaderParser().parsebytes(head)["To"]))[1]


def domain(address: str) -> str:
    """The domain of an address, in ASCII."""
    return bare_address(address).rpartition("@")[2]


def _clean(text: str, longest: int) -> str:
    """One line without control, format (bidirectional overrides) and lone surrogate characters."""
    spaced = " ".join(text[: longest * 10].split())
    flat = "".join(c for c in spaced if c in JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    flat = " ".join(flat.split())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + "…"


@lru_cache(maxsize=64)
def _words(name: str, text: str, longest: int) -> str:
    """Free text as a header value, encoded (RFC 2047) and folded where it must be."""
    flat = _clean(text, longest)
    plain = flat.isascii() and "=?" not in flat and max(map(len, flat.split()), default=0) < 60
    header = Header(flat, "us-ascii" if plain else "utf-8", maxlinelen=76, header_name=name)
    return header.encode(linesep="\r\n")


def _mailbox(name: str, address: str, shown: str = "") -> str:
    address = bare_address(address)
    shown = _clean(shown, LONGEST_NAME)
    if not shown:
        return address
    if ATOM.fullmatch(shown) and "=?" not in shown:
        return f"{shown} <{address}>"
    if shown.isascii() and "=?" not in shown:
        return '"' + re.sub(r'(["\\])', r"\\\1", shown) + f'" <{address}>'
    return f"{_words(name, shown, LONGEST_NAME)}\r\n <{address}>"


def _token(name: str, value: str) -> str:
    """A value that stands in its header as it is; List-Unsubscribe must never be folded or encoded."""
    if not re.fullmatch(r"[\x21-\x7e]{1,900}", value) or (
        name.startswith("List") and re.search("[<>,]", value)
    ):
        raise MailError(f"{_clean(value, 120)!r} cannot stand in {name}")
    return value


def encoded(text: str) -> bytes:
    """A text as quoted-printable, by lines: pieces that end with a line make together what the whole makes."""
    clean = CONTROLS.sub("", re.sub(r"\r\n?", "\n", text))
    if not clean.endswith("\n"):
        clean += "\n"
    return binascii.b2a_qp(clean.replace("\n", "\r\n").encode("utf-8", "replace"), istext=True)


def _part(subtype: str, text: str | bytes) -> bytes:
    body = text if isinstance(text, bytes) else encoded(text)
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + body
