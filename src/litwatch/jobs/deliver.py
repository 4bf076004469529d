"""`litwatch deliver`: each digest that is due is claimed with its bytes, then sent, then noted as sent.

Owns that order, and what follows from each answer of a mail server. Never searches and never collects.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from litwatch.decide.due import GIVE_UP_AFTER, retry_at
from litwatch.decide.overdue import refused_for_hours
from litwatch.edge.config import Config, MailSettings, Watch
from litwatch.edge.message import bare_address, recipient_of
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.store import delivering, subscriptions
from litwatch.edge.store.balancing import save_receipt
from litwatch.edge.store.claiming import Draft, OpenClaim, make_claim
from litwatch.edge.store.open import Store
from litwatch.edge.store.outstanding import is_waiting
from litwatch.edge.store.withdrawing import withdraw_struck
from litwatch.edge.transports import SmtpTransport, Transport
from litwatch.errors import (
    LitwatchError,
    MailServerRefused,
    MessageRefused,
    RecipientRefused,
    StoreError,
    TemplateError,
    TemporarilyRefused,
)
from litwatch.jobs import stopping
from litwatch.jobs.beginning import wanted_subscriptions
from litwatch.jobs.delivery_receipt import Delivery, DeliveryReceipt
from litwatch.jobs.occasion import Occasion, Renders
from litwatch.jobs.occasions import occasions
from litwatch.jobs.pacing import Pace

if TYPE_CHECKING:
    from litwatch.jobs.composing import Composer

log = logging.getLogger(__name__)

# So many periods in which a server refused an address, and it is mailed no more until an operator resumes it.
REFUSALS_TO_SUSPEND = 3

# From so many refused mails on, and above this share, something is wrong with us: stop.
REFUSALS_TO_STOP, SHARE_TO_STOP = 5, 0.1

Progress = Callable[[int, int], None]


class _Stop(Exception):
    """No further mail in this run."""


def open_transport(mail: MailSettings) -> Transport:
    """The transport that the settings name; it connects when there is something to send."""
    if mail.transport == "folder":
        return FolderTransport(mail.outbox)
    return SmtpTransport(
        mail.host,
        mail.port,
        mail.security,
        username=mail.username.reveal() if mail.username else "",
        password=mail.password.reveal() if mail.password else "",
        timeout_seconds=mail.timeout_seconds,
    )


def deliver(
    config: Config,
    store: Store,
    transport: Transport,
    renderer: Renders,
    now: datetime,
    *,
    progress: Progress | None = None,
) -> DeliveryReceipt:
    """Sends again what an earlier run could not, then every digest that is due; the transport is closed.

    Raises LockHeld where another run delivers, Stopped after a signal, and StoreError with what could not be filed as
    its `receipt`; what a mail server says, and a mistake in a template, stand in the receipt.
    """
    with store.lock("deliver"), stopping.orderly():
        run = _Run(config, store, transport, renderer, now, progress)
        try:
            try:
                run.everything()
            except StoreError:
                raise
            except BaseException as error:  # whatever ends it: what was sent is filed
                run.receipt.failures.append(_why(error))
                run.file()
                if isinstance(error, KeyboardInterrupt):
                    raise stopping.Stopped(run.receipt) from error
                raise
            run.file()
        except StoreError as error:
            run.receipt.failures.append(str(error))
            error.receipt = run.receipt.to_json()
            raise
        finally:
            transport.close()
        return run.receipt


def _why(error: BaseException) -> str:
    """What ended a run before its time, for its receipt."""
    if isinstance(error, KeyboardInterrupt):
        return stopping.SAID
    return str(error) if isinstance(error, LitwatchError) else "the run was cut short"


class _Run:
    """One run; what it keeps is its receipt."""

    def __init__(
        self,
        config: Config,
        store: Store,
        transport: Transport,
        renderer: Renders,
        now: datetime,
        progress: Progress | None,
    ) -> None:
        self.config, self.store, self.transport = config, store, transport
        self.renderer, self.now, self.progress = renderer, now, progress
        self.receipt = DeliveryReceipt(started_at=now)
        mail = config.settings.mail
        self.pace = Pace(mail.messages_per_minute if mail.transport == "smtp" else 0)
        self._waiting: tuple[OpenClaim, str, bytes] | None = None

    def everything(self) -> None:
        """Claims that no server has seen first: they are the older promise.

        Those that were tried before go last: one that a server answers with a refusal of us stops the run, and
        must not stand in front of everybody else's mail each time. What shows a paper as a finding that was
        retracted since does not go out: its digest is composed anew.
        """
        subscriptions.sync_subscriptions(self.store, wanted_subscriptions(self.config), self.now)
        for one in withdraw_struck(self.store):
            self.receipt.withdrawn.append(Delivery(one.subscriber, one.watch, one.period, one.why))
        try:
            waiting = delivering.open_claims(self.store, self.now)
            waiting = self._without_stale(waiting)
            for claim in waiting:
                if not claim.attempts:
                    self._send_again(claim)
            due = occasions(self.config, self.store, self.receipt, self.now)
            for number, (watch, occasion) in enumerate(due):
                self._digest(watch, occasion)
                if self.progress:
                    self.progress(number + 1, len(due))
            taken = self._send_claimed()
            if taken is not None:
                delivering.mark_sent(self.store, taken, self.now)
            for claim in sorted(waiting, key=lambda one: one.attempts):
                if claim.attempts:
                    self._send_again(claim)
        except _Stop as stop:
            self.receipt.stopped = str(stop)

    def _without_stale(self, waiting: tuple[OpenClaim, ...]) -> tuple[OpenClaim, ...]:
        """Gives up what its reader was away for too long to be sent: it is owed again, and composed anew."""
        away = delivering.came_back(self.store, self.now - GIVE_UP_AFTER)
        for claim in waiting:
            if claim.id in away:
                delivering.give_up(self.store, claim.id, "its reader was away for too long")
        return tuple(claim for claim in waiting if claim.id not in away)

    def file(self) -> None:
        """Files the receipt, unless nothing was due."""
        self.receipt.finished_at = self.now
        if not self.receipt.did_something:
            return
        document = self.receipt.to_json()
        with self.store.writing() as connection:
            save_receipt(connection, "deliver", None, self.now, self.now, document, ok=self.receipt.ok)
        delivering.forget_bytes(self.store, self.now)

    @cached_property
    def _composer(self) -> Composer:
        from litwatch.jobs.composing import Composer  # most runs have no digest to make

        return Composer(self.config, self.store, self.renderer, self.now)

    def _digest(self, watch: Watch, occasion: Occasion) -> None:
        """Composes one digest while the one before waits, claimed; then sends that, and claims this one.

        So a digest that was taken is noted right behind the server's answer, in the commit that claims the next.
        """
        stopping.boundary()
        draft = self._draft(watch, occasion)
        if draft is None:
            return
        taken = self._send_claimed()
        claim = make_claim(self.store, draft, self.now, begun=True, sent=taken)
        if claim is not None:
            self._waiting = (claim, bare_address(draft.subscriber), draft.message)
        elif taken is not None:
            delivering.mark_sent(self.store, taken, self.now)

    def _draft(self, watch: Watch, occasion: Occasion) -> Draft | None:
        """The digest with its bytes; one that cannot be made harms no other."""
        try:
            draft = self._composer.draft(watch, occasion)
        except StoreError:
            raise
        except TemplateError as error:
            # It may be this digest's alone (a quiet week, say): the others go out.
            self.receipt.failures.append(f"{occasion.subscriber.address}, {watch.name}: {error}")
            self.receipt.exit_code = error.exit_code
            return None
        except Exception as error:
            delivery = Delivery(occasion.subscriber.address, watch.name, occasion.period, str(error))
            log.exception("the digest of %s could not be made", delivery)
            self.receipt.failures.append(f"{delivery} ({type(error).__name__})")
            return None
        if not (draft.pmids or draft.notices) and is_waiting(self.store, draft.subscriber, draft.watch):
            return None  # it would say "nothing new" behind the one that is stuck
        return draft

    def _send_claimed(self) -> int | None:
        """Sends what was claimed and has waited; its claim, where a server has taken it: that is still to be noted."""
        if self._waiting is None:
            return None
        stopping.boundary()  # what waits is claimed: the next run sends it
        claim, recipient, message = self._waiting
        self._waiting = None
        return claim.id if self._hand_over(claim, recipient, message, again=False) else None

    def _send_again(self, claim: OpenClaim) -> None:
        """Begins one more attempt to send the frozen bytes of a claim."""
        stopping.boundary()
        message = delivering.begin_attempt(self.store, claim)
        if message is not None:
            begun = replace(claim, attempts=claim.attempts + 1)
            if self._hand_over(begun, recipient_of(message), message, again=True):
                delivering.mark_sent(self.store, claim.id, self.now)

    def _hand_over(self, claim: OpenClaim, recipient: str, message: bytes, *, again: bool) -> bool:
        """One attempt, which has begun, and what follows from a refusal; whether a server has taken it."""
        delivery = Delivery(claim.subscriber, claim.watch, claim.period)
        self.pace.wait()
        try:
            self.transport.send(claim.envelope_from, recipient, message)
        except MailServerRefused as error:
            delivering.mark_postponed(self.store, claim.id, str(error), self.now)
            self._postponed(delivery, error)
            self.receipt.failures.append(str(error))
            raise _Stop(str(error)) from error
        except TemporarilyRefused as error:
            self._later(claim, delivery, error)
        except (RecipientRefused, MessageRefused) as error:
            self._refused(claim, delivery, error)
        else:
            self.receipt.sent.append(delivery)
            if again:
                self.receipt.resent.append(delivery)
            return True
        return False

    def _later(self, claim: OpenClaim, delivery: Delivery, error: TemporarilyRefused) -> None:
        if error.whole_server:
            # It says nothing about this reader: no waiting, and no giving up.
            delivering.mark_postponed(self.store, claim.id, str(error), self.now)
            self._later_still(claim, delivery, error)
            raise _Stop(str(error))
        again_at = retry_at(claim.attempts, claim.claimed_at, self.now)
        if again_at is not None:
            delivering.mark_postponed(self.store, claim.id, str(error), again_at)
            self._later_still(claim, delivery, error)
            return
        delivering.give_up(self.store, claim.id, str(error))
        self.receipt.failures.append(f"given up after {claim.attempts} attempts: {delivery}: {error}")

    def _later_still(self, claim: OpenClaim, delivery: Delivery, error: TemporarilyRefused) -> None:
        """Notes a mail that is tried again; one that has waited for hours is a failure as well, until it is taken."""
        self._postponed(delivery, error)
        if refused_for_hours(claim.claimed_at, self.now):
            said = f"not taken since {claim.claimed_at:%Y-%m-%d %H:%M} UTC: {delivery}: {error}"
            self.receipt.late.append(said)
            self.receipt.failures.append(said)

    def _refused(self, claim: OpenClaim, delivery: Delivery, error: LitwatchError) -> None:
        blamed = isinstance(error, RecipientRefused)
        delivering.give_up(self.store, claim.id, (delivering.REFUSED_ADDRESS if blamed else "") + str(error))
        refused = Delivery(delivery.subscriber, delivery.watch, delivery.period, str(error))
        self.receipt.refused.append(refused)
        self.receipt.failures.append(str(refused))
        if blamed and delivering.refusals(self.store, claim.subscriber) >= REFUSALS_TO_SUSPEND:
            subscriptions.suspend(self.store, claim.subscriber, self.now)
            self.receipt.suspended.append(claim.subscriber)
        tried = len(self.receipt.sent) + len(self.receipt.refused) + len(self.receipt.postponed)
        many = len(self.receipt.refused)
        if many >= REFUSALS_TO_STOP and many > SHARE_TO_STOP * tried:
            raise _Stop(f"{many} of {tried} mails were refused; the last: {error}")

    def _postponed(self, delivery: Delivery, error: LitwatchError) -> None:
        self.receipt.postponed.append(
            Delivery(delivery.subscriber, delivery.watch, delivery.period, str(error))
        )
