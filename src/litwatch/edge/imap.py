"""The mailbox that answers come to, by IMAP: what waits in a folder, how it begins, and where it is moved.

Owns the connection, and what a fault of it is called. Never reads what a mail says, and never deletes one.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from litwatch.errors import InboxError, without

# So much of a mail is fetched: all headers and the notice of a bounce stand before what was returned.
HEAD_BYTES = 256 * 1024
_UID = re.compile(rb"\bUID (\d+)")

# What imaplib and imap-tools raise for answers that are no IMAP, besides their own errors.
_NONSENSE = (ValueError, LookupError, AttributeError, TypeError, EOFError)


class Inbox(Protocol):
    """Mails that wait, by a number each."""

    def waiting(self) -> tuple[str, ...]:
        """All that wait, oldest first."""

    def heads(self, numbers: Sequence[str]) -> dict[str, bytes]:
        """How these mails begin (HEAD_BYTES); one that is gone meanwhile is not there."""

    def move(self, numbers: Sequence[str], folder: str) -> None:
        """Out of the folder that is read, into another one, which is made if need be."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the mailbox is, and who we are there."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    password: str
    folder: str
    timeout_seconds: float
    context: ssl.SSLContext | None = None

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"the IMAP server {self.host}:{self.port}"


@contextmanager
def opened(account: Account) -> Iterator[Inbox]:
    """The folder of an account, logged in. Raises InboxError, also for what goes wrong later."""
    with _told(account.place):
        box = _connected(account)
        try:
            _log_in(box, account)
            try:
                box.folder.set(account.folder)
            except MailboxFolderSelectError as error:
                raise InboxError(
                    f"{account.place} has no folder {account.folder!r} for us ({_said(error)}); see inbox.folder"
                ) from error
            yield _Imap(box, account.place)
            # What was read is not touched by how a good-bye is answered.
            with suppress(OSError, imaplib.IMAP4.error, *_NONSENSE):
                box.client.logout()
        finally:
            with suppress(OSError):
                box.client.shutdown()


def _connected(account: Account) -> BaseMailBox:
    seconds = account.timeout_seconds
    if account.security == "none":
        return MailBoxUnencrypted(account.host, account.port, timeout=seconds)
    context = account.context or ssl.create_default_context()
    try:
        if account.security == "tls":
            return MailBox(account.host, account.port, timeout=seconds, ssl_context=context)
        return _StartTls(account.host, account.port, timeout=seconds, ssl_context=context)
    except ssl.SSLCertVerificationError as error:
        raise InboxError(
            f"the certificate of {account.place} is not to be trusted: {error.verify_message}"
        ) from error


class _StartTls(MailBoxStartTls):
    """Leaves no open connection behind where TLS comes to nothing."""

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self._host, self._port, self._timeout)
        try:
            client.starttls(self._ssl_context)
        except BaseException:
            client.shutdown()
            raise
        return client


def _log_in(box: BaseMailBox, account: Account) -> None:
    try:
        if (account.username + account.password).isascii():
            box.login(account.username, account.password, initial_folder=None)
        else:
            box.login_utf8(account.username, account.password, initial_folder=None)
    except MailboxLoginError as error:
        raise _refused(account, _said(error)) from error
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise _refused(account, _clean(str(error))) from error


def _refused(account: Account, said: str) -> InboxError:
    """A login that was refused, without the login where the server repeats it."""
    return InboxError(
        f"{account.place} refused the login: {without(said, account.username, account.password)}"
    )


@dataclass(slots=True)
class _Imap:
    box: BaseMailBox
    place: str

    def waiting(self) -> tuple[str, ...]:
        # Without a character set: some servers know none, and "ALL" needs none.
        return tuple(self.box.uids("ALL", charset=None))

    def heads(self, numbers: Sequence[str]) -> dict[str, bytes]:
        if not numbers:
            return {}
        asked = f"(UID BODY.PEEK[]<0.{HEAD_BYTES}>)"
        state, parts = self.box.client.uid("FETCH", ",".join(numbers), asked)
        if state != "OK":
            raise InboxError(f"{self.place} did not give us the mails: {_clean(str(parts))}")
        return dict(_pairs(parts))

    def move(self, numbers: Sequence[str], folder: str) -> None:
        if not numbers:
            return
        if not self.box.folder.exists(folder):
            self.box.folder.create(folder)
        self.box.move(list(numbers), folder)


def _pairs(parts: Sequence[object]) -> Iterator[tuple[str, bytes]]:
    """UID and bytes of each mail; the UID may stand before or behind them."""
    for at, part in enumerate(parts):
        if not (isinstance(part, tuple) and len(part) == 2):
            continue
        behind = parts[at + 1] if at + 1 < len(parts) else b""
        found = _UID.search(part[0]) or (_UID.search(behind) if isinstance(behind, bytes) else None)
        if found:
            yield found[1].decode(), bytes(part[1])


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Every fault as one line."""
    try:
        yield
    except TimeoutError as error:
        raise InboxError(f"{place} gave no answer in time") from error
    except OSError as error:
        reason = _clean(error.strerror or str(error) or type(error).__name__)
        raise InboxError(f"{place} cannot be reached: {reason}") from error
    except ImapToolsError as error:
        raise InboxError(f"{place} refused: {_said(error)}") from error
    except imaplib.IMAP4.error as error:
        raise InboxError(f"{place} broke off: {_clean(str(error))}") from error
    except _NONSENSE as error:
        raise InboxError(f"{place} does not answer as IMAP servers do: {_clean(str(error))}") from error


def _said(error: Exception) -> str:
    """The server's own words."""
    result = getattr(error, "command_result", None)
    if not result:
        return _clean(str(error))
    lines = result[1] if isinstance(result[1], list | tuple) else [result[1]]
    return _clean(" ".join(line.decode("utf-8", "replace") for line in lines if isinstance(line, bytes)))


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200] or "no reason given"
