"""What a run of `deliver` did, and what it left undone.

Owns the receipt's values and words. Never sends and never reads a store.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest of one subscription; `note` says why, where it was not sent."""

    subscriber: str
    watch: str
    period: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.subscriber}, {self.watch} {self.period}" + (f": {self.note}" if self.note else "")


@dataclass(slots=True)
class DeliveryReceipt:
    """Filled while the run goes on; `papers` counts papers in the mails sent, each as often as it was sent.

    `sent` holds `resent` (claimed by an earlier run) too. `withdrawn` were claimed by an earlier run and show a
    paper as a finding that was retracted since: they are composed anew. `waiting` are digests that wait for a search,
    `postponed` mails that a server will get later, `refused` those that it will not get: neither loses
    anything, the papers stay owed. `late`: those failures that tell of a mail postponed for hours.
    """

    started_at: datetime
    finished_at: datetime | None = None
    subscriptions: int = 0
    papers: int = 0
    sent: list[Delivery] = field(default_factory=list)
    resent: list[Delivery] = field(default_factory=list)
    withdrawn: list[Delivery] = field(default_factory=list)
    waiting: list[Delivery] = field(default_factory=list)
    postponed: list[Delivery] = field(default_factory=list)
    refused: list[Delivery] = field(default_factory=list)
    suspended: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    stopped: str = ""
    exit_code: int = 1
    """Where something failed: 2 for a mistake in a template, which its user can mend."""

    @property
    def ok(self) -> bool:
        """False where somebody has to look: a refusal, a stop, a mail that could not be made (exit 1)."""
        return not self.failures

    @property
    def did_something(self) -> bool:
        """Whether there is anything to file."""
        return bool(self.sent or self.withdrawn or self.postponed or self.refused or self.failures)

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain values."""
        document = asdict(self)
        del document["exit_code"]
        for name in ("started_at", "finished_at"):
            moment = getattr(self, name)
            document[name] = moment.astimezone(UTC).isoformat() if moment else None
        return {"job": "deliver", "ok": self.ok, **document}

    def one_line(self) -> str:
        """The run in one line."""
        facts = [_count(len(self.sent), "digest") + " sent"]
        if self.resent:
            facts.append(f"{len(self.resent)} of them claimed earlier")
        for deliveries, words in (
            (self.withdrawn, "withdrawn for a retraction"),
            (self.waiting, "waiting for a search of PubMed"),
            (self.postponed, "to be tried again"),
            (self.refused, "refused"),
        ):
            if deliveries:
                facts.append(f"{len(deliveries)} {words}")
        if self.suspended:
            facts.append("suspended: " + ", ".join(self.suspended))
        worst = ("failed", self.failures) if self.failures else ("not taken", [*map(str, self.postponed)])
        if worst[1] and worst[1] != [self.stopped]:
            more = f" (and {len(worst[1]) - 1} more)" if len(worst[1]) > 1 else ""
            facts.append(f"{worst[0]}: {worst[1][0]}{more}")
        if self.stopped and self.stopped not in facts[-1]:
            facts.append(f"stopped: {self.stopped}")
        return "deliver: " + "; ".join(facts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
