"""Tuning at size: the index built, a new query and a changed clause, on 30,000 and 300,000 papers.

Owns those rows. Never measures anything itself. The papers are those of one NLM update file, again and again under
PMIDs of their own; an index is built once for all subjects of a run and kept in the temporary folder.
"""

from __future__ import annotations

import sqlite3
import tempfile
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT.parent / "shared" / "corpus" / "nlm-update-2021.xml.gz"
WATCH = ROOT / "config" / "watches" / "ketamine-depression.toml"
APART = 100_000_000  # between the PMIDs of one round and the next
TODAY = date(2026, 3, 9)


@cache
def _stored() -> sqlite3.Connection:
    """The records as a store keeps them, in a file of their own."""
    from litwatch.edge.files import parts
    from litwatch.reading.splitting import pmid_in

    path = Path(tempfile.gettempdir()) / "litwatch-bench-records.sqlite3"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with sqlite3.connect(part) as made:
            made.execute("CREATE TABLE paper (pmid INTEGER PRIMARY KEY, record BLOB)")
            made.executemany(
                "INSERT OR REPLACE INTO paper VALUES (?, ?)",
                (
                    (pmid_in(raw), zlib.compress(raw))
                    for raw in parts(FILE)
                    if isinstance(raw, bytes) and raw.startswith(b"<PubmedArticle>")
                ),
            )
        made.close()
        part.rename(path)
    return sqlite3.connect(path)


def _pmids(papers: int) -> list[int]:
    known = [pmid for (pmid,) in _stored().execute("SELECT pmid FROM paper ORDER BY pmid")]
    whole = known * (papers // len(known) + 1)
    return [pmid + APART * (place // len(known)) for place, pmid in enumerate(whole)][:papers]


def _parcels(pmids: Sequence[int]) -> Iterator[list[tuple[int, bytes]]]:
    """As the desk takes records from the store, but for SQLAlchemy."""
    from litwatch.edge.workbook.filling import TOGETHER

    one = "SELECT record FROM paper WHERE pmid = ?"
    for start in range(0, len(pmids), TOGETHER):
        some = pmids[start : start + TOGETHER]
        yield [(pmid, _stored().execute(one, (pmid % APART,)).fetchone()[0]) for pmid in some]


def _read(pmids: Sequence[int]) -> Iterator[tuple[int, Any]]:
    from litwatch.edge.store.unpacking import unpack
    from litwatch.jobs.tune.parcels import papers_in

    for parcel in _parcels(pmids):
        yield from papers_in((pmid, unpack(raw)) for pmid, raw in parcel)


def _built(papers: int, path: Path, processes: int | None = None, *, whole: bool = False) -> None:
    from litwatch.edge.workbook.file import open_workbook
    from litwatch.edge.workbook.filling import bring_up
    from litwatch.jobs.tune.gathering import gather_from

    workbook = open_workbook(path)
    bring_up(workbook, dict.fromkeys(_pmids(papers), "1"), gather_from(_parcels, processes), whole=whole)
    workbook.close()


def _build(papers: int, processes: int, _: object, *, whole: bool = False) -> int:
    with tempfile.TemporaryDirectory() as folder:
        _built(papers, Path(folder) / "a.workbook", processes, whole=whole)
        size = (Path(folder) / "a.workbook").stat().st_size
    print(f"index of {papers:,} papers: {size / 1e6:.0f} MB on disk")
    return papers


def _ready(papers: int, *, changed: bool) -> Any:
    """The shipped query, parsed, and an index that has answered it where only a clause is changed."""
    from litwatch.edge.mesh import MeshFile
    from litwatch.edge.workbook.answering import Answers
    from litwatch.edge.workbook.file import maker, open_workbook
    from litwatch.query.leaves import Vocabulary
    from litwatch.query.parse import parse
    from litwatch.tuning.clauses import weigh

    path = Path(tempfile.gettempdir()) / f"litwatch-bench-{papers}-{maker()[:12]}.workbook"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        _built(papers, part)
        part.rename(path)
    query = parse(tomllib.loads(WATCH.read_text("utf-8"))["query"])
    answers = Answers(open_workbook(path), _read, Vocabulary(MeshFile()), TODAY, _nothing)
    if changed:
        weigh(query, answers.term, answers.universe)
        query = parse(f'({query}) AND (patient*[tiab] OR "clinical trial"[tiab] OR humans[mh])')
    return answers, query


def _nothing() -> None:
    """The shipped query asks for no people."""


def _weigh(prepared: Any) -> int:
    from litwatch.tuning.clauses import weigh

    answers, query = prepared
    assert weigh(query, answers.term, answers.universe).papers is not None
    return 1


def _queries(papers: int, new: float, changed: float) -> Benchmark:
    return Benchmark(
        name=f"tune-{papers}",
        title=f"The shipped search, every clause and what hangs on it alone, on {papers:,} papers",
        unit="queries",
        anchor="a new query",
        subjects=(
            Subject("a new query", _weigh, partial(_ready, papers, changed=False)),
            Subject("a changed clause", _weigh, partial(_ready, papers, changed=True)),
        ),
        marks=(Mark("a new query", cpu_below=new), Mark("a changed clause", cpu_below=changed)),
        note="The changed clause has three new terms, the broadest that there are.",
    )


BENCHMARKS = (
    Benchmark(
        name="tune-index",
        title="The index of 30,000 stored papers, built",
        unit="papers",
        anchor="in one process",
        subjects=(
            Subject("in one process", partial(_build, 30_000, 1), _stored),
            Subject("in two", partial(_build, 30_000, 2), _stored),
            Subject("in two, with people and numbers", partial(_build, 30_000, 2, whole=True), _stored),
        ),
        marks=(Mark("in two", wall_below=5), Mark("in two", cpu_below=5), Mark("in two", peak_below=200)),
        note="The peak is that of the process that writes the index.",
    ),
    _queries(30_000, 0.5, 0.05),
    _queries(300_000, 3, 0.3),
)
