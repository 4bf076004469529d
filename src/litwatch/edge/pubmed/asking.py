"""Asks PubMed politely and asks again: the only place where litwatch speaks HTTP to it.

Owns the session, the pace and the one retry loop around ask-and-check. Never knows what an answer means.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from litwatch import __version__
from litwatch.edge.pubmed.answers import Untrustworthy, shorten, what_it_says
from litwatch.edge.pubmed.headers import another_time, retry_after
from litwatch.errors import PubMedRefused, PubMedUnreachable

Answer = TypeVar("Answer")

PATIENCE = 5  # tries of an answer that makes no sense and is not known to pass
# Faults that one poisonous record can cause as well as an overload: `ask(tries=)` bounds them.
MAYBE_POISON = frozenset({"500", "cut", "broken-off", "trickle", "html", "reset"})
LONGEST_PAUSE = 60.0
LARGEST_ANSWER = 200_000_000  # bytes; 200 records are rarely over 5 million


@dataclass(slots=True)
class Tally:
    """What asking cost so far: requests sent, retries by cause, seconds waited for retries."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    waited: float = 0.0


class _Fault(Exception):
    """One failed try. `tries` bounds how often the like of it is tried; None: until the budget is used up."""

    def __init__(
        self, cause: str, message: str, *, tries: int | None, answered: bool, after: float | None = None
    ) -> None:
        self.cause, self.tries, self.answered, self.after = cause, tries, answered, after
        super().__init__(message)


class PerhapsPoisoned(PubMedRefused):
    """An answer that may be bad because of one thing among those asked for: half of them may fare better."""


class Asker:
    """One requests Session with NCBI's manners.

    Args:
        retry_budget_seconds: how long one run waits for retries, all in all.
        retry_pause_seconds: the first pause at its longest; each further one is twice as long, up to a minute.
        timeout_seconds: for a connection, for each silence, and three times that for a whole answer.
        clock, wall_clock, sleep, random: monotonic seconds, those since 1970, waiting, and jitter; given by tests.
        on_wait: told (cause, seconds) before each pause of a retry.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tool: str,
        email: str,
        api_key: str,
        requests_per_second: float,
        timeout_seconds: float,
        retry_budget_seconds: float,
        retry_pause_seconds: float,
        on_wait: Callable[[str, float], None] | None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Random | None = None,
    ) -> None:
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.host = urlsplit(self.base_url).netloc.rpartition("@")[2]
        self.tally = Tally()
        self._fields = {"tool": tool, "email": email, "api_key": api_key}
        self._secret = api_key
        self._spacing = 1.0 / requests_per_second if requests_per_second > 0 else 0.0
        self._timeout = timeout_seconds
        self._budget, self._first_pause = retry_budget_seconds, retry_pause_seconds
        self._on_wait = on_wait
        self._clock, self._wall_clock, self._sleep = clock, wall_clock, sleep
        self._random = random or Random()  # noqa: S311 jitter, not a secret
        self._next_request = float("-inf")
        self._not_before = float("-inf")  # what a Retry-After said; it holds for every later step of the run
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"litwatch/{__version__}"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ask(
        self,
        service: str,
        fields: Mapping[str, str],
        check: Callable[[bytes], Answer],
        *,
        tries: int | None = None,
    ) -> Answer:
        """POST to one E-utility until `check` is content with the answer.

        `tries` bounds faults that may lie in what is asked for (MAYBE_POISON), so that it can be halved.

        Raises:
            PubMedUnreachable: no answer, or only overload, within the budget.
            PubMedRefused: an answer that says no or makes no sense, several times over; or it asked us before to wait
                longer than the budget allows, and is not asked at all.
        """
        self._be_patient(service)
        sent = {name: value for name, value in {**fields, **self._fields}.items() if value}
        tried = 0
        while True:
            tried += 1
            try:
                try:
                    return check(self._post(service, sent))
                except Untrustworthy as error:
                    patience = None if error.passing else PATIENCE
                    said = self._without_secret(str(error))
                    raise _Fault(error.cause, said, tries=patience, answered=True) from None
            except _Fault as fault:
                if tries is not None and (fault.tries is not None or fault.cause in MAYBE_POISON):
                    fault.tries = min(tries, fault.tries or tries)
                if fault.after is not None:
                    self._not_before = max(self._not_before, self._clock() + fault.after)
                pause = self._pause(fault, tried)
                if pause is None:
                    raise self._give_up(service, fault, tried) from fault
                self.tally.retries[fault.cause] += 1
                self._wait(fault.cause, pause)

    def _be_patient(self, service: str) -> None:
        """Wait out what an earlier step was told by Retry-After, or ask nothing at all: PubMedRefused."""
        pause = self._not_before - self._clock()
        if pause <= 0:
            return
        if self.tally.waited + pause > self._budget:
            raise PubMedRefused(
                f"{self.host} ({service}) was not asked: it wants to be left alone for {pause:.0f} s more "
                "(Retry-After), longer than pubmed.retry_budget_seconds allows; the next run asks again"
            )
        self._wait("retry-after", pause)

    def _wait(self, cause: str, seconds: float) -> None:
        self.tally.waited += seconds
        if self._on_wait is not None:
            self._on_wait(cause, seconds)
        self._sleep(seconds)

    def _pause(self, fault: _Fault, tried: int) -> float | None:
        """Seconds until the next try, or None when there is none."""
        if fault.tries is not None and tried >= fault.tries:
            return None
        pause = min(LONGEST_PAUSE, self._first_pause * 2.0 ** min(tried - 1, 16))
        pause *= 0.5 + self._random.random() / 2  # so that many clients do not come back at once
        if fault.after is not None:
            pause = max(pause, fault.after)
        return pause if self.tally.waited + pause <= self._budget else None

    def _give_up(self, service: str, fault: _Fault, tried: int) -> PubMedUnreachable | PubMedRefused:
        times = "once" if tried == 1 else f"{tried} times"
        if fault.answered:
            kind = PubMedRefused if fault.tries is None else PerhapsPoisoned
            return kind(
                f"{self.host} ({service}) gave {fault}; asked {times}. Nothing is concluded from it: "
                "the next run asks again"
            )
        return PubMedUnreachable(
            f"{self.host} ({service}) cannot be reached: {fault}; asked {times}. The next run asks again; "
            "if this stays, see pubmed.base_url, the network and any proxy (HTTPS_PROXY)"
        )

    def _keep_pace(self) -> None:
        now = self._clock()
        if now < self._next_request:
            self._sleep(self._next_request - now)
            now = self._clock()
        self._next_request = max(now, self._next_request) + self._spacing

    def _post(self, service: str, sent: Mapping[str, str]) -> bytes:
        """One request and its whole body. Raises _Fault."""
        self._keep_pace()
        self.tally.requests += 1
        deadline = self._clock() + 3 * self._timeout
        try:
            with self._session.post(
                urljoin(self.base_url, service),
                data=sent,
                timeout=(self._timeout, self._timeout),
                stream=True,
                allow_redirects=False,  # a redirected POST becomes a GET, with the key in no body at all
            ) as response:
                body = self._whole(response, deadline)
        except requests.RequestException as error:
            raise _Fault(*_connection_words(error, self._timeout), tries=None, answered=False) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            said = shorten(self._without_secret(str(error)))
            raise _Fault("broken-off", f"the answer broke off ({said})", tries=None, answered=True) from error
        self._refuse_status(response, body)
        self._refuse_another_time(response.headers.get("Date", ""))
        return body

    def _whole(self, response: requests.Response, deadline: float) -> bytes:
        """The body, given up when it trickles: a timeout bounds each silence, not their sum."""
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if self._clock() > deadline:
                seconds = 3 * self._timeout
                raise _Fault("trickle", f"no whole answer in {seconds:.0f} s", tries=None, answered=True)
            if size > LARGEST_ANSWER:
                raise _Fault("too-large", f"an answer of over {LARGEST_ANSWER} bytes", tries=2, answered=True)
        promised = response.headers.get("Content-Length", "")
        if promised.isdecimal() and "Content-Encoding" not in response.headers and size != int(promised):
            raise _Fault("cut", f"{size} bytes of {promised}", tries=None, answered=True)
        return b"".join(parts)

    def _refuse_status(self, response: requests.Response, body: bytes) -> None:
        """Raise _Fault for any status but 200."""
        status = response.status_code
        if status == requests.codes.ok:
            return
        said = self._without_secret(what_it_says(body)) or response.reason
        words = f"HTTP {status} ({said})"
        if status == requests.codes.too_many_requests:
            after = retry_after(response.headers.get("Retry-After", ""))
            raise _Fault("429", words, tries=None, answered=True, after=after)
        if status >= 500:
            after = retry_after(response.headers.get("Retry-After", ""))
            raise _Fault(str(status), words, tries=None, answered=True, after=after)
        if "api key" in said.lower():
            words += "; see LITWATCH_PUBMED__API_KEY"
            raise _Fault(str(status), words, tries=1, answered=True)
        if 300 <= status < 400:
            where = self._without_secret(response.headers.get("Location", "elsewhere"))
            raise _Fault(str(status), f"{words}, to {where}; see pubmed.base_url", tries=1, answered=True)
        page = b"<html" in body[:1000].lower()  # NCBI's gateway says 400 when it means 502
        if not page:
            words += "; see pubmed.base_url"
        raise _Fault(str(status), words, tries=PATIENCE if page else 3, answered=True)

    def _refuse_another_time(self, header: str) -> None:
        """Raise _Fault where PubMed's clock and ours are more than a day apart.

        By ours it is decided which papers are late or too old to be mailed, and what is written down would bear its
        times. Nothing is, until somebody has set it right: PubMed still lists all then.
        """
        words = another_time(header, self._wall_clock())
        if words is not None:
            raise _Fault("clock", words, tries=2, answered=True)

    def _without_secret(self, said: str) -> str:
        return said.replace(self._secret, "***") if self._secret else said


def _connection_words(error: requests.RequestException, timeout: float) -> tuple[str, str]:
    """(cause, words) without address or body, so that no key can stand in them."""
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return "tls", "its certificate is not accepted, or TLS failed"
    if isinstance(error, requests.exceptions.ProxyError):
        return "proxy", "the proxy refuses"
    if isinstance(error, requests.exceptions.Timeout):
        return "timeout", f"no answer in {timeout:g} s"
    if isinstance(error, requests.exceptions.ConnectionError):
        if "resolve" in text or "Name or service" in text or "getaddrinfo" in text:
            return "dns", "its name cannot be resolved"
        if "refused" in text:
            return "refused", "connection refused"
        if "reset" in text or "aborted" in text or "RemoteDisconnected" in text:
            return "reset", "the connection was cut"
        return "connection", "no connection"
    return "connection", type(error).__name__
