"""Tells a healthchecks-style server that a run starts, has done well or failed.

Owns that request. Never says more than that: no subject, no address of a reader; and never hinders a run.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

Event = Literal["start", "success", "fail"]

# https://healthchecks.io/docs/http_api/: success is the address itself.
ENDINGS: dict[Event, str] = {"start": "/start", "success": "", "fail": "/fail"}

# A run waits for it no longer than this to connect, and again to be answered.
SECONDS = 5.0


def ping(url: str, event: Event) -> str | None:
    """Tell it; None, or in words why it could not be told, without the address, which is a secret."""
    import requests

    parts = urlsplit(url)
    address = parts._replace(path=parts.path.rstrip("/") + ENDINGS[event]).geturl()
    where = f"the ping server {parts.hostname}"
    try:
        with requests.post(
            address,
            data=b"",
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
            headers={"User-Agent": "litwatch"},
        ) as answer:
            return None if answer.ok and not answer.is_redirect else f"{where} answered {answer.status_code}"
    except requests.Timeout:
        return f"{where} did not answer within {SECONDS:g} s"
    except (requests.RequestException, OSError, ValueError) as error:
        return f"{where} cannot be reached: {type(error).__name__}"
