"""Servers on loopback that speak a dialogue of a test's own.

Owns the socket and its thread. Never reaches beyond 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

Plan = TypeVar("Plan")


class LoopbackServer(socketserver.ThreadingTCPServer, Generic[Plan]):
    """`plan` is what its dialogues go by; `over` is set when they should end."""

    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, dialogue: type[socketserver.BaseRequestHandler], plan: Plan) -> None:
        super().__init__(("127.0.0.1", 0), dialogue)
        self.plan = plan
        self.over = threading.Event()


@contextlib.contextmanager
def serving(dialogue: type[socketserver.BaseRequestHandler], plan: Plan) -> Iterator[int]:
    """A server whose connections are handled by `dialogue`; its port."""
    with LoopbackServer(dialogue, plan) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
