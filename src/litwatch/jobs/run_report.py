"""What one `run` did: its receipts, what failed, what was busy; as one line, as JSON, as an exit code.

Owns the report. Never does a step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litwatch.errors import LockHeld, UsageError
from litwatch.jobs import stopping
from litwatch.jobs.alarm import Told
from litwatch.jobs.delivery_receipt import DeliveryReceipt
from litwatch.jobs.inbox_receipt import InboxReceipt
from litwatch.jobs.receipt import Receipt

# Seconds that mail, and word to the operator, wait for another run's collect or refresh: whatever keeps it, not longer.
A_DAY = 86_400.0


@dataclass(slots=True)
class RunReport:
    """What one `run` did.

    `notes` are worth a word once (jobs/beginning.py); `busy` names the steps that another run was at, for so
    many seconds.
    """

    collected: list[Receipt] = field(default_factory=list)
    refreshed: Receipt | None = None
    answered: InboxReceipt | None = None
    delivered: DeliveryReceipt | None = None
    guarded: list[Receipt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    busy_seconds: float = 0.0
    mistaken: bool = False
    """One of the failures is a mistake of the user's, which each run will meet (exit code 2)."""
    stopped: bool = False
    """A signal has ended it."""
    quiet_until: datetime | None = None
    """Where nothing was due: when something may be, if nobody writes to the store or edits the configuration."""

    def note(self, held: LockHeld) -> None:
        """Another run is at that step."""
        if str(held) not in self.busy:  # each watch is kept by the same one
            self.busy.append(str(held))
        self.busy_seconds = max(self.busy_seconds, held.seconds)

    @property
    def is_left_to_another(self) -> bool:
        """Whether another run is at work that will mail and tell; not one that has hung for more than a day."""
        return bool(self.busy) and self.busy_seconds < A_DAY

    def take(self, told: Told) -> None:
        """What came of telling the operator; a failure is made good by the next run."""
        self.notes += [told.note] if told.note else []
        if told.failure:
            self.failures.append(told.failure)
            self.quiet_until = None

    def fail(self, mistake: str) -> None:
        """A mistake of the user's that this run has met, and the next one will."""
        self.failures.append(mistake)
        self.mistaken, self.quiet_until = True, None

    def stop(self, signalled: KeyboardInterrupt) -> None:
        """A signal has ended it, in a job that left a receipt or between two."""
        self.stopped = True
        receipt = signalled.receipt if isinstance(signalled, stopping.Stopped) else None
        match receipt:
            case DeliveryReceipt():
                self.delivered = receipt
            case InboxReceipt():
                self.answered = receipt
            case Receipt(job="refresh"):
                self.refreshed = receipt
            case Receipt(job="guard"):
                self.guarded.append(receipt)
            case Receipt():
                self.collected.append(receipt)
            case _:
                self.failures.append(f"run: {stopping.SAID}")

    def _receipts(self) -> list[Receipt | InboxReceipt | DeliveryReceipt]:
        refreshed = [self.refreshed] if self.refreshed else []
        answered = [self.answered] if self.answered and self.answered.did_something else []
        delivered = [self.delivered] if self.delivered else []
        return [*self.collected, *refreshed, *answered, *delivered, *self.guarded]

    @property
    def idle(self) -> bool:
        """Nothing was due."""
        answered = self.answered is not None and self.answered.did_something
        return not (
            answered
            or self.collected
            or self.refreshed
            or self.guarded
            or self.notes
            or self.failures
            or self.busy
        ) and not (self.delivered and (self.delivered.did_something or self.delivered.waiting))

    def to_json(self) -> dict[str, Any]:
        """Every receipt of the run."""
        return {
            "exit_code": self.exit_code,
            "collected": [receipt.to_json() for receipt in self.collected],
            "refreshed": self.refreshed.to_json() if self.refreshed else None,
            "answered": self.answered.to_json() if self.answered else None,
            "delivered": self.delivered.to_json() if self.delivered else None,
            "guarded": [receipt.to_json() for receipt in self.guarded],
            "notes": list(self.notes),
            "failures": list(self.failures),
            "busy": list(self.busy),
        }

    def one_line(self) -> str:
        """The run in one line."""
        did = (receipt.one_line() for receipt in self._receipts())
        return " | ".join([*did, *self.notes, *self.failures, *self.busy])

    @property
    def exit_code(self) -> int:
        """130 after a signal, 2 for a mistake in templates, 1 for a failure, 3 where another run left nothing to do."""
        if self.stopped:
            return stopping.EXIT_CODE
        if self.mistaken or (
            self.delivered is not None and not self.delivered.ok and self.delivered.exit_code > 1
        ):
            return UsageError.exit_code
        if self.failures or not all(receipt.ok for receipt in self._receipts()):
            return 1
        delivered = self.delivered is not None and self.delivered.did_something
        did_something = self.collected or self.refreshed or self.answered or delivered or self.guarded
        return LockHeld.exit_code if self.busy and not did_something else 0


def stopped_report(signalled: KeyboardInterrupt) -> RunReport:
    """The report of a run that a signal has ended, wherever in it."""
    if isinstance(signalled, stopping.Stopped) and isinstance(signalled.receipt, RunReport):
        return signalled.receipt
    report = RunReport()
    report.stop(signalled)
    return report
