"""Answers that are none: statuses, error bodies, pages, nothing.

Owns what stands in them. Never looks at the answer that they take the place of, but to cut or relabel it.

Sources: the E-utilities book on limits and keys (https://www.ncbi.nlm.nih.gov/books/NBK25497/), and bodies that
clients recorded (biopython issue 4189, pubmed-mcp-server issue 95).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from litwatch.sandbox.faults.asked import Asked, Fault
from litwatch.sandbox.shapes import JSON, XML, Answer, error_answer, search_error

HTML = "text/html; charset=UTF-8"
_BAD_GATEWAY = (
    b"<!DOCTYPE html>\n<html><head><title>NCBI - WWW Error 502 Diagnostic</title></head>"
    b'<body><h1 class="error">Bad Gateway</h1><p>Your request could not be processed due to a problem on our '
    b"Web server.</p></body></html>\n"
)
_KEY = {"error": "API key invalid", "api-key": "***", "type": "api-key", "status": "unknown"}
_ENTITIES = b'<!DOCTYPE eSearchResult [<!ENTITY a "99"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>")
_ENCODING = re.compile(rb'(<\?xml version="1\.0")[^?]*\?>')


def too_many_requests(retry_after: str = "") -> Answer:
    """NCBI's 429."""
    value = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "4", "limit": "3"}
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Answer(429, JSON, json.dumps(value).encode(), headers)


def _always(answer: Answer) -> Callable[[Asked], Answer]:
    return lambda asked: answer


def _page(status: int, **headers: str) -> Callable[[Asked], Answer]:
    return _always(
        Answer(status, HTML, _BAD_GATEWAY, {name.replace("_", "-"): headers[name] for name in headers})
    )


def _error(asked: Asked) -> Answer:
    return error_answer(
        asked.request.endpoint, "Couldn't resolve #exLinkSrv2", json=asked.request.json, status=200
    )


def _backend(asked: Asked) -> Answer:
    text = "Search Backend failed: Database is not supported: pubmed"
    return error_answer(asked.request.endpoint, text, json=asked.request.json, status=200)


def _retstart_refused(asked: Asked) -> Answer:
    text = (
        "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can only "
        "retrieve the first 9,999 records matching the query."
    )
    return search_error(text, json=asked.request.json)


def _history_expired(asked: Asked) -> Answer:
    """Every WebEnv is gone; where none was asked for, the error comes all the same."""
    asked.pubmed.history.forget()
    text = f"Unable to obtain query #{asked.request.params.get('query_key') or 1}"
    status = 400 if asked.request.endpoint == "efetch" else 200
    return error_answer(asked.request.endpoint, text, json=asked.request.json, status=status)


def _empty(asked: Asked) -> Answer:
    return replace(asked.honest, body=b"")


def _prolog(asked: Asked) -> Answer:
    return Answer(200, XML, b'<?xml version="1.0" encoding="UTF-8" ?>\n')


def _cut(asked: Asked) -> Answer:
    body = asked.honest.body
    return replace(asked.honest, body=body[: len(body) * 3 // 5])


def _entities(asked: Asked) -> Answer | None:
    if not _DOCTYPE.search(asked.honest.body[:1000]):
        return None
    return replace(asked.honest, body=_DOCTYPE.sub(_ENTITIES, asked.honest.body, count=1))


def _wrong_encoding(asked: Asked) -> Answer | None:
    """UTF-8 that calls itself Latin-1: whoever believes it reads "Ã©" for "é", and notices nothing."""
    if not _ENCODING.match(asked.honest.body):
        return None
    return replace(
        asked.honest, body=_ENCODING.sub(rb'\1 encoding="ISO-8859-1" ?>', asked.honest.body, count=1)
    )


def _gzip_garbage(asked: Asked) -> Answer:
    """Anything but gzip, under that name."""
    return replace(asked.honest, headers={"Content-Encoding": "gzip"})


def _other_time(asked: Asked) -> Answer:
    """What a machine sees whose own clock has run ahead by years."""
    return replace(asked.honest, headers={**asked.honest.headers, "Date": "Tue, 09 Mar 2021 07:05:00 GMT"})


REFUSALS = {
    "429": Fault(_always(too_many_requests()), "the rate limit, without Retry-After"),
    "429-retry-after": Fault(_always(too_many_requests("1")), "the rate limit, with Retry-After: 1"),
    "429-tomorrow": Fault(_always(too_many_requests("86400")), "the rate limit, with Retry-After: 86400"),
    "500": Fault(_page(500), "an internal error"),
    "502": Fault(_page(502), "a bad gateway that says so"),
    "503": Fault(_page(503, Retry_After="1"), "a server away for maintenance, with Retry-After: 1"),
    "html": Fault(_page(200), "the page of a 502 with HTTP 200"),
    "html-400": Fault(_page(400), "the page of a 502 with HTTP 400"),
    "redirect": Fault(
        _always(Answer(302, HTML, b"", {"Location": "https://login.example.org/portal"})),
        "a redirect to another host (the login page of a network)",
    ),
    "key-refused": Fault(
        _always(Answer(400, JSON, json.dumps(_KEY).encode())), "HTTP 400: the API key is called invalid"
    ),
    "error": Fault(_error, "<ERROR> with HTTP 200"),
    "backend": Fault(_backend, '"Search Backend failed" with HTTP 200'),
    "json-error": Fault(
        _always(replace(too_many_requests(), status=200)), "the rate limit as JSON with HTTP 200"
    ),
    "retstart-refused": Fault(_retstart_refused, "'retstart' is refused, with HTTP 200", "esearch"),
    "history-expired": Fault(_history_expired, "every WebEnv is gone"),
    "empty": Fault(_empty, "an empty body with HTTP 200"),
    "prolog-only": Fault(_prolog, "an XML declaration and nothing after it"),
    "cut": Fault(_cut, "a body that ends in the middle, of that length"),
    "entities": Fault(_entities, "a DOCTYPE that declares entities"),
    "wrong-encoding": Fault(_wrong_encoding, "UTF-8 that is declared as ISO-8859-1"),
    "other-time": Fault(_other_time, "its Date lies years before our clock, which has run ahead"),
    "gzip-garbage": Fault(_gzip_garbage, "Content-Encoding: gzip over something else"),
}
"""Answers that are none, by name."""
