"""Mails as readers and mail servers answer: made up, in the forms that their programs give them.

Owns these bytes. Never sends them.
"""

from __future__ import annotations


def from_reader(subject: str, to: str = "litwatch@clinic.example", **headers: str) -> bytes:
    """A mail that a link has opened and a reader has sent."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: Reader <you@example.org>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Date: Mon, 23 Nov 2026 08:00:00 +0000\r\nMessage-ID: <a{abs(hash(subject))}@example.org>\r\n{more}"
        "\r\nSent from my phone\r\n"
    ).encode()


def bounce(
    to: str, status: str = "5.1.1", diagnostic: str = "", action: str = "failed", body: bytes = b""
) -> bytes:
    """A delivery status notification (RFC 3464), as Postfix makes them."""
    code = f"Diagnostic-Code: {diagnostic}\r\n" if diagnostic else ""
    return (
        (
            "From: MAILER-DAEMON@mail.clinic.example (Mail Delivery System)\r\n"
            f"To: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
            'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
            "--b1\r\nContent-Type: text/plain\r\n\r\nThis is the mail system. I'm sorry.\r\n"
            "--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mail.clinic.example\r\n\r\n"
            "Final-Recipient: rfc822; you@example.org\r\n"
            f"Action: {action}\r\nStatus: {status}\r\n{code}\r\n"
            "--b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: Ketamine: 1 paper\r\n\r\n"
        ).encode()
        + body
        + b"\r\n--b1--\r\n"
    )
