"""Every command that README and docs/ show: it is understood, and what can be run on a machine alone is run.

Owns what stands on the lines with a prompt. What a command prints is proved where the command is.
"""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from litwatch.cli.commands import app
from world import ROOT, World, world

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

# What is no command of ours; a new one is looked at by whoever writes it.
OTHERS = {
    *(
        ".",
        ".venv/bin/python",
        ".venv/bin/pip",
        "pip",
        "mkdir",
        "cp",
        "export",
        "pipx",
        "python3",
        "useradd",
        "curl",
    ),
    *("/opt/litwatch/bin/pip", "pg_dump", "pg_restore", "sqlite3", "systemctl"),
}

# Commands that need what is not here, or run until they are stopped: each is run by a test of its own.
ELSEWHERE = {
    "sandbox": "runs until it is stopped",
    "serve": "runs until it is stopped",
    "demo": "tests/deploy/test_installed.py",
    "mirror": "needs NLM's server",
    "scan": "needs a mirror",
    "audit": "needs a mirror",
    "unsubscribe": "needs a token of a digest",
    "eval": "needs labelled records",
    "recall": "needs a review's list",
    "tune": "tests/tuning",
    "guard": "needs a watch with a guard",
    "tag": "tests/cli/test_research.py",
    "deliver": "after the settings of a mail server that is not here",
}
NEEDS = {
    "postgresql://": "a PostgreSQL",
    "--from": "a mirror",
    "mesh update": "NLM's files",
    "papers --feedback": "verdicts of readers",
    "store restore": "tests/store/test_backup.py",
    "reader@example.org": "a reader who has left",
    "--watch psilocybin-depression": "tests/config/test_examples.py",
}

# In the story of a page: what its names are here.
NAMES = {
    "39654321": "99000031",
    "39654322": "99000032",
    "NAME": "ketamine-depression",
    "/etc/litwatch": "etc",
}

# These tell with another code that something is to be looked at.
TELLS = {"match --lint": (2,), "status": (0, 1), "status --check": (0, 1, 2)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as a page shows it."""

    page: str
    line: int
    text: str

    @property
    def words(self) -> list[str]:
        """As a shell reads them, without the comment."""
        words = shlex.split(self.text, comments=True)
        return words[: min((words.index(sign) for sign in (">", "|") if sign in words), default=len(words))]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def shown() -> list[Shown]:
    """All lines with a prompt, in the order of the pages."""
    found = []
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            if told := re.match(r"\s*\$ (.+)", line):
                found.append(Shown(page.name, number, told[1]))
    return found


def ours() -> list[Shown]:
    """Those that are litwatch's."""
    return [one for one in shown() if Path(one.words[0]).name == "litwatch"]


def is_other(one: Shown) -> bool:
    """Whether it is a program of the checkout that is there, or one of the known ones."""
    name = one.words[0].removeprefix("./")
    return one.words[0] in OTHERS or (name.startswith("scripts/") and (ROOT / name).is_file())


def test_each_command_is_ours_or_known() -> None:
    strange = [str(one) for one in shown() if one not in ours() and not is_other(one)]
    assert strange == []
    assert len(ours()) > 40


def misread(command: Shown) -> str | None:
    """What the command line says to it, without running it; None where it is understood."""
    group: Any = get_command(app)
    words, parent = command.words[1:], None
    try:
        while True:
            context = group.make_context(group.name, list(words), parent=parent)
            if not hasattr(group, "resolve_command"):
                return None
            left = [*getattr(context, "_protected_args", ()), *context.args]
            (_, group, words), parent = group.resolve_command(context, left), context
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())


def test_each_command_is_understood() -> None:
    misread_ones = {str(one): said for one in ours() if (said := misread(one)) is not None}
    assert misread_ones == {}
    assert misread(Shown("", 0, "litwatch store bakup /backup")) is not None
    assert misread(Shown("", 0, "litwatch status --chek")) is not None


def is_run(command: Shown) -> bool:
    """Whether it can be run here."""
    name = next(word for word in command.words[1:] if not word.startswith("-"))
    return name not in ELSEWHERE and not any(need in command.text for need in NEEDS)


def prepared(here: World, backup: Path) -> None:
    """What the pages take for granted: records, a strategy, a folder for backups."""
    records = (ROOT / "src/litwatch/sandbox/corpus/madeup-base.xml").read_bytes()
    (here.folder / "records.xml.gz").write_bytes(gzip.compress(records))
    (here.folder / "strategy.txt").write_text(
        "1 ketamine[tiab]\n2 depress*[tiab]\n3 #1 AND #2\n", encoding="utf-8"
    )
    exported = here.litwatch("papers", "--format", "nbib")
    assert exported.code == 0, exported
    (here.folder / "records.nbib").write_text(exported.out, encoding="utf-8")
    backup.mkdir()


@pytest.mark.timeout(300)  # some forty commands
def test_what_can_be_run_here_is_run(tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    failed = []
    with world(tmp_path / "here", today="2026-03-30", by_create_date=False) as here:
        assert here.run("2026-03-30T07:05:00Z").code == 0
        prepared(here, backup)
        seen = set()
        for command in filter(is_run, ours()):
            words = [NAMES.get(word, word) for word in command.words[1:]]
            words = [str(backup) if word == "/backup" else word for word in words]
            if tuple(words) in seen:
                continue
            seen.add(tuple(words))
            if words[0] == "init":
                shutil.rmtree(here.folder / "new", ignore_errors=True)
                words = ["init", "new"]
            done = here.litwatch(*words)
            allowed = TELLS.get(" ".join(words[:2])) or TELLS.get(words[0], (0,))
            if done.code not in allowed or "Traceback" in done.err:
                failed.append((str(command), done.code, done.err[-300:]))
    assert failed == []
    assert len(seen) > 20
