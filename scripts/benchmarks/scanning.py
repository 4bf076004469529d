"""Scanning NLM's files, against reading them with pubmed_parser and against unpacking and matching alone.

Owns the rows on scanning. Never measures anything itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject
from benchmarks.reading import LARGE, pubmed_parser

COPIES = 4
"""Of the large file, for several processes."""


def _links(copies: int) -> tuple[Path, ...]:
    """So many names of the large file."""
    folder = Path(tempfile.mkdtemp(prefix="litwatch-bench-"))
    for number in range(copies):
        (folder / f"pubmed26n{number + 1:04}.xml.gz").symlink_to(LARGE)
    return tuple(sorted(folder.iterdir()))


def _ready() -> tuple[tuple[Path, ...], Any, Any]:
    """The files, what is asked of them, and MeSH: reading is timed, not importing."""
    from litwatch.edge.config import load
    from litwatch.edge.mesh import mesh_in_use
    from litwatch.edge.shipped import config_directory
    from litwatch.jobs.scanning.one_file import Asked
    from litwatch.query.leaves import Vocabulary

    import_module("litwatch.jobs.scanning.many_files")
    config = load(config_directory(), {})
    mesh = Vocabulary(mesh_in_use(config.settings.mesh.file))
    return _links(COPIES), Asked((str(config.watches[0].query),), date(2026, 1, 1)), mesh


def scanned(jobs: int) -> Callable[[tuple[tuple[Path, ...], Any, Any]], int]:
    """All records of the files, by the shipped watch."""

    def run(ready: tuple[tuple[Path, ...], Any, Any]) -> int:
        from litwatch.jobs.scanning.many_files import in_processes, scan

        paths, asked, mesh = ready
        return sum(len(found.pmids) for _, found in scan(paths, asked, mesh, way=in_processes(jobs)))

    return run


def unpacked_and_sought(paths: tuple[Path, ...]) -> int:
    """isal, and hyperscan for the same letters over all that comes out: no records, no PMIDs, no soundness."""
    igzip: Any = import_module("isal.igzip")
    from litwatch.query.seeking import seeker

    look = seeker(
        [b"ketamin", b"spravato", b"ketalar", b"ketanest", b"ketaset", b"calypsol", b"imalgene"], []
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
        title=f"Scanning: {COPIES} such files, in one process and in two",
        unit="records",
        anchor="one process",
        subjects=(
            Subject("one process", scanned(1), _ready),
            Subject("two processes", scanned(2), _ready),
        ),
        marks=(Mark("two processes", times=1.7, of="one process", wall_clock=True),),
        note="On the wall clock; each process makes the query ready for itself.",
    ),
)
