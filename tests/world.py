"""What tests stand on: where things are, and a whole world in one line.

Owns the sandbox, store, outbox and clock of a test. Never proves matching through the sandbox, which uses our
own matcher.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from litwatch.cli.operating import write_shipped_config
from litwatch.edge.store.past import NAME
from litwatch.sandbox.server import Sandbox
from warm import Command

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
_READ_BY_PYTHON = ("PYTHON", "LC_", "LANG")


def shared(name: str) -> Path:
    """A file of the material that lies beside the checkout; skips the test where it is not there."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not beside this checkout")
    return path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """The JSON lines of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class World:
    """A PubMed, a configuration and a place for store and outbox; `litwatch` runs as its user runs it."""

    folder: Path
    pubmed: Sandbox
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The folder of the configuration."""
        return self.folder / "config"

    @property
    def outbox(self) -> Path:
        """Where mails go."""
        return self.config / "var" / "outbox"

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.config / "var" / "litwatch.sqlite3"

    def litwatch(self, *words: str, stdin: str | None = None) -> Outcome:
        """One command in a process of its own."""
        return litwatch(*words, folder=self.folder, environment=self.environment, stdin=stdin)

    def run(self, now: str, *words: str) -> Outcome:
        """`litwatch run` at that instant, on the sandbox of that day."""
        self.pubmed.set_today(now[:10])
        return self.litwatch("run", "--now", now, *words)

    def weeks(self, *mornings: str) -> list[Outcome]:
        """A run on each of these mornings, a little after seven (UTC)."""
        return [self.run(f"{morning}T07:05:00Z") for morning in mornings]

    def begin_anew(self) -> None:
        """As if no run had ever been: without store, outbox and the note that there was a store."""
        shutil.rmtree(self.store.parent, ignore_errors=True)
        (self.config / NAME).unlink(missing_ok=True)

    def mails(self) -> list[EmailMessage]:
        """The mails of the outbox, oldest first, as a mail program reads them."""
        return [read_mail(path.read_bytes()) for path in sorted(self.outbox.glob("*.eml"))]


def read_mail(content: bytes) -> EmailMessage:
    """A mail as a mail program reads it."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def powerless() -> tuple[str, ...]:
    """What stands before a command that root's right to read and write everything must not reach."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not here to take root's powers away")
    return ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def litwatch(
    *words: str,
    folder: Path,
    environment: Mapping[str, str] = {},
    stdin: str | None = None,
    before: tuple[str, ...] = (),
) -> Outcome:
    """The command as a user types it, in `folder`, without any LITWATCH_ variable but `environment`'s.

    It has a process of its own, forked from one that has imported litwatch (tests/starting.py); started from nothing
    where a program stands before it, where it starts processes itself, and where Python reads the environment.
    """
    whole = surroundings(environment)
    processes = words[:1] == ("tag",) and "--jobs" in words
    if not (before or processes or any(name.startswith(_READ_BY_PYTHON) for name in environment)):
        command = Command(words, folder, whole, stdin or "")
        out, err = command.communicate(timeout=110)
        assert command.returncode is not None
        return Outcome(command.returncode, out, err)
    done = subprocess.run(
        [*before, sys.executable, "-m", "litwatch", *words],
        cwd=folder,
        env=whole,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a user who has set no LITWATCH_ variable but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
    return {**clean, "COLUMNS": "100", "NO_COLOR": "1", **environment}


@contextmanager
def world(folder: Path, corpus: Path | None = None, **sandbox: Any) -> Iterator[World]:
    """A fresh world with the shipped configuration, as `init` writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox(corpus, **sandbox) as pubmed:
        made = World(
            folder,
            pubmed,
            {
                "LITWATCH_PUBMED__BASE_URL": pubmed.base_url,
                "LITWATCH_PUBMED__REQUESTS_PER_SECOND": "1000",
            },
        )
        write_shipped_config(made.config)
        yield made
