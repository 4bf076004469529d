"""Proves that a Dask cluster of separate processes finds what this machine does, and says in words what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from litwatch.errors import LitwatchError
from litwatch.jobs.scanning.on_dask import scan_one
from litwatch.jobs.scanning.one_file import Asked
from litwatch.query.leaves import BY_NAME
from world import litwatch, surroundings

pytest.importorskip("distributed")
READY = 60


@contextmanager
def cluster(folder: Path, workers: int, *rooms: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and its workers, each a process; the scheduler's address, and all processes, the scheduler first.

    The workers stand in `rooms`, or in the folder.
    """
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
        stand = rooms or [folder] * workers
        processes += [subprocess.Popen(work, **{**quiet, "cwd": room}) for room in stand]  # type: ignore[call-overload]
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
        assert "elsewhere.xml.gz: the worker tcp://127.0.0.1:" in unseen.err
        assert "does not see it; put the files where every worker does" in unseen.err


def test_a_file_that_only_one_worker_sees_is_named_and_the_others_count_once(
    nlm: Path, tmp_path: Path
) -> None:
    with_files, without = tmp_path / "with", tmp_path / "without"
    shutil.copytree(nlm, with_files)
    without.mkdir()
    # What this path means, each process's own folder says.
    paths = [f"/proc/self/cwd/{path.name}" for path in sorted(with_files.glob("*.gz"))]
    if not Path("/proc/self/cwd").exists():
        pytest.skip("no /proc here")
    expected = litwatch("scan", *paths, "--json", folder=with_files).objects()
    with cluster(tmp_path, 2, with_files, without) as (address, _):
        found = litwatch("scan", *paths, "--json", "--dask", address, folder=with_files)
        named = {path for path in paths if f"{path}: the worker" in found.err}
        assert found.code == 1
        assert 0 < len(named) < len(paths)
        lines = found.objects()
        assert len({line["pmid"] for line in lines}) == len(lines)
        seen = {Path(path).name for path in set(paths) - named}
        assert {line["file"] for line in lines} <= seen
        assert {line["pmid"] for line in lines if line in expected} <= {line["pmid"] for line in expected}


@contextmanager
def begun(folder: Path, address: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A scan of many files on the cluster that has kept what it found in the first of them, and is still at work."""
    kept = folder / "kept"
    command = [sys.executable, "-m", "litwatch", "scan", *words, "--dask", address, "--keep", str(kept)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=surroundings({})
    )
    deadline = time.monotonic() + READY
    while not any(kept.glob("*.found")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def many(nlm: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The series over and over, so that a scan takes its time; and what is found in it."""
    folder = tmp_path_factory.mktemp("many")
    files = sorted(nlm.glob("*.gz"))
    for number in range(200):
        (folder / f"pubmed26n{number + 1:04}.xml.gz").symlink_to(files[number % len(files)])
    return folder, litwatch("scan", str(folder), folder=folder).out


def test_a_worker_that_dies_is_replaced_by_another(many: tuple[Path, str], tmp_path: Path) -> None:
    folder, expected = many
    with cluster(tmp_path, 2) as (address, processes), begun(tmp_path, address, str(folder)) as process:
        processes[1].send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out) == (0, expected), err
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("whose", "said"),
    [([0], "the Dask scheduler at {} went away while"), ([1, 2], "no worker is left at {}")],
)
def test_a_cluster_that_goes_away_is_one_clear_line_and_the_next_run_goes_on(
    many: tuple[Path, str], tmp_path: Path, whose: list[int], said: str
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(many[0], folder, symlinks=True)
    with cluster(tmp_path, 2) as (address, processes), begun(tmp_path, address, str(folder)) as process:
        for number in whose:
            processes[number].send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 1
        assert said.format(address) in err
        assert "what was kept before is whole" in err
        assert err.count("\n") == 2
        assert len(out.splitlines()) == len(set(out.splitlines()))
    before = set((tmp_path / "kept").iterdir())
    assert 0 < len(before) < 200
    for file in list(folder.iterdir()):  # what was kept is not read again
        if any(kept.name.startswith(file.name) for kept in before):
            state = file.stat()
            (tmp_path / file.name).write_bytes(bytes(state.st_size))
            os.utime(tmp_path / file.name, ns=(state.st_atime_ns, state.st_mtime_ns))
            file.unlink()
            (tmp_path / file.name).rename(file)
    again = litwatch("scan", str(folder), "--keep", str(tmp_path / "kept"), folder=tmp_path)
    assert (again.code, again.out) == (0, many[1])


def test_a_worker_with_another_version_reads_nothing(nlm: Path) -> None:
    with pytest.raises(LitwatchError, match=r"a worker of the cluster has litwatch .*, here is 0\.0\.0"):
        scan_one(str(nlm), Asked(("ketamine[tiab]",), date(2026, 1, 1)), BY_NAME, "0.0.0")


def test_without_a_scheduler_there_is_one_clear_line(nlm: Path, tmp_path: Path) -> None:
    outcome = litwatch("scan", str(nlm), "--dask", "tcp://127.0.0.1:9", folder=tmp_path)
    assert outcome.code == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in outcome.err
    assert "Traceback" not in outcome.err
    assert litwatch("scan", str(nlm), "--dask", "x", "--jobs", "2", folder=tmp_path).code == 2
