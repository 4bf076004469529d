"""Proves that a Dask cluster of separate processes finds what this machine does, and says in words what goes wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from world import litwatch

pytest.importorskip("distributed")
READY = 60


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and its workers, each a process; the scheduler's address, and all processes, the scheduler first."""
    there = folder / "scheduler.json"
    begin = [
        sys.executable,
        "-m",
        "dask",
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    processes = [subprocess.Popen([*begin, "--scheduler-file", str(there)], **quiet)]  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + READY
        while not there.exists() or not there.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        work = [sys.executable, "-m", "dask", "worker", "--scheduler-file", str(there), "--nthreads", "1"]
        work += ["--no-dashboard", "--no-nanny"]
        processes += [subprocess.Popen(work, **quiet) for _ in range(workers)]  # type: ignore[call-overload]
        yield json.loads(there.read_text())["address"], processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_cluster_finds_the_same(nlm: Path, tmp_path: Path) -> None:
    expected = litwatch("scan", str(nlm), folder=tmp_path)
    with cluster(tmp_path, 2) as (address, _):
        found = litwatch("scan", str(nlm), "--dask", address, folder=tmp_path)
        assert (found.code, found.out) == (0, expected.out), found.err
        unseen = litwatch("scan", str(nlm), "elsewhere.xml.gz", "--dask", address, folder=tmp_path)
        assert (unseen.code, unseen.out) == (1, expected.out)
        assert "elsewhere.xml.gz: a worker of the cluster does not see it" in unseen.err


def test_a_worker_that_dies_is_replaced_by_another(nlm: Path, tmp_path: Path) -> None:
    expected = litwatch("scan", str(nlm), folder=tmp_path)
    with cluster(tmp_path, 2) as (address, processes):
        files = [str(path) for path in sorted(nlm.glob("*.gz"))]
        begun = subprocess.Popen(
            [sys.executable, "-m", "litwatch", "scan", *files, "--dask", address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
        )
        time.sleep(3)
        processes[1].send_signal(signal.SIGKILL)
        out, err = begun.communicate(timeout=120)
        assert (begun.returncode, out.decode()) == (0, expected.out), err


def test_without_a_scheduler_there_is_one_clear_line(nlm: Path, tmp_path: Path) -> None:
    outcome = litwatch("scan", str(nlm), "--dask", "tcp://127.0.0.1:9", folder=tmp_path)
    assert outcome.code == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in outcome.err
    assert "Traceback" not in outcome.err
    assert litwatch("scan", str(nlm), "--dask", "x", "--jobs", "2", folder=tmp_path).code == 2
