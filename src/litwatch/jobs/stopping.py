"""Lets a signal end a run at a boundary: between two mails or two batches, never within a transaction.

Owns what SIGTERM and Ctrl-C do while a job is at work, for the whole process. Never ends the process itself: it
raises KeyboardInterrupt where that does no harm, and the job files its receipt.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")

SAID = "stopped by a signal; the next run takes it up"  # in a receipt

EXIT_CODE = 128 + signal.SIGINT

# What stops us waits 20 s and more before it kills (docker 10, systemd 90); what is begun gets most of it.
GRACE_SECONDS = 15.0


class Told(Protocol):
    """What a job leaves: as plain values, and in one line."""

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        ...

    def one_line(self) -> str:
        """What matters."""
        ...


class Stopped(KeyboardInterrupt):
    """A signal has ended a job, which has filed its `receipt`."""

    def __init__(self, receipt: Told) -> None:
        self.receipt = receipt
        super().__init__(SAID)


@dataclass(slots=True)
class _Asked:
    """Whether somebody asked us to stop; how many jobs are at work within each other; whether one only waits."""

    to_stop: bool = False
    at_work: int = 0
    waiting: bool = False


_asked = _Asked()


def on_signal(_signal: int, _frame: FrameType | None) -> None:
    """What SIGTERM and SIGINT call: stop now where nothing is at work, else at the next boundary.

    A second signal, or the end of the grace, stops in the middle: what was begun is rolled back, but a mail that was
    just handed over may not be noted as sent, and go out again.
    """
    again = _asked.to_stop
    request()
    if again or _asked.waiting or not _asked.at_work:
        raise KeyboardInterrupt
    signal.signal(signal.SIGALRM, on_signal)
    signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)


def request() -> None:
    """Stop at the next boundary (for `serve`, whose job runs in another thread than its signals)."""
    _asked.to_stop = True


def boundary() -> None:
    """Here nothing is half done. Raises KeyboardInterrupt where we were asked to stop."""
    if _asked.to_stop:
        raise KeyboardInterrupt


@contextmanager
def orderly() -> Iterator[None]:
    """A job is at work: until it ends, a signal waits for a boundary."""
    _asked.at_work += 1
    try:
        yield
    finally:
        _asked.at_work -= 1


@contextmanager
def waiting() -> Iterator[None]:
    """The job only waits for somebody else and has nothing begun: a signal need not wait."""
    _asked.waiting = True
    try:
        boundary()
        yield
    finally:
        _asked.waiting = False


def each(items: Iterable[Item]) -> Iterator[Item]:
    """The items, with a boundary before each, and a signal need not wait while the next one is waited for."""
    rest = iter(items)
    while True:
        with waiting():
            try:
                item = next(rest)
            except StopIteration:
                return
        yield item
