"""What goes wrong between PubMed and us, on order.

Owns the faults by name and the list of those still to come. Never touches the corpus.

Each is a fact of E-utilities that clients have met; most come with HTTP 200.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from litwatch.errors import UsageError
from litwatch.sandbox.answers import Request
from litwatch.sandbox.fetching import FOOT
from litwatch.sandbox.shapes import JSON, Answer, error_answer

_RECORD = re.compile(rb"<PubmedArticle>.*?</PubmedArticle>\s*", re.DOTALL)
_HTML = (
    b"<!DOCTYPE html>\n<html><head><title>NCBI - WWW Error 502 Diagnostic</title></head>"
    b'<body><h1 class="error">Bad Gateway</h1><p>Your request could not be processed due to a problem on our '
    b"Web server.</p></body></html>\n"
)

Spoil = Callable[[Request, Answer], Answer]


def too_many_requests() -> Answer:
    """The body of NCBI's 429."""
    value = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "4", "limit": "3"}
    return Answer(429, JSON, json.dumps(value).encode())


def _too_many(request: Request, answer: Answer) -> Answer:
    return too_many_requests()


def _too_many_with_retry_after(request: Request, answer: Answer) -> Answer:
    refused = too_many_requests()
    return Answer(refused.status, refused.content_type, refused.body, {"Retry-After": "1"})


def _server_error(request: Request, answer: Answer) -> Answer:
    return Answer(500, "text/html; charset=UTF-8", _HTML)


def _html(request: Request, answer: Answer) -> Answer:
    return Answer(200, "text/html; charset=UTF-8", _HTML)


def _error(request: Request, answer: Answer) -> Answer:
    text = "Search Backend failed: Database is not supported: pubmed"
    return error_answer(request.endpoint, text, json=request.json, status=200)


def _empty(request: Request, answer: Answer) -> Answer:
    return Answer(200, answer.content_type, b"")


def _cut(request: Request, answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) * 3 // 5])


def _left_out(request: Request, answer: Answer) -> Answer:
    """Every second record is missing, the first one among them."""
    records = list(_RECORD.finditer(answer.body))
    kept = [found[0] for position, found in enumerate(records) if position % 2]
    if not records:
        return answer
    return replace(answer, body=answer.body[: records[0].start()] + b"".join(kept) + FOOT)


FAULTS: dict[str, tuple[Spoil, str]] = {
    "429": (_too_many, "the rate limit, without Retry-After"),
    "429-retry-after": (_too_many_with_retry_after, "the rate limit, with Retry-After: 1"),
    "500": (_server_error, "an internal error"),
    "html": (_html, "an HTML page with HTTP 200"),
    "error": (_error, "<ERROR> with HTTP 200"),
    "empty": (_empty, "an empty body with HTTP 200"),
    "cut": (_cut, "a body that ends in the middle"),
    "left-out": (_left_out, "PMIDs left out of an EFetch answer"),
}
"""Every fault by name, with what it does in a few words."""

_ONLY = {"left-out": "efetch"}


@dataclass(slots=True)
class Faults:
    """Faults still to come; the first that fits a request is spent on it."""

    planned: list[tuple[str, str]] = field(default_factory=list)

    def plan(self, name: str, times: int = 1, endpoint: str = "") -> None:
        """Let the next `times` requests (to `endpoint`, if given) go wrong in that way.

        Raises UsageError where there is no such fault.
        """
        if name not in FAULTS:
            raise UsageError(f"the sandbox knows no fault {name!r}; it knows {', '.join(FAULTS)}")
        self.planned += [(name, endpoint or _ONLY.get(name, ""))] * times

    def plan_text(self, text: str) -> None:
        """Plan NAME or NAME:N, as on the command line. Raises UsageError."""
        name, _, times = text.partition(":")
        if times and not re.fullmatch(r"[1-9]\d{0,6}", times):
            raise UsageError(f"--fault {text}: after the colon comes how many times, a number from 1")
        self.plan(name, int(times or 1))

    def answer(self, request: Request, answered: Callable[[], Answer]) -> Answer:
        """The one place where an answer can go wrong: `answered` as it is, or spoilt."""
        for position, (name, endpoint) in enumerate(self.planned):
            if endpoint in ("", request.endpoint):
                del self.planned[position]
                return FAULTS[name][0](request, answered())
        return answered()
