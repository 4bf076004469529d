"""A tiny E-utilities over HTTP that answers as it is told, byte for byte.

Owns one loopback socket for the length of a test. Never knows PubMed's language beyond lo:hi[uid].
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SEARCH_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)


@dataclass
class Reply:
    """What to answer. `cut` closes the connection after so many bytes, `drip` sends single bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: bool = False


@dataclass
class Asked:
    """What was asked: the service and its form, and what stood in the URL."""

    service: str
    form: dict[str, str]
    path: str
    headers: dict[str, str]


@dataclass
class Eutilities:
    """The server's address, what it was asked, and what it is to answer."""

    base_url: str
    answer: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)


def search_answer(
    pmids: Iterable[int], *, count: int | None = None, more: str = "", translation: str = "t"
) -> bytes:
    """An ESearch answer."""
    listed = list(pmids)
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in listed)
    return (
        f"{SEARCH_HEAD}<eSearchResult><Count>{len(listed) if count is None else count}</Count>"
        f"<RetMax>{len(listed)}</RetMax><RetStart>0</RetStart><IdList>{ids}</IdList><TranslationSet/>"
        f"<QueryTranslation>{translation}</QueryTranslation>{more}</eSearchResult>"
    ).encode()


def searching(pmids: Iterable[int], *, as_given: bool = False) -> Callable[[Asked], Reply]:
    """An ESearch over these PMIDs, newest first or as given, that understands `(...) AND lo:hi[uid]`."""
    every = list(pmids) if as_given else sorted(pmids, reverse=True)

    def answer(asked: Asked) -> Reply:
        found = every
        limits = re.search(r"(\d+):(\d+)\[uid\]", asked.form["term"])
        if limits:
            low, high = map(int, limits.groups())
            found = [pmid for pmid in every if low <= pmid <= high]
        start, most = int(asked.form["retstart"]), int(asked.form["retmax"])
        return Reply(search_answer(found[start : start + most], count=len(found)))

    return answer


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """Each reply once, then the last for ever."""
    waiting = list(replies)

    def answer(asked: Asked) -> Reply:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return answer


@contextmanager
def eutilities(answer: Callable[[Asked], Reply]) -> Iterator[Eutilities]:
    """Serve."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            asked = Asked(
                self.path.rpartition("/")[2],
                {name: values[0] for name, values in form.items()},
                self.path,
                dict(self.headers),
            )
            served.asked.append(asked)
            reply = served.answer(asked)
            self.send_response_only(reply.status)
            usual = {"Date": self.date_time_string(), "Content-Length": str(len(reply.body))}
            for name, value in {**usual, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.drip:
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            else:
                self.wfile.write(reply.body[: reply.cut])
            self.close_connection = reply.cut is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    served = Eutilities(f"http://127.0.0.1:{server.server_port}/entrez/eutils/", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
