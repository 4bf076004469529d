"""The sandbox: E-utilities below /entrez/eutils/ on loopback, NLM's files below /pubmed/, clock and faults.

Owns the clock and the log of requests. Never knows what an answer means or how it is sent (wire.py).
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from litwatch.errors import UsageError
from litwatch.sandbox.answers import PubMed, Request
from litwatch.sandbox.faults import ADDRESSES, Faults, too_many_requests
from litwatch.sandbox.nlm_folder import NlmFolder
from litwatch.sandbox.shapes import TEXT, Answer, json_answer
from litwatch.sandbox.synthetic import FIRST_DAY, LAST_DAY, Synthetic
from litwatch.sandbox.timeline import SHIPPED, Timeline
from litwatch.sandbox.wire import PREFIX, Server

LOG_LIMIT = 100_000


class Sandbox:
    """A PubMed of one's own, in a thread of this process; use it in a `with`.

    `corpus` is a file or a folder (see timeline.py), None the shipped made-up one; `shipped=False` with None
    is an empty one. `today` is the sandbox's date, None the real one (UTC), which then goes on by itself.
    `synthetic` adds that many made-up records with create dates over `synthetic_dates`. `mappings` says what
    words without a tag are searched as ("heart attack": '"myocardial infarction"[mh] OR "heart attack"[all]').
    `dropped` are terms that PubMed knows no more ("hasretractionin").
    `faults` are orders as on the command line; a second of a slow one lasts `second` seconds.
    """

    def __init__(
        self,
        corpus: Path | None = None,
        *,
        today: date | str | None = None,
        synthetic: int = 0,
        synthetic_dates: tuple[date, date] = (FIRST_DAY, LAST_DAY),
        port: int = 0,
        shipped: bool = True,
        by_create_date: bool = False,
        requests_per_second: float | None = None,
        api_keys: Sequence[str] | None = None,
        faults: Sequence[str] = (),
        mappings: Mapping[str, str] | None = None,
        dropped: Sequence[str] = (),
        second: float = 1.0,
    ) -> None:
        self.second = second
        self.faults = Faults()
        for text in faults:
            self.faults.plan_text(text)
        self.requests: deque[Request] = deque(maxlen=LOG_LIMIT)
        self._today = _as_date(today) if today is not None else None
        self._limit, self._keys = requests_per_second, api_keys
        self._times: deque[float] = deque()
        source = corpus if corpus is not None or not shipped else SHIPPED
        self.files = NlmFolder(source)
        self._timeline = Timeline(source, by_create_date=by_create_date)
        self._pubmed = PubMed(
            self._timeline,
            Synthetic(synthetic, *synthetic_dates),
            mappings or {},
            dropped=frozenset(dropped),
        )
        self._lock = threading.Lock()
        try:
            self._server = Server(("127.0.0.1", port), self)
        except OSError as error:
            self._timeline.close()
            raise UsageError(f"port {port} on 127.0.0.1 cannot be used: {error.strerror}") from error
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """ "http://127.0.0.1:PORT", without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """What `pubmed.base_url` and EDirect's -base want; ends in /entrez/eutils/.

        Another one while the fault lies in the address itself (`dns`, `tls`).
        """
        if self.faults.address:
            return ADDRESSES[self.faults.address][0].format(port=self._server.server_address[1]) + PREFIX
        return self.address + PREFIX

    @property
    def today(self) -> date:
        """The sandbox's date."""
        return self._today or datetime.now(UTC).date()

    @today.setter
    def today(self, day: date | str) -> None:
        self._today = _as_date(day)

    def set_today(self, day: date | str) -> None:
        """Move the clock; any direction."""
        self.today = _as_date(day)

    def fault(self, name: str, times: int = 1, endpoint: str = "") -> None:
        """Let the next `times` requests (to `endpoint`, if given) go wrong; names in faults.py."""
        self.faults.plan(name, times, endpoint)

    def forget_history(self) -> None:
        """Let every WebEnv expire."""
        self._pubmed.history.forget()

    def record(self, pmid: int) -> bytes | None:
        """The XML of a record as it is today, or None."""
        return self._pubmed.raw(pmid, self.today)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self.close()

    def close(self) -> None:
        """Give socket and temporary file back."""
        self._server.server_close()
        self._timeline.close()

    def serve(self) -> None:
        """Serve in this thread until `stop` is called from another one."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """End `serve`."""
        self._server.shutdown()

    # What the handler asks for

    def respond(self, request: Request) -> Answer:
        """The answer of an E-utility, with the rate limit, the key and the planned faults."""
        with self._lock:
            self.requests.append(request)
            return self._refusal(request) or self.faults.answer(request, self._pubmed, self.today)

    def _refusal(self, request: Request) -> Answer | None:
        key = request.params.get("api_key", "")
        if key and self._keys is not None and key not in self._keys:
            # https://www.ncbi.nlm.nih.gov/books/NBK25497/: HTTP 400 with this body.
            return json_answer(
                {"error": "API key invalid", "api-key": key, "type": "api-key", "status": "unknown"}, 400
            )
        if self._limit is None:
            return None
        now = time.monotonic()
        while self._times and self._times[0] <= now - 1:
            self._times.popleft()
        self._times.append(now)
        return too_many_requests() if len(self._times) > self._limit else None

    def file(self, path: str, wanted: str) -> Answer:
        """One of NLM's files as it is today."""
        with self._lock:
            return self.files.answer(path, wanted, self.today)

    def control(self, path: str, method: str, params: Mapping[str, str]) -> Answer:
        """The sandbox's own paths: /today and /fault."""
        try:
            if path == "/today":
                if method == "POST":
                    self.set_today(params.get("date", ""))
                return json_answer({"today": self.today.isoformat()})
            if path == "/fault" and method == "POST":
                with self._lock:
                    if params.get("name") == "none":
                        self.faults.end()
                    else:
                        self.faults.plan_text(params.get("name", ""))
                    return json_answer({"planned": [order.name for order in self.faults.planned]})
        except UsageError as error:
            return json_answer({"error": str(error)}, 400)
        return Answer(404, TEXT, b"nothing here: see /entrez/eutils/, /pubmed/, /today and /fault\n")


def serve_forever(
    corpus: Path | None = None,
    *,
    port: int = 0,
    ready: Callable[[str], None] = lambda address: None,
    today: date | None = None,
    synthetic: int = 0,
    by_create_date: bool = False,
    requests_per_second: float | None = None,
    faults: Sequence[str] = (),
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` gets the base address when requests are answered.

    Prints nothing. Call it from the main thread. Raises UsageError (port, corpus, fault) or ReadError.
    """
    sandbox = Sandbox(
        corpus, today=today, synthetic=synthetic, port=port, by_create_date=by_create_date,
        requests_per_second=requests_per_second, faults=faults,
    )  # fmt: skip

    def stop(number: int, frame: object) -> None:
        threading.Thread(target=sandbox.stop).start()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        ready(sandbox.base_url)
        sandbox.serve()
    finally:
        sandbox.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_date(day: date | str) -> date:
    if isinstance(day, datetime):
        return day.astimezone(UTC).date() if day.tzinfo else day.date()
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day) if len(day) == 10 else _as_date(datetime.fromisoformat(day))
    except ValueError:
        raise UsageError(f"{day!r} is no date; write 2026-03-09") from None
