"""Everything that litwatch says when it cannot go on; each error knows its exit code.

Owns the tree below. Never prints: `cli.main` turns an error into one message and an exit code.

    LitwatchError                1   something failed
    ├── UsageError               2   wrong use, or a mistake in a file that the user wrote
    │   ├── ConfigError              mistakes in config files, all of them
    │   ├── QueryError               a query that is not PubMed's language, with the place
    │   ├── TemplateError            a template that cannot be rendered, with file and line
    │   └── StoreTooNew              a store that a newer litwatch has written
    ├── LockHeld                 3   another run is at work
    ├── PubMedError              1   PubMed did not answer, or not with something that can be trusted
    │   ├── PubMedUnreachable        no answer within the retries
    │   ├── PubMedRefused            an answer that says no, or makes no sense
    │   └── TooManyMatches           a query beyond pubmed.enumerate_limit
    ├── ReadError                1   a record file that cannot be read to its end
    │   ├── CutFile                  it ends in the middle
    │   └── NotRecords               it is something else
    ├── StoreError               1   the store cannot be read or written (full disk, read-only, damaged)
    │   ├── StoreLost                it was here, and is gone or empty
    │   ├── StoreForbidden           this user may not read it
    │   └── StoreBusy            3       another program keeps it locked
    ├── InboxError               1   the mailbox of answers cannot be read
    ├── WorkbookError            1   the file that `tune` keeps beside the store (edge/workbook/file.py)
    └── MailError                1   mail that could not be handed over
        ├── MailServerRefused        our fault or the server's: stop, count against nobody
        ├── RecipientRefused         this address, and only this one
        ├── MessageRefused           this mail, for another reason: nobody's address is at fault
        └── TemporarilyRefused       not now: the same bytes again, later
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LitwatchError(Exception):
    """Something failed; the message is one line for a user."""

    exit_code = 1


class UsageError(LitwatchError):
    """Wrong use, or a mistake in a file that the user wrote."""

    exit_code = 2


def without(text: str, *secrets: str) -> str:
    """What a server said, where it repeats a login or a password without them."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a config file: where, what is wrong, and what to do."""

    file: str
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        # The rest of a message of several lines shows a place in a text; the hint stands before it.
        first, newline, rest = self.message.partition("\n")
        return f"{place}: {first}" + (f" ({self.hint})" if self.hint else "") + newline + rest


class ConfigError(UsageError):
    """Every mistake that was found in the config files, at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        if len(lines) > 1:
            lines.insert(0, f"{len(lines)} mistakes in the configuration:")
        super().__init__("\n".join(lines))


class QueryError(UsageError):
    """A query that PubMed would not read as it was meant; `start` and `end` are code points in `query`."""

    def __init__(self, message: str, query: str, start: int, end: int, hint: str = "") -> None:
        self.message = message
        self.query = query
        self.start = start
        self.end = max(end, start + 1)
        self.hint = hint
        super().__init__(f"{message}\n{self.pointer()}" + (f"\n{hint}" if hint else ""))

    def pointer(self) -> str:
        """The line of the query with carets under the place."""
        return pointer(self.query, self.start, self.end)


def pointer(text: str, start: int, end: int) -> str:
    """The line of a text with carets under a place in it (code points), cut to what fits a terminal."""
    begin = text.rfind("\n", 0, start) + 1
    newline = text.find("\n", start)
    line_end = newline if newline >= 0 else len(text)
    left = max(begin, start - 40)
    right = min(line_end, max(end, start + 1) + 40)
    shown = "".join(c if c.isprintable() else " " for c in text[left:right])
    width = max(1, min(end, right) - start)
    head = "..." if left > begin else ""
    tail = "..." if right < line_end else ""
    number = text.count("\n", 0, start) + 1
    prefix = f"line {number}: " if "\n" in text else ""
    pad = " " * (len(prefix) + len(head) + start - left)
    return f"  {prefix}{head}{shown}{tail}\n  {pad}{'^' * width}"


class TemplateError(UsageError):
    """A template that cannot be rendered."""

    def __init__(self, message: str, file: str, line: int | None) -> None:
        self.message, self.file, self.line = message, file, line
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")


class StoreTooNew(UsageError):
    """The store was written by a newer litwatch; nothing was touched."""


class LockHeld(LitwatchError):
    """Another run is at work (since `seconds`); this one did not start."""

    exit_code = 3

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        self.seconds = seconds
        super().__init__(message)


class PubMedError(LitwatchError):
    """PubMed did not answer, or not with something that can be trusted."""


class PubMedUnreachable(PubMedError):
    """No answer within the retries."""


class PubMedRefused(PubMedError):
    """An answer that says no, or that makes no sense."""


class TooManyMatches(PubMedError):
    """A query beyond `pubmed.enumerate_limit`; it is never truncated."""


class ReadError(LitwatchError):
    """A record file that cannot be read to its end."""


class CutFile(ReadError):
    """The file ends in the middle; what came before was read."""


class NotRecords(ReadError):
    """The file is not PubMed XML, MEDLINE (.nbib) or JSON lines."""


class StoreError(LitwatchError):
    """The store cannot be read or written; `receipt` is what the run would have filed, as plain values."""

    receipt: dict[str, object] | None = None


class StoreLost(StoreError):
    """Runs have worked with a store there, and it is gone or empty: nothing that is owed can be known."""


class StoreForbidden(StoreError):
    """This user may not read the store; whether another one may is not known."""


class StoreBusy(StoreError):
    """Another program (a backup, an open sqlite3) keeps the store locked, or our own lock was lost: it stays due."""

    exit_code = 3


class InboxError(LitwatchError):
    """The mailbox that answers come to cannot be read; no digest waits for it."""


class MailError(LitwatchError):
    """Mail that could not be handed over."""


class MailServerRefused(MailError):
    """Refused at connect, TLS, AUTH or MAIL FROM, or by policy: stop, and count it against no reader."""


class RecipientRefused(MailError):
    """This address was refused for good (5.1.x, 5.2.1 or a bare 550 at RCPT)."""


class MessageRefused(MailError):
    """This mail was refused for good, but its address is not at fault (too big, a loop, a bare 554)."""


class TemporarilyRefused(MailError):
    """Not now (4xx, 5.2.2, a connection that broke); `whole_server` where no other mail would go either."""

    def __init__(self, message: str, *, whole_server: bool = False) -> None:
        self.whole_server = whole_server
        super().__init__(message)
