"""The sandbox on one real update file: how soon it answers, in how much memory, and how fast again.

Owns the rows on the sandbox. Never measures anything itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject

LARGE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "nlm-update-2021.xml.gz"
QUERY = "(ketamine[tiab] OR esketamine[tiab]) AND (depress*[tiab] OR antidepress*[tiab])"
REPEATS = 100


def _ask(sandbox: Any, **params: object) -> int:
    """Count of a search over HTTP."""
    import re
    import urllib.parse
    import urllib.request

    form = urllib.parse.urlencode({"db": "pubmed", **params}).encode()
    with urllib.request.urlopen(sandbox.base_url + "esearch.fcgi", form, timeout=120) as answer:
        found = re.search(rb"<Count>(\d+)</Count>", answer.read())
    assert found
    return int(found[1])


def _started() -> Any:
    from litwatch.sandbox.server import Sandbox

    return Sandbox(LARGE, today="2026-03-09").__enter__()


def _start(_: None) -> int:
    return _ask(_started(), term="1:999999999[uid]")


def _papers_in_memory(_: None) -> int:
    from litwatch.edge.files import records
    from litwatch.paper import Paper

    return len({record.pmid: record for record in records(LARGE) if isinstance(record, Paper)})


def _first_query(sandbox: Any) -> int:
    _ask(sandbox, term=QUERY)
    return REPEATS


def _asked_before() -> Any:
    sandbox = _started()
    _ask(sandbox, term=QUERY)
    return sandbox


def _again(sandbox: Any) -> int:
    for _ in range(REPEATS):
        _ask(sandbox, term=QUERY)
    return REPEATS


def _again_with_ranges(sandbox: Any) -> int:
    """Each time another PMID range and another day."""
    from datetime import date, timedelta

    for number in range(REPEATS):
        sandbox.today = date(2026, 3, 9) + timedelta(days=number)
        _ask(
            sandbox,
            term=f"({QUERY}) AND {30_000_000 + number}:999999999[uid]",
            datetype="crdt",
            reldate=5000 + number,
        )
    return REPEATS


BENCHMARKS = (
    Benchmark(
        name="sandbox-start",
        title="Starting the sandbox on 20,788 records of one NLM update file, up to its first count",
        unit="records",
        anchor="every Paper in memory",
        subjects=(Subject("sandbox", _start), Subject("every Paper in memory", _papers_in_memory)),
        marks=(Mark("sandbox", cpu_below=10, peak_below=300),),
        note="The sandbox keeps raw bytes by offset in a temporary file; the anchor is what it would hold instead.",
    ),
    Benchmark(
        name="sandbox-query",
        title=f"Asking the sandbox {REPEATS} times over HTTP, on the same file",
        unit="searches",
        anchor="a new query, once",
        subjects=(
            Subject("a new query, once", _first_query, _started),
            Subject("the same query again", _again, _asked_before),
            Subject(
                "the same with other PMID and date ranges, on other days", _again_with_ranges, _asked_before
            ),
        ),
        marks=(
            Mark("the same query again", cpu_below=0.05 * REPEATS),
            Mark("the same with other PMID and date ranges, on other days", cpu_below=0.05 * REPEATS),
        ),
        note=f"The first row is one search, counted as {REPEATS}: a term is looked for in each record once, then kept.",
    ),
)
