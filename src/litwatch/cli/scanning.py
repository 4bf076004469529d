"""`scan`: what of PubMed's own files matches the watches; needs neither PubMed nor a store.

Owns its arguments and what it prints. Never decides what matches (jobs/scanning).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from litwatch.cli.context import given, watches_named
from litwatch.cli.printing import complain
from litwatch.errors import LitwatchError, UsageError

if TYPE_CHECKING:
    from litwatch.edge.config import Watch
    from litwatch.jobs.scanning.many_files import Way
    from litwatch.query.leaves import Vocabulary

app = typer.Typer()

NlmFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        readable=False,
        help="NLM's baseline and update files, or their folder; any PubMed XML, .nbib or JSON lines.",
    ),
]
WatchNames = Annotated[
    list[str] | None, typer.Option("--watch", help="Only this watch; repeatable. [default: all]")
]
Keep = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        show_default=False,
        help="Keep what was found in each file there; a file is not read again.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, max=256, show_default=False, help="Files read at once. [default: the processors]"),
]
Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", show_default=False, help="Read the files on this Dask cluster (litwatch\\[dask])."
    ),
]


@app.command(rich_help_panel="Whole PubMed")
def scan(
    context: typer.Context,
    files: NlmFiles,
    watch: WatchNames = None,
    keep: Keep = None,
    jobs: Jobs = None,
    dask: Dask = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: pmid, watch, file.")
    ] = False,
) -> None:
    """Print what matches the watches, a line `PMID<TAB>WATCH` each, by the newest version of each record."""
    from litwatch.cli.wiring import shown_progress, vocabulary
    from litwatch.edge.nlm.files import out_of_order, passed_over, spread
    from litwatch.jobs.scanning.found import Newest
    from litwatch.jobs.scanning.many_files import scan as scan_files
    from litwatch.jobs.scanning.one_file import Asked

    config = given(context).config_to_read()
    watches = watches_named(config, watch or ())
    paths = spread(files)
    wrong = out_of_order(paths)
    if wrong:
        raise LitwatchError(wrong)
    for path in passed_over(files):
        complain(
            f"{path} is passed over: of a folder only .xml and .xml.gz are read; name it to have it read"
        )
    mesh = vocabulary(config)
    tell_of(watches, mesh)
    way = chosen_way(jobs, dask)
    asked = Asked(tuple(str(one.query) for one in watches), datetime.now(UTC).date())
    newest, done, parsed, failed, told = Newest(), 0, 0, False, False
    found_in: dict[int, str] = {}
    try:
        with told_where_stopped(keep), shown_progress() as progress:
            read = scan_files(paths, asked, mesh, way=way, kept=keep)
            for done, (path, found) in enumerate(read, 1):
                newest.add(found)
                parsed += found.parsed
                found_in.update(dict.fromkeys(found.matches, path.name))
                failed |= told_of(path, found.cut, found.unreadable)
                for one in () if told else found.usual:
                    complain(one.words(watches[one.query].name))
                told |= bool(found.usual)
                if progress is not None:
                    progress("reading", done, len(paths))
    except UsageError:
        raise
    except LitwatchError as error:
        complain(str(error))
        failed = True
    for pmid, match in newest.matches.items():
        for number in match.watches:
            name = watches[number].name
            line = (
                json.dumps({"pmid": str(pmid), "watch": name, "file": found_in[pmid]})
                if as_json
                else f"{pmid}\t{name}"
            )
            sys.stdout.write(line + "\n")
    sys.stdout.flush()
    of = f" of {len(paths):,}" if done < len(paths) else ""
    complain(
        f"scan: {newest.records:,} records in {done:,}{of} file{'s' * (len(paths) != 1)}, {parsed:,} of them parsed, "
        f"{len(newest.matches):,} match"
    )
    if failed:
        raise typer.Exit(1)


@app.command(rich_help_panel="Whole PubMed")
def audit(
    context: typer.Context,
    files: NlmFiles,
    watch: WatchNames = None,
    keep: Keep = None,
    jobs: Jobs = None,
    dask: Dask = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipts as JSON lines.")] = False,
) -> None:
    """Say which matching papers of PubMed's own files the store lacks, and which it holds that they do not match."""
    from litwatch.cli.watching import receipt_kept
    from litwatch.cli.wiring import opened_store, shown_progress, vocabulary
    from litwatch.edge.nlm.files import spread
    from litwatch.jobs.attempt import quiet
    from litwatch.jobs.scanning.audit import audit as audit_watches

    config = given(context).config()
    watches = watches_named(config, watch or ())
    paths, now = spread(files), datetime.now(UTC)
    with (
        receipt_kept("audit", now),
        told_where_stopped(keep),
        opened_store(config, now) as store,
        shown_progress() as progress,
    ):
        receipts = audit_watches(
            watches,
            store,
            paths,
            vocabulary(config),
            now,
            way=chosen_way(jobs, dask),
            kept=keep,
            progress=progress or quiet,
        )
    for receipt in receipts:
        for line in [json.dumps(receipt.to_json())] if as_json else receipt.in_lines():
            sys.stdout.write(line + "\n")
    for receipt in receipts:
        complain(receipt.one_line())
    if not all(receipt.ok for receipt in receipts):
        raise typer.Exit(1)


@app.command(rich_help_panel="Whole PubMed")
def mirror(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files are to be.")],
    baseline: Annotated[
        bool, typer.Option("--baseline", help="All of PubMed, too: over 1,200 files, 50 GB; once a year.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read what is there, too, and fetch anew what is damaged.")
    ] = False,
) -> None:
    """Fetch NLM's files that are not there yet, each whole by its MD5; the baseline once, an update file each day."""
    from litwatch.cli.wiring import shown_progress
    from litwatch.edge.nlm.files import gaps
    from litwatch.edge.nlm.mirroring import Mirror, alone, to_fetch

    settings = given(context).config_to_read().settings.pubmed
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from error
    came, size = 0, 0
    with (
        alone(folder),
        Mirror(
            settings.files_url, tool=settings.tool, email=settings.email, timeout=settings.timeout_seconds
        ) as nlm,
        shown_progress() as progress,
    ):
        for part in ("baseline", "updatefiles") if baseline else ("updatefiles",):
            names = to_fetch(nlm.names(part), folder, check=check)
            for done, name in enumerate(names, 1):
                try:
                    size += nlm.fetch(part, name, folder)
                except KeyboardInterrupt:
                    complain(
                        f"stopped by a signal: what came of {name} is kept, and the next run goes on there"
                    )
                    raise
                came += 1
                if progress is not None:
                    progress(f"fetching {part}", done, len(names))
    lacking = gaps(folder.glob("pubmed*.xml.gz"))
    state = (
        f"in {folder} {'; '.join(lacking)} (--baseline fetches the files of the beginning of the year)"
        if lacking
        else f"{folder} holds all that NLM has"
    )
    complain(f"mirror: {came:,} file{'s' * (came != 1)} came, {size / 1e6:,.1f} MB; {state}")


def chosen_way(jobs: int | None, dask: str | None) -> Way:
    """On a Dask cluster, or in so many processes of this machine."""
    from litwatch.jobs.processes import cores
    from litwatch.jobs.scanning.many_files import in_processes

    if dask is None:
        return in_processes(jobs or cores())
    if jobs is not None:
        raise UsageError("--jobs is for this machine, --dask for a cluster: give one of them")
    from litwatch.jobs.scanning.on_dask import on_cluster

    return on_cluster(dask)


def tell_of(watches: Sequence[Watch], mesh: Vocabulary) -> None:
    """Say which watches hold clauses that no file answers, and which make every record be parsed."""
    from litwatch.jobs.scanning.found import PARSED_TIMES
    from litwatch.query.literals import covers
    from litwatch.query.match import pubmed_only

    for one in watches:
        unknown = ", ".join(dict.fromkeys(str(term) for term in pubmed_only(one.query)))
        if unknown:
            complain(f"{one.name}: only PubMed can answer {unknown}; it is left out of what is matched here")
        if not covers(one.query, mesh):
            complain(
                f"{one.name}: names no word that every match must hold, so every record is parsed: "
                f"{PARSED_TIMES} times as long"
            )


@contextmanager
def told_where_stopped(keep: Path | None) -> Iterator[None]:
    """Say what becomes of what was read where a signal ends it."""
    try:
        yield
    except KeyboardInterrupt:
        left = (
            f"the files that were read to their end are kept in {keep}, and the next run goes on there"
            if keep is not None
            else "nothing is kept, and the next run begins anew (with --keep DIR it would go on)"
        )
        complain(f"stopped by a signal: {left}")
        raise


def told_of(path: Path, cut: str, unreadable: dict[int, str]) -> bool:
    """Say what of a file could not be read; whether anything could not."""
    for pmid, reason in unreadable.items():
        complain(f"{path}: PMID {pmid or 'unknown'} could not be read: {reason}")
    if cut:
        complain(f"{cut}; what could be read of it is counted")
    return bool(cut or unreadable)
