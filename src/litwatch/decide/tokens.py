"""Tokens that only we can have made: in unsubscribe links, in the address that bounces go to, in feedback links.

Owns their form and their signature (HMAC-SHA-256). Never keeps the key, and never does what a token asks for.

A token is `WHAT-WHOSE-MARK` in letters, digits and hyphens, in any case, for mail programs and servers change that:
what is asked, a subscription by a keyed hash of it (no address is told to anybody), and the signature of both. It
holds no date: it never expires. Whoever stores what a token says stores it under a key, so that it counts once.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

Verdict = Literal["useful", "not-useful", "wrong-topic"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
UNSUBSCRIBE = "unsubscribe"

# 50 bits name one of some ten thousand subscriptions, 80 bits are beyond guessing by mail.
WHOSE, MARK = 10, 16

_TAIL = rf"([a-z2-7]{{{WHOSE}}})-([a-z2-7]{{{MARK}}})"
_VERDICT = "|".join(VERDICTS)
_TOKEN = re.compile(
    rf"(?<![a-z0-9-])({UNSUBSCRIBE}|(?:{_VERDICT})-[0-9]{{1,9}}|b[0-9]{{4,8}}(?:w[0-9]{{2}})?)-{_TAIL}(?![a-z0-9-])",
    re.IGNORECASE,
)

Subscription = tuple[str, str]
"""Address, as the store has it, and watch."""


@dataclass(frozen=True, slots=True)
class Leave:
    """A reader ends a subscription."""

    subscriber: str
    watch: str


@dataclass(frozen=True, slots=True)
class Bounced:
    """The digest of that period came back."""

    subscriber: str
    watch: str
    period: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader judges a paper that a digest of theirs held."""

    subscriber: str
    watch: str
    pmid: int
    verdict: Verdict


Read = Leave | Bounced | Feedback


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes tokens with a secret key, at least 32 bytes long."""

    key: bytes

    def unsubscribe(self, subscription: Subscription) -> str:
        """For the link that ends it."""
        return self._signed(UNSUBSCRIBE, subscription)

    def bounce(self, subscription: Subscription, period: str) -> str:
        """For the address that the digest of that period comes back to (VERP); at most 37 characters."""
        return self._signed("b" + period.replace("-", "").lower(), subscription)

    def feedback(self, subscription: Subscription, pmid: int, verdict: Verdict) -> str:
        """For a link by which a reader judges a paper."""
        return self._signed(f"{verdict}-{pmid}", subscription)

    def _signed(self, what: str, subscription: Subscription) -> str:
        whose = self._whose(subscription)
        return f"{what}-{whose}-{self._mark(what, whose)}"

    def _whose(self, subscription: Subscription) -> str:
        return _whose(self.key, *subscription)

    def _mark(self, what: str, whose: str) -> str:
        return _hash(self.key, MARK, "token", what, whose)

    def reader(self, subscriptions: Iterable[Subscription]) -> Reader:
        """What reads the tokens of these subscriptions."""
        return Reader(self, {self._whose(one): one for one in subscriptions})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads tokens of known subscriptions."""

    signer: Signer
    subscriptions: dict[str, Subscription]

    def read(self, token: str) -> Read | None:
        """What it asks for; None where we did not make it, or not for anybody we know."""
        found = _TOKEN.fullmatch(token.strip())
        if found is None:
            return None
        what, whose, mark = (part.lower() for part in found.groups())
        if not hmac.compare_digest(mark, self.signer._mark(what, whose)):  # noqa: SLF001 (its other half)
            return None
        known = self.subscriptions.get(whose)
        if known is None:
            return None
        if what == UNSUBSCRIBE:
            return Leave(*known)
        verdict, _, pmid = what.rpartition("-")
        for one in VERDICTS:
            if verdict == one:
                return Feedback(*known, int(pmid), one)
        return Bounced(*known, _period(what[1:]))


def tokens_in(text: str) -> tuple[str, ...]:
    """Everything in a text that looks like a token, in its order; whether we made it is for `Reader.read` to say."""
    return tuple(found[0] for found in _TOKEN.finditer(text))


@lru_cache(maxsize=16)  # a digest holds many tokens of one reader
def _whose(key: bytes, subscriber: str, watch: str) -> str:
    return _hash(key, WHOSE, "whose", subscriber, watch)


@lru_cache(maxsize=64)  # and the link to leave it three times
def _hash(key: bytes, length: int, *parts: str) -> str:
    """That many letters; no two lists of parts are taken for each other."""
    content = b"".join(b"%d:%b," % (len(part), part) for part in (each.encode() for each in parts))
    return b32encode(hmac.digest(key, content, "sha256"))[:length].decode().lower()


def _period(written: str) -> str:
    """2026w43, 202610 or 20261025 as decide/due.py names it."""
    year, rest = written[:4], written[4:].upper()
    return f"{year}-{rest[:2]}-{rest[2:]}" if len(rest) == 4 else f"{year}-{rest}"
