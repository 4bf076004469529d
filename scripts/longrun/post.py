"""The mail server of the long run: takes every mail, or none on bad mornings, and keeps of each what can be judged.

Owns that. Never keeps a mail: two years of them are gigabytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from deliver.mailservers import Answers

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\s]+>)", re.MULTILINE | re.IGNORECASE)
_PMID = re.compile(rb"(?<!\d)99\d{6}(?!\d)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that was taken: to whom, its Message-ID, its bytes, and the PMIDs that its text names."""

    recipient: str
    message_id: str
    size: int
    pmids: frozenset[int]


@dataclass
class PostOffice(Answers):
    """Answers as its base does; `letters` are what it took."""

    letters: list[Letter] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes it."""
        content = envelope.content
        assert isinstance(content, bytes)
        found = _MESSAGE_ID.search(content)
        assert found is not None
        text = content.replace(b"=\r\n", b"")  # soft line breaks of quoted-printable
        pmids = frozenset(map(int, _PMID.findall(text)))
        for recipient in envelope.rcpt_tos:
            self.letters.append(Letter(recipient, found[1].decode(), len(content), pmids))
        return "250 2.0.0 taken"

    def close(self) -> None:
        """No mail is taken until it opens again."""
        self.replies["MAIL"] = "451 4.3.0 come back later"

    def open(self) -> None:
        """Mail is taken again."""
        self.replies.clear()
