"""A folder as the place where mail goes: each mail as a file that a browser or a mail program opens.

Owns the files' names and that each is whole. Never changes a message and never notes what was sent.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from litwatch.errors import MailServerRefused


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes NAME.eml, and NAME.html that a browser opens, into a flat folder.

    NAME comes from the message alone, so a retry of the same bytes writes the same file, never a second one.
    """

    outbox: Path

    def send(self, envelope_from: str, recipient: str, message: bytes) -> None:
        """Raises MailServerRefused where the folder cannot be written (the file is whole or not there)."""
        parsed = BytesParser(policy=policy.default).parsebytes(message)
        html = parsed.get_body(("html",))
        name = self.name(recipient, message)
        try:
            self.outbox.parent.mkdir(parents=True, exist_ok=True)
            self.outbox.mkdir(mode=0o700, exist_ok=True)
            if html is not None:
                _write_whole(self.outbox / f"{name}.html", str(html.get_content()).encode("utf-8"))
            _write_whole(self.outbox / f"{name}.eml", message)
        except OSError as error:
            reason = error.strerror or str(error)
            raise MailServerRefused(f"the outbox {self.outbox} cannot be written: {reason}") from error

    def name(self, recipient: str, message: bytes) -> str:
        """The file's name without ending: date, watch, recipient and a mark of the Message-ID."""
        headers = BytesParser(policy=policy.default).parsebytes(message, headersonly=True)
        moment = parsedate_to_datetime(str(headers["Date"]))
        mark = sha256(str(headers["Message-ID"]).encode()).hexdigest()[:8]
        watch = str(headers["List-Id"] or "").strip("<> ").partition(".")[0]
        parts = (moment.strftime("%Y-%m-%d-%H%M"), _slug(watch), _slug(recipient), mark)
        return "-".join(part for part in parts if part)

    def close(self) -> None:
        """Nothing to end."""


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text)[:60].strip("-").lower()


def _write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is there with all its bytes, also after a power cut, or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # It holds what a reader gets, and by whose links the reader may leave.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
