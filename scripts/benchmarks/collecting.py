"""Collecting at size: ten thousand new papers, a search in which nothing changed, and a run with nothing to do.

Owns those rows. Never measures anything itself. The records are made up (`litwatch sandbox --synthetic`).
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import subprocess
import sys
import tempfile
from functools import partial

from benchmarks.measuring import Benchmark, Mark, Subject
from benchmarks.program import litwatch

PAPERS = 10_000
SYNTHETIC = PAPERS * 10  # a tenth of them is on ketamine and depression
BEFORE, AFTER = "2015-12-31", "2026-01-02"


def _sandbox(today: str) -> str:
    """A sandbox in a process of its own; its address."""
    command = [sys.executable, "-m", "litwatch", "sandbox", "--synthetic", str(SYNTHETIC), "--port", "0"]
    served = subprocess.Popen([*command, "--today", today], stdout=subprocess.PIPE, text=True)
    atexit.register(served.kill)
    assert served.stdout is not None
    return served.stdout.readline().strip().partition("=")[2]


def _quietly(*words: str) -> None:
    with contextlib.redirect_stderr(io.StringIO()):
        litwatch(*words)


def _ready(per_second: float, *, collected: bool) -> None:
    """A configuration that has searched before any of the papers was there, or after."""
    import requests

    address = _sandbox(BEFORE)
    os.environ["LITWATCH_PUBMED__BASE_URL"] = address
    os.environ["LITWATCH_PUBMED__REQUESTS_PER_SECOND"] = str(per_second)
    os.chdir(tempfile.mkdtemp(prefix="litwatch-bench-"))
    _quietly("init", "config")
    _quietly("collect", "--now", f"{BEFORE}T07:00:00Z")
    clock = f"{address.removesuffix('/entrez/eutils/')}/today"
    requests.post(clock, data={"date": AFTER}, timeout=10).raise_for_status()
    if collected:
        _quietly("collect", "--now", f"{AFTER}T07:00:00Z")


def _collect(now: str, _: None) -> int:
    _quietly("collect", "--now", now)
    return PAPERS


def _run_twice(_: None) -> None:
    _ready(1_000, collected=False)
    for _number in range(2):
        _quietly("run", "--now", f"{AFTER}T07:00:00Z")


def _idle(_: None) -> int:
    command = [sys.executable, "-m", "litwatch", "run", "--now", f"{AFTER}T07:10:00Z"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1


BENCHMARKS = (
    Benchmark(
        name="collect",
        title=f"Collecting {PAPERS:,} new papers (made up), 200 a request",
        unit="papers",
        anchor="litwatch collect",
        subjects=(
            Subject(
                "litwatch collect",
                partial(_collect, f"{AFTER}T07:00:00Z"),
                partial(_ready, 1_000, collected=False),
            ),
            Subject(
                "litwatch collect, 3 requests a second",
                partial(_collect, f"{AFTER}T07:00:00Z"),
                partial(_ready, 3, collected=False),
            ),
            Subject(
                "litwatch collect, nothing changed",
                partial(_collect, f"{AFTER}T08:00:00Z"),
                partial(_ready, 1_000, collected=True),
            ),
        ),
        marks=(
            Mark("litwatch collect", cpu_below=10),
            Mark("litwatch collect", peak_below=200),
            Mark("litwatch collect, nothing changed", cpu_below=1),
        ),
        note="Own CPU, without a start (half a second): what came before has imported all. The sandbox works in a "
        "process of its own and is not counted.",
    ),
    Benchmark(
        name="idle",
        title="A run with nothing to do, start-up included",
        unit="runs",
        anchor="python -c pass",
        subjects=(
            Subject("litwatch run", _idle, partial(_run_twice, None)),
            Subject("python -c pass", lambda _: int(not subprocess.call([sys.executable, "-c", "pass"]))),
        ),
        marks=(Mark("litwatch run", cpu_below=0.5),),
    ),
)
