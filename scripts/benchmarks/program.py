"""The program as its users start it: `--version`, `tag` on a large file, a weekly `run`.

Owns the rows on whole commands. Never measures anything itself.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring import Benchmark, Mark, Subject
from benchmarks.reading import CORPUS, LARGE, bio_entrez

STARTS = 10
# Between these two days the shared corpus on ketamine has 201 new papers.
FIRST_RUN, SECOND_RUN = "2024-01-08", "2024-12-28"


def litwatch(*words: str) -> None:
    """The command in this process, its output thrown away."""
    from litwatch.cli.main import main

    sys.argv = ["litwatch", *words]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.suppress(SystemExit),
    ):
        main()


def started(*command: str) -> Callable[[None], int]:
    """Starts a command some times over; as many."""

    def run(_: None) -> int:
        for _number in range(STARTS):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return STARTS

    return run


def tagged(jobs: int) -> Callable[[None], int]:
    """`litwatch tag` on the large file, with that many processes."""

    def run(_: None) -> int:
        litwatch("tag", str(LARGE), "--json", "--jobs", str(jobs))
        return 20_788

    return run


def week_ready() -> Path:
    """A sandbox in a process of its own, a configuration, and a first run done; the folder."""
    folder = Path(tempfile.mkdtemp(prefix="litwatch-bench-"))
    command = [sys.executable, "-m", "litwatch", "sandbox", str(CORPUS / "ketamine.xml.gz"), "--port", "0"]
    served = subprocess.Popen(
        [*command, "--today", FIRST_RUN, "--by-create-date"], stdout=subprocess.PIPE, text=True
    )
    atexit.register(served.kill)
    assert served.stdout is not None
    os.environ["LITWATCH_PUBMED__BASE_URL"] = served.stdout.readline().strip().partition("=")[2]
    os.environ["LITWATCH_PUBMED__REQUESTS_PER_SECOND"] = "1000"
    os.chdir(folder)
    litwatch("init", "config")
    with contextlib.redirect_stderr(io.StringIO()):
        litwatch("run", "--now", f"{FIRST_RUN}T07:05:00Z")
    import requests

    address = os.environ["LITWATCH_PUBMED__BASE_URL"].removesuffix("/entrez/eutils/")
    requests.post(f"{address}/today", data={"date": SECOND_RUN}, timeout=10).raise_for_status()
    return folder


def week_run(folder: Path) -> int:
    """The second run; its new papers."""
    litwatch("run", "--now", f"{SECOND_RUN}T07:05:00Z")
    from sqlalchemy import create_engine, func, select

    from litwatch.edge.store.tables import arrival

    with create_engine(f"sqlite:///{folder}/config/var/litwatch.sqlite3").connect() as connection:
        return connection.execute(select(func.count()).where(arrival.c.state == "new")).scalar_one()


def week_by_script(folder: Path) -> int:
    """What a user would write on Bio.Entrez: one search, one fetch, no tags, no mail, no memory."""
    from urllib.request import Request, urlopen

    Entrez: Any = import_module("Bio.Entrez")  # noqa: N806 - its own name

    def here(request: Request, *_: object, **__: object) -> object:
        path = request.full_url.rpartition("/entrez/eutils/")[2]
        return urlopen(Request(os.environ["LITWATCH_PUBMED__BASE_URL"] + path, data=request.data))

    Entrez.urlopen = here
    Entrez.email = "bench@example.org"
    found = Entrez.read(
        Entrez.esearch(
            db="pubmed",
            term="ketamine[tiab] AND depress*[tiab] AND 2024/01/08:2024/12/28[crdt]",
            retmax=9999,
        )
    )["IdList"]
    papers = 0
    for start in range(0, len(found), 200):
        answer = Entrez.read(Entrez.efetch(db="pubmed", id=found[start : start + 200], retmode="xml"))
        papers += len(answer["PubmedArticle"])
    return papers


BENCHMARKS = (
    Benchmark(
        name="start",
        title="Starting: `litwatch --version`, ten times",
        unit="starts",
        anchor="python -c pass",
        subjects=(
            Subject(
                "litwatch --version", started(str(Path(sys.executable).with_name("litwatch")), "--version")
            ),
            Subject("python -c pass", started(sys.executable, "-c", "pass")),
        ),
        marks=(Mark("litwatch --version", times=1 / 8, of="python -c pass"),),
    ),
    Benchmark(
        name="tag",
        title="Tagging: `litwatch tag --json` with the whole shipped configuration, 20,788 records",
        unit="records",
        anchor="Bio.Entrez.read",
        subjects=(
            Subject("litwatch tag", tagged(1)),
            Subject("litwatch tag --jobs 2", tagged(2)),
            Subject("Bio.Entrez.read", lambda _: bio_entrez(LARGE)),
        ),
        marks=(
            Mark("litwatch tag", times=2.5, of="Bio.Entrez.read"),
            Mark("litwatch tag --jobs 2", times=5, of="Bio.Entrez.read", wall_clock=True),
            Mark("litwatch tag", peak_below=120),
            Mark("litwatch tag --jobs 2", peak_below=120),
        ),
        note="Bio.Entrez.read only reads; litwatch reads, tags and writes JSON. The mark of `--jobs 2` is on the "
        "wall clock; its peak is that of the first process.",
    ),
    Benchmark(
        name="week",
        title="A weekly run with about 200 new papers, mail included",
        unit="papers",
        anchor="a script on Bio.Entrez",
        subjects=(
            Subject("litwatch run", week_run, week_ready),
            Subject("a script on Bio.Entrez", week_by_script, week_ready),
        ),
        marks=(Mark("litwatch run", cpu_below=3),),
        note="The script searches and fetches; litwatch also tags, files, refreshes, renders and mails. The sandbox "
        "works in a process of its own and is not counted.",
    ),
)
