"""Which fault comes when: orders, as on the command line, and a seeded mix of all.

Owns the list of what is still to come. Never knows how a fault looks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random

from litwatch.errors import UsageError
from litwatch.sandbox.answers import PubMed, Request
from litwatch.sandbox.faults.asked import Asked, Fault
from litwatch.sandbox.faults.lists import LISTS
from litwatch.sandbox.faults.records import RECORDS
from litwatch.sandbox.faults.refusals import REFUSALS
from litwatch.sandbox.faults.wires import ADDRESSES, WIRES
from litwatch.sandbox.shapes import Answer

FAULTS: dict[str, Fault] = {**REFUSALS, **WIRES, **LISTS, **RECORDS}
"""Every fault of an answer by name."""

MIX, MIX_SHARE = "mix", 0.1
_ENDPOINTS = ("esearch", "efetch", "epost", "esummary", "einfo")
_WHEN = (
    "after the colon come, with commas between them: how many times (3, or `always`), from which request on "
    "(@5), an endpoint (efetch), a day or days (2026-03-10..2026-03-12); a mix begins with its seed and may "
    "have a share (mix:7,20%)"
)


@dataclass(slots=True)
class Order:
    """One fault that is to come, or a mix of them.

    `times` is how often (None: always), after `passed_over` requests to which it would fit; `days` are the
    first and the last of the sandbox's days on which it comes. With `random` each request that fits goes wrong
    by chance, for a `share` of them, in any way that fits it.
    """

    name: str
    times: int | None = 1
    passed_over: int = 0
    endpoint: str = ""
    days: tuple[date, date] = (date.min, date.max)
    share: float = 1.0
    random: Random | None = None

    def fits(self, request: Request, today: date) -> bool:
        """Whether this request on this day can go wrong by it."""
        own = FAULTS[self.name].endpoint if self.random is None else ""
        return all(only in ("", request.endpoint) for only in (own, self.endpoint)) and (
            self.days[0] <= today <= self.days[1]
        )

    def draw(self, request: Request) -> str | None:
        """The fault that comes now, by name; None where a mix lets this request pass."""
        if self.random is None:
            return self.name
        if self.random.random() >= self.share:
            return None
        return self.random.choice(
            [name for name, fault in FAULTS.items() if fault.endpoint in ("", request.endpoint)]
        )


@dataclass(slots=True)
class Faults:
    """Faults still to come; the first that fits a request is spent on it. `played` counts those that came.

    `address` names a fault of the address itself (ADDRESSES), which no request can bring about.
    """

    planned: list[Order] = field(default_factory=list)
    played: Counter[str] = field(default_factory=Counter)
    address: str = ""

    def plan(self, name: str, times: int = 1, endpoint: str = "") -> None:
        """Let the next `times` requests (to `endpoint`, if given) go wrong in that way.

        Raises UsageError where there is no such fault.
        """
        if name in ADDRESSES:
            self.address = name
            return
        _known(name)
        self.planned.append(Order(name, times, endpoint=endpoint))

    def plan_text(self, text: str) -> None:
        """Plan NAME or NAME:WHEN, as on the command line; see docs/completeness.md. Raises UsageError."""
        name, colon, when = text.partition(":")
        if name in ADDRESSES:
            if colon:
                raise UsageError(f"--fault {text}: {name} lies in the address, from the start to the end")
            self.address = name
        elif name == MIX:
            self.planned.append(_mix(text, when))
        else:
            _known(name)
            order = Order(name)
            if colon:
                for part in when.split(","):
                    _read_part(order, part, text)
            own = FAULTS[name].endpoint
            if own and order.endpoint not in ("", own):
                raise UsageError(f"--fault {text}: {name} comes at {own} only")
            self.planned.append(order)

    def end(self) -> None:
        """Nothing goes wrong any more."""
        self.planned.clear()
        self.address = ""

    def answer(self, request: Request, pubmed: PubMed, today: date) -> Answer:
        """The one place where an answer can go wrong."""
        asked = Asked(request, pubmed, today)
        for order in self.planned:
            if not order.fits(request, today):
                continue
            if order.passed_over:
                order.passed_over -= 1
                continue
            name = order.draw(request)
            spoilt = FAULTS[name].spoil(asked) if name else None
            if name is None or spoilt is None:
                continue
            self.played[name] += 1
            if order.times is not None:
                order.times -= 1
            self.planned = [one for one in self.planned if one.times != 0]
            return spoilt
        return asked.honest


def _known(name: str) -> None:
    if name not in FAULTS:
        every = ", ".join((*FAULTS, *ADDRESSES, MIX))
        raise UsageError(f"the sandbox knows no fault {name!r}; it knows {every}")


def _read_part(order: Order, part: str, text: str) -> None:
    """One part of WHEN. Raises UsageError."""
    if re.fullmatch(r"[1-9]\d{0,6}", part):
        order.times = int(part)
    elif part == "always":
        order.times = None
    elif re.fullmatch(r"@[1-9]\d{0,6}", part):
        order.passed_over = int(part[1:]) - 1
    elif part in _ENDPOINTS:
        order.endpoint = part
    else:
        first, _, last = part.partition("..")
        try:
            order.days = (date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError:
            raise UsageError(f"--fault {text}: {part!r} says nothing; {_WHEN}") from None
        if order.days[0] > order.days[1]:
            raise UsageError(f"--fault {text}: {last} comes before {first}, and the fault never would")


def _mix(text: str, when: str) -> Order:
    """mix:SEED, mix:SEED,20% and so on. Raises UsageError."""
    seed, *parts = when.split(",")
    if not re.fullmatch(r"\d{1,9}", seed):
        raise UsageError(f"--fault {text}: a mix needs its seed, a number: mix:7; {_WHEN}")
    order = Order(MIX, None, share=MIX_SHARE, random=Random(int(seed)))  # noqa: S311 - faults, not secrets
    for part in parts:
        share = re.fullmatch(r"(\d{1,2}|100)%", part)
        if share:
            order.share = int(share[1]) / 100
        else:
            _read_part(order, part, text)
    return order
