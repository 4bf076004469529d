"""Owns the shape of what lint says about a query.

Never looks for anything; the modules of litwatch.query.lint do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that makes a search lose papers: where (code points in the query as written), why, what to do.

    `code` is a short stable name ("lower-case-operator"); `press` the element of PRESS 2015 (1 to 6) that asks
    for it; `message` says what stands there, `why` why it matters. `instead` is a text that can be pasted in place of
    start to end, and then this finding is gone; "" where there is none. What is to be done otherwise is `advice`.
    """

    code: str
    severity: Severity
    start: int
    end: int
    message: str
    why: str
    instead: str = ""
    press: int = 5
    advice: str = ""
