"""HTTP/1.1 on loopback, well-behaved or, where an answer says so, not.

Owns the listening socket and how bytes leave it. Never decides what they are.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import struct
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from litwatch.sandbox.answers import Request
from litwatch.sandbox.nlm_folder import PREFIX as FILES
from litwatch.sandbox.shapes import Answer, Sending

PREFIX = "/entrez/eutils/"
BODY_LIMIT = 64 << 20
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, no time: close sends RST


class Answering(Protocol):
    """What stands behind the socket (server.Sandbox). `second` is how long a second of a slow fault lasts."""

    second: float

    def respond(self, request: Request) -> Answer:
        """The answer of an E-utility."""
        ...

    def file(self, path: str, wanted: str) -> Answer:
        """One of NLM's files, from the byte on that the Range header names."""
        ...

    def control(self, path: str, method: str, params: Mapping[str, str]) -> Answer:
        """The answer of the sandbox's own paths."""
        ...


class Server(ThreadingHTTPServer):
    """Listens; `go_deaf` lets it refuse new connections for a while."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], sandbox: Answering) -> None:
        self.sandbox = sandbox
        self._deaf_until = 0.0
        super().__init__(address, _Handler)

    def go_deaf(self, seconds: float) -> None:
        """Refuse every new connection for so long; the port stays ours."""
        self.socket.shutdown(socket.SHUT_RDWR)  # on Linux: it listens no more
        self._deaf_until = time.monotonic() + seconds  # from here on the serving thread may wake it

    def get_request(self) -> tuple[socket.socket, object]:
        """The next connection. Called in the serving thread, also when the socket has just gone deaf."""
        if self._deaf_until:
            time.sleep(max(0.0, self._deaf_until - time.monotonic()))
            try:
                self.socket.bind(self.server_address)
            except OSError as error:
                if error.errno != errno.EINVAL:  # it has kept its port
                    raise
            self.socket.listen(self.request_queue_size)
            self._deaf_until = 0.0
            raise ConnectionRefusedError  # nobody has come yet; the serving thread goes back to waiting
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    """Kept connections; every answer has its length."""

    protocol_version = "HTTP/1.1"
    server_version = "litwatch-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Server

    def do_GET(self) -> None:
        self._answer("GET", "")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer("POST", self.rfile.read(min(length, BODY_LIMIT)).decode("utf-8", "replace"))

    def _answer(self, method: str, body: str) -> None:
        parts = urlsplit(self.path)
        params = _params(parts.query) | (_params(body) if not body.startswith("{") else _from_json(body))
        sandbox = self.server.sandbox
        if parts.path.startswith(PREFIX):
            name = parts.path.removeprefix(PREFIX)
            endpoint = name.removesuffix(".fcgi") if name.endswith(".fcgi") else f"({name})"
            answer = sandbox.respond(Request(endpoint, params, method, self.path))
        elif parts.path.startswith(FILES):
            answer = sandbox.file(parts.path, self.headers.get("Range") or "")
        else:
            answer = sandbox.control(parts.path.rstrip("/"), method, params)
        if answer.sending is None:
            self._send_head(answer)
            self.wfile.write(answer.body)
            self.wfile.flush()
        else:
            self._misbehave(answer, answer.sending)

    def _send_head(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        usual = {
            "Server": self.version_string(),
            "Date": self.date_time_string(),
            "Content-Type": answer.content_type,
        }
        for header, value in {**usual, **answer.headers}.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()

    def _misbehave(self, answer: Answer, sending: Sending) -> None:
        """Send as `sending` says, in the seconds of the sandbox."""
        second = self.server.sandbox.second
        if sending.deaf:
            self.server.go_deaf(sending.deaf * second)
        time.sleep(sending.wait * second)
        if sending.most != -1:
            self._send_head(answer)
            body = answer.body if sending.most is None else answer.body[: sending.most]
            for start in range(0, len(body), 1 if sending.every else max(1, len(body))):
                self.wfile.write(body[start : start + 1] if sending.every else body)
                self.wfile.flush()
                time.sleep(sending.every * second)
        self.close_connection = self.close_connection or sending.most is not None
        if sending.reset:
            # At once and below the feet of everything that still holds it: what is buffered must not go.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
            os.close(self.connection.detach())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing is printed; `Sandbox.requests` is the log."""


def _params(text: str) -> dict[str, str]:
    """Parameters of a query or a form; a repeated one is joined with commas, as `id=1&id=2` is at NLM."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found and name == "id" else value
    return found


def _from_json(body: str) -> dict[str, str]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return {str(name): str(one) for name, one in value.items()} if isinstance(value, dict) else {}
