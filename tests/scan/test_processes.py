"""Proves that processes that read files end with the command that began them, and that one that is killed is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from litwatch.jobs.stopping import EXIT_CODE
from world import surroundings

PATIENCE = 60


def children(pid: int) -> set[int]:
    """The processes that one has begun, as Linux tells them."""
    return {
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and was not yet taken away does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def at_work(nlm: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A scan in two processes that wait for a file that never ends; and these processes."""
    if not Path("/proc/self/task").exists():
        pytest.skip("no /proc here")
    whole = sorted(nlm.glob("*.gz"))[0]
    for number in (1, 4):
        (folder / f"pubmed26n000{number}.xml.gz").write_bytes(whole.read_bytes())
    for number in (2, 3):
        os.mkfifo(folder / f"pubmed26n000{number}.xml.gz")
    paths = [str(folder / f"pubmed26n000{number}.xml.gz") for number in range(1, 5)]
    command = [
        sys.executable,
        "-m",
        "litwatch",
        "scan",
        *paths,
        "--jobs",
        "2",
        "--keep",
        str(folder / "kept"),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=surroundings({}),
        start_new_session=True,
    )
    try:
        wait_for(lambda: any((folder / "kept").glob("*.found")) and len(children(process.pid)) == 2)
        yield process, sorted(children(process.pid))
    finally:
        process.kill()
        process.communicate()


def test_processes_end_with_a_command_that_is_killed(nlm: Path, tmp_path: Path) -> None:
    with at_work(nlm, tmp_path) as (process, readers):
        assert all(map(alive, readers))
        process.kill()
        process.wait()
        wait_for(lambda: not any(map(alive, readers)))


def test_a_process_that_is_killed_is_one_clear_line_and_what_was_read_counts(
    nlm: Path, tmp_path: Path
) -> None:
    with at_work(nlm, tmp_path) as (process, readers):
        os.kill(readers[0], signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert "a process that read files was killed (out of memory?); what was kept before is whole" in err
        assert err.count("\n") == 2
        assert out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_at_once_and_says_what_is_kept(
    nlm: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with at_work(nlm, tmp_path) as (process, readers):
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as Ctrl-C in a terminal
        else:
            process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)  # the file that never ends is waited for no more
        assert (process.returncode, out) == (EXIT_CODE, "")
        [said] = err.splitlines()
        assert said.startswith(
            "litwatch: stopped by a signal: the files that were read to their end are kept in "
        )
        assert not any(map(alive, readers))
        assert list((tmp_path / "kept").glob("*.found"))
