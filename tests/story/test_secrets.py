"""Secrets are planted, and everything that runs wrote, said or asked is searched for them.

Owns where they must not be. How they are given stands in tests/config.
"""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from answers.imapservers import Faulty, faulty_server
from deliver.mailservers import Answers, authority, mail_server, server_context
from world import World, litwatch, world

SECRETS = {
    "PUBMED__API_KEY": "planted+key/4b1d",
    "MAIL__USERNAME": "planted-mail-login-77",
    "MAIL__PASSWORD": "planted&mail=pass 5c",
    "INBOX__USERNAME": "planted-inbox-login-13",
    "INBOX__PASSWORD": "planted-inbox-pass-e0",
    "MONITORING__PING_URL": "http://127.0.0.1:9/planted-ping-2a",
}
STORE_PASSWORD = "planted-store-pass-90"
WORDS = (
    *(secret for name, secret in SECRETS.items() if name != "MONITORING__PING_URL"),
    "planted-ping-2a",
    STORE_PASSWORD,
)


def traces() -> dict[bytes, str]:
    """What must not be found, as it is and as programs write it: each with the secret that it is."""
    found: dict[bytes, str] = {}
    for secret in WORDS:
        plain = secret.encode()
        for form in (plain, base64.b64encode(plain), quote(secret, safe="").encode()):
            found[form] = secret
    return found


class Echoing(Answers):
    """A mail server whose refusals repeat what they were told."""

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: object
    ) -> AuthResult:
        """Right is the planted password, unless it is to be refused."""
        name, password = (str(getattr(login, part), "utf-8") for part in ("login", "password"))
        if "login" in self.replies:
            reply = f"535 5.7.8 {name} may not log in with {password}"
            return AuthResult(success=False, handled=False, message=reply)
        right = (SECRETS["MAIL__USERNAME"], SECRETS["MAIL__PASSWORD"])
        return AuthResult(success=(name, password) == right)


class Processes:
    """Every command line of this machine while it looks."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._over = threading.Event()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again."""
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    self.seen.add(file.read_bytes())


def environment(here: World, way: str, backend: str, mail: int, imap: int) -> dict[str, str]:
    """All secrets, by variable or by file, and servers that ask for them."""
    given = {f"LITWATCH_{name}": secret for name, secret in SECRETS.items()}
    if backend.startswith("postgresql"):
        given["LITWATCH_STORE__URL"] = backend.replace("litwatch@", f"litwatch:{STORE_PASSWORD}@")
    if way == "file":
        hidden = here.folder.parent / "hidden"
        hidden.mkdir(exist_ok=True)
        for name in list(given):
            (hidden / name).write_text(given.pop(name) + "\n", encoding="utf-8")
            given[f"{name}_FILE"] = str(hidden / name)
    trusted = here.folder.parent / "authority.pem"
    authority().cert_pem.write_to_path(str(trusted))
    bugs = here.folder / "tmp"
    bugs.mkdir(exist_ok=True)
    return {
        **here.environment,
        **given,
        "SSL_CERT_FILE": str(trusted),
        "TMPDIR": str(bugs),
        "LITWATCH_MAIL__TRANSPORT": "smtp",
        "LITWATCH_MAIL__HOST": "127.0.0.1",
        "LITWATCH_MAIL__PORT": str(mail),
        "LITWATCH_MAIL__FROM": "litwatch@clinic.example",
        "LITWATCH_INBOX__HOST": "127.0.0.1",
        "LITWATCH_INBOX__PORT": str(imap),
        "LITWATCH_INBOX__SECURITY": "none",
        "LITWATCH_OPERATOR__ADDRESS": "it@clinic.example",
        "LITWATCH_MONITORING__TEXTFILE": str(here.folder / "litwatch.prom"),
        "LITWATCH_PUBMED__RETRY_BUDGET_SECONDS": "0",
    }


@pytest.fixture
def way(backend: str) -> str:
    """How the secrets are given: one way on each kind of store."""
    return "file" if backend.startswith("sqlite") else "variable"


def test_what_holds_addresses_is_made_for_this_user_alone(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.weeks("2026-03-08", "2026-03-09")
        made = [here.outbox, *(path for path in here.store.parent.rglob("*") if path.is_file())]
        assert {".eml", ".html", ".lock", ".sqlite3"} <= {path.suffix for path in made}
        assert [path for path in made if path.stat().st_mode & 0o077] == []
        assert "read" not in here.litwatch("check").err
        here.store.chmod(0o644)
        warned = here.litwatch("check")
        assert (
            warned.code,
            f"warning: {here.store}: every user of this machine can read it" in warned.err,
        ) == (
            0,
            True,
        )


def test_no_secret_is_in_anything_that_runs_write_say_or_ask(backend: str, way: str, tmp_path: Path) -> None:
    key = SECRETS["PUBMED__API_KEY"]
    smtp, inbox, processes = Echoing(), Faulty(), Processes()
    said: list[str] = []
    options = {"tls_context": server_context(), "authenticator": smtp.authenticate, "auth_required": True}
    with (
        world(tmp_path / "here", api_keys=[key], by_create_date=False) as here,
        mail_server(smtp, **options) as mail,
        faulty_server(inbox) as imap,
        processes.watched(),
    ):
        given = environment(here, way, backend, mail, imap)

        def says(*words: str, **more: str) -> int:
            outcome = litwatch(*words, folder=here.folder, environment=given | more)
            said.extend((outcome.out, outcome.err))
            return outcome.code

        here.pubmed.set_today("2026-03-08")
        assert says("run", "--now", "2026-03-08T07:05:00Z") == 0
        here.pubmed.set_today("2026-03-09")
        assert says("run", "--now", "2026-03-09T07:05:00Z", "--json") == 0
        assert any(request.params.get("api_key") == key for request in here.pubmed.requests)
        assert len(smtp.taken) == 1
        assert "LOGIN" in inbox.heard
        for words in (
            ("status",), ("status", "--json"), ("status", "--check"), ("papers", "--json"), ("check",),
            ("subscribers", "list"), ("trace", "you@example.org", "--json"), ("check", "--online"), ("preview",),
        ):  # fmt: skip
            says(*words)
        # Everything goes wrong, and each says so.
        smtp.replies = {"login": "refused"}
        inbox.instead = {
            "LOGIN": f"{{tag}} NO {SECRETS['INBOX__USERNAME']} {SECRETS['INBOX__PASSWORD']} is wrong"
        }
        here.pubmed.set_today("2026-03-16")
        assert says("run", "--now", "2026-03-16T07:05:00Z", "--json") == 1
        assert "refused the login" in said[-1]
        assert says("run", "--now", "2026-03-16T08:05:00Z", LITWATCH_MONITORING__LOG="json") == 1
        dead = "http://127.0.0.1:9/entrez/eutils/"
        assert says("collect", "--now", "2026-03-17T07:05:00Z", LITWATCH_PUBMED__BASE_URL=dead) == 1
        assert says("check", LITWATCH_MAIL__SECURITY="sometimes") == 2
        unreachable = f"postgresql://litwatch:{STORE_PASSWORD}@127.0.0.1:9/none"
        no_file = {"LITWATCH_STORE__URL_FILE": "", "LITWATCH_STORE__URL": unreachable}
        assert says("run", **no_file) == 1
        copy = f"sqlite:///{here.folder}/copy.sqlite3"
        source = f"sqlite:///{here.store}" if backend.startswith("sqlite") else backend
        assert says("store", "copy", source, copy) == 0
        if backend.startswith("sqlite"):
            here.store.write_bytes(b"no store" * 1000)
            assert says("run") == 1

        written = [path.read_bytes() for path in here.folder.rglob("*") if path.is_file()]
        asked = [request.url.encode() for request in here.pubmed.requests]
        mails = [one.content for one in smtp.taken]
    places = {
        "what was printed": [text.encode() for text in said],
        "a file": written,
        "an address": asked,
        "a mail": mails,
        "the process list": list(processes.seen),
    }
    found = {
        (place, secret)
        for place, texts in places.items()
        for trace, secret in traces().items()
        if any(trace in text for text in texts)
    }
    assert found == set()
    assert len(said) > 20
    assert len(written) > 5
    assert len(processes.seen) > 5
