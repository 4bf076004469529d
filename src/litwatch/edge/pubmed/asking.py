"""Asks PubMed politely and asks again.

Owns the pace and the one retry loop around ask-and-check. Never speaks HTTP (wire.py) nor knows what an answer means.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from litwatch.edge.pubmed.answers import Untrustworthy
from litwatch.edge.pubmed.fault import PATIENCE, Fault
from litwatch.errors import PubMedRefused, PubMedUnreachable

if TYPE_CHECKING:
    from litwatch.edge.pubmed.wire import Wire

Answer = TypeVar("Answer")

# Faults that one poisonous record can cause as well as an overload: `ask(tries=)` bounds them.
MAYBE_POISON = frozenset({"500", "cut", "broken-off", "trickle", "html", "reset"})
LONGEST_PAUSE = 60.0
WORN_OUT = 10  # timeouts: PubMed that trickles would else keep a run, its retries and its halves for hours


@dataclass(slots=True)
class Tally:
    """What asking cost so far: requests sent, retries by cause, seconds waited for retries."""

    requests: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    waited: float = 0.0


class PerhapsPoisoned(PubMedRefused):
    """An answer that may be bad because of one thing among those asked for: half of them may fare better."""


class Asker:
    """NCBI's manners; it connects when it is first asked.

    Args:
        retry_budget_seconds: how long one run waits for retries, all in all.
        retry_pause_seconds: the first pause at its longest; each further one is twice as long, up to a minute.
        timeout_seconds: for a connection, for each silence, and three times that for a whole answer. When tries that
            failed in a row have taken WORN_OUT times as long, nothing is tried again until there is a good answer.
        clock, wall_clock, sleep, random: monotonic seconds, those since 1970, waiting, and jitter; given by tests.
        on_wait: told (cause, seconds) before each pause of a retry.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tool: str,
        email: str,
        api_key: str,
        requests_per_second: float,
        timeout_seconds: float,
        retry_budget_seconds: float,
        retry_pause_seconds: float,
        on_wait: Callable[[str, float], None] | None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Random | None = None,
    ) -> None:
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.host = urlsplit(self.base_url).netloc.rpartition("@")[2]
        self.tally = Tally()
        self._fields = {"tool": tool, "email": email, "api_key": api_key}
        self._secret = api_key
        self._spacing = 1.0 / requests_per_second if requests_per_second > 0 else 0.0
        self._timeout = timeout_seconds
        self._budget, self._first_pause = retry_budget_seconds, retry_pause_seconds
        self._on_wait = on_wait
        self._clock, self._wall_clock, self._sleep = clock, wall_clock, sleep
        self._random = random or Random()  # noqa: S311 jitter, not a secret
        self._next_request = float("-inf")
        self._not_before = float("-inf")  # what a Retry-After said; it holds for every later step of the run
        self._lost = 0.0  # seconds that failed tries took since the last good answer
        self._wire: Wire | None = None

    @property
    def worn_out(self) -> bool:
        """Whether failed tries have taken so long that nothing is asked for a second time, nor in parts."""
        return self._lost > WORN_OUT * self._timeout

    def close(self) -> None:
        """Close the connections."""
        if self._wire is not None:
            self._wire.close()

    def ask(
        self,
        service: str,
        fields: Mapping[str, str],
        check: Callable[[bytes], Answer],
        *,
        tries: int | None = None,
    ) -> Answer:
        """POST to one E-utility until `check` is content with the answer.

        `tries` bounds faults that may lie in what is asked for (MAYBE_POISON), so that it can be halved.

        Raises:
            PubMedUnreachable: no answer, or only overload, within the budget.
            PubMedRefused: an answer that says no or makes no sense, several times over; or it asked us before to wait
                longer than the budget allows, and is not asked at all.
        """
        self._be_patient(service)
        sent = {name: value for name, value in {**fields, **self._fields}.items() if value}
        tried = 0
        while True:
            tried += 1
            began = self._clock()
            try:
                try:
                    answer = check(self._post(service, sent))
                except Untrustworthy as error:
                    patience = None if error.passing else PATIENCE
                    said = self._without_secret(str(error))
                    raise Fault(error.cause, said, tries=patience, answered=True) from None
            except Fault as fault:
                self._lost += self._clock() - began
                if tries is not None and (fault.tries is not None or fault.cause in MAYBE_POISON):
                    fault.tries = min(tries, fault.tries or tries)
                if fault.after is not None:
                    self._not_before = max(self._not_before, self._clock() + fault.after)
                pause = self._pause(fault, tried)
                if pause is None:
                    raise self._give_up(service, fault, tried) from fault
                self.tally.retries[fault.cause] += 1
                self._wait(fault.cause, pause)
            else:
                self._lost = 0.0
                return answer

    def _be_patient(self, service: str) -> None:
        """Wait out what an earlier step was told by Retry-After, or ask nothing at all: PubMedRefused."""
        pause = self._not_before - self._clock()
        if pause <= 0:
            return
        if self.tally.waited + pause > self._budget:
            raise PubMedRefused(
                f"{self.host} ({service}) was not asked: it wants to be left alone for {pause:.0f} s more "
                "(Retry-After), longer than pubmed.retry_budget_seconds allows; the next run asks again"
            )
        self._wait("retry-after", pause)

    def _wait(self, cause: str, seconds: float) -> None:
        self.tally.waited += seconds
        if self._on_wait is not None:
            self._on_wait(cause, seconds)
        self._sleep(seconds)

    def _pause(self, fault: Fault, tried: int) -> float | None:
        """Seconds until the next try, or None when there is none."""
        if self.worn_out or (fault.tries is not None and tried >= fault.tries):
            return None
        pause = min(LONGEST_PAUSE, self._first_pause * 2.0 ** min(tried - 1, 16))
        pause *= 0.5 + self._random.random() / 2  # so that many clients do not come back at once
        if fault.after is not None:
            pause = max(pause, fault.after)
        return pause if self.tally.waited + pause <= self._budget else None

    def _give_up(self, service: str, fault: Fault, tried: int) -> PubMedUnreachable | PubMedRefused:
        times = "once" if tried == 1 else f"{tried} times"
        if fault.answered:
            kind = PubMedRefused if fault.tries is None else PerhapsPoisoned
            return kind(
                f"{self.host} ({service}) gave {fault}; asked {times}. Nothing is concluded from it: "
                "the next run asks again"
            )
        return PubMedUnreachable(
            f"{self.host} ({service}) cannot be reached: {fault}; asked {times}. The next run asks again; "
            "if this stays, see pubmed.base_url, the network and any proxy (HTTPS_PROXY)"
        )

    def _keep_pace(self) -> None:
        now = self._clock()
        if now < self._next_request:
            self._sleep(self._next_request - now)
            now = self._clock()
        self._next_request = max(now, self._next_request) + self._spacing

    def _post(self, service: str, sent: Mapping[str, str]) -> bytes:
        """One request and its whole body. Raises Fault."""
        self._keep_pace()
        self.tally.requests += 1
        if self._wire is None:
            from litwatch.edge.pubmed.wire import Wire  # a run with nothing to ask needs none of it

            self._wire = Wire(self._timeout, self._clock, self._wall_clock, self._without_secret)
        return self._wire.post(urljoin(self.base_url, service), sent)

    def _without_secret(self, said: str) -> str:
        return said.replace(self._secret, "***") if self._secret else said
