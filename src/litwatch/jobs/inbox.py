"""`litwatch inbox`: reads what readers and mail servers answer, stores what it learns, then moves the mail away.

Owns that order: what is not stored is not moved, and what was stored and not moved is read again and changes nothing.
Never sends, and never believes a sender: only tokens that we signed count.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from litwatch.decide.answers import Answer, answer
from litwatch.decide.tokens import Bounced, Feedback, Leave
from litwatch.edge.config import InboxSettings
from litwatch.edge.imap import Account, Inbox, opened
from litwatch.edge.store import answering, delivering, subscriptions
from litwatch.edge.store.balancing import save_receipt
from litwatch.edge.store.open import Store
from litwatch.errors import InboxError, StoreError
from litwatch.jobs import stopping
from litwatch.jobs.deliver import REFUSALS_TO_SUSPEND
from litwatch.jobs.inbox_receipt import InboxReceipt
from litwatch.jobs.leaving import token_reader

log = logging.getLogger(__name__)

# Mails are read, stored and moved so many at once; no run is kept from delivering by more than these in all.
AT_ONCE, MOST = 50, 5_000

# Cron is a little early at times.
SLACK = timedelta(minutes=1)

Opens = Callable[[], AbstractContextManager[Inbox]]


def account(settings: InboxSettings) -> Account:
    """The account that the settings name."""
    return Account(
        settings.host,
        settings.port,
        settings.security,
        settings.username.reveal() if settings.username else "",
        settings.password.reveal() if settings.password else "",
        settings.folder,
        settings.timeout_seconds,
    )


def next_look(settings: InboxSettings, store: Store, now: datetime) -> datetime | None:
    """When `run` reads the inbox next; None where there is none to read."""
    if not settings.host:
        return None
    last = answering.last_look(store)
    if last is None or last.at > now + timedelta(hours=1):  # noted by a clock that was wrong
        return now
    return (
        last.at
        + timedelta(minutes=settings.every_minutes)
        - min(SLACK, timedelta(minutes=settings.every_minutes) / 2)
    )


def read_inbox(
    settings: InboxSettings, store: Store, now: datetime, *, open_inbox: Opens | None = None
) -> InboxReceipt:
    """One look. A fault of the mailbox stands in the receipt, after what was read before it.

    Raises LockHeld where another run reads it, Stopped after a signal, StoreError with what could not be filed.
    """
    opens = open_inbox or (lambda: opened(account(settings)))
    receipt = InboxReceipt(now)
    with store.lock("inbox"), stopping.orderly():
        try:
            try:
                with opens() as inbox:
                    _Look(settings, store, now, receipt).all_of(inbox)
            except InboxError as error:
                receipt.failures.append(str(error))
            except KeyboardInterrupt as signalled:
                receipt.failures.append(stopping.SAID)
                _file(store, receipt, now)
                raise stopping.Stopped(receipt) from signalled
            _file(store, receipt, now)
        except StoreError as error:
            receipt.failures.append(str(error))
            error.receipt = receipt.to_json()
            raise
    return receipt


def _file(store: Store, receipt: InboxReceipt, now: datetime) -> None:
    """Notes the look; files its receipt where it did something, or ends a row of failures."""
    receipt.finished_at = now
    before = answering.last_look(store)
    answering.note_look(store, now, ok=receipt.ok)
    if receipt.did_something or (before is not None and not before.ok):
        with store.writing() as connection:
            save_receipt(connection, "inbox", None, now, now, receipt.to_json(), ok=receipt.ok)


class _Look:
    """One look; what it keeps is its receipt."""

    def __init__(self, settings: InboxSettings, store: Store, now: datetime, receipt: InboxReceipt) -> None:
        self.settings, self.store, self.now, self.receipt = settings, store, now, receipt
        self.reader = token_reader(store)

    def all_of(self, inbox: Inbox) -> None:
        """Whatever waits, in parts: each is stored, then moved."""
        waiting = inbox.waiting()
        self.receipt.left = max(0, len(waiting) - MOST)
        for start in range(0, min(len(waiting), MOST), AT_ONCE):
            with stopping.waiting():  # nothing is half done while the server takes its time
                heads = inbox.heads(waiting[start : start + AT_ONCE])
            self._part(inbox, heads)

    def _part(self, inbox: Inbox, heads: dict[str, bytes]) -> None:
        done: list[str] = []
        other: list[str] = []
        for number, content in heads.items():
            stopping.boundary()
            said = self._answer(content)
            self._store(said)
            self.receipt.read += 1
            (other if said.kind in ("forged", "other") else done).append(number)
        inbox.move(done, self.settings.done_folder)
        inbox.move(other, self.settings.other_folder)

    def _answer(self, content: bytes) -> Answer:
        """What it says; one that cannot be read is for a person, and keeps nobody else's from being read."""
        try:
            return answer(content, self.reader)
        except Exception:
            log.exception("a mail in %s could not be read", self.settings.folder)
            return Answer("other")

    def _store(self, said: Answer) -> None:
        receipt = self.receipt
        match said.asked:
            case Leave(subscriber, watch):
                if subscriptions.unsubscribe(self.store, subscriber, watch, self.now):
                    receipt.unsubscribed.append(f"{subscriber}, {watch}")
                else:
                    receipt.repeated += 1
            case Feedback(_, _, _, verdict):
                if answering.file_feedback(self.store, said.asked, self.now):
                    receipt.feedback[verdict] = receipt.feedback.get(verdict, 0) + 1
                else:
                    receipt.repeated += 1
            case Bounced():
                self._came_back(said.asked, said)
            case None:
                receipt.forged += said.kind == "forged"
                receipt.automatic += said.kind == "automatic"
                receipt.other += said.kind == "other"

    def _came_back(self, bounced: Bounced, said: Answer) -> None:
        failure, receipt = said.failure, self.receipt
        assert failure is not None
        if not answering.come_back(self.store, bounced, failure.words, counts=failure.counts):
            receipt.repeated += 1
        else:
            receipt.came_back.append(
                f"{bounced.subscriber}, {bounced.watch} {bounced.period}: {failure.words}"
            )
            receipt.counted += failure.counts
        # Also after one that was known: a kill may have come between the two.
        if (
            failure.counts
            and delivering.refusals(self.store, bounced.subscriber) >= REFUSALS_TO_SUSPEND
            and subscriptions.suspend(self.store, bounced.subscriber, self.now)
        ):
            receipt.suspended.append(bounced.subscriber)
            receipt.failures.append(
                f"{bounced.subscriber} was suspended: mail came back in {REFUSALS_TO_SUSPEND} periods, "
                f"the last time with {failure.words}; `litwatch subscribers resume` once it is mended"
            )
