"""Where a mail goes: to a mail server (edge.outbox: into a folder).

Owns the SMTP dialogue and what any transport is. Never changes a message and never notes what was sent.

What a refusal means is read from the reply (RFC 3463): only 5.1.x, 5.2.1 and a bare 550 to RCPT are the
address's; connect, TLS, login, MAIL FROM and every 5.7.x are ours or the server's; 4xx and 5.2.2 mean later.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

from litwatch.errors import (
    MailError,
    MailServerRefused,
    MessageRefused,
    RecipientRefused,
    TemporarilyRefused,
    without,
)

# RFC 5321 4.5.3.2.6: a server may work on a mail for long after its final dot.
FINAL_DOT_SECONDS = 600.0

# A connection that was used within this time is not asked whether it is still there: a tenth of the time of a mail.
FRESH_SECONDS = 1.0

_DOT = re.compile(rb"\n\.")


class Transport(Protocol):
    """Takes one mail for one recipient; when `send` returns, the mail is out of our hands for good."""

    def send(self, envelope_from: str, recipient: str, message: bytes) -> None:
        """Raises RecipientRefused, MessageRefused, TemporarilyRefused or MailServerRefused."""

    def close(self) -> None:
        """Ends the connection, if there is one."""


Security = Literal["none", "starttls", "tls"]


@dataclass(slots=True)
class SmtpTransport:
    """Submits to a relay (RFC 6409), many mails over one connection.

    The server's certificate is verified against `context` (the system's authorities unless given). A login
    never goes over a connection in clear.
    """

    host: str
    port: int
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 60.0
    final_dot_seconds: float = FINAL_DOT_SECONDS
    context: ssl.SSLContext | None = None
    _server: smtplib.SMTP | None = field(default=None, init=False, repr=False)
    _used: float = field(default=0.0, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, envelope_from: str, recipient: str, message: bytes) -> None:
        """Returns after the server's 250 to the final dot. Raises as the errors of litwatch.errors say."""
        kept = self._server is not None
        server = self._connected()
        try:
            if kept and not self._fresh(server) and not _alive(server):
                # Servers hang up after so many mails or minutes; that refuses nothing.
                self._drop()
                server = self._connected()
            server = self._begin(server, envelope_from, len(message), again=kept)
            self._submit(server, recipient, message)
            self._used = time.monotonic()
        except MailError:
            self._reset(server)
            raise
        except KeyboardInterrupt:
            self._drop()  # whoever asks us to stop does not wait for an answer to QUIT
            raise
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TemporarilyRefused(f"{self._place()} broke off: {_reason(error)}") from error

    def _fresh(self, server: smtplib.SMTP) -> bool:
        """Whether a mail was just taken, and the server has said nothing since (a farewell, or that it hung up)."""
        if server.sock is None or time.monotonic() - self._used > FRESH_SECONDS:
            return False
        return not select.select([server.sock], [], [], 0)[0]

    def close(self) -> None:
        """Says QUIT; what was sent is not touched by how that is answered."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
        self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            if self.username and self.security == "none":
                raise MailServerRefused(
                    f"{self._place()} was not tried: mail.security is `none`, and a password does not go "
                    "over a connection in clear; set it to `starttls` or `tls`"
                )
            try:
                self._server = self._open()
            except MailError:
                raise
            except ssl.SSLCertVerificationError as error:
                raise MailServerRefused(
                    f"the certificate of {self._place()} is not to be trusted: {error.verify_message}"
                ) from error
            except smtplib.SMTPResponseException as error:
                raise self._server_error(
                    "refused the connection", error.smtp_code, error.smtp_error
                ) from error
            except (OSError, smtplib.SMTPException) as error:
                raise MailServerRefused(f"{self._place()} cannot be reached: {_reason(error)}") from error
        return self._server

    def _open(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        # The name for EHLO is set below: smtplib's own look-up of it can take long.
        own, seconds = "localhost", self.timeout_seconds
        server = (
            smtplib.SMTP_SSL(self.host, self.port, own, timeout=seconds, context=context)
            if self.security == "tls"
            else smtplib.SMTP(self.host, self.port, own, timeout=seconds)
        )
        try:
            self._greet(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        own = str(server.sock.getsockname()[0]) if server.sock else "127.0.0.1"
        server.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"  # RFC 5321 4.1.4
        self._ehlo(server)
        if self.security == "starttls":
            if not server.has_extn("starttls"):
                raise MailServerRefused(f"{self._place()} offers no STARTTLS; see mail.security")
            code, reply = server.starttls(context=context)
            if code != 220:
                raise self._server_error("refused STARTTLS", code, reply)
            self._ehlo(server)
        if self.username:
            self._login(server)

    def _login(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self.username, self.password)
        except smtplib.SMTPResponseException as error:
            raise self._server_error("refused the login", error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise MailServerRefused(
                f"{self._place()} offers no login that we know; if it needs none, leave mail.username empty"
            ) from error

    def _ehlo(self, server: smtplib.SMTP) -> None:
        code, reply = server.ehlo()
        if 500 <= code < 600:
            code, reply = server.helo()
        if code != 250:
            raise self._server_error("refused EHLO", code, reply)

    def _begin(self, server: smtplib.SMTP, envelope_from: str, size: int, *, again: bool) -> smtplib.SMTP:
        """MAIL FROM; with `again` on a new connection where the kept one breaks: nothing was handed over yet."""
        limit = str(server.esmtp_features.get("size", ""))
        if limit.isdigit() and 0 < int(limit) < size:
            raise MessageRefused(f"{self._place()} takes no mail over {limit} bytes; this one has {size}")
        try:
            code, reply = server.mail(envelope_from)
        except (ConnectionError, smtplib.SMTPServerDisconnected):
            if not again:
                raise
            self._drop()
            return self._begin(self._connected(), envelope_from, size, again=False)
        if code != 250:
            raise self._server_error(f"refused the sender {envelope_from}", code, reply)
        return server

    def _submit(self, server: smtplib.SMTP, recipient: str, message: bytes) -> None:
        code, reply = server.rcpt(recipient)
        if code not in (250, 251):
            raise self._mail_error(recipient, code, reply, at_rcpt=True)
        code, reply = server.docmd("DATA")
        if code != 354:
            raise self._mail_error(recipient, code, reply, at_rcpt=False)
        dotted = (b"." if message.startswith(b".") else b"") + _DOT.sub(b"\n..", message)
        server.send(dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        if server.sock:
            server.sock.settimeout(self.final_dot_seconds)
        code, reply = server.getreply()
        if code != 250:
            raise self._mail_error(recipient, code, reply, at_rcpt=False)
        if server.sock:
            server.sock.settimeout(self.timeout_seconds)

    def _reset(self, server: smtplib.SMTP) -> None:
        """Ready for the next mail: RSET, or a new connection where the server has had enough."""
        try:
            if server.sock:
                server.sock.settimeout(self.timeout_seconds)
            if server.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = None

    def _repeated(self, reply: bytes | str) -> str:
        """A reply, without the login where the server repeats it."""
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
        return _text(without(text, self.username, self.password))

    def _place(self) -> str:
        return f"the mail server {self.host}:{self.port}"

    def _server_error(self, what: str, code: int, reply: bytes | str) -> MailError:
        message = f"{self._place()} {what}: {code} {self._repeated(reply)}".rstrip()
        if 400 <= code < 500:
            return TemporarilyRefused(message, whole_server=True)
        return MailServerRefused(message)

    def _mail_error(self, recipient: str, code: int, reply: bytes | str, *, at_rcpt: bool) -> MailError:
        message = f"{self._place()} refused mail to {recipient}: {code} {self._repeated(reply)}".rstrip()
        status = enhanced_status(code, reply)
        if code == 421:
            return TemporarilyRefused(message, whole_server=True)
        if 400 <= code < 500 or status == "5.2.2":
            return TemporarilyRefused(message)
        if status.startswith("5.7.") or status in ("5.1.7", "5.1.8"):
            return MailServerRefused(message)
        if status.startswith("5.1.") or status == "5.2.1" or (at_rcpt and code == 550 and not status):
            return RecipientRefused(message)
        return MessageRefused(message)


def _alive(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def enhanced_status(code: int, reply: bytes | str) -> str:
    """The enhanced status code (RFC 2034) of a reply, "" where there is none or it contradicts the code."""
    found = re.match(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", _text(reply))
    return found[0] if found and found[1] == str(code)[0] else ""


def _text(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _text((getattr(error, "strerror", "") or str(error)) or type(error).__name__)
