"""A Dovecot of our own on loopback, in a folder, for as long as the tests run.

Owns its start and stop. Never touches a server that was there before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from imap_tools import MailBoxUnencrypted

from deliver.mailservers import authority

PASSWORD = "right"

CONFIG = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
{more}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """Where it listens. Every user has an account, by the one password."""

    plain_port: int
    tls_port: int

    @contextlib.contextmanager
    def box(self, user: str) -> Iterator[MailBoxUnencrypted]:
        """The mailbox as its owner sees it."""
        with MailBoxUnencrypted("127.0.0.1", self.plain_port, timeout=20) as box:
            box.login(user, PASSWORD)
            yield box

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """These mails arrive."""
        with self.box(user) as box:
            for mail in mails:
                box.append(mail, folder)

    def count(self, user: str, folder: str) -> int:
        """How many mails are in a folder; 0 where there is none."""
        with self.box(user) as box:
            if not box.folder.exists(folder):
                return 0
            box.folder.set(folder)
            return len(box.uids())


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Running; skips the test where Dovecot is not installed."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        pytest.skip("Dovecot is not installed; ./scripts/test --full installs it")
    if os.geteuid() != 0:
        pytest.skip("Dovecot is started as root here, which gives up its rights by itself")
    folder = Path(tempfile.mkdtemp(prefix="litwatch-imap-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "nobody", "nogroup")
        certificate = authority().issue_cert("127.0.0.1", "localhost")
        chain = b"".join(each.bytes() for each in certificate.cert_chain_pems)
        (folder / "certificate.pem").write_bytes(chain)
        (folder / "key.pem").write_bytes(certificate.private_key_pem.bytes())
        server = Dovecot(_free_port(), _free_port())
        config = folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=folder,
                password=PASSWORD,
                user="nobody",
                group="nogroup",
                plain=server.plain_port,
                tls=server.tls_port,
                more="",
            )
        )
        running = subprocess.Popen([program, "-F", "-c", str(config)])
        try:
            _wait(server, running, folder / "log")
            yield server
        finally:
            running.terminate()
            running.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(server: Dovecot, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while running.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, ssl.SSLError):
            socket.create_connection(("127.0.0.1", server.tls_port), 1).close()
            return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot did not start: {log.read_text() if log.exists() else ''}")
