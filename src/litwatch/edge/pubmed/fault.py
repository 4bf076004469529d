"""One failed try at PubMed: why, in which words, and how often the like of it is tried again.

Owns that value. Never tries anything.
"""

from __future__ import annotations

PATIENCE = 5  # tries of an answer that makes no sense and is not known to pass


class Fault(Exception):
    """One failed try. `tries` bounds how often the like of it is tried; None: until the budget is used up."""

    def __init__(
        self, cause: str, message: str, *, tries: int | None, answered: bool, after: float | None = None
    ) -> None:
        self.cause, self.tries, self.answered, self.after = cause, tries, answered, after
        super().__init__(message)
