"""IMAP servers on loopback that break the dialogue: what Dovecot never does.

Owns what they say instead. Never reaches beyond 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            if not self.say("GREETING", ""):
                return
            while line := self.rfile.readline().decode("utf-8", "replace"):
                tag, _, command = line.strip().partition(" ")
                words = command.upper().split()
                name = " ".join(words[: 2 if words[:1] == ["UID"] else 1])
                self.server.faulty.heard.append(name)
                if not self.say(name, tag) or name == "LOGOUT":
                    return

    def say(self, name: str, tag: str) -> bool:
        said = {**USUAL, **self.server.faulty.instead}.get(name, "{tag} BAD unknown")
        if said == "silence":
            self.server.over.wait(30)
        if said in ("silence", "hang up"):
            return False
        self.wfile.write(said.format(tag=tag).encode() + b"\r\n")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, faulty: Faulty) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.faulty = faulty
        self.over = threading.Event()


@contextlib.contextmanager
def faulty_server(faulty: Faulty) -> Iterator[int]:
    """A server that speaks IMAP until `faulty` says otherwise; its port."""
    with _Server(faulty) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
