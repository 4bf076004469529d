"""Proves where the traceback of a bug goes: to one file, however often the bug comes, and into the line of JSON."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from world import World, surroundings, world

# The command with a bug in it: whether a look is due cannot be told, of a PMID that is another one each time.
PROGRAM = """
import itertools
from litwatch.cli.main import main
from litwatch.jobs import run
numbers = itertools.count(99000001)
def planted(*_):
    raise RuntimeError(f"planted at PMID {next(numbers)}")
run.look_due = planted
main()
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        (tmp_path / "tmp").mkdir()
        made.environment["TMPDIR"] = str(tmp_path / "tmp")
        yield made


def with_a_bug(here: World, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=here.folder,
        env=surroundings(here.environment),
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(here: World) -> list[Path]:
    return sorted((here.folder / "tmp").iterdir())


def test_a_bug_that_comes_back_is_kept_once_and_told_each_time(here: World) -> None:
    for _ in range(2):
        run = with_a_bug(here, "run")
        line = run.communicate(timeout=60)[1]
        assert run.returncode == 70
        assert line.count("\n") == 1
        assert "RuntimeError: planted at PMID 99000001" in line
        assert str(kept(here)[0]) in line
    [file] = kept(here)
    assert "in planted" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_serve_writes_no_file_each_minute(here: World) -> None:
    server = with_a_bug(here, "serve", "--every", "1")
    assert server.stderr is not None
    told = [server.stderr.readline() for _ in range(4)]
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=60)
    assert ["planted at PMID 9900000" in line for line in told] == [False, True, True, True]
    assert len(kept(here)) == 1


def test_a_file_of_that_name_that_is_not_ours_is_neither_written_nor_followed(here: World) -> None:
    with_a_bug(here, "run").communicate(timeout=60)
    [file] = kept(here)
    file.unlink()
    victim = here.folder / "victim"
    victim.write_text("as it was", encoding="utf-8")
    file.symlink_to(victim)
    said = with_a_bug(here, "run").communicate(timeout=60)[1]
    assert victim.read_text(encoding="utf-8") == "as it was"
    [other] = [path for path in kept(here) if not path.is_symlink()]
    assert str(other) in said


def test_where_the_log_is_json_the_traceback_is_in_it(here: World) -> None:
    here.environment["LITWATCH_MONITORING__LOG"] = "json"
    line = with_a_bug(here, "run").communicate(timeout=60)[1]
    told = json.loads(line)
    assert (told["level"], told["exit_code"]) == ("error", 70)
    assert "in planted" in told["traceback"]
    assert os.linesep not in told["message"]
