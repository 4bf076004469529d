"""What a look into the inbox found, and what became of it.

Owns the receipt's values and words. Never reads a mail and never a store.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class InboxReceipt:
    """Filled while the look goes on.

    `unsubscribed` names address and watch, `came_back` address, watch, period and why; `counted` of these stand against
    their address. `feedback`: verdict -> how many. `repeated`: tokens that were known already, and did nothing.
    `forged`: what looks like a token and is none of ours. `automatic`: holiday notes, delays. `other` is for a person.
    `left`: for the next look.
    """

    started_at: datetime
    finished_at: datetime | None = None
    read: int = 0
    unsubscribed: list[str] = field(default_factory=list)
    feedback: dict[str, int] = field(default_factory=dict)
    came_back: list[str] = field(default_factory=list)
    counted: int = 0
    suspended: list[str] = field(default_factory=list)
    repeated: int = 0
    forged: int = 0
    automatic: int = 0
    other: int = 0
    left: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """False where somebody has to look (exit 1): the mailbox cannot be read, or an address was suspended."""
        return not self.failures

    @property
    def did_something(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.read or self.failures)

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain values."""
        document = asdict(self)
        for name in ("started_at", "finished_at"):
            moment = getattr(self, name)
            document[name] = moment.astimezone(UTC).isoformat() if moment else None
        return {"job": "inbox", "ok": self.ok, **document}

    def one_line(self) -> str:
        """The look in one line."""
        facts = [_count(self.read, "mail") + " read"]
        for count, words in (
            (len(self.unsubscribed), "unsubscribed"),
            (sum(self.feedback.values()), "of feedback"),
            (len(self.came_back), "came back"),
            (self.repeated, "known already"),
            (self.forged, "with forged tokens"),
            (self.automatic, "automatic"),
            (self.other, "for a person"),
        ):
            if count:
                facts.append(f"{count} {words}")
        if self.left:
            facts.append(f"{self.left:,} left for the next look")
        if self.failures:
            more = f" (and {len(self.failures) - 1} more)" if len(self.failures) > 1 else ""
            facts.append(f"failed: {self.failures[0]}{more}")
        return "inbox: " + "; ".join(facts)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
