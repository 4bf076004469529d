"""Mail addresses as config files hold them: what is right, and in which form it is kept.

Owns which are plain enough to be taken at once. Never decides about any other: email-validator does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from litwatch.edge.config.kinds import mistake, plain, shown, text_in_quotes

# What email-validator accepts as it stands; its import and checks take longer than all the rest of a config.
# It refuses .local, .test and localhost, to which a hospital's own server or a relay beside us may deliver.
PLAIN_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})"
)
# An address so short, and so plain before the @, is right where its domain is.
SHORT_ADDRESS, PLAIN_LOCAL_PART = 120, re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
# Names under which there is never mail (RFC 6761, RFC 7686); email-validator says why.
NOWHERE = ("arpa", "invalid", "localhost", "onion")


def _is_plain(text: str) -> bool:
    """Whether an address is right beyond doubt: ASCII, a lower-case domain, nothing only a library knows."""
    if not PLAIN_ADDRESS.fullmatch(text) or len(text) > 254 or text.index("@") > 64 or "--" in text:
        return False
    return text.rpartition(".")[2] not in NOWHERE


def _address(value: object) -> str:
    text = text_in_quotes(value, '"you@example.org"')
    if _is_plain(text):
        return text
    local, _, domain = text.rpartition("@")
    if (
        len(local) <= 64
        and len(text) <= SHORT_ADDRESS
        and PLAIN_LOCAL_PART.fullmatch(local)
        and (known := _domain(domain))
    ):
        return f"{local}@{known}"
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise mistake(f"{shown(text)} is no mail address: {error}") from error


@lru_cache(maxsize=10_000)
def _domain(text: str) -> str | None:
    """What the library makes of it ("Clinic.EXAMPLE.org", "münchen.example"); thousands of readers share a few."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(f"a@{text}", check_deliverability=False).domain
    except EmailNotValidError:
        return None


def _optional_address(value: object) -> str:
    return "" if value == "" else _address(value)


Address = Annotated[str, *plain(_address, format="email")]
OptionalAddress = Annotated[str, *plain(_optional_address)]
