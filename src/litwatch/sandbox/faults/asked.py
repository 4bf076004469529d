"""What a fault is given, and what a fault is.

Owns the two values below. Never decides when a fault comes (planning.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from litwatch.sandbox.answers import PubMed, Request
from litwatch.sandbox.shapes import Answer


@dataclass(slots=True)
class Asked:
    """One request that is to go wrong, on the sandbox's day."""

    request: Request
    pubmed: PubMed
    today: date
    _honest: Answer | None = field(default=None, init=False)

    @property
    def honest(self) -> Answer:
        """The answer as it would be; worked out once."""
        if self._honest is None:
            self._honest = self.on(self.today)
        return self._honest

    def on(self, day: date) -> Answer:
        """The answer as it would be on another day."""
        return self.pubmed.answer(self.request, day)

    def is_there(self, pmid: int) -> bool:
        """Whether PubMed holds that PMID today."""
        return self.pubmed.raw(pmid, self.today) is not None


@dataclass(frozen=True, slots=True)
class Fault:
    """A way for an answer to go wrong.

    `spoil` gives the wrong answer, or None where this answer holds nothing that could go wrong in that way.
    `endpoint` is the only one at which it comes; "" is any.
    """

    spoil: Callable[[Asked], Answer | None]
    says: str
    endpoint: str = ""
