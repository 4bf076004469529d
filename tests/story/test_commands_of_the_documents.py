"""Every command that README and docs/ show: it is understood, and what can be run on a machine alone is run.

Owns what stands on the lines with a prompt. What a command prints is proved where the command is.
"""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.main import get_command

from litwatch.cli.commands import app
from world import ROOT, World, litwatch, surroundings, world

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
        "install",
        "curl",
    ),
    *("/opt/litwatch/bin/pip", "pg_dump", "pg_restore", "sqlite3", "systemctl", "sudo"),
    # The page to practise: its test below runs them.
    *("today()", "today", "for", "grep", "timeout", "flock", "(ulimit", "mv", "echo", "kill"),
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

PRACTISE = "practise.md"

# In the story of a page: what its names are here.
NAMES = {
    "39654321": "99000031",
    "39654322": "99000032",
    "NAME": "ketamine-depression",
    "/etc/litwatch": "config",
}

# These tell with another code that something is to be looked at.
TELLS = {"match --lint": (2,), "status": (0, 1), "status --check": (0, 1, 2)}


# How those of the page to practise end that do not end with 0.
BROKEN = {
    "timeout --signal=KILL 1.5 litwatch run --now 2026-04-01T07:05:00Z": None,  # it may be quicker
    "litwatch status --now 2026-04-01T07:10:00Z | grep killed": None,  # it was killed at whatever moment
    "flock config/var/litwatch.sqlite3.collect.lock litwatch run --now 2026-04-02T07:05:00Z": 3,
    "(ulimit -f 20; litwatch run --now 2026-04-03T07:05:00Z)": 1,
    "litwatch run --now 2026-04-04T07:05:00Z": 1,
    "litwatch status --check --now 2026-04-04T07:10:00Z": 2,
    "litwatch run --now 2026-04-05T07:05:00Z": 2,
    "litwatch status --check": 2,
    "litwatch run --now 2026-04-06T07:05:00Z": 1,
    "litwatch status --check --now 2026-04-06T07:10:00Z": 2,
}


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
    """Whether it can be run here; the page to practise is played as a whole."""
    if command.page == PRACTISE:
        return False
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
            named = words[2:] if words[0] == "--config" else words
            allowed = TELLS.get(" ".join(named[:2])) or TELLS.get(named[0], (0,))
            if done.code not in allowed or "Traceback" in done.err:
                failed.append((str(command), done.code, done.err[-300:]))
    assert failed == []
    assert len(seen) > 20


class Shell:
    """A shell that takes a line after the other, and runs a plain command of ours as the other tests do."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.environment = folder, dict[str, str]()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=surroundings({"PATH": path}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, line: str) -> tuple[int, str]:
        """How a line ends, and what it says."""
        if line.startswith("export "):
            self.environment |= dict(word.split("=", 1) for word in line.split()[1:])
        if re.fullmatch(r"litwatch [^*|>&;]+", line):
            done = litwatch(*shlex.split(line)[1:], folder=self.folder, environment=self.environment)
            return done.code, done.out + done.err
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f'{line}\necho "<<<$?"\n')
        self._bash.stdin.flush()
        said: list[str] = []
        while not (told := self._bash.stdout.readline()).startswith("<<<"):
            assert told, (line, said)
            said.append(told)
        return int(told[3:]), "".join(said)

    def end(self) -> None:
        """With all that it has started."""
        self._bash.communicate("kill $(jobs -p) 2>/dev/null; wait\n", timeout=60)


@pytest.mark.full  # it takes curl, flock and timeout
@pytest.mark.timeout(300)  # some forty commands
def test_the_page_to_practise_is_played_from_top_to_bottom(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shell, ended = Shell(tmp_path), dict[str, tuple[int, str]]()
    try:
        for one in (one for one in shown() if one.page == PRACTISE):
            # Three days of the month are enough here.
            line = one.text.replace("8765", port).replace("{01..31}", "{29..31}")
            code, said = ended[one.text] = shell.run(line)
            expected = BROKEN.get(one.text, 0)
            assert expected is None or code == expected, (str(one), code, said)
            assert "Traceback" not in said, (str(one), said)
    finally:
        shell.end()
    assert BROKEN.keys() <= ended.keys()
    subjects = ended["grep -h ^Subject: config/var/outbox/*.eml"][1]
    assert "Ketamine & depression" in subjects
    told = "".join(
        path.read_text("utf-8") for path in (tmp_path / "config/var/outbox").glob("*it-example*.eml")
    )
    assert told.count("all is well again") == 1


@pytest.mark.full
def test_the_servers_side_of_postgresql_as_the_page_says(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, role = urlsplit(server), "practised"
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(address.port))
    monkeypatch.setenv("PGUSER", "litwatch")
    text = (ROOT / "docs/store.md").read_text("utf-8")
    begin = text.index("## PostgreSQL")
    lines = re.findall(r"^\$ (.+)", text[begin : text.index("\n## ", begin)], re.MULTILINE)
    assert len(lines) > 4
    with world(tmp_path, today="2026-03-08") as here:
        (here.folder / "store-url").write_text(
            f"postgresql://{role}:made-up@127.0.0.1:{address.port}/{role}\n", encoding="utf-8"
        )
        for line in lines:
            words = shlex.split(line, comments=True)
            if words[0] == "litwatch":
                assert here.litwatch(*words[1:]).code == 0, line
            elif words[0] == "export":
                name, _, _ = words[1].partition("=")
                here.environment[name] = str(here.folder / "store-url")
            else:
                words = words[3:] if words[0] == "sudo" else words
                words = [word.replace("/backup", str(here.folder)) for word in words]
                words = [re.sub(r"(?<![\w/])litwatch(?!\.)", role, word) for word in words]
                answer = "made-up\nmade-up\n"
                done = subprocess.run(words, input=answer, text=True, capture_output=True, check=False)
                assert done.returncode == 0, (line, words, done.stderr)
        assert "the books" not in here.litwatch("status").err
        assert here.litwatch("papers", "--json").code == 0
