"""So many mails a minute and no more, where a relay allows no more.

Owns the waiting. Never sends.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from litwatch.jobs import stopping


@dataclass(slots=True)
class Pace:
    """At most `per_minute` (0: without limit), evenly: a relay that counts by the second is content, too."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0

    def wait(self) -> None:
        """Until the next mail may go. Raises KeyboardInterrupt where a signal asks us to stop meanwhile."""
        if not self.per_minute:
            return
        now = self.clock()
        if now < self._next:
            with stopping.waiting():
                self.sleep(self._next - now)
        self._next = max(now, self._next) + 60 / self.per_minute
