"""Mail servers on loopback: a real one (aiosmtpd) that answers as told, and one that breaks the dialogue.

Owns what they took. Never reaches beyond 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import socketserver
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from loopback import LoopbackServer, serving


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that the server said 250 to."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class Answers:
    """aiosmtpd's handler: replies by recipient or stage, else 250. `replies` keys: an address, MAIL, DATA."""

    replies: Mapping[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    logins: list[bytes] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        self.sessions.add(id(session))
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.replies:
            return self.replies["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return "250 2.0.0 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        self.logins.append(login.password)
        return AuthResult(success=login.password == b"right", handled=False)


class _Controller(Controller):
    """On a free port: aiosmtpd itself looks for its server on the port that was asked for, which is 0."""

    def _trigger_server(self) -> None:
        sockets: Any = self.server
        self.port = sockets.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def mail_server(answers: Answers, **options: Any) -> Iterator[int]:
    """A real SMTP server; its port. `options` are aiosmtpd's."""
    if "authenticator" not in options and options.pop("login", False):
        options["authenticator"] = answers.authenticate
    controller = _Controller(answers, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@cache
def authority() -> trustme.CA:
    """An authority that no system trusts, made anew for each test run."""
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """The server's side of TLS, with a certificate of that authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def trusting_context() -> ssl.SSLContext:
    """A client's context that trusts exactly that authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


@dataclass
class Broken:
    """What a server does wrong, by stage: GREETING, EHLO, STARTTLS, MAIL, RCPT, DATA, CONTENT.

    The value is a reply to give instead, "hang up" or "silence". `times` limits how often (0: always).
    """

    stage: str
    does: str
    times: int = 0
    first: int = 0
    """How often the stage goes well before that."""
    slow: float = 0.0
    """Seconds before each answer."""
    offers: str = ""
    """What EHLO is answered with, instead of a bare 250."""
    contents: list[bytes] = field(default_factory=list)
    connections: int = 0
    _done: int = 0

    def at(self, stage: str) -> str | None:
        if stage != self.stage or (self.times and self._done >= self.times):
            return None
        if self.first:
            self.first -= 1
            return None
        self._done += 1
        return self.does


class _Dialogue(socketserver.StreamRequestHandler):
    server: LoopbackServer[Broken]
    refused = False

    def handle(self) -> None:
        self.server.plan.connections += 1
        with contextlib.suppress(ConnectionError):
            if not self.say("GREETING", "220 broken.example ESMTP"):
                return
            while (line := self.rfile.readline()) and self.answer(line.split()[0].upper().decode()):
                pass

    def say(self, stage: str, reply: str) -> bool:
        self.server.over.wait(self.server.plan.slow)
        does = self.server.plan.at(stage)
        if does == "silence":
            self.server.over.wait(30)
        if does in ("silence", "hang up"):
            return False
        self.refused = does is not None
        self.wfile.write((does or reply).encode() + b"\r\n")
        return True

    def answer(self, verb: str) -> bool:
        if verb == "QUIT":
            return False
        broken = self.server.plan
        if verb != "DATA":
            return self.say(verb, (broken.offers if verb == "EHLO" else "") or "250 OK")
        if not self.say("DATA", "354 go on"):
            return False
        if self.refused:
            return True
        content = b""
        while (part := self.rfile.readline()) not in (b".\r\n", b""):
            content += part
        broken.contents.append(content)
        return self.say("CONTENT", "250 2.0.0 taken")


def broken_server(broken: Broken) -> AbstractContextManager[int]:
    """A server that speaks SMTP until `broken` says otherwise; its port."""
    return serving(_Dialogue, broken)
