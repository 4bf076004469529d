"""Scanning NLM's files, against reading them with pubmed_parser and against unpacking and matching alone.

Owns the rows on scanning. Never measures anything itself.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject
from benchmarks.reading import LARGE, pubmed_parser

COPIES = 4
"""Of the large file, for one process."""
MANY = 12
"""For several: a user has over 1,200, beside which the start of a process is nothing."""
READY_SECONDS = 60
ALL = 38_000_000
"""Records of PubMed."""


def _links(copies: int) -> tuple[Path, ...]:
    """So many names of the large file."""
    folder = Path(tempfile.mkdtemp(prefix="litwatch-bench-"))
    for number in range(copies):
        (folder / f"pubmed26n{number + 1:04}.xml.gz").symlink_to(LARGE)
    return tuple(sorted(folder.iterdir()))


def _ready(copies: int = COPIES) -> tuple[tuple[Path, ...], Any, Any]:
    """The files, what is asked of them, and MeSH: reading is timed, not importing."""
    from litwatch.edge.config import load
    from litwatch.edge.mesh import mesh_in_use
    from litwatch.edge.shipped import config_directory
    from litwatch.jobs.scanning.one_file import Asked
    from litwatch.query.leaves import Vocabulary

    import_module("litwatch.jobs.scanning.many_files")
    config = load(config_directory(), {})
    mesh = Vocabulary(mesh_in_use(config.settings.mesh.file))
    return _links(copies), Asked((str(config.watches[0].query),), date(2026, 1, 1)), mesh


def scanned(jobs: int) -> Callable[[tuple[tuple[Path, ...], Any, Any]], int]:
    """All records of the files, by the shipped watch."""

    def run(ready: tuple[tuple[Path, ...], Any, Any]) -> int:
        from litwatch.jobs.scanning.many_files import in_processes, scan

        paths, asked, mesh = ready
        return sum(len(found.pmids) for _, found in scan(paths, asked, mesh, way=in_processes(jobs)))

    return run


def _cluster(workers: int) -> tuple[Any, str]:
    """The files, what is asked of them, and the address of a Dask cluster of so many workers that ends with this."""
    there = Path(tempfile.mkdtemp(prefix="litwatch-bench-")) / "scheduler.json"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["worker", "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    _begin([*scheduler, "--scheduler-file", str(there)])
    deadline = time.monotonic() + READY_SECONDS
    while not there.exists() or not there.read_text():
        if time.monotonic() > deadline:
            sys.exit("the Dask scheduler does not begin")
        time.sleep(0.1)
    for _ in range(workers):
        _begin([*worker, "--scheduler-file", str(there)])
    address = json.loads(there.read_text())["address"]
    client = import_module("distributed").Client(address, set_as_default=False)
    client.wait_for_workers(workers, timeout=READY_SECONDS)
    client.close()
    return _ready(MANY), address


def _begin(words: list[str]) -> None:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=quiet, stderr=quiet)
    atexit.register(process.kill)


def on_dask(ready: tuple[Any, str]) -> int:
    """All records of the files, on the cluster."""
    from litwatch.jobs.scanning.many_files import scan
    from litwatch.jobs.scanning.on_dask import on_cluster

    (paths, asked, mesh), address = ready
    return sum(len(found.pmids) for _, found in scan(paths, asked, mesh, way=on_cluster(address)))


def daily(_: None) -> int:
    """`litwatch scan` of one update file, from its start as a program."""
    command = [sys.executable, "-m", "litwatch", "scan", str(LARGE)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return 20_788


def unpacked_and_sought(paths: tuple[Path, ...]) -> int:
    """isal, and hyperscan for the same letters over all that comes out: no records, no PMIDs, no soundness."""
    igzip: Any = import_module("isal.igzip")
    from litwatch.query.seeking import seeker

    look = seeker(
        [b"ketamin", b"spravato", b"ketalar", b"ketanest", b"ketaset", b"calypsol", b"imalgene"], [], []
    )
    for path in paths:
        with igzip.open(path) as stream:
            while block := stream.read(1 << 17):
                look(block)
    return 20_788 * len(paths)


BENCHMARKS = (
    Benchmark(
        name="scan",
        title=f"Scanning: what of NLM's files matches the shipped watch ({COPIES} times 20,788 records, 40 MB packed)",
        unit="records",
        anchor="pubmed_parser",
        subjects=(
            Subject("litwatch scan", scanned(1), _ready),
            Subject("pubmed_parser", lambda paths: sum(map(pubmed_parser, paths)), partial(_links, COPIES)),
            Subject("isal and hyperscan alone", unpacked_and_sought, partial(_links, COPIES)),
        ),
        marks=(
            Mark("litwatch scan", times=12, of="pubmed_parser"),
            Mark("litwatch scan", times=0.4, of="isal and hyperscan alone"),
            Mark("litwatch scan", peak_below=150),
        ),
        note="Letters that a match must hold are all that the last one looks for; it knows neither records nor PMIDs.",
    ),
    Benchmark(
        name="scan-many",
        title=f"Scanning: {MANY} such files, in one process, in two, and on a Dask cluster of this machine",
        unit="records",
        anchor="one process",
        subjects=(
            Subject("one process", scanned(1), partial(_ready, MANY)),
            Subject("two processes", scanned(2), partial(_ready, MANY)),
            Subject("Dask, one worker", on_dask, partial(_cluster, 1)),
            Subject("Dask, two workers", on_dask, partial(_cluster, 2)),
        ),
        marks=(
            Mark("two processes", times=1.7, of="one process", wall_clock=True),
            Mark("Dask, two workers", times=1.7, of="Dask, one worker", wall_clock=True),
            Mark("two processes", times=1, of="Dask, two workers", wall_clock=True),
            Mark("two processes", all_of=ALL, within=30),
        ),
        wall_clock=True,
        note="The CPU time and memory of Dask's workers are not counted.",
    ),
    Benchmark(
        name="scan-daily",
        title="Scanning: `litwatch scan` of one update file, its start included",
        unit="records",
        anchor="litwatch scan",
        subjects=(Subject("litwatch scan", daily),),
        marks=(Mark("litwatch scan", cpu_below=2),),
    ),
)
