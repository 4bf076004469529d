"""Whether work grows no faster than its input: times of n and of four times n are compared, never with a clock.

Owns the measuring. Never says what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: Four times as much takes four times as long, sixteen times where it is quadratic; other programs share the machine.
FOURFOLD, MOST = 4, 10.0
_LEAST_SECONDS = 0.002


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times as long four times `size` takes; `work(size)` makes ready what is then measured.

    The best of several runs each; more runs where the first do not settle it.
    """
    small, large = work(size), work(FOURFOLD * size)
    best = [float("inf"), float("inf")]
    for _ in range(8):
        for place, run in enumerate((small, large)):
            started = time.process_time()
            run()
            best[place] = min(best[place], time.process_time() - started)
        if best[1] / max(best[0], _LEAST_SECONDS) < MOST:
            break
    return best[1] / max(best[0], _LEAST_SECONDS)
