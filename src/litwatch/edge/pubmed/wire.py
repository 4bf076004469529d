"""The only place where litwatch speaks HTTP to PubMed; imported when there is something to ask.

Owns the session, and what each way of failing is called. Never asks twice, nor knows what an answer means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import requests
import urllib3

from litwatch import __version__
from litwatch.edge.pubmed.answers import shorten, what_it_says
from litwatch.edge.pubmed.fault import PATIENCE, Fault
from litwatch.edge.pubmed.headers import another_time, retry_after

LARGEST_ANSWER = 200_000_000  # bytes; 200 records are rarely over 5 million


class Wire:
    """One requests Session. `without_secret` takes the key out of what a server says."""

    def __init__(
        self,
        timeout: float,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
        without_secret: Callable[[str], str],
    ) -> None:
        self._timeout, self._clock, self._wall_clock = timeout, clock, wall_clock
        self._without_secret = without_secret
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"litwatch/{__version__}"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def post(self, address: str, sent: Mapping[str, str]) -> bytes:
        """One request and its whole body. Raises Fault."""
        deadline = self._clock() + 3 * self._timeout
        try:
            with self._session.post(
                address,
                data=sent,
                timeout=(self._timeout, self._timeout),
                stream=True,
                allow_redirects=False,  # a redirected POST becomes a GET, with the key in no body at all
            ) as response:
                body = self._whole(response, deadline)
        except requests.RequestException as error:
            raise Fault(*_connection_words(error, self._timeout), tries=None, answered=False) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            said = shorten(self._without_secret(str(error)))
            raise Fault("broken-off", f"the answer broke off ({said})", tries=None, answered=True) from error
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
                raise Fault("trickle", f"no whole answer in {seconds:.0f} s", tries=None, answered=True)
            if size > LARGEST_ANSWER:
                raise Fault("too-large", f"an answer of over {LARGEST_ANSWER} bytes", tries=2, answered=True)
        promised = response.headers.get("Content-Length", "")
        if promised.isdecimal() and "Content-Encoding" not in response.headers and size != int(promised):
            raise Fault("cut", f"{size} bytes of {promised}", tries=None, answered=True)
        return b"".join(parts)

    def _refuse_status(self, response: requests.Response, body: bytes) -> None:
        """Raise Fault for any status but 200."""
        status = response.status_code
        if status == requests.codes.ok:
            return
        said = self._without_secret(what_it_says(body)) or response.reason
        words = f"HTTP {status} ({said})"
        if status == requests.codes.too_many_requests:
            after = retry_after(response.headers.get("Retry-After", ""))
            raise Fault("429", words, tries=None, answered=True, after=after)
        if status >= 500:
            after = retry_after(response.headers.get("Retry-After", ""))
            raise Fault(str(status), words, tries=None, answered=True, after=after)
        if "api key" in said.lower():
            words += "; see LITWATCH_PUBMED__API_KEY"
            raise Fault(str(status), words, tries=1, answered=True)
        if 300 <= status < 400:
            where = self._without_secret(response.headers.get("Location", "elsewhere"))
            raise Fault(str(status), f"{words}, to {where}; see pubmed.base_url", tries=1, answered=True)
        page = b"<html" in body[:1000].lower()  # NCBI's gateway says 400 when it means 502
        if not page:
            words += "; see pubmed.base_url"
        raise Fault(str(status), words, tries=PATIENCE if page else 3, answered=True)

    def _refuse_another_time(self, header: str) -> None:
        """Raise Fault where PubMed's clock and ours are more than a day apart.

        By ours it is decided which papers are late or too old to be mailed, and what is written down would bear its
        times. Nothing is, until somebody has set it right: PubMed still lists all then.
        """
        words = another_time(header, self._wall_clock())
        if words is not None:
            raise Fault("clock", words, tries=2, answered=True)


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
