"""IMAP servers on loopback that break the dialogue: what Dovecot never does.

Owns what they say instead. Never reaches beyond 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import socketserver
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from loopback import LoopbackServer, serving

#: What a server without mail says to each command ({tag} is the client's).
USUAL = {
    "GREETING": "* OK [CAPABILITY IMAP4rev1] ready",
    "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done",
    "LOGIN": "{tag} OK logged in",
    "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n{tag} OK [READ-WRITE] selected",
    "UID SEARCH": "* SEARCH 1\r\n{tag} OK searched",
    "UID FETCH": "* 1 FETCH (UID 1 BODY[]<0> {{14}}\r\nSubject: a\r\n\r\n)\r\n{tag} OK fetched",
    "LIST": '* LIST () "/" litwatch\r\n{tag} OK listed',
    "UID COPY": "{tag} OK copied",
    "UID STORE": "{tag} OK stored",
    "EXPUNGE": "{tag} OK expunged",
    "LOGOUT": "* BYE\r\n{tag} OK bye",
}


@dataclass
class Faulty:
    """`instead`: what is said to a command; "hang up" or "silence" are deeds."""

    instead: Mapping[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)


class _Dialogue(socketserver.StreamRequestHandler):
    server: LoopbackServer[Faulty]

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            if not self.say("GREETING", ""):
                return
            while line := self.rfile.readline().decode("utf-8", "replace"):
                tag, _, command = line.strip().partition(" ")
                words = command.upper().split()
                name = " ".join(words[: 2 if words[:1] == ["UID"] else 1])
                self.server.plan.heard.append(name)
                if not self.say(name, tag) or name == "LOGOUT":
                    return

    def say(self, name: str, tag: str) -> bool:
        said = {**USUAL, **self.server.plan.instead}.get(name, "{tag} BAD unknown")
        if said == "silence":
            self.server.over.wait(30)
        if said in ("silence", "hang up"):
            return False
        self.wfile.write(said.format(tag=tag).encode() + b"\r\n")
        return True


def faulty_server(faulty: Faulty) -> AbstractContextManager[int]:
    """A server that speaks IMAP until `faulty` says otherwise; its port."""
    return serving(_Dialogue, faulty)
